package kawi.text;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.ibm.icu.lang.UCharacter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tokenizers of each kind (tests/oracles/foreign_tokenizers.py) give the ids of Hugging Face's library on drawn texts:
 * 2,000 of each, or as many as {@code -Dkawi.fuzz=100000} says. Characters are those that Unicode 15 has assigned;
 * where accents and punctuation are asked for, Unicode 8, since their library's tables of these are that old, and for
 * NFKC Unicode 12. Some characters (U+166D, U+1885, U+1734) have changed since: of these kinds one text in a thousand
 * may differ.
 */
class ForeignTokenizersEqualTheirLibraryTest {
    static final Path FOREIGN =
            Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi/text/foreign");
    private static final int TEXTS = Integer.getInteger("kawi.fuzz", 2000);
    private static final String[] PARTS = {
        " ",
        "  ",
        "   ",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        "\u00a0",
        "\u3000",
        "'s",
        "'S",
        "'ſ",
        "'LL",
        "'re",
        "don't",
        "the",
        "The",
        " the ",
        "Cat",
        "cat",
        "dog",
        "dogs",
        "CAT",
        "1",
        "12",
        "12345",
        "½",
        "٣",
        "Ⅷ",
        "é",
        "e\u0301",
        "Å",
        "\u212b",
        "ﬁ",
        "ß",
        "İ",
        "Σ",
        "ς",
        "日本",
        "漢",
        "한국",
        "\u1112\u1161\u11ab",
        "нет",
        "मस्ते",
        "ا",
        "😀",
        "👨‍👩‍👧",
        "\ud83d\udc4d\ud83c\udffd",
        "_",
        "__",
        "-",
        "...",
        "!?",
        "▁",
        "▁▁",
        "Ġ",
        "##",
        "<0x0A>",
        "<unk>",
        "<s>",
        "</s>",
        "[MASK]",
        "[BOTH]",
        "[LEFT]",
        "[RIGHT]",
        "[UNK]",
        "<|endoftext|>",
        "<|im_start|>",
        "<tool_call>",
        "<|eot_id|>",
        "<start_of_turn>",
        "\0",
        "\7",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\ufffd",
        "\u0085",
        "\u2029",
        "model",
        " kit",
        "tokenizer",
        "Übermut"
    };

    static String text(Random random, int newest) {
        StringBuilder text = new StringBuilder();
        int parts = 1 + random.nextInt(14);
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(5)) {
                case 0 -> text.append((char) (32 + random.nextInt(95)));
                case 1 -> {
                    int c = random.nextInt(random.nextInt(3) == 0 ? 0x20000 : 0x3000);
                    if (c < 0xd800 || c > 0xdfff) {
                        text.appendCodePoint(
                                UCharacter.isDefined(c)
                                                && c != 0x166d
                                                && c >> 1 != 0x1885 >> 1
                                                && c != 0x1886
                                                && UCharacter.getAge(c).getMajor() <= newest
                                        ? c
                                        : 'x');
                    }
                }
                default -> text.append(PARTS[random.nextInt(PARTS.length)]);
            }
        }
        return text.toString();
    }

    @TestFactory
    Stream<DynamicTest> everyKindGivesTheIdsOfTheirLibrary() {
        return Stream.of(
                        "llama3",
                        "qwen2",
                        "neox",
                        "llama2",
                        "mistral",
                        "gemma",
                        "unknown",
                        "unigram",
                        "unigram-bytes",
                        "bert",
                        "rules")
                .map(name -> DynamicTest.dynamicTest(name, () -> same(name)));
    }

    private static void same(String name) throws IOException {
        Path file = FOREIGN.resolve(name + ".json");
        Tokenizer ours = Tokenizer.load(file);
        Random random = new Random(11);
        List<String> wrong = new ArrayList<>();
        int different = 0;
        try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(
                file, Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"))) {
            for (int i = 0; i < TEXTS; i++) {
                String text = text(
                        random, name.equals("bert") || name.equals("rules") ? 8 : name.startsWith("unigram") ? 12 : 15);
                String expected = Arrays.toString(theirs.encode(text).getIds());
                String found = Arrays.toString(ours.encodeWithSpecials(text));
                if (!expected.equals(found)) {
                    different++;
                    if (wrong.size() < 12) {
                        wrong.add("'" + escaped(text) + "' gives\n  " + found + " and theirs\n  " + expected);
                    }
                }
            }
        }
        boolean older = name.startsWith("unigram") || name.equals("bert") || name.equals("rules");
        int count = different;
        assertTrue(count <= (older ? TEXTS / 1000 : 0), () -> count + " of " + TEXTS + ": " + String.join("\n", wrong));
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.chars()
                .forEach(c -> out.append(c >= 32 && c < 127 ? String.valueOf((char) c) : String.format("\\u%04x", c)));
        return out.toString();
    }
}
