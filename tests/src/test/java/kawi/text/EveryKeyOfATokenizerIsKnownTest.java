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
                BpeTest.bpe(),
                Bpe.of(
                        BpeTest.bpe().vocabulary(),
                        BpeTest.bpe().merges(),
                        Splitter.SMOLLM,
                        BpeTest.bpe().specials()),
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
            surprised(whole, parts);
        }
    }

    private void surprised(JsonNode whole, List<ObjectNode> parts) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        for (ObjectNode part : parts) {
            part.put("surprise", 1);
            Files.writeString(file, whole.toString());
            String said = assertThrows(KitException.class, () -> Tokenizer.load(file), part::toString)
                    .getMessage();
            assertTrue(said.contains("surprise = 1, which this kit does not know"), said);
            part.remove("surprise");
        }
    }

    @Test
    void soItIsInTokenizersOfOthers() throws IOException {
        for (String name :
                List.of("bert", "gemma", "llama2", "llama3", "mistral", "neox", "qwen2", "rules", "unigram")) {
            JsonNode whole = JSON.readTree(WrittenIdsOfForeignTokenizersTest.FOREIGN
                    .resolve(name + ".json")
                    .toFile());
            List<ObjectNode> parts = new ArrayList<>();
            for (String key : List.of("model", "decoder", "pre_tokenizer", "normalizer")) {
                objects(whole.path(key), parts);
            }
            objects(whole.path("added_tokens").path(0), parts);
            surprised(whole, parts);
        }
    }

    @Test
    void andInEachStepByItself() throws IOException {
        JsonNode whole = JSON.readTree(
                WrittenIdsOfForeignTokenizersTest.FOREIGN.resolve("bert.json").toFile());
        List<JsonNode> steps = new ArrayList<>();
        JSON.readTree(WrittenIdsOfForeignTokenizersTest.FOREIGN
                        .resolve("drawn/steps.json")
                        .toFile())
                .path("cases")
                .forEach(steps::add);
        steps.add(JSON.readTree("{\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteFallback\"},"
                + "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"b\"},{\"type\":\"Fuse\"},"
                + "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0},{\"type\":\"Metaspace\"}]}}"));
        for (JsonNode step : steps) {
            ObjectNode own = whole.deepCopy();
            List<ObjectNode> parts = new ArrayList<>();
            for (String key : List.of("normalizer", "pre_tokenizer", "decoder")) {
                if (step.has(key)) {
                    own.set(key, step.path(key).deepCopy());
                    objects(own.path(key), parts);
                }
            }
            assertTrue(!parts.isEmpty());
            surprised(own, parts);
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
