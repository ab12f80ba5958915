package kawi.tune;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferencePairsTest {
    @TempDir
    Path folder;

    private static PreferencePair pair(String method, String chosen, String rejected) {
        return new PreferencePair(Example.of("", "", method, List.of(chosen)), chosen, rejected);
    }

    @Test
    void aLineHoldsWhatTrlReadsAndSaysWhatThePairWasFor() throws Exception {
        PreferencePair learned = pair("Zip.open()", "Opens \"é\".\nThen closes.", "Sure, I can help!");
        PreferencePair judging = pair("Zip.close()", "Closes.", "It closes the zip.");
        Path file = folder.resolve("preferences.jsonl");
        Task task = new MethodSummaries();
        PreferencePairs.write(file, task, List.of(learned), List.of(judging));
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertEquals(2, lines.size());
        List<PreferencePair> pairs = List.of(learned, judging);
        for (int i = 0; i < 2; i++) {
            assertEquals(pairs.get(i).id(), lines.get(i).get("id").asText());
            assertEquals(
                    i == 0 ? "train" : "validation", lines.get(i).get("use").asText());
            assertEquals(
                    task.prompt(pairs.get(i).example()),
                    lines.get(i).get("prompt").asText());
            assertEquals(pairs.get(i).chosen(), lines.get(i).get("chosen").asText());
            assertEquals(pairs.get(i).rejected(), lines.get(i).get("rejected").asText());
            assertEquals(5, lines.get(i).size());
        }
    }

    @Test
    void aPairThatIsLearnedFromMayNotJudge() {
        Path file = folder.resolve("preferences.jsonl");
        PreferencePair pair = pair("Zip.open()", "Opens.", "Sure!");
        String said = assertThrows(
                        KitException.class,
                        () -> PreferencePairs.write(file, new MethodSummaries(), List.of(pair), List.of(pair)))
                .getMessage();
        assertTrue(said.contains("Zip.open()") && said.endsWith("."), said);
        assertFalse(Files.exists(file));
    }
}
