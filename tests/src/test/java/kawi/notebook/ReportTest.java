package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path folder;

    @Test
    void theReportShowsWhatTheManifestsHold() throws Exception {
        Run run = new Run(folder.resolve("r"), Map.of());
        Chart chart = Charts.line("Loss", "step", "nats", new double[] {0, 1, 2}, new double[] {3, 2, 1});
        try (Draft draft = new Draft(
                run, "model", new Draft.Origin("04-training", "r", "smoke", 1, Map.of(), Map.of("java", "17")))) {
            Files.writeString(draft.file("weights"), "w");
            draft.source(new Manifest.Source("reviews", "MIT", "task", Map.of("reviews.zip", "ab12")));
            draft.metric("validation loss", 1.25, 1.2, 1.3)
                    .figure("Loss", chart.png(), chart.alt())
                    .table("Rows", Tables.row("a", 1, "b", 2.5))
                    .text("Sample", "<script>alert(1)</script>")
                    .commit();
        }
        Path index = Report.write(run.folder());
        String html = Files.readString(index);
        assertTrue(html.contains("validation loss") && html.contains("1.25") && html.contains("1.2 to 1.3"));
        assertTrue(html.contains("reviews.zip") && html.contains("ab12"), "what came from outside, file by file");
        assertTrue(html.contains("alt=\"Loss. nats against step"));
        assertTrue(Files.size(index.resolveSibling("figures/model-01.png")) > 1000);
        assertFalse(html.contains("<script"), "data is shown as text, never as markup");
        assertFalse(html.contains("://"), "the page asks nothing of a network");
    }

    @Test
    void theTimeOfMakingIsThatOfThisPassAndWhatAnEarlierOneLeftIsNamed() throws Exception {
        Run run = new Run(folder.resolve("r"), Map.of());
        for (String text : List.of("once", "again")) {
            Draft clean =
                    new Draft(run, "clean", new Draft.Origin("02-preprocessing", "r", "smoke", 1, Map.of(), Map.of()));
            Files.writeString(clean.file("text"), text);
            clean.commit();
            if (text.equals("once")) {
                Draft model =
                        new Draft(run, "model", new Draft.Origin("04-training", "r", "smoke", 1, Map.of(), Map.of()));
                Files.writeString(model.file("weights"), "w");
                model.input(run.artifact("clean")).commit();
                assertFalse(Files.readString(Report.write(run.folder())).contains("earlier pass"));
            }
        }
        Path manifest = folder.resolve("r/04-training/model/manifest.json");
        Files.writeString(
                manifest, Files.readString(manifest).replaceFirst("\"seconds\" : [^,]+", "\"seconds\" : 7200.0"));
        String html = Files.readString(Report.write(run.folder()));
        assertTrue(html.contains("Of the time, 1 artifact of an earlier pass is left out: model."), html);
        assertFalse(html.contains("120 min 00 s"), html);
    }

    @Test
    void aRunWithoutArtifactsSaysWhatToDo() throws Exception {
        Files.createDirectories(folder.resolve("empty"));
        assertTrue(assertThrows(KitException.class, () -> Report.write(folder.resolve("empty")))
                .getMessage()
                .contains("01-data-collection"));
    }
}
