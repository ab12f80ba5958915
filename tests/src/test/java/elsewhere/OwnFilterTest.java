package elsewhere;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.clean.Duplicates;
import kawi.clean.Normalize;
import kawi.clean.Pipeline;
import kawi.clean.Rejected;
import kawi.clean.RuleFilter;
import kawi.clean.Step;
import kawi.clean.Verdict;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.Chunker;
import kawi.text.TokenFile;
import kawi.text.TokenWriter;
import kawi.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A researcher's own filter, rule and tokenizer, written outside the library and used beside its own. */
class OwnFilterTest {
    @TempDir
    Path folder;

    /** Keeps letters apart from shouting: a filter that remembers, changes and drops. */
    static final class Shouting implements Step {
        private final double most;

        Shouting(double most) {
            this.most = most;
        }

        @Override
        public String name() {
            return "shouting";
        }

        @Override
        public Pass begin() {
            Set<String> titles = new HashSet<>();
            return document -> {
                if (document.title() != null && !titles.add(document.title())) {
                    return Verdict.drop("has a title that was seen before");
                }
                String text = document.text();
                double share =
                        (double) text.chars().filter(Character::isUpperCase).count() / text.length();
                return share > most
                        ? Verdict.drop("share of capitals", share, null, most, "of " + text.length() + " characters")
                        : text.endsWith("!")
                                ? Verdict.change(document, text.replace('!', '.'))
                                : Verdict.keep(document);
            };
        }
    }

    private static Document document(String title, String text) {
        return Document.collected("mine", title + text, title, null, 2001, "letter", "CC0-1.0", "u", text);
    }

    private final Corpus corpus = Corpus.of(List.of(
            document("a", "A quiet\u00AD word"),
            document("b", "A LOUD word"),
            document("c", "STOP SHOUTING"),
            document("a", "another text of a known title"),
            document("d", "wow!"),
            document("e", "wow.")));

    @Test
    void anOwnFilterWorksBesideTheKitsAndItsRejectsAreRecorded() {
        Pipeline.CleaningResult result = Pipeline.of(Normalize.unicode(), new Shouting(0.3), Duplicates.exact())
                .run(corpus, folder, Progress.NONE);
        assertEquals(
                List.of("A quiet word", "wow."),
                result.corpus().stream().map(Document::text).toList());
        assertEquals(
                List.of(
                        "share of capitals",
                        "share of capitals",
                        "has a title that was seen before",
                        "equal to an earlier text"),
                result.rejected().all().stream().map(Rejected::measure).toList());
        assertEquals(
                4,
                result.rejected().replay("share of capitals", null, 1.0).size()
                        + result.rejected()
                                .replay("equal to an earlier text", null, 1.0)
                                .size()
                        + result.rejected()
                                .replay("has a title that was seen before", null, null)
                                .size());
        assertEquals(
                List.of("A LOUD word"),
                result.rejected().replay("share of capitals", null, 0.6).stream()
                        .map(r -> r.document().text())
                        .toList());
        Rejected loud = result.rejected().all().get(0);
        assertEquals("shouting", loud.step());
        assertTrue(
                loud.reason().matches("share of capitals 0\\.\\d+ is above 0\\.3 \\(of 11 characters\\)"),
                loud.reason());
        assertEquals(1, result.counts().get(1).changed());
    }

    @Test
    void aRuleOfOnesOwnIsReplayedMovedAndComparedLikeThePapers() {
        RuleFilter filter = new RuleFilter(
                "mine",
                List.of(
                        new RuleFilter.Rule("words", 2.0, null, features -> features.words().length),
                        new RuleFilter.Rule(
                                "exclamations", null, 0.0, features -> features.wordShare(w -> w.endsWith("!")))));
        Pipeline.CleaningResult result = Pipeline.of(filter).run(corpus, folder, Progress.NONE);
        assertEquals(2, result.rejected().replay("words", 1.0, null).size());
        assertEquals(Map.of("words", 1.0, "exclamations", 1.0), filter.measures("wow!"));
        assertEquals(1, filter.flips(corpus, filter.move("words", null, null)).size(), "the one without exclamations");
    }

    @Test
    void aStepThatFailsOrBreaksTheRulesIsNamedWithTheDocument() {
        Map<String, Step.Pass> wrong = Map.of(
                "said nothing of", document -> null,
                "put another document in the place of", document -> Verdict.keep(document("x", "another")),
                "java.lang.IndexOutOfBoundsException",
                        document -> {
                            throw new IndexOutOfBoundsException("mine");
                        });
        wrong.forEach((said, pass) -> {
            Step step = new Step() {
                @Override
                public String name() {
                    return "own step";
                }

                @Override
                public Pass begin() {
                    return pass;
                }
            };
            KitException e =
                    assertThrows(KitException.class, () -> Pipeline.of(step).run(corpus, folder, Progress.NONE));
            String first = corpus.iterator().next().id();
            assertTrue(
                    e.getMessage().contains(said)
                            && e.getMessage().contains("'own step'")
                            && e.getMessage().contains(first),
                    e.getMessage());
        });
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void aDropWithoutReasonIsRefused() {
        assertThrows(KitException.class, () -> Verdict.drop("words", 5, 1.0, 10.0, null));
        assertThrows(KitException.class, () -> Verdict.drop("words", 5, null, null, null));
        assertThrows(KitException.class, () -> Verdict.drop(" "));
        Verdict.drop("words", Double.NaN, 1.0, null, "a measure that does not exist");
    }

    /** One id a byte, and the end of text. */
    static final class Bytes implements Tokenizer {
        @Override
        public int size() {
            return 257;
        }

        @Override
        public int[] encode(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xFF;
            }
            return ids;
        }

        @Override
        public byte[] bytes(int id) {
            check(id);
            return id == 256 ? END_OF_TEXT.getBytes(StandardCharsets.UTF_8) : new byte[] {(byte) id};
        }

        @Override
        public Map<String, Integer> specials() {
            return Map.of(END_OF_TEXT, 256);
        }
    }

    @Test
    void anOwnTokenizerFillsTokenFilesAndChunksAndSaysThatItCannotBeSaved() {
        Bytes tokenizer = new Bytes();
        Path file = folder.resolve("own.tokens");
        try (TokenWriter writer = TokenFile.writer(file, tokenizer.size())) {
            writer.document(tokenizer, "größer").document(tokenizer, "").finish();
        }
        try (TokenFile tokens = TokenFile.open(file)) {
            assertEquals(10, tokens.length());
            assertEquals(8, tokens.bytes());
            assertEquals(
                    "größer" + Tokenizer.END_OF_TEXT + Tokenizer.END_OF_TEXT, tokenizer.decode(tokens.read(0, 10)));
        }
        assertArrayEquals(new int[] {'a', 256}, tokenizer.encodeWithSpecials("a" + Tokenizer.END_OF_TEXT));
        assertEquals(
                List.of("grö", "ßer"),
                new Chunker(tokenizer, 4, 0)
                        .byTokens("größer").stream().map(Chunker.Chunk::text).toList());

        String said = assertThrows(KitException.class, () -> tokenizer.save(folder.resolve("tokenizer.json")))
                .getMessage();
        assertTrue(said.contains("elsewhere.OwnFilterTest$Bytes"), said);
        assertTrue(!Files.exists(folder.resolve("tokenizer.json")));
    }
}
