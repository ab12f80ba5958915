package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
    @TempDir
    Path folder;

    private Run run;
    private Path file;
    private String json;

    @BeforeEach
    void make() throws IOException {
        run = new Run(folder.resolve("lesson"), Map.of("collected", "01-data-collection"));
        Draft.Origin origin = new Draft.Origin("01-data-collection", "lesson", "smoke", 1, Map.of(), Map.of());
        Artifact input;
        try (Draft draft = new Draft(run, "raw", origin)) {
            input = draft.commit();
        }
        try (Draft draft = new Draft(run, "collected", origin)) {
            Files.writeString(draft.file("data.txt"), "text");
            file = draft.input(input).metric("m", 1).commit().folder().resolve("manifest.json");
        }
        json = Files.readString(file);
    }

    private void refused(String text, String... words) throws IOException {
        Files.writeString(file, text);
        KitException e = assertThrows(KitException.class, () -> run.artifact("collected"));
        assertTrue(e.getMessage().contains("'collected'"), e.getMessage());
        assertTrue(e.getMessage().endsWith("run its notebook again."), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
    }

    @Test
    void aManifestCutAnywhereIsRefusedInOneSentence() throws IOException {
        for (int end = 0; end < json.strip().length(); end++) {
            refused(json.substring(0, end));
        }
    }

    @Test
    void aManifestThatIsNoneIsRefusedInOneSentence() throws IOException {
        for (String text : List.of("null", "[]", "1", "{}", "\"text\"", json + json, "{\"name\":\"collected\"}")) {
            refused(text);
        }
        Files.write(file, new byte[] {'{', (byte) 0xFF, '}'});
        assertTrue(assertThrows(KitException.class, () -> run.artifact("collected"))
                .getMessage()
                .contains("not UTF-8"));
    }

    @Test
    void everyKeyThatIsMissingIsNamed() throws IOException {
        for (String key : List.of(
                "name",
                "stage",
                "run",
                "budget",
                "inputs",
                "parameters",
                "outputs",
                "metrics",
                "figures",
                "tables",
                "texts",
                "code",
                "environment",
                "finished")) {
            String without = json.replaceFirst("\"" + key + "\" :", "\"sources\" : [ ], \"x\" :")
                    .replaceFirst(
                            "\"sources\" : \\[ ], \"x\" : (\\{[^{}]*}|\\{\\s*\"data.txt\" : \\{[^{}]*}\\s*}|\\{\\s*\"m\" : \\{[^{}]*}\\s*}|\\[[^\\[\\]]*]|\"[^\"]*\")\\s*,?",
                            "");
            assertNotEquals(json, without);
            refused(without.replaceFirst(",\\s*}\\s*$", "}"), "'" + key + "' is missing");
        }
    }

    @Test
    void keysThatTheKitDoesNotKnowAndKeysGivenTwiceAreNamed() throws IOException {
        refused(json.replaceFirst("\\{", "{\"mood\" : 1,"), "'mood'");
        refused(json.replaceFirst("\"bytes\"", "\"width\" : 1, \"bytes\""), "'width'");
        refused(json.replaceFirst("\\{", "{\"seed\" : 2,"), "seed");
    }

    @Test
    void hashesSizesAndPathsThatAreNoneAreRefused() throws IOException {
        refused(json.replaceFirst("\"raw\" : \"[0-9a-f]{64}\"", "\"raw\" : \"12ab\""), "inputs.raw has no SHA-256");
        refused(json.replaceFirst("\"sha256\" : \"[0-9a-f]{64}\"", "\"sha256\" : null"), "outputs.data.txt");
        refused(json.replaceFirst("\"bytes\" : 4", "\"bytes\" : -4"), "outputs.data.txt is no file");
        refused(json.replaceFirst("\"data.txt\" : \\{[^{}]*}", "\"data.txt\" : null"), "'outputs.data.txt' is missing");
        refused(json.replaceFirst("\"seed\" : 1,", "\"seed\" : 1 1,"), "is damaged (line 6 of manifest.json: ");
        for (String path : List.of("../data.txt", "/data.txt", "a//b", "./data.txt")) {
            refused(json.replace("\"data.txt\"", "\"" + path + "\""), path);
        }
        refused(json.replace("\"name\" : \"collected\"", "\"name\" : \"tokens\""), "'tokens'");
    }

    @Test
    void anElementThatIsNullIsNamedByWhatItIsOf() throws IOException {
        for (String[] each : new String[][] {
            {"\"figures\" : [ ]", "\"figures\" : [ null ]", "figures.file"},
            {"\"figures\" : [ ]", "\"figures\" : [ {\"title\":\"t\",\"file\":null,\"alt\":\"a\"} ]", "figures.file"},
            {"\"tables\" : [ ]", "\"tables\" : [ null ]", "tables.columns"},
            {"\"tables\" : [ ]", "\"tables\" : [ {\"title\":\"t\",\"columns\":null,\"rows\":[]} ]", "tables.columns"},
            {"\"tables\" : [ ]", "\"tables\" : [ {\"title\":\"t\",\"columns\":[],\"rows\":null} ]", "tables.rows"},
            {"\"tables\" : [ ]", "\"tables\" : [ {\"title\":\"t\",\"columns\":[],\"rows\":[null]} ]", "tables.rows"},
            {"\"texts\" : [ ]", "\"texts\" : [ null ]", "texts.text"},
            {"\"texts\" : [ ]", "\"texts\" : [ {\"title\":\"t\",\"text\":null} ]", "texts.text"},
            {"\"figures\" : [ ]", "\"figures\" : [ ], \"sources\" : [ null ]", "sources"}
        }) {
            String with = json.replaceFirst("\"sources\" : \\[ ],", "").replace(each[0], each[1]);
            assertNotEquals(json, with);
            refused(with, "the key '" + each[2] + "' is missing");
        }
        refused(json.replaceFirst("\"m\" : \\{[^{}]*}", "\"m\" : null"), "the key 'metrics.m' is missing");
    }

    @Test
    void aFolderWithoutAManifestIsNoArtifact() throws IOException {
        Files.delete(file);
        assertFalse(run.has("collected"));
        assertEquals(
                "Artifact 'collected' is not in run 'lesson': run notebook 01-data-collection first.",
                assertThrows(KitException.class, () -> run.artifact("collected"))
                        .getMessage());
        assertNotNull(run.fault("collected"));
        assertEquals(null, run.fault("raw"));
        assertEquals(List.of("raw"), run.all().stream().map(Artifact::name).toList());
    }

    @Test
    void aFileThatIsMissingIsNamedWithItsArtifact() throws IOException {
        Files.delete(file.resolveSibling("data.txt"));
        String said = assertThrows(KitException.class, () -> run.artifact("collected"))
                .getMessage();
        assertTrue(said.contains("'data.txt' is missing"), said);
        Artifact unchecked = run.all().get(0);
        assertTrue(assertThrows(KitException.class, () -> unchecked.file("data.txt"))
                .getMessage()
                .contains("has no file 'data.txt' (it has data.txt)"));
        assertThrows(KitException.class, () -> unchecked.file("../raw/manifest.json"));
    }

    @Test
    void figuresDoNotMakeTheDataAnotherAndEveryOtherFileDoes() throws IOException {
        Draft.Origin origin = new Draft.Origin("01-data-collection", "lesson", "smoke", 1, Map.of(), Map.of());
        String[] hashes = new String[4];
        for (int i = 0; i < 4; i++) {
            try (Draft draft = new Draft(run, "drawn", origin)) {
                Files.writeString(draft.file(i == 3 ? "other.txt" : "data.txt"), i == 2 ? "changed" : "text");
                hashes[i] = draft.figure("f", new byte[] {(byte) i}, "a picture")
                        .commit()
                        .hash();
            }
        }
        assertEquals(hashes[0], hashes[1]);
        assertNotEquals(hashes[0], hashes[2]);
        assertNotEquals(hashes[0], hashes[3]);
    }

    @Test
    void aHashIsThatOfThePublishedVectorsAlsoForFilesLongerThanABuffer() throws IOException {
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Hash.of("abc"));
        Path million = folder.resolve("million");
        try (OutputStream out = Files.newOutputStream(million)) {
            for (int i = 0; i < 1000; i++) {
                out.write("a".repeat(1000).getBytes(StandardCharsets.US_ASCII));
            }
        }
        assertEquals("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Hash.of(million));
        Path empty = Files.createFile(folder.resolve("empty"));
        assertEquals("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Hash.of(empty));
    }

    @Test
    void anEmptyFileIsAFileOfAnArtifact() throws IOException {
        Draft.Origin origin = new Draft.Origin("01-data-collection", "lesson", "smoke", 1, Map.of(), Map.of());
        try (Draft draft = new Draft(run, "empty", origin)) {
            Files.createFile(draft.file("nothing.txt"));
            draft.commit();
        }
        Artifact empty = run.artifact("empty");
        assertEquals(0, Files.size(empty.file("nothing.txt")));
        assertEquals("empty (01-data-collection, " + empty.hash().substring(0, 12) + ")", empty.toString());
    }

    @Test
    void aSourceIsAnotherWhereANameOrAHashIsAnother() {
        assertEquals(
                Hash.of("a\0" + "1\nb\0" + "2\n"),
                source(Map.of("b", "2", "a", "1")).hash());
        assertNotEquals(
                source(Map.of("a", "1")).hash(), source(Map.of("a", "2")).hash());
        assertNotEquals(
                source(Map.of("a", "1")).hash(), source(Map.of("b", "1")).hash());
    }

    private static Manifest.Source source(Map<String, String> files) {
        return new Manifest.Source("s", "MIT", "corpus", files);
    }

    @Test
    void aFaultIsTheSentenceThatTheArtifactIsRefusedWith() throws IOException {
        Files.delete(file.resolveSibling("data.txt"));
        String said = assertThrows(KitException.class, () -> run.artifact("collected"))
                .getMessage();
        assertEquals(said, run.fault("collected"));
    }

    @Test
    void whatLiesInAHiddenFolderIsNoArtifact() throws IOException {
        Path hidden = Files.createDirectories(run.folder().resolve(".trash"));
        Files.move(file.getParent(), hidden.resolve("collected"));
        assertFalse(run.has("collected"));
        assertEquals(List.of("raw"), run.all().stream().map(Artifact::name).toList());
    }
}
