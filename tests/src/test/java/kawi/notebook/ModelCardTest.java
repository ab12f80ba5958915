package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import kawi.evidence.Artifact;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Run;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class ModelCardTest {

    @TempDir
    Path folder;

    private Run run;

    @BeforeEach
    void make() throws IOException {
        run = new Run(folder.resolve("lesson"), Map.of());
        Artifact clean = finished(draft("02-preprocessing", "clean")
                .table(
                        "Sources",
                        Tables.columns("source", "licence")
                                .row("plays", "public-domain")
                                .table()));
        Artifact model = finished(draft("04-training", "model").input(clean));
        finished(draft("06-evaluation", "evaluation").input(model).metric("accuracy", 0.8125, 0.75, 0.875));
    }

    private Draft draft(String stage, String name) {
        return new Draft(run, name, new Draft.Origin(stage, "lesson", "smoke", 1, Map.of(), Map.of()));
    }

    private static Artifact finished(Draft draft) throws IOException {
        Files.writeString(draft.file("it.txt"), draft.name());
        return draft.commit();
    }

    @Test
    void whatAnEarlierPassLeftStillHoldsItsSourcesAndIsMarkedAndAnEarlierCardIsNotOnTheCard() throws IOException {
        Manifest.Source reviews = new Manifest.Source("reviews", "MIT", "task", Map.of("reviews.zip", "ab12"));
        Artifact tuned = finished(draft("05-fine-tuning", "sentiment").source(reviews));
        finished(draft("06-evaluation", "evaluation").input(tuned));
        finished(draft("07-responsible-use", "card").input(tuned));
        Run lesson = new Run(folder.resolve("lesson"), Map.of());
        assertEquals("evaluation", ModelCard.of(lesson, "Card").holdings().getString(0, "made from these"));
        assertEquals("", ModelCard.of(lesson, "Card").leftOut());
        Draft again = draft("05-fine-tuning", "sentiment").source(reviews);
        Files.writeString(again.file("it.txt"), "tuned otherwise");
        again.commit();
        ModelCard card = ModelCard.of(lesson, "Card");
        assertEquals("evaluation (earlier pass)", card.holdings().getString(0, "made from these"));
        assertEquals("sentiment", card.holdings().getString(0, "made from it"));
        assertEquals("1 artifact of an earlier pass is left out: evaluation.", card.leftOut());
        Files.writeString(folder.resolve("lesson/05-fine-tuning/sentiment/it.txt"), "damaged");
        assertEquals(
                "sentiment (not trusted)",
                ModelCard.of(lesson, "Card").holdings().getString(0, "made from it"));
    }

    /** Notebook 02 ran once more and came to the same bytes; what followed it was made before. */
    @Test
    void theEnergyIsThatOfThisPassAndWhatIsLeftOutIsNamed() throws IOException {
        Path manifest = folder.resolve("lesson/02-preprocessing/clean/manifest.json");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replaceFirst("\"seconds\" : [^,]+", "\"seconds\" : 7.5")
                        .replaceFirst("\"finished\" : \"[^\"]+\"", "\"finished\" : \"2999-01-01T00:00:00Z\""));
        ModelCard card = ModelCard.of(new Run(folder.resolve("lesson"), Map.of()), "Card");
        assertEquals(7.5, card.energy(2, 12.5).doubleColumn("value").get(0));
        assertEquals("2 artifacts of an earlier pass are left out: evaluation, model.", card.leftOut());
    }

    @Test
    void aLongTableOfTheCardScrollsInTheCellAsAnyOther() {
        Tables.Rows rows = Tables.columns("n");
        IntStream.range(0, 16).forEach(rows::row);
        ModelCard card = ModelCard.of(new Run(folder.resolve("lesson"), Map.of()), "Card")
                .table("Long", rows.table());
        assertTrue(card.html().source().contains("overflow:auto\"><table>"));
    }

    @Test
    void whoHoldsWhatIsReadFromTheManifestsDownToTheFilesHash() throws IOException {
        Manifest.Source reviews = new Manifest.Source("reviews", "MIT", "task", Map.of("reviews.zip", "ab12"));
        Manifest.Source base = new Manifest.Source("base-model", "Apache-2.0", "model", Map.of("base.gguf", "cd34"));
        Artifact tuned = finished(draft("05-fine-tuning", "sentiment")
                .source(reviews)
                .source(base)
                .source(base));
        finished(draft("06-evaluation", "evaluation").input(tuned));
        ModelCard card = ModelCard.of(new Run(folder.resolve("lesson"), Map.of()), "Card");
        Table held = card.holdings();
        assertEquals(
                List.of("base-model", "reviews"), held.stringColumn("source").asList());
        assertEquals(
                List.of("sentiment", "sentiment"),
                held.stringColumn("made from it").asList());
        assertEquals(
                List.of("evaluation", "evaluation"),
                held.stringColumn("made from these").asList());
        String chain = card.chain("How").markdown();
        assertTrue(chain.contains("| sentiment | 05-fine-tuning | base-model, reviews |"), chain);
        assertTrue(
                chain.contains("| reviews | task | MIT | 1 | " + reviews.hash().substring(0, 16) + " |"), chain);
        assertEquals(
                Map.of("reviews.zip", "ab12"), tuned.manifest().sources().get(1).files());
    }

    @Test
    void aSourceWhoseFilesChangedBetweenTwoArtifactsStandsTwice() throws IOException {
        finished(
                draft("05-fine-tuning", "one").source(new Manifest.Source("own", "CC0-1.0", "task", Map.of("f", "1"))));
        finished(
                draft("05-fine-tuning", "two").source(new Manifest.Source("own", "CC0-1.0", "task", Map.of("f", "2"))));
        Table held = ModelCard.of(new Run(folder.resolve("lesson"), Map.of()), "Card")
                .holdings();
        assertEquals(
                Set.of("one", "two"),
                Set.copyOf(held.stringColumn("made from it").asList()));
    }

    @Test
    void scoresComeFromTheManifestsWithTheirIntervals() {
        String card = ModelCard.of(run, "Card")
                .say("Limits", "Small | and <new>.")
                .scores("Scores", "evaluation")
                .tables("Data", "clean", "licence")
                .chain("How")
                .markdown();
        assertTrue(card.contains("| evaluation | accuracy | 0.8125 | 0.75 to 0.875 |"), card);
        assertTrue(card.contains("| plays | public-domain |"), card);
        assertTrue(card.contains("| model | 04-training | clean |"), card);
    }

    @Test
    void textIsEscapedOnThePage() {
        String page = ModelCard.of(run, "A <b>").say("Limits", "x < y").page();
        assertTrue(page.contains("A &lt;b&gt;") && page.contains("x &lt; y"), page);
    }

    @Test
    void anArtifactsAncestorsReachDownToItsSources() {
        assertEquals(
                List.of("clean", "model"), ModelCard.of(run, "Card").ancestry().get("evaluation"));
        assertEquals(List.of(), ModelCard.of(run, "Card").ancestry().get("clean"));
    }

    @Test
    void whatTheRunDoesNotHoldIsRefusedInOneSentence() {
        assertTrue(
                assertThrows(KitException.class, () -> ModelCard.of(run, "Card").scores("Scores", "nothing"))
                        .getMessage()
                        .contains("'nothing'"));
        assertTrue(
                assertThrows(KitException.class, () -> ModelCard.of(run, "Card").tables("Data", "model", "licence"))
                        .getMessage()
                        .contains("'licence'"));
    }

    /** The hub's own parser reads the same file: tests/environment/test_card.py. */
    @Test
    void whatProgramsLookForStandsInFront() throws IOException {
        ModelCard card = ModelCard.of(run, "A run: \"its\" card")
                .say("Limits", "Few.")
                .metadata("license", "other")
                .metadata("language", List.of("en", "fr"))
                .metadata("tags", List.of("education", "a: b"))
                .result("evaluation", "accuracy", "text-classification", "accuracy", "held-out sentences");
        String text = card.markdown();
        assertEquals(
                Files.readString(Path.of("src/test/resources/kawi/notebook/card.md")),
                text,
                "tests/environment/test_card.py reads that file");
        assertTrue(ModelCard.of(run, "Plain").markdown().startsWith("# Plain"));
        assertTrue(assertThrows(
                        KitException.class, () -> card.result("evaluation", "F1", "text-classification", "f1", "x"))
                .getMessage()
                .contains("accuracy"));
        Table energy = card.energy(2, 12.5);
        assertEquals(
                energy.doubleColumn("value").get(0) * 25 / 3600,
                energy.doubleColumn("value").get(3),
                1e-12);
        assertThrows(KitException.class, () -> card.energy(0, 10));
    }
}
