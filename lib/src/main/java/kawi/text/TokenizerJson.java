package kawi.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Hugging Face's {@code tokenizer.json}: written so that their library gives the same ids, read where the file says no
 * more than the kit supports.
 *
 * <p>Supported: byte-level BPE with GPT-2's split, with or without digits apart, and whole pieces (WordLevel) as the
 * kit writes them. A post-processor is not read: it adds special tokens around a text, which {@link Tokenizer#encode}
 * never does.
 */
final class TokenizerJson {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVERY_CHARACTER = "[\\s\\S]";

    private TokenizerJson() {}

    static void write(Bpe bpe, Path path) {
        ObjectNode file = frame(bpe);
        ObjectNode byteLevel = step("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        if (bpe.splitter() == Splitter.SMOLLM) {
            ObjectNode digits = step("Digits").put("individual_digits", true);
            file.set(
                    "pre_tokenizer",
                    step("Sequence")
                            .set(
                                    "pretokenizers",
                                    JSON.createArrayNode().add(digits).add(byteLevel)));
        } else {
            file.set("pre_tokenizer", byteLevel);
        }
        file.putNull("post_processor");
        file.set("decoder", byteLevel.deepCopy());
        ObjectNode model = file.putObject("model").put("type", "BPE");
        for (String none : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"))
            model.putNull(none);
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < bpe.size(); id++) vocabulary.put(bpe.vocabulary().get(id), id);
        ArrayNode merges = model.putArray("merges");
        bpe.merges().forEach(merges::add);
        write(file, path);
    }

    static void write(WordLevel words, Path path) {
        ObjectNode file = frame(words);
        boolean characters = words instanceof CharacterTokenizer;
        ObjectNode byteLevel = step("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        ObjectNode split = step("Split").put("behavior", "Isolated").put("invert", false);
        split.putObject("pattern").put("Regex", EVERY_CHARACTER);
        file.set("pre_tokenizer", characters ? split : byteLevel);
        file.putNull("post_processor");
        file.set("decoder", characters ? step("Fuse") : byteLevel.deepCopy());
        ObjectNode vocabulary = file.putObject("model")
                .put("type", "WordLevel")
                .put("unk_token", WordLevel.UNKNOWN)
                .putObject("vocab");
        for (int id = 0; id < words.size(); id++) {
            byte[] piece = words.vocabulary().get(id).getBytes(StandardCharsets.UTF_8);
            vocabulary.put(characters ? words.vocabulary().get(id) : ByteLevel.write(piece, 0, piece.length), id);
        }
        write(file, path);
    }

    /** The parts of the file that come before the splitter. */
    private static ObjectNode frame(Tokenizer tokenizer) {
        ObjectNode file = JSON.createObjectNode().put("version", "1.0");
        file.putNull("truncation").putNull("padding");
        ArrayNode added = file.putArray("added_tokens");
        tokenizer
                .specials()
                .forEach((content, id) -> added.addObject()
                        .put("id", id)
                        .put("content", content)
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", true));
        return file.putNull("normalizer");
    }

    private static ObjectNode step(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static void write(ObjectNode file, Path path) {
        AtomicFile.write(
                path,
                "writing the tokenizer",
                out -> JSON.writerWithDefaultPrettyPrinter().writeValue(out, file));
    }

    static Tokenizer read(Path path) {
        JsonNode file;
        try {
            file = JSON.readTree(Files.readAllBytes(path));
        } catch (JsonProcessingException e) {
            throw refusal(path, "is not a whole JSON file (" + e.getOriginalMessage() + ")", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the tokenizer", path);
        }
        JsonNode model = file.path("model");
        if (!model.path("vocab").isObject())
            throw refusal(path, "is not a tokenizer.json with a model and its vocabulary");
        if (set(file.path("normalizer")))
            throw refusal(
                    path,
                    "normalises text (" + type(file.path("normalizer"))
                            + "), which the kit leaves to kawi.text.Normalizer");
        List<String> vocabulary = new ArrayList<>();
        Map<String, Integer> specials = vocabulary(path, model.path("vocab"), file.path("added_tokens"), vocabulary);
        switch (type(model)) {
            case "BPE":
                return bpe(path, file, vocabulary, specials);
            case "WordLevel":
                return wordLevel(path, file, vocabulary);
            default:
                throw refusal(path, "has a model of type " + type(model) + "; supported are BPE and WordLevel");
        }
    }

    /** Fills in the tokens by id, and returns the special ones. */
    private static Map<String, Integer> vocabulary(Path path, JsonNode vocab, JsonNode added, List<String> vocabulary) {
        Map<String, Integer> specials = new LinkedHashMap<>();
        for (JsonNode token : added) {
            String content = token.path("content").asText();
            if (!token.path("special").asBoolean()
                    || token.path("lstrip").asBoolean()
                    || token.path("rstrip").asBoolean()
                    || token.path("single_word").asBoolean()) {
                throw refusal(
                        path,
                        "has the added token \"" + content
                                + "\" with rules of its own; supported are special tokens taken as they stand");
            }
            specials.put(content, token.path("id").asInt(-1));
        }
        Map<String, Integer> all = new LinkedHashMap<>(specials);
        vocab.properties()
                .forEach(entry -> all.put(entry.getKey(), entry.getValue().asInt(-1)));
        String[] byId = new String[all.size()];
        all.forEach((token, id) -> {
            if (id < 0 || id >= byId.length || byId[id] != null) {
                throw refusal(
                        path, "gives \"" + token + "\" the id " + id + "; ids must run from 0 without gaps or doubles");
            }
            byId[id] = token;
        });
        vocabulary.addAll(Arrays.asList(byId));
        return specials;
    }

    private static Tokenizer bpe(Path path, JsonNode file, List<String> vocabulary, Map<String, Integer> specials) {
        JsonNode model = file.path("model");
        for (String option : List.of(
                "dropout",
                "unk_token",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "byte_fallback",
                "ignore_merges")) {
            JsonNode value = model.path(option);
            boolean off = !set(value)
                    || value.isTextual() && value.asText().isEmpty()
                    || value.isBoolean() && !value.asBoolean()
                    || option.equals("unk_token")
                            && specials.containsKey(value.asText()); // bytes leave nothing unknown
            if (!off) throw refusal(path, "uses the BPE option " + option + " = " + value + ", which is not supported");
        }
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            merges.add(
                    merge.isArray()
                            ? merge.path(0).asText() + " " + merge.path(1).asText()
                            : merge.asText());
        }
        if (!type(file.path("decoder")).equals("ByteLevel"))
            throw refusal(path, "is not byte-level (its decoder is " + type(file.path("decoder")) + ")");
        return Bpe.of(vocabulary, merges, splitter(path, file.path("pre_tokenizer")), specials);
    }

    private static Tokenizer wordLevel(Path path, JsonNode file, List<String> vocabulary) {
        JsonNode split = file.path("pre_tokenizer");
        if (type(split).equals("Split") && split.at("/pattern/Regex").asText().equals(EVERY_CHARACTER))
            return new CharacterTokenizer(vocabulary);
        if (splitter(path, split) != Splitter.GPT2)
            throw refusal(path, "splits whole words in a way that is not supported");
        List<String> words = new ArrayList<>();
        for (String token : vocabulary) {
            byte[] bytes = ByteLevel.read(token);
            if (bytes == null)
                throw refusal(path, "has the word \"" + token + "\", which is not in byte-level writing");
            words.add(new String(bytes, StandardCharsets.UTF_8));
        }
        return new WordTokenizer(words);
    }

    private static Splitter splitter(Path path, JsonNode step) {
        if (gpt2(step)) return Splitter.GPT2;
        JsonNode steps = step.path("pretokenizers");
        if (type(step).equals("Sequence")
                && steps.size() == 2
                && type(steps.get(0)).equals("Digits")
                && steps.get(0).path("individual_digits").asBoolean()
                && gpt2(steps.get(1))) {
            return Splitter.SMOLLM;
        }
        throw refusal(
                path,
                "splits text by " + (set(step) ? step : "nothing")
                        + "; supported are ByteLevel (GPT-2's split, no prefix space) and single Digits before it");
    }

    private static boolean gpt2(JsonNode step) {
        return type(step).equals("ByteLevel")
                && !step.path("add_prefix_space").asBoolean(true)
                && step.path("use_regex").asBoolean(true);
    }

    private static boolean set(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    private static String type(JsonNode node) {
        return node.path("type").asText("none");
    }

    private static KitException refusal(Path path, String why) {
        return refusal(path, why, null);
    }

    private static KitException refusal(Path path, String why, Throwable cause) {
        return new KitException("The tokenizer " + path.getFileName() + " " + why + ".", cause);
    }
}
