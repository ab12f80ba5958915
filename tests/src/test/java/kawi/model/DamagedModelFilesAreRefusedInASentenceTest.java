package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.template.ChatTemplate;
import kawi.text.ForeignTokenizers;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with changed, cut, doubled and overwritten bytes are read or refused with a {@link KitException}, and nothing
 * else: 2,000 in all, or as many as {@code -Dkawi.fuzz=100000} says. The heap that a refusal took is at most eight
 * times the file, beside two megabytes for the reader itself.
 */
class DamagedModelFilesAreRefusedInASentenceTest {
    private static final int FILES = Integer.getInteger("kawi.fuzz", 2000) / 6;
    private static final long READER = 2 << 20;
    private static final String[] WORDS = {
        "-1",
        "0",
        "1e999",
        "99999999999",
        "4294967295",
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "[[[[[[[[",
        "\u0000",
        "\ud800",
        "<0x00>",
        "{{",
        "%}"
    };
    static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    private interface Reading {
        void read(Path file) throws IOException;
    }

    @TestFactory
    Stream<DynamicTest> everyReaderRefusesWithAKitException() throws IOException {
        Path families = FamiliesEqualTransformersTest.FAMILIES;
        Path foreign = families.resolveSibling("../text/foreign");
        List<Path> ggufs = files(families, ".gguf");
        List<Path> tokenizers = files(foreign, ".json");
        List<Path> folders =
                Files.list(families).filter(Files::isDirectory).sorted().toList();
        return Stream.of(
                DynamicTest.dynamicTest(
                        "GGUF",
                        () -> fuzz(
                                ggufs,
                                file -> LanguageModel.open(file).model(torch).close())),
                DynamicTest.dynamicTest(
                        "tokenizer.json",
                        () -> fuzz(tokenizers, file -> {
                            Tokenizer tokenizer = Tokenizer.load(file);
                            tokenizer.decode(tokenizer.encodeWithSpecials("The cat, 12 日本 e\u0301\n\n<s>"));
                        })),
                DynamicTest.dynamicTest(
                        "tiktoken",
                        () -> fuzz(files(foreign.resolveSibling("tiktoken"), ".tiktoken"), file -> {
                            Tokenizer tokenizer = ForeignTokenizers.tiktoken(file, Splitter.O200K, Map.of("<s>", 1000));
                            String text = "The cat, 12 日本 e\u0301\n\n";
                            assertEquals(text + "<s>", tokenizer.decode(tokenizer.encodeWithSpecials(text + "<s>")));
                        })),
                DynamicTest.dynamicTest(
                        "config.json", () -> fuzz(named(folders, "config.json"), file -> ModelConfig.read(file))),
                DynamicTest.dynamicTest(
                        "safetensors",
                        () -> fuzz(named(folders, "model.safetensors"), file -> {
                            LanguageModel.load(torch, file.getParent()).close();
                        })),
                DynamicTest.dynamicTest(
                        "chat template",
                        () -> fuzz(templates(), file -> {
                            ChatTemplate chat = ChatTemplate.of(
                                    new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8),
                                    java.util.Map.of("bos_token", "<s>"));
                            chat.prompt("Hello");
                        })));
    }

    private static List<Path> files(Path place, String ending) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> named(List<Path> folders, String name) {
        return folders.stream()
                .map(each -> each.resolve(name))
                .filter(Files::exists)
                .toList();
    }

    private List<Path> templates() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String text : List.of(
                "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] | trim }}{% endfor %}",
                "{{ bos_token }}{% if messages[0].role == 'system' %}{% set s = messages[0].content %}{% endif %}"
                        + "{%- for m in messages -%}{{ loop.index0 ~ m.content }}{%- endfor -%}")) {
            Path file = folder.resolve("template" + files.size() + ".jinja");
            files.add(Files.writeString(file, text));
        }
        return files;
    }

    private void fuzz(List<Path> originals, Reading reading) throws IOException {
        Random random = new Random(5);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int refused = 0;
        assertFalse(originals.isEmpty());
        for (Path original : originals) {
            reading.read(original); // warm, and sound as it is
        }
        for (int i = 0; i < FILES; i++) {
            Path original = originals.get(i % originals.size());
            byte[] bytes = mutated(Files.readAllBytes(original), random);
            Path place = Files.createDirectories(folder.resolve("m"));
            Path file = place.resolve(original.getFileName().toString());
            Files.write(file, bytes);
            Path config = original.resolveSibling("config.json");
            if (file.toString().endsWith(".safetensors")) {
                Files.copy(config, place.resolve("config.json"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            int which = i;
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                reading.read(file);
            } catch (KitException expected) {
                refused++;
                long taken = threads.getCurrentThreadAllocatedBytes() - before;
                assertTrue(
                        taken <= 8L * bytes.length + READER,
                        () -> original.getFileName() + ", change " + which + ", took " + taken + " bytes of heap for "
                                + bytes.length + ": " + expected.getMessage());
            } catch (Throwable wrong) {
                throw new AssertionError(original.getFileName() + ", change " + which + ": " + wrong, wrong);
            }
        }
        assertTrue(refused > FILES / 10, refused + " of " + FILES);
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        int times = 1 + random.nextInt(4);
        int head = Math.max(1, random.nextBoolean() ? Math.min(changed.length, 2000) : changed.length);
        for (int i = 0; i < times && changed.length > 4; i++) {
            int at = random.nextInt(Math.min(head, changed.length));
            switch (random.nextInt(5)) {
                case 0 -> changed[at] = (byte) random.nextInt(256);
                case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> changed = Arrays.copyOf(changed, at + 1);
                case 3 -> {
                    byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    for (int j = 0; j < word.length && at + j < changed.length; j++) {
                        changed[at + j] = word[j];
                    }
                }
                default -> {
                    int length = Math.min(changed.length - at, 1 + random.nextInt(40));
                    byte[] doubled = new byte[changed.length + length];
                    System.arraycopy(changed, 0, doubled, 0, at + length);
                    System.arraycopy(changed, at, doubled, at + length, changed.length - at);
                    changed = doubled;
                }
            }
        }
        return changed;
    }
}
