package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryDoesNotGrowWithTheCorpusTest {
    private static final long BYTES = 70_000_000;
    private static final String HEAP = "-Xmx64m";

    @TempDir
    Path folder;

    /** More text than the heap holds, in documents so short that what is remembered of each would fill it as well. */
    @Test
    void aCorpusThatIsLargerThanTheHeapIsCleaned() throws Exception {
        Path log = folder.resolve("child.log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString(),
                        System.getProperty("kawi.home", ".."),
                        String.valueOf(BYTES))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int code = child.waitFor();
        List<String> said = Files.readAllLines(log);
        assertEquals(0, code, said.toString());
        assertEquals("cleaned", said.get(said.size() - 1));
    }

    /** Makes the corpus of sentences of the kit's own prose, and cleans it. */
    static final class Child {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            Path file = folder.resolve("collected.jsonl.gz");
            long documents = write(file, sentences(Path.of(arguments[1])), Long.parseLong(arguments[2]));
            Pipeline.CleaningResult cleaned = Pipeline.of(
                            Licences.permissive(),
                            Normalize.unicode(),
                            Duplicates.exact(),
                            RepeatedParagraphs.of(20),
                            Duplicates.near(0.8),
                            Quality.gopher(),
                            Decontamination.of(13, 0.5),
                            Pii.mask())
                    .run(Decontamination.heldOutFirst(Corpus.open(file)), folder, Progress.NONE);
            for (String step : List.of("repeated paragraphs", "exact duplicates", "near duplicates")) {
                Pipeline.Count count = cleaned.counts().stream()
                        .filter(each -> each.step().equals(step))
                        .findFirst()
                        .orElseThrow();
                assertTrue(count.dropped() + count.changed() > documents / 100, count.toString());
            }
            long rejected = 0;
            for (int count : cleaned.rejected().table().intColumn("documents").asIntArray()) {
                rejected += count;
            }
            assertEquals(documents, cleaned.corpus().size() + rejected);
            assertTrue(cleaned.counts().get(0).bytes() > Runtime.getRuntime().maxMemory());
            System.out.println("cleaned");
        }

        private static List<String> sentences(Path home) throws IOException {
            List<String> sentences = new ArrayList<>();
            for (String file : List.of("README.md", ".github/CONTRIBUTING.md", "datasets/README.md")) {
                for (String sentence : Files.readString(home.resolve(file)).split("(?<=[.:;])\\s+")) {
                    sentences.add(sentence.replaceAll("\\s+", " "));
                }
            }
            return sentences;
        }

        private static long write(Path file, List<String> sentences, long bytes) {
            Random random = new Random(5);
            String before = "";
            long documents = 0;
            try (CorpusWriter writer = Corpus.writer(file)) {
                for (long written = 0; written < bytes; documents++) {
                    StringBuilder text = new StringBuilder();
                    int kind = random.nextInt(20);
                    if (kind > 1) {
                        while (text.length() < 800) {
                            text.append(sentences.get(random.nextInt(sentences.size())))
                                    .append(' ')
                                    .append(random.nextInt(100_000))
                                    .append(random.nextInt(9) == 0 ? "\n\n" : " ");
                        }
                    } else {
                        text.append(before).append(kind == 0 ? "" : " And so on.");
                    }
                    before = text.toString();
                    written += before.length();
                    writer.add(Document.collected(
                            "prose", "" + documents, null, null, null, "prose", "CC0-1.0", null, before));
                }
                writer.complete();
            }
            return documents;
        }
    }
}
