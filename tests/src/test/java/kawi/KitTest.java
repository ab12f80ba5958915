package kawi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KitTest {
    @TempDir
    Path clone;

    @BeforeEach
    void aClone() throws Exception {
        Files.createDirectories(clone.resolve("notebooks"));
        Files.createDirectories(clone.resolve("datasets"));
        Files.writeString(clone.resolve("datasets/catalog.json"), "{}");
    }

    private Kit open(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("KAWI_HOME", clone.toString()));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return Kit.open("02-preprocessing", all);
    }

    private void refused(String sentence, String... settings) {
        assertEquals(
                sentence, assertThrows(KitException.class, () -> open(settings)).getMessage());
    }

    @Test
    void withoutSettingsItIsALessonCalledLesson() {
        Kit kit = open();
        assertEquals("lesson", kit.budget().name());
        assertEquals("lesson", kit.run().name());
    }

    @Test
    void anArtifactMadeFromAFileThatWasChangedSinceIsStale() throws Exception {
        Path own = clone.resolve("datasets/letters");
        Files.createDirectories(own);
        Files.writeString(own.resolve("a.txt"), "Dear Ada,");
        Files.writeString(
                clone.resolve("datasets/catalog.json"),
                "{\"sources\": [{\"id\": \"mine\", \"licence\": \"CC0-1.0\", \"path\": \"letters\"}]}");
        Kit kit = open();
        try (Draft draft = kit.draft("collected").source(kit.catalog().evidence("mine"))) {
            Files.writeString(draft.file("documents.txt"), "Dear Ada,");
            draft.commit();
        }
        try (Draft draft = kit.draft("clean").input(kit.artifact("collected"))) {
            Files.writeString(draft.file("documents.txt"), "Dear Ada");
            draft.commit();
        }
        assertEquals("clean", kit.artifact("clean").name());
        Files.writeString(own.resolve("a.txt"), "Dear Eva,"); // of the same length
        for (String name : List.of("collected", "clean")) {
            String said =
                    assertThrows(KitException.class, () -> kit.artifact(name)).getMessage();
            assertEquals(
                    "Artifact 'collected' is stale: it was made from the source 'mine', and its file a.txt was changed"
                            + " since; run notebook 02-preprocessing again, or put the source back as it was.",
                    said);
        }
        Files.writeString(own.resolve("a.txt"), "Dear Ada,");
        assertEquals("clean", kit.artifact("clean").name());
        Files.writeString(own.resolve("b.txt"), "Dear Bob,");
        assertTrue(kit.run().fault("clean").contains("the file b.txt has come to it since"));
        Files.delete(own.resolve("b.txt"));
        Files.move(own.resolve("a.txt"), own.resolve("c.txt"));
        assertTrue(kit.run().fault("clean").contains("its file a.txt is no longer there"));
        Files.delete(own.resolve("c.txt"));
        Files.delete(own); // nothing of it is at hand: nothing says that it was changed
        assertEquals("clean", kit.artifact("clean").name());
    }

    @Test
    void withoutSparkSeveralMachinesAreRefusedWithHowToBringIt() throws Exception {
        String refusal =
                assertThrows(KitException.class, () -> Kit.needSpark(clone)).getMessage();
        assertTrue(refusal.contains("environment/setup --spark"), refusal);
        Path jars = Files.createDirectories(clone.resolve("lib/cluster/target/cluster"));
        assertThrows(KitException.class, () -> Kit.needSpark(clone));
        Files.createFile(jars.resolve("kawi-cluster-0.1.0.jar"));
        Kit.needSpark(clone);
    }

    @Test
    void anUnknownBudgetIsRefusedWithTheKnownOnes() {
        refused(
                "There is no budget 'lots': set KAWI_BUDGET (or --budget) to smoke, lesson or full, or KAWI_BUDGET to a JSON file of your own.",
                "KAWI_BUDGET",
                "lots");
    }

    @Test
    void aBudgetOfOnesOwnIsReadFromAFileInTheClone() throws Exception {
        String json =
                Budget.lesson().json().replace("\"lesson\"", "\"mine\"").replace("\"seeds\" : 3", "\"seeds\" : 7");
        Files.writeString(clone.resolve("mine.json"), json);
        Kit kit = open("KAWI_BUDGET", "mine.json");
        assertEquals("mine", kit.budget().name());
        assertEquals("mine", kit.run().name());
        assertEquals(7, kit.budget().architecture().seeds());
        assertEquals(Budget.lesson().training(), kit.budget().training());
    }

    @Test
    void aBudgetFileNamesEveryFieldThatIsMissingUnknownOrNoNumber() throws Exception {
        String json = Budget.smoke()
                .json()
                .replace("\"minutes\"", "\"hours\"")
                .replaceFirst("\"pages\" : \\d+", "\"pages\" : -1")
                .replaceFirst("\"seeds\" : \\d+", "\"seeds\" : 2.5")
                .replaceFirst("\"swaps\" : \\d+", "\"swaps\" : \"many\"");
        Files.writeString(clone.resolve("mine.json"), json);
        String said = assertThrows(KitException.class, () -> open("KAWI_BUDGET", "mine.json"))
                .getMessage();
        for (String fault : List.of(
                "training.minutes is missing",
                "training.hours is no field",
                "collection.pages is -1, not a number above 0",
                "architecture.seeds is 2.5, not a whole number",
                "responsible.swaps is \"many\", not a number")) {
            assertTrue(said.contains(fault), said);
        }
    }

    @Test
    void aBudgetFileThatIsNoJsonOrIsNotThereIsRefusedInASentence() throws Exception {
        Files.writeString(clone.resolve("mine.json"), "{\n\"name\": }");
        String said = assertThrows(KitException.class, () -> open("KAWI_BUDGET", "mine.json"))
                .getMessage();
        assertTrue(said.contains("not valid JSON at line 2"), said);
        refused("Failed reading the budget (none.json): the file is not there.", "KAWI_BUDGET", "none.json");
    }

    @Test
    void aSeedThatIsNoNumberIsRefused() {
        refused(
                "The seed 'seven' is not a whole number: set KAWI_SEED (or --seed) to one, such as 1.",
                "KAWI_SEED",
                "seven");
    }

    @Test
    void aRunNameThatLeavesTheFolderIsRefused() {
        assertThrows(KitException.class, () -> open("KAWI_RUN", "../elsewhere"));
    }

    @Test
    void aFolderThatIsNoCloneIsRefused(@TempDir Path elsewhere) {
        String said = assertThrows(KitException.class, () -> open("KAWI_HOME", elsewhere.toString()))
                .getMessage();
        assertTrue(said.contains("set KAWI_HOME to the clone"), said);
    }

    @Test
    void aGpuThatIsNotThereIsRefusedWithHowToGetOne() {
        Kit kit = open("KAWI_DEVICE", "gpu77");
        String said = assertThrows(KitException.class, kit::torch).getMessage();
        assertTrue(said.contains("gpu77") && said.contains("KAWI_DEVICE=cpu"), said);
    }

    @Test
    void notebooksRunOutOfOrderAreToldWhichComesFirst() {
        Kit kit = open();
        String said =
                assertThrows(KitException.class, () -> kit.artifact("tokens")).getMessage();
        assertEquals("Artifact 'tokens' is not in run 'lesson': run notebook 02-preprocessing first.", said);
    }

    @Test
    void anArtifactRemembersTheCodeThatMadeIt() throws Exception {
        Files.writeString(
                clone.resolve("notebooks/02-preprocessing.ipynb"),
                "{\"cells\":[{\"cell_type\":\"markdown\",\"source\":\"a\"},{\"cell_type\":\"code\","
                        + "\"source\":[\"int x = 1;\"]}]}");
        String before = codeOf("one");
        Files.writeString(
                clone.resolve("notebooks/02-preprocessing.ipynb"),
                "{\"cells\":[{\"cell_type\":\"markdown\",\"source\":\"b\"},{\"cell_type\":\"code\","
                        + "\"source\":\"int x = 1;\"}]}");
        assertEquals(before, codeOf("two"), "prose is not code");
        Files.writeString(
                clone.resolve("notebooks/02-preprocessing.ipynb"),
                "{\"cells\":[{\"cell_type\":\"code\",\"source\":\"int x = 2;\"}]}");
        assertTrue(!before.equals(codeOf("three")));
    }

    private String codeOf(String name) throws Exception {
        var draft = open().draft(name);
        Files.writeString(draft.file("f"), name);
        return draft.commit().manifest().code().get("notebook");
    }
}
