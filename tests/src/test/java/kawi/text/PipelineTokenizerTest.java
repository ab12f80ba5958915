package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer of others' making keeps its file, its rules and what a caller says of special tokens. */
class PipelineTokenizerTest {
    @TempDir
    Path folder;

    private static final PipelineTokenizer.Body LETTERS =
            (part, first, out) -> part.chars().forEach(c -> out.add(first ? 0 : 1));

    private static PipelineTokenizer of(UnaryOperator<String> normalizer, AddedTokens.Token... tokens) {
        byte[][] bytes = {{'f'}, {'m'}, {' ', '2'}, {'3'}, {'4'}};
        return new PipelineTokenizer(
                "kind", () -> new byte[] {'{', '}'}, bytes, List.of(tokens), normalizer, LETTERS, true);
    }

    private static AddedTokens.Token token(String content, int id, boolean special, boolean normalized) {
        return new AddedTokens.Token(content, id, special, normalized, false, false, false);
    }

    @Test
    void itSaysWhatItHoldsAndRefusesOtherIds() {
        PipelineTokenizer tokenizer = of(
                UnaryOperator.identity(),
                token("<z>", 4, true, false),
                token("<y>", 3, true, false),
                token("<x>", 2, false, false));
        assertEquals(5, tokenizer.size());
        assertEquals("kind of 5 tokens", tokenizer.toString());
        assertEquals(Map.of("<z>", 4, "<y>", 3), tokenizer.specials());
        assertEquals(List.of("<y>", "<z>"), List.copyOf(tokenizer.specials().keySet()));
        assertEquals(Map.of("<x>", 2), tokenizer.added());
        assertArrayEquals(new byte[] {' ', '2'}, tokenizer.bytes(2));
        assertNotSame(tokenizer.bytes(2), tokenizer.bytes(2));
        for (int id : new int[] {-1, 5}) {
            assertThrows(KitException.class, () -> tokenizer.bytes(id));
            assertThrows(KitException.class, () -> tokenizer.decode(new int[] {id}));
        }
    }

    @Test
    void aTokenHasTheRulesThatItsFileGivesIt() {
        PipelineTokenizer tokenizer = of(
                UnaryOperator.identity(),
                new AddedTokens.Token("a", 0, true, false, true, false, false),
                new AddedTokens.Token("b", 1, true, false, false, true, false),
                new AddedTokens.Token("c", 2, true, false, false, false, true),
                new AddedTokens.Token("d", 3, true, false, false, false, false),
                new AddedTokens.Token("e", 4, true, false, true, true, true));
        assertEquals(Set.of("lstrip"), tokenizer.rules("a"));
        assertEquals(Set.of("rstrip"), tokenizer.rules("b"));
        assertEquals(Set.of("single_word"), tokenizer.rules("c"));
        assertEquals(Set.of(), tokenizer.rules("d"));
        assertEquals(Set.of("lstrip", "rstrip", "single_word"), tokenizer.rules("e"));
        assertEquals(Set.of(), tokenizer.rules("f"));
    }

    @Test
    void aTextLosesOneSpaceAtItsBeginning() {
        PipelineTokenizer tokenizer = of(UnaryOperator.identity());
        assertEquals("2", tokenizer.decode(new int[] {2}));
        assertEquals("2 2", tokenizer.decode(new int[] {2, 2}));
        assertEquals("f 2", tokenizer.decode(new int[] {0, 2}));
        assertEquals("", tokenizer.decode(new int[0]));
        byte[][] bytes = {" a".getBytes(StandardCharsets.UTF_8)};
        Tokenizer kept =
                new PipelineTokenizer("kind", null, bytes, List.of(), UnaryOperator.identity(), LETTERS, false);
        assertEquals(" a a", kept.decode(new int[] {0, 0}));
    }

    @Test
    void onlyWhatTheTextBeginsWithIsItsFirstPart() {
        PipelineTokenizer tokenizer =
                of(UnaryOperator.identity(), token("<x>", 3, false, false), token("<n>", 4, false, true));
        assertArrayEquals(new int[] {0, 0}, tokenizer.encode("ab"));
        assertArrayEquals(new int[] {0, 3, 1}, tokenizer.encode("a<x>b"));
        assertArrayEquals(new int[] {3, 1}, tokenizer.encode("<x>b"));
        assertArrayEquals(new int[] {0, 4, 1}, tokenizer.encode("a<n>b"));
        assertArrayEquals(new int[] {4, 1, 1}, tokenizer.encode("<n>bc"));
        assertArrayEquals(new int[] {0, 3, 1, 4, 1}, tokenizer.encode("a<x>b<n>c"));
        int[] many = tokenizer.encode("a".repeat(1000));
        assertEquals(1000, many.length);
        assertEquals(0, many[999]);
    }

    @Test
    void aTokenIsFoundInTheTextAsItIsWrittenOrNormalised() {
        UnaryOperator<String> small = text -> text.toLowerCase().replace("\u0301", "");
        PipelineTokenizer tokenizer =
                of(small, token("<X>", 2, false, false), token("<N>", 3, false, true), token("\u0301", 4, false, true));
        assertArrayEquals(new int[] {2}, tokenizer.encode("<X>"));
        assertArrayEquals(new int[] {0, 0, 0}, tokenizer.encode("<x>"));
        assertArrayEquals(new int[] {3}, tokenizer.encode("<N>"));
        assertArrayEquals(new int[] {3}, tokenizer.encode("<n\u0301>"));
        assertArrayEquals(new int[] {}, tokenizer.encode("\u0301"));
    }

    @Test
    void aSpecialTokenInTheNormalisedTextIsOneWhereAllThatItMayComeFromIsMeant() {
        UnaryOperator<String> small = String::toLowerCase;
        PipelineTokenizer tokenizer = of(small, token("<N>", 3, true, true), token("|", 4, false, false));
        assertArrayEquals(new int[] {0, 0, 0}, tokenizer.encode("<n>"));
        assertArrayEquals(new int[] {3}, tokenizer.encodeWithSpecials("<n>"));
        assertArrayEquals(new int[] {3}, tokenizer.encodeWithSpecials("<n>", at -> at < 3));
        for (int un = 0; un < 3; un++) {
            int not = un;
            assertArrayEquals(new int[] {0, 0, 0}, tokenizer.encodeWithSpecials("<n>", at -> at != not));
        }
        assertArrayEquals(new int[] {3, 4, 1, 1, 1}, tokenizer.encodeWithSpecials("<n>|<n>", at -> at < 4));
        assertArrayEquals(new int[] {0, 0, 0, 4, 3}, tokenizer.encodeWithSpecials("<n>|<n>", at -> at > 3));
    }

    @Test
    void itsFileIsWrittenAsItWasReadAndWhereThereIsNoneThatIsSaid() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        of(UnaryOperator.identity()).save(file);
        assertEquals("{}", Files.readString(file));
        Path bert = WrittenIdsOfForeignTokenizersTest.FOREIGN.resolve("bert.json");
        Tokenizer.load(bert).save(file);
        assertArrayEquals(Files.readAllBytes(bert), Files.readAllBytes(file));
        Tokenizer none =
                new PipelineTokenizer("kind", null, new byte[1][], List.of(), UnaryOperator.identity(), LETTERS, false);
        String said = assertThrows(KitException.class, () -> none.save(file)).getMessage();
        assertTrue(said.startsWith("This tokenizer (kind) stands in a GGUF file"), said);
    }
}
