package kawi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.eval.ChoiceTask;
import kawi.eval.Counterfactuals;
import kawi.eval.StereotypePairs;
import kawi.evidence.KitException;
import kawi.model.GptConfig;
import kawi.readers.Catalog;
import kawi.search.Choice;
import kawi.text.Bpe;
import kawi.text.Tokenizer;
import kawi.train.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A file of settings says each thing once, in its kind, and nothing behind its end; else one sentence refuses it. */
class OddSettingsAreRefusedTest {
    private static final String WHOLE = "{\"step\":1,\"drawn\":1,\"settings\":{},\"bestStep\":0,\"withoutGain\":0,"
            + "\"seconds\":1.0,\"trainingSeconds\":1.0,\"peakResidentMegabytes\":1.0,\"history\":[]}";

    @TempDir
    Path folder;

    private static void refused(String words, Executable reading) {
        String said = assertThrows(KitException.class, reading, words).getMessage();
        assertTrue(said.contains(words), said);
        assertFalse(said.contains("\n") || said.contains("Input length"), said);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("f.json"), text);
    }

    @Test
    void whatIsNestedWithoutEndIsRefusedAlsoWhereTheParserNamesNoLine() throws IOException {
        for (String deep : List.of("[".repeat(200_000), "{\"a\":".repeat(200_000))) {
            Path file = file(deep);
            refused("f.json", () -> Budget.read(file));
            refused("f.json", () -> Catalog.open(file, List.of()));
            refused("f.json", () -> Counterfactuals.read(file));
            refused("f.json", () -> ChoiceTask.read(file));
            refused("f.json", () -> Choice.read(file));
        }
    }

    @Test
    void aByteOrderMarkIsNoFault() throws IOException {
        Path marked = file("\ufeff" + Budget.lesson().json());
        assertEquals(Budget.lesson(), Budget.read(marked));
        Files.write(marked, ("\ufeff" + Budget.lesson().json()).getBytes(StandardCharsets.UTF_16LE));
        assertEquals(Budget.lesson(), Budget.read(marked));
        Path wino = Files.writeString(folder.resolve("w.txt"), "\ufeff1 The [nurse] is here.\n");
        assertEquals(
                "The nurse is here.",
                StereotypePairs.winoBias(wino, wino).get(0).stereotype());
        Files.write(wino, new byte[] {(byte) 0xff, (byte) 0xfe, 'a', 0});
        refused("not text in UTF-8", () -> StereotypePairs.winoBias(wino, wino));
    }

    @Test
    void aChoiceSaysEachThingOnceAndInItsKind() throws IOException {
        Path file = folder.resolve("choice.json");
        new Choice(GptConfig.of(64).context(16).layers(1).heads(2).width(32), 0.01, 4, "w").write(file);
        String good = Files.readString(file);
        assertEquals(4, Choice.read(file).batch());
        for (String bad : List.of(
                good + good,
                good.replace("\"batch\" : 4", "\"batch\" : \"4\""),
                good.replace("\"batch\" : 4", "\"batch\" : 4, \"batch\" : 8"),
                good.replace("\"rate\" : 0.01", "\"rate\" : 1e400"),
                good.replace("\"rate\" : 0.01", "\"rate\" : 0.01, \"clip\" : 1"))) {
            Files.writeString(file, bad);
            refused("run notebook 03-architecture again", () -> Choice.read(file));
        }
    }

    @Test
    void aCheckpointsStateIsWhole() throws IOException {
        Path place = Files.createDirectories(folder.resolve("last"));
        for (String bad : List.of(
                "null",
                "{}",
                WHOLE.replace("\"step\":1", "\"step\":1,\"step\":2"),
                WHOLE.replace("\"step\":1", "\"step\":\"1\""),
                WHOLE.replace("\"step\":1", "\"step\":1.5"),
                WHOLE.replace("\"step\":1", "\"step\":null"),
                WHOLE.replace("\"step\":1", "\"step\":-1"),
                WHOLE.replace("\"history\":[]", "\"history\":[null]"),
                WHOLE.replace("\"settings\":{}", "\"settings\":null"),
                WHOLE + WHOLE)) {
            Files.writeString(place.resolve("state.json"), bad);
            refused("remove the checkpoint's folder", () -> Checkpoint.find(place));
        }
        Files.writeString(place.resolve("state.json"), WHOLE);
        assertEquals(1, Checkpoint.find(place).orElseThrow().state().step());
    }

    @Test
    void aTokenizersRulesAreTrueOrFalse() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Bpe.train(List.of("the cat sat on the mat"), 262, kawi.evidence.Progress.NONE)
                .save(file);
        String good = Files.readString(file);
        assertEquals(260, Tokenizer.load(file).size());
        for (String bad : List.of(
                good.replaceFirst("\"lstrip\" ?: ?false", "\"lstrip\":\"yes\""),
                good.replaceFirst("\"special\" ?: ?true", "\"special\":\"true\""),
                good.replaceFirst("\"add_prefix_space\" ?: ?false", "\"add_prefix_space\":\"no\""))) {
            assertFalse(bad.equals(good));
            Files.writeString(file, bad);
            refused("neither true nor false", () -> Tokenizer.load(file));
        }
        Files.writeString(file, good.replaceFirst("(?s)\"added_tokens\" ?: ?\\[.*?\\]", "\"added_tokens\":\"none\""));
        refused("no list of tokens", () -> Tokenizer.load(file));
    }

    @Test
    void aCatalogNamesPlainFiles() throws IOException {
        for (String name : List.of("../x.txt", "/etc/passwd", "a\\\\b", "a\\u0000b", ".hidden", " ")) {
            Path file = file("{\"sources\":[{\"id\":\"a\",\"files\":[{\"file\":\"" + name + "\",\"sha256\":\""
                    + "a".repeat(64) + "\"}]}]}");
            refused("no file of a folder", () -> Catalog.open(file, List.of()));
        }
        Path file = file("{\"sources\":[{\"id\":\"a\",\"path\":\"a\\u0000b\"}]}");
        refused("NUL", () -> Catalog.open(file, List.of()));
    }

    @Test
    void whatIsMissingInATestSetIsSaidWhereItIsRead() throws IOException {
        Path csv = Files.writeString(
                folder.resolve("c.csv"), ",sent_more,sent_less,stereo_antistereo,bias_type\n0,a b,,stereo,race\n");
        refused("nothing in the column 'sent_less'", () -> StereotypePairs.crows(csv));
        String good = "{\"axes\":[{\"name\":\"n\",\"groups\":[\"a\",\"b\"],\"terms\":[[\"x\",\"y\"]]}],"
                + "\"templates\":[{\"label\":\"positive\",\"text\":\"{person} won.\"}],\"words\":[[\"he\",\"she\"]],"
                + "\"occupations\":[\"nurse\"],\"frames\":[\"The {occupation} said {pronoun} was late.\"]}";
        assertEquals(1, Counterfactuals.read(file(good)).swaps(1, 1).size());
        for (String bad : List.of(
                good.replace("[\"a\",\"b\"]", "[\"a\"]"),
                good.replace("[[\"x\",\"y\"]]", "[[\"x\"]]"),
                good.replace("[[\"x\",\"y\"]]", "[null]"),
                good.replace("\"{person} won.\"", "\"\""),
                good.replace("[[\"he\",\"she\"]]", "[[\"he\",\"\"]]"),
                good.replace("[\"nurse\"]", "[5]"))) {
            Path file = file(bad);
            refused("restore the file", () -> Counterfactuals.read(file));
        }
    }
}
