package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.readers.Packed;
import kawi.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
    private static final String PROSE =
            "The harbour master measured the ice each noon with a steel rod that her grandfather had used, and "
                    + "she wrote the number on the "
                    + "wall of the shed in chalk, as he had done, below his numbers, which nobody has ever "
                    + "wiped off. On the eleventh day a south wind broke everything in an "
                    + "hour, and the sound was that of a hundred plates dropped in the next room.";

    @TempDir
    Path folder;

    private static Document doc(String name, String text) {
        return Packed.document(name, text);
    }

    private static Pipeline all() {
        return Pipeline.of(
                Normalize.unicode(),
                Language.keep("en"),
                Quality.gopher(),
                Repetition.gopher(),
                Duplicates.exact(),
                Duplicates.near(0.8),
                Pii.mask(),
                Licences.permissive());
    }

    private static List<Document> mixed() {
        Document closed = doc(
                "closed",
                PROSE.replace("ice", "tide")
                        .replace("noon", "midnight")
                        .replace("a hundred plates", "glass")
                        .replace("south", "north")
                        .replace("chalk", "pencil")
                        .replace("grandfather", "teacher"));
        return List.of(
                doc("good", PROSE),
                doc("same", "  " + PROSE.toUpperCase() + "\n"),
                doc("near", PROSE + " Then all was quiet."),
                doc("short", "The end of the long pier."),
                doc(
                        "french",
                        "Le ma\u00eetre du port mesurait la glace chaque jour \u00e0 midi avec une tige d'acier "
                                + "que son grand-p\u00e8re avait utilis\u00e9e, et elle \u00e9crivait le nombre "
                                + "sur le mur de la cabane \u00e0 la craie, comme il l'avait fait, sous ses "
                                + "nombres que personne n'a jamais effac\u00e9s."),
                doc("again", "Buy the cheap watch with the gold that you have to be seen with. ".repeat(20)),
                doc(
                        "person",
                        "Write to me at ines.calder@harbour.example, she said, and tell me about the weather of "
                                + "the coast. "
                                + PROSE.replace("measured", "described")
                                        .replace("each", "every")
                                        .replace("wall", "door")
                                        .replace("eleventh", "last")
                                        .replace("sound", "noise")
                                        .replace("room", "house")
                                        .replace("steel", "iron")
                                        .replace("number", "figure")
                                        .replace("broke", "took")),
                new Document(
                        closed.id(), "test", null, null, null, "test", "LicenseRef-newspaper", null, closed.text()));
    }

    @Test
    void everyDocumentIsKeptOrRejectedWithItsReasonAndNoneVanishes() {
        Pipeline.CleaningResult outcome = all().run(Corpus.of(mixed()), folder, Progress.NONE);
        TreeSet<String> ids = new TreeSet<>();
        outcome.corpus().forEach(document -> ids.add(document.id()));
        outcome.rejected().forEach(rejected -> ids.add(rejected.document().id()));
        assertEquals(mixed().stream().map(Document::id).collect(Collectors.toCollection(TreeSet::new)), ids);
        assertEquals(
                mixed().size(),
                outcome.corpus().size() + outcome.rejected().all().size());
        assertEquals(
                List.of("exact duplicates", "near duplicates", "quality", "language", "repetition", "licence"),
                outcome.rejected().all().stream().map(Rejected::step).toList());
        assertEquals(
                List.of("good", "person"),
                outcome.corpus().stream().map(Document::title).toList());
        assertTrue(outcome.corpus().stream()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .text()
                .startsWith("Write to me at <email>, she said"));
    }

    @Test
    void theTableAddsUpFromStepToStep() {
        Pipeline.CleaningResult outcome = all().run(Corpus.of(mixed()), folder, Progress.NONE);
        for (int i = 1; i < outcome.counts().size(); i++) {
            Pipeline.Count before = outcome.counts().get(i - 1);
            assertEquals(
                    before.documents() - before.dropped(),
                    outcome.counts().get(i).documents());
            assertEquals(before.keptBytes(), outcome.counts().get(i).bytes());
        }
        Pipeline.Count last = outcome.counts().get(7);
        assertEquals(outcome.corpus().size(), last.documents() - last.dropped());
        assertEquals(outcome.corpus().bytes(), last.keptBytes());
        assertEquals(8, outcome.table().rowCount());
    }

    @Test
    void aMovedThresholdSaysWhichDocumentsFlip() {
        Pipeline.CleaningResult outcome = all().run(Corpus.of(mixed()), folder, Progress.NONE);
        Rejected tooShort = outcome.rejected().all().stream()
                .filter(r -> r.step().equals("quality"))
                .findFirst()
                .orElseThrow();
        assertEquals("words 6 is below 50", tooShort.reason());
        assertEquals(List.of(tooShort), outcome.rejected().replay("words", 6.0, null));
        assertEquals(List.of(), outcome.rejected().replay("words", 7.0, null));
        RuleFilter quality = Quality.gopher();
        List<RuleFilter.Flip> flips = quality.flips(Corpus.of(mixed()), quality.move("words", 3.0, null));
        assertEquals(
                List.of("short"),
                flips.stream().map(flip -> flip.document().title()).toList());
        assertEquals(
                true,
                quality.flips(Corpus.of(mixed()), quality.move("words", 1e6, null))
                        .get(0)
                        .keptBefore());
        assertTrue(assertThrows(KitException.class, () -> quality.move("beauty", 1.0, null))
                .getMessage()
                .startsWith("quality does not measure beauty; it measures words, "));
    }

    @Test
    void anInterruptedRunWritesNothingAndSaysSo() {
        Thread.currentThread().interrupt();
        assertEquals(
                "Cleaning was interrupted after 1 documents and wrote nothing: run the cell again.",
                assertThrows(KitException.class, () -> all().run(Corpus.of(mixed()), folder, Progress.NONE))
                        .getMessage());
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void oneStepServesTwoRunsWithoutRememberingTheFirst() {
        Pipeline once = Pipeline.of(Duplicates.exact(), Duplicates.near(0.8));
        assertEquals(
                1,
                once.run(Corpus.of(List.of(doc("a", PROSE))), folder, Progress.NONE)
                        .corpus()
                        .size());
        assertEquals(
                1,
                once.run(Corpus.of(List.of(doc("a", PROSE))), folder, Progress.NONE)
                        .corpus()
                        .size());
    }

    @Test
    void repetitionIsMeasuredAsCountedByHand() {
        TextFeatures lines = new TextFeatures("one\ntwo\none\n\none\nfour");
        assertEquals(2 / 5.0, lines.repeatedLines(false), 1e-12);
        assertEquals(6 / 16.0, lines.repeatedLines(true), 1e-12);
        TextFeatures words = new TextFeatures("aa bb cc aa bb dd aa bb");
        assertEquals(12 / 16.0, words.topNGram(2), 1e-12);
        assertEquals(8 / 16.0, words.repeatedNGrams(2), 1e-12);
        assertEquals(0, new TextFeatures("a b c d e f g").topNGram(2), 1e-12);
        TextFeatures same = new TextFeatures("x ".repeat(20));
        assertEquals(1, same.topNGram(3), 1e-12);
        assertEquals(0.95, same.repeatedNGrams(3), 1e-12);
        assertEquals(0, new TextFeatures("").repeatedNGrams(5), 1e-12);
        assertEquals(1, new TextFeatures("x x x").topNGram(2), 1e-12);
        assertEquals(0, new TextFeatures("x x").topNGram(2), 1e-12);
        assertEquals(3, new TextFeatures("...and then... \u2026").ellipses());
        assertEquals(2, new TextFeatures("#a ##").hashes() - 1);
    }

    @Test
    void nearDuplicatesAreFoundAsOftenAsTheTheorySays() {
        Random random = new Random(3);
        int caught = 0;
        int alarms = 0;
        for (int pair = 0; pair < 60; pair++) {
            List<String> words = random.ints(300, 0, 100_000)
                    .mapToObj(i -> "w" + i)
                    .collect(Collectors.toCollection(ArrayList::new));
            String one = String.join(" ", words);
            words.set(50, "changed");
            words.set(200, "changed");
            String close = String.join(" ", words);
            for (int i = 0; i < 300; i += 12) {
                words.set(i, "other" + i);
            }
            String far = String.join(" ", words);
            assertTrue(Duplicates.similarity(one, close) > 0.9 && Duplicates.similarity(one, far) < 0.5);
            Step.Pass pass = Duplicates.near(0.8).begin();
            pass.judge(doc("one", one));
            alarms += pass.judge(doc("far", far)) instanceof Verdict.Drop ? 1 : 0;
            caught += pass.judge(doc("close", close)) instanceof Verdict.Drop ? 1 : 0;
        }
        assertTrue(caught >= 58, "caught " + caught);
        assertEquals(0, alarms);
    }

    @Test
    void unicodeNormalisationIsAProjectionAndDoesWhatItSays() {
        assertEquals(
                "caf\u00e9 x\n\n  indented y",
                Normalizer.faithful()
                        .apply("\ufeffcafe\u0301 \u00a0 x \r\n\r\n\r\n\r\n  indented\t\u200by\u0007\u00ad\n\n"));
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            String text =
                    random.ints(60, 0, 0x2100).mapToObj(Character::toString).collect(Collectors.joining());
            String once = Normalizer.faithful().apply(text);
            assertEquals(once, Normalizer.faithful().apply(once));
        }
    }

    @Test
    void languagesAreToldApart() {
        assertEquals("eng", Language.of(PROSE).get(0).code());
        assertEquals(
                "deu",
                Language.of("Der Hafenmeister ma\u00df jeden Mittag das Eis mit einem Stab aus Stahl, den "
                                + "schon ihr Gro\u00dfvater benutzt hatte.")
                        .get(0)
                        .code());
        assertTrue(Language.keep("en", "fr").begin().judge(mixed().get(4)) instanceof Verdict.Keep);
    }

    @Test
    void thePolicyAllowsByStatedLicenceOnly() {
        Licences policy = Licences.permissive();
        assertEquals(
                List.of(true, true, false, false, false),
                Stream.of("public-domain", "Apache-2.0", "CC-BY-NC-4.0", "LicenseRef-unstated", null)
                        .map(policy::allows)
                        .toList());
    }

    @Test
    void aFiltersTableShowsEveryRuleWithItsBoundsAndNoOthers() {
        var table = new RuleFilter(
                        "mine",
                        List.of(
                                new RuleFilter.Rule("low only", 1.0, null, features -> 0),
                                new RuleFilter.Rule("high only", null, 2.0, features -> 0)))
                .table();
        assertEquals(
                List.of("low only", "high only"), table.stringColumn("measure").asList());
        assertEquals(1.0, table.doubleColumn("at least").get(0));
        assertTrue(table.doubleColumn("at least").isMissing(1));
        assertTrue(table.doubleColumn("at most").isMissing(0));
        assertEquals(2.0, table.doubleColumn("at most").get(1));
        assertEquals(2, table.rowCount());
    }
}
