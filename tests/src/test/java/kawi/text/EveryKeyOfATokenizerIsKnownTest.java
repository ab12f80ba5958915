package kawi.text;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key that the kit does not know is refused by its name wherever in the file it stands. */
class EveryKeyOfATokenizerIsKnownTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void aKeyThatIsNotKnownIsNamedInEveryPartOfTheFile() throws IOException {
        for (Tokenizer each : List.of(
                BpeTest.BPE,
                Bpe.of(BpeTest.BPE.vocabulary(), BpeTest.BPE.merges(), Splitter.SMOLLM, BpeTest.BPE.specials()),
                WordTokenizer.train(List.of("the cat the dog"), 9),
                CharacterTokenizer.train(List.of("banana"), 9))) {
            Path file = folder.resolve("tokenizer.json");
            each.save(file);
            JsonNode whole = JSON.readTree(Files.readAllBytes(file));
            Tokenizer.load(file);
            List<ObjectNode> parts = new ArrayList<>();
            for (String key : List.of("model", "decoder", "pre_tokenizer", "post_processor", "normalizer")) {
                objects(whole.path(key), parts);
            }
            assertTrue(parts.size() >= 2, "parts of " + each.getClass());
            for (ObjectNode part : parts) {
                part.put("surprise", 1);
                Files.writeString(file, whole.toString());
                String said = assertThrows(
                                KitException.class, () -> Tokenizer.load(file), () -> each.getClass() + " " + part)
                        .getMessage();
                assertTrue(said.contains("surprise"), said);
                part.remove("surprise");
            }
        }
    }

    /** All objects but the vocabularies, whose keys are tokens, and the patterns. */
    private static void objects(JsonNode node, List<ObjectNode> found) {
        if (node instanceof ObjectNode object) {
            found.add(object);
        }
        node.fields().forEachRemaining(field -> {
            if (!field.getKey().equals("vocab") && !field.getKey().equals("pattern")) {
                objects(field.getValue(), found);
            }
        });
        if (node.isArray()) {
            node.forEach(each -> objects(each, found));
        }
    }
}
