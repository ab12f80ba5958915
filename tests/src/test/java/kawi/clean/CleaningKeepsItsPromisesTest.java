package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.readers.Packed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleaningKeepsItsPromisesTest {
    @TempDir
    Path folder;

    private static Document doc(String text) {
        return Packed.document(text, text);
    }

    /** Drops "a" by one measure and "b" by another. */
    private static final Step FIRST = new Step() {
        @Override
        public String name() {
            return "first";
        }

        @Override
        public Pass begin() {
            return document -> switch (document.text()) {
                case "a" -> Verdict.drop("size", 1, 2.0, null, null);
                case "b" -> Verdict.drop("age", 3, null, 2.0, null);
                case "c" -> Verdict.change(document, "cc");
                default -> Verdict.keep(document);
            };
        }
    };

    private static final Step LAST = new Step() {
        @Override
        public String name() {
            return "last";
        }

        @Override
        public Pass begin() {
            return document ->
                    document.text().equals("d") ? Verdict.drop("age", 3, null, 2.0, null) : Verdict.keep(document);
        }
    };

    private static Pipeline pipeline() {
        return Pipeline.of(LAST, FIRST);
    }

    private static Corpus corpus() {
        return Corpus.of(List.of(doc("a"), doc("b"), doc("c"), doc("d"), doc("e")));
    }

    @Test
    void theTablesCountWhatWasDroppedChangedAndKept() {
        Pipeline.CleaningResult result = pipeline().run(corpus(), folder, Progress.NONE);
        assertEquals(
                List.of("last", "first"), result.table().stringColumn("step").asList());
        assertEquals(List.of(5, 4), result.table().intColumn("documents in").asList());
        assertEquals(List.of(1, 2), result.table().intColumn("dropped").asList());
        assertEquals(List.of(0, 1), result.table().intColumn("changed").asList());
        assertEquals(List.of(4, 2), result.table().intColumn("kept").asList());
        var rejected = result.rejected().table();
        assertEquals(
                List.of("first", "first", "last"), rejected.stringColumn("step").asList());
        assertEquals(
                List.of("age", "size", "age"), rejected.stringColumn("measure").asList());
        assertEquals(List.of(1, 1, 1), rejected.intColumn("documents").asList());
        assertEquals(List.of(LAST, FIRST), pipeline().steps());
    }

    @Test
    void progressIsToldOfEachDocumentAndOfWhatWasKept() {
        List<String> told = new ArrayList<>();
        pipeline().run(corpus(), folder, new Progress() {
            @Override
            public void begin(String what, long total) {
                told.add(what + " " + total);
            }

            @Override
            public void update(long done, String note) {
                told.add(String.valueOf(done));
            }

            @Override
            public void end(String note) {
                told.add(note);
            }
        });
        assertEquals(List.of("cleaning 5", "1", "2", "3", "4", "5", "2 of 5 documents kept"), told);
    }

    @Test
    void aDraftGetsTheDocumentsWithAndWithoutProgress() {
        Run run = new Run(folder.resolve("lesson"), Map.of());
        for (boolean silent : new boolean[] {true, false}) {
            Draft.Origin origin = new Draft.Origin("02-preprocessing", "lesson", "smoke", 1, Map.of(), Map.of());
            try (Draft draft = new Draft(run, "clean", origin)) {
                Pipeline.CleaningResult result =
                        silent ? pipeline().run(corpus(), draft) : pipeline().run(corpus(), draft, Progress.NONE);
                assertEquals(2, result.corpus().size());
                assertTrue(Files.exists(draft.folder().resolve("documents.jsonl.gz")));
            }
        }
    }

    @Test
    void aDropWithinItsBoundsIsRefusedAtTheBoundToo() {
        assertThrows(KitException.class, () -> Verdict.drop("size", 2, 2.0, null, null));
        assertThrows(KitException.class, () -> Verdict.drop("size", 2, null, 2.0, null));
        assertThrows(KitException.class, () -> Verdict.drop("size", 2, 1.0, 3.0, null));
        assertThrows(KitException.class, () -> Verdict.drop("size", 2, null, null, null));
        assertEquals("size", new Rejected("s", "size", 2, 2.0, null, null, doc("a")).reason());
        assertEquals("size", new Rejected("s", "size", 2, null, 2.0, null, doc("a")).reason());
        assertEquals("size 2 is above 1 (n)", new Rejected("s", "size", 2, null, 1.0, "n", doc("a")).reason());
    }

    @Test
    void eachStepHasItsName() {
        assertEquals("mine", Step.change("mine", text -> text).name());
        assertEquals("mine", Step.keep("mine", document -> true, "never").name());
        assertEquals("decontamination", Decontamination.of(1, 1).name());
        assertEquals("repeated paragraphs", RepeatedParagraphs.of(3).name());
        assertEquals("near duplicates", Duplicates.near(0).name());
        assertEquals("exact duplicates", Duplicates.exact().name());
    }

    @Test
    void aThresholdIsFromNoughtToBelowOneAndARunHasAWord() {
        for (double wrong : new double[] {-0.1, 1, 1.1, Double.NaN}) {
            assertThrows(KitException.class, () -> Duplicates.near(wrong));
        }
        assertThrows(KitException.class, () -> Decontamination.of(0, 0.5));
        assertThrows(KitException.class, () -> Decontamination.of(1, -0.1));
        assertEquals("decontamination", Decontamination.of(1, 1).name());
    }

    @Test
    void thePolicyListsItsLicencesInOrder() {
        assertEquals(
                List.of("CC0-1.0", "MIT"),
                List.copyOf(Licences.allow("MIT", "CC0-1.0").allowed()));
    }

    @Test
    void aParagraphOfTheFewestWordsIsComparedAndTheNoteCountsThem() {
        Step.Pass pass = RepeatedParagraphs.of(3).begin();
        pass.judge(doc("one two three\n\nfour five six\n\nseven eight"));
        Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, pass.judge(doc("One two three.\n\nFour five six.")));
        assertEquals("2 repeated", drop.note());
        assertInstanceOf(Verdict.Keep.class, pass.judge(doc("Seven eight")));
    }

    @Test
    void aSetOfHashesHoldsNoughtAndEveryOtherOnce() {
        LongSet set = new LongSet(4);
        for (long hash : new long[] {0, 1, -1, 1L << 32}) {
            assertTrue(set.add(hash));
            assertFalse(set.add(hash));
        }
        assertFalse(set.add(0));
        assertFalse(set.add(1));
    }

    @Test
    void wordsDifferByTheirLettersAndTheirOrder() {
        assertEquals(WordHashes.of("Don't").all(), WordHashes.of("don\u2019t").all());
        Set<Long> all = new java.util.HashSet<>();
        List<String> texts = List.of("", "a", "b", "aa", "ab", "ba", "a a", "a b", "b a", "a b c", "a c b", "c b a");
        texts.forEach(text -> all.add(WordHashes.of(text).all()));
        assertEquals(texts.size(), all.size());
        assertEquals(1, WordHashes.of("a b c").runs(3).length);
        assertEquals(WordHashes.of("a b c").all(), WordHashes.of("a b c").runs(3)[0]);
        assertEquals(WordHashes.of("a b").all(), WordHashes.of("a b").runs(3)[0]);
        assertEquals(0, WordHashes.of("").runs(3).length);
        assertEquals(WordHashes.of("b c").all(), WordHashes.of("a b c").runs(2)[1]);
    }

    @Test
    void atALowThresholdTextsOfWhichLittleIsEqualMeetAndOthersStay() {
        Step.Pass pass = Duplicates.near(0.1).begin();
        int met = 0;
        for (int pair = 0; pair < 200; pair++) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                words.add("w" + pair + "x" + i);
            }
            assertInstanceOf(Verdict.Keep.class, pass.judge(doc(String.join(" ", words))), "pair " + pair);
            for (int i = 30; i < 100; i++) {
                words.set(i, "other" + pair + "x" + i);
            }
            met += pass.judge(doc(String.join(" ", words))) instanceof Verdict.Drop ? 1 : 0;
        }
        assertEquals(200, met); // of a similarity of 0.16, at which one in 10^9 pairs is missed
    }

    @Test
    void ofALongTextThreePassagesAreLookedAtAndOfAShorterOneAllOfIt() {
        int passage = 300;
        String english = "The harbour master measured the ice each noon with a steel rod that she had used. ";
        String german = "Der Hafenmeister maß jeden Mittag das Eis mit einem Stab aus Stahl, den er hatte. ";
        String french = "Le maître du port mesurait la glace chaque jour à midi avec une tige d'acier rouge. ";
        // passages begin at a quarter, a half and three quarters of what is left without one of them
        StringBuilder text = new StringBuilder(german.repeat(200).substring(0, 5 * passage));
        String one = (english.repeat(20).substring(0, passage - 3) + "   ");
        text.replace(passage, 2 * passage, one)
                .replace(2 * passage, 3 * passage, one)
                .replace(3 * passage, 4 * passage, one);
        assertEquals("eng", Language.of(text.toString()).get(0).code());
        String seen = one.strip() + " " + one.strip() + " " + one.strip();
        assertEquals(Language.of(seen), Language.of(text.toString()));
        String whole = french.repeat(100).substring(0, passage / 2)
                + german.repeat(100).substring(0, 2 * passage)
                + english.repeat(100).substring(0, passage / 2 - 2) + "  ";
        assertEquals(3 * passage, whole.length());
        assertEquals(Language.of(whole.strip()), Language.of(whole));
    }
}
