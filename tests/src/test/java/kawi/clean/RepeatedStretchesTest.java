package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class RepeatedStretchesTest {
    private static Document document(String source, int number, String text) {
        return Document.collected(source, "p" + number, null, null, null, "g", "CC0-1.0", "https://example.org/", text);
    }

    private static List<String> cleaned(List<String> texts, int words) {
        List<Document> documents = new ArrayList<>();
        for (String text : texts) {
            documents.add(document("s", documents.size(), text));
        }
        Step.Pass pass = SubstringDuplicates.of(Corpus.of(documents), words).begin();
        return documents.stream()
                .map(pass::judge)
                .map(verdict ->
                        verdict instanceof Verdict.Keep keep ? keep.document().text() : null)
                .toList();
    }

    /** Looks at all pairs of stretches: the words that stand in one that stood before its beginning go. */
    private static List<String> bySearch(List<String> texts, int words) {
        List<String> all = new ArrayList<>();
        for (String text : texts) {
            all.addAll(text.isEmpty() ? List.of() : List.of(text.split(" ")));
            all.add("|");
        }
        boolean[] gone = new boolean[all.size()];
        for (int at = 0; at + words <= all.size(); at++) {
            List<String> stretch = all.subList(at, at + words);
            for (int before = 0; before + words <= at && !stretch.contains("|"); before++) {
                if (all.subList(before, before + words).equals(stretch)) {
                    for (int i = at; i < at + words; i++) {
                        gone[i] = true;
                    }
                    break;
                }
            }
        }
        List<String> left = new ArrayList<>();
        List<String> own = new ArrayList<>();
        boolean any = false;
        for (int i = 0; i < gone.length; i++) {
            if (all.get(i).equals("|")) {
                left.add(any && own.isEmpty() ? null : String.join(" ", own));
                own.clear();
                any = false;
            } else if (gone[i]) {
                any = true;
            } else {
                own.add(all.get(i));
            }
        }
        return left;
    }

    @Test
    void whatIsTakenOutIsWhatASearchThroughAllPairsFinds() {
        Random random = new Random(1);
        int found = 0;
        for (int round = 0; round < 400; round++) {
            int kinds = 1 + random.nextInt(5);
            List<String> texts = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                List<String> words = new ArrayList<>();
                for (int n = random.nextInt(30); n > 0; n--) {
                    words.add("w" + random.nextInt(kinds));
                }
                texts.add(String.join(" ", words));
            }
            for (int words : new int[] {1, 2, 3, 7}) {
                List<String> expected = bySearch(texts, words);
                assertEquals(expected, cleaned(texts, words), () -> words + " words of " + texts);
                found += expected.equals(texts) ? 0 : 1;
            }
        }
        assertTrue(found > 800, found + " rounds had a repeat");
    }

    @Test
    void aStretchIsRepeatedFromItsLengthOnAndNotBelow() {
        String quoted = "one two three four five";
        List<String> texts = List.of("He said: " + quoted + ".", "She said then, One, two three\nfour FIVE! And left.");
        assertEquals("She said then, And left.", cleaned(texts, 5).get(1));
        assertEquals(texts, cleaned(texts, 6));
    }

    @Test
    void ofAStretchThatRepeatsItselfTheFirstTurnStays() {
        assertEquals(List.of("a b c"), cleaned(List.of("a b c a b c a b c"), 3));
        assertEquals(List.of("la la"), cleaned(List.of("la la la la la"), 2));
    }

    @Test
    void aStretchDoesNotReachFromOneDocumentIntoTheNext() {
        List<String> texts = List.of("a b", "c d", "a b c d");
        assertEquals(texts, cleaned(texts, 3));
        assertEquals(List.of("a b", "c d", "x"), cleaned(List.of("a b", "c d", "x c d"), 2));
    }

    @Test
    void languagesWithoutSpacesAreComparedByTheirCharacters() {
        assertEquals(
                List.of("人人生而自由,在尊严和权利上一律平等。", "他说:"),
                cleaned(List.of("人人生而自由,在尊严和权利上一律平等。", "他说:人人生而自由,在尊严和权利上一律平等。"), 16));
    }

    @Test
    void aDocumentOfNothingElseIsDroppedWithItsReason() {
        Document first = document("s", 1, "a b c");
        Document second = document("s", 2, "\u201CA b, c.\u201D");
        Step.Pass pass =
                SubstringDuplicates.of(Corpus.of(List.of(first, second)), 3).begin();
        assertSame(
                first, assertInstanceOf(Verdict.Keep.class, pass.judge(first)).document());
        Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, pass.judge(second));
        assertEquals("words that did not stand before", drop.measure());
        assertEquals(0, drop.value());
    }

    @Test
    void bytesAndStretchesAreCountedBySource() {
        Corpus corpus = Corpus.of(List.of(
                document("b", 1, "eins zwei drei"),
                document("a", 2, "grün eins zwei drei und eins zwei"),
                document("a", 3, "ganz anders")));
        Table table = SubstringDuplicates.of(corpus, 2).table();
        assertEquals(List.of("a", "b"), table.stringColumn("source").asList());
        assertEquals(List.of(2L, 1L), table.longColumn("documents").asList());
        assertEquals(List.of(1L, 0L), table.longColumn("with repeats").asList());
        assertEquals(List.of(2L, 0L), table.longColumn("stretches").asList());
        assertEquals(List.of(34L + 11, 14L), table.longColumn("bytes").asList());
        assertEquals(List.of(15L + 9, 0L), table.longColumn("bytes repeated").asList());
        assertEquals(24.0 / 45, table.doubleColumn("share of bytes").get(0), 1e-12);
        assertEquals(0, table.doubleColumn("share of bytes").get(1));
        assertEquals(
                0,
                SubstringDuplicates.of(Corpus.of(List.of(document("e", 1, ""))), 2)
                        .table()
                        .doubleColumn("share of bytes")
                        .get(0));
    }

    @Test
    void inAPipelineItDoesWhatItDoesAlone(@TempDir Path folder) {
        List<Document> documents = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = 0; n < 60; n++) {
                text.append(random.nextInt(6)).append(n % 7 == 6 ? ". " : " ");
            }
            documents.add(document("s" + i % 2, i, text.toString().strip()));
        }
        Corpus corpus = Corpus.of(documents);
        SubstringDuplicates step = SubstringDuplicates.of(corpus, 4);
        Pipeline.CleaningResult result = Pipeline.of(step).run(corpus, folder, Progress.NONE);
        Step.Pass alone = step.begin();
        List<String> expected = documents.stream()
                .map(alone::judge)
                .filter(Verdict.Keep.class::isInstance)
                .map(each -> ((Verdict.Keep) each).document().text())
                .toList();
        assertEquals(expected, result.corpus().stream().map(Document::text).toList());
        assertEquals("repeated stretches", result.counts().get(0).step());
    }

    @Test
    void anotherCorpusThanTheOneLookedAtIsRefused() {
        Document one = document("s", 1, "a b c");
        Document two = document("s", 2, "d e f");
        SubstringDuplicates step = SubstringDuplicates.of(Corpus.of(List.of(one, two)), 2);
        Step.Pass pass = step.begin();
        assertTrue(assertThrows(KitException.class, () -> pass.judge(two))
                .getMessage()
                .contains("is not number 1 of"));
        Step.Pass longer = step.begin();
        longer.judge(one);
        longer.judge(two);
        assertThrows(KitException.class, () -> longer.judge(document("s", 3, "")), "a third one");
        assertThrows(KitException.class, () -> step.begin().judge(one.withText("a b d")));
    }

    @Test
    void aCorpusThatTheHeapIsTooSmallForIsRefusedAndOneThatJustFitsIsNot() {
        Corpus corpus = Corpus.of(List.of(document("s", 1, "a b"), document("s", 2, "a b c d")));
        assertEquals(
                1,
                SubstringDuplicates.of(corpus, 2, new TokenSequence(8))
                        .table()
                        .longColumn("stretches")
                        .get(0));
        String said = assertThrows(KitException.class, () -> SubstringDuplicates.of(corpus, 2, new TokenSequence(7)))
                .getMessage();
        assertTrue(said.contains("more than 7 words") && said.contains("-Xmx"), said);
        assertTrue(said.contains("in a heap of " + Runtime.getRuntime().maxMemory() / 1_000_000 + " MB:"), said);
        assertThrows(KitException.class, () -> SubstringDuplicates.of(corpus, 0));
    }

    @Test
    void moreWordsThanAtFirstThereIsRoomForAreAllLookedAt() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            words.add("n" + i);
        }
        String text = String.join(" ", words);
        String end = String.join(" ", words.subList(2900, 3000));
        assertEquals(List.of(text, "so"), cleaned(List.of(text, "so " + end), 100));
    }

    @Test
    void aDocumentThatJustFillsTheRoomEndsAsAnyOther() {
        for (int words = 1022; words <= 1024; words++) {
            TokenSequence sequence = new TokenSequence(10_000);
            sequence.add(document("s", 0, "w ".repeat(words)));
            assertEquals(words - 50, sequence.repeated(50).cardinality());
        }
    }

    @Test
    void stretchesLongerThanAnyTextAreFoundNowhere() {
        Document twice = Document.collected("s", "p", null, null, 1990, null, "CC0-1.0", null, "a b a b a b");
        assertEquals(
                0,
                SubstringDuplicates.of(Corpus.of(List.of(twice)), Integer.MAX_VALUE)
                        .table()
                        .longColumn("stretches")
                        .sum());
    }
}
