package kawi.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * Reads Hugging Face's {@code tokenizer.json} where the file says no more than the kit supports;
 * {@link TokenizerJsonWriter} writes it.
 *
 * <p>Supported: byte-level BPE with GPT-2's split, with or without digits apart, and whole pieces (WordLevel) as the
 * kit writes them. Every key of a file is used or the file is refused by the key's name, for a rule that is passed over
 * gives other ids without a word. Read and without effect are these alone:
 *
 * <ul>
 *   <li>{@code trim_offsets} everywhere, and a ByteLevel post-processor: they move the offsets of tokens, which the kit
 *       does not give;
 *   <li>{@code add_prefix_space} and {@code use_regex} of a ByteLevel decoder, which decoding does not ask for;
 *   <li>{@code normalized} of an added token and {@code fuse_unk}: nothing is normalised, and nothing is unknown;
 *   <li>{@code unk_token} of a BPE whose vocabulary has all 256 bytes, which leave nothing unknown.
 * </ul>
 */
final class TokenizerJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    static final String EVERY_CHARACTER = "[\\s\\S]";

    private TokenizerJson() {}

    /**
     * Reads a file. @param bare whether the caller puts the post-processor's token before a text; else such a file is
     * refused
     */
    static Tokenizer read(Path path, boolean bare) {
        JsonNode file;
        try {
            file = JSON.readTree(WholeFile.bytes(path, WholeFile.SETTINGS));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The tokenizer " + path.getFileName() + " is not a whole JSON file ("
                            + WholeFile.fault(e)
                            + "): make or fetch it again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the tokenizer", path);
        }
        JsonNode model = file.path("model");
        if (!model.path("vocab").isObject())
            throw refusal(path, "is not a tokenizer.json with a model and its vocabulary");
        only(
                path,
                file,
                "",
                "version truncation padding added_tokens normalizer pre_tokenizer post_processor decoder model");
        if (!file.path("version").asText("1.0").equals("1.0"))
            throw refusal(path, "has the version " + file.path("version") + ", and this kit reads 1.0");
        if (set(file.path("normalizer")))
            throw refusal(
                    path,
                    "normalises text (" + type(file.path("normalizer"))
                            + "), which the kit leaves to kawi.text.Normalizer");
        for (String call : List.of("truncation", "padding")) {
            if (set(file.path(call)))
                throw refusal(
                        path,
                        "sets " + call + " = " + file.path(call) + ", which the kit leaves to whoever encodes; make "
                                + call + " null");
        }
        PostProcessor around = PostProcessor.of(path, file.path("post_processor"));
        if (!bare && !around.first().isEmpty())
            throw refusal(
                    path,
                    "puts special tokens around a text (post_processor puts " + around.first()
                            + " before it), which encoding in this kit never does; make post_processor null and write"
                            + " the token into the prompt or the chat template");
        List<String> vocabulary = new ArrayList<>();
        Map<String, Integer> specials = vocabulary(path, model.path("vocab"), file.path("added_tokens"), vocabulary);
        switch (type(model)) {
            case "BPE":
                return bpe(path, file, vocabulary, specials);
            case "WordLevel":
                return wordLevel(path, file, vocabulary, specials);
            default:
                throw refusal(path, "has a model of type " + type(model) + "; supported are BPE and WordLevel");
        }
    }

    /** Refuses a key that is not among those that are read. @param where the object, such as "model.", or nothing */
    private static void only(Path path, JsonNode object, String where, String keys) {
        List<String> known = List.of(keys.split(" "));
        object.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw refusal(
                        path,
                        "has the key " + where + key + " = " + shortened(object.path(key))
                                + ", which this kit does not know");
            }
        });
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    /** Fills in the tokens by id, and returns the special ones. */
    private static Map<String, Integer> vocabulary(Path path, JsonNode vocab, JsonNode added, List<String> vocabulary) {
        Map<String, Integer> all = new LinkedHashMap<>();
        vocab.properties().forEach(entry -> all.put(entry.getKey(), id(path, entry.getKey(), entry.getValue())));
        Map<String, Integer> specials = new LinkedHashMap<>();
        if (set(added) && !added.isArray())
            throw refusal(path, "has added_tokens = " + shortened(added) + ", which is no list of tokens");
        for (JsonNode token : added) {
            String content = token.path("content").asText();
            only(path, token, "added_tokens.", "id content single_word lstrip rstrip normalized special");
            if (content.isEmpty()) throw refusal(path, "has an added token without content: " + shortened(token));
            if (!flag(path, token, "special", false))
                throw refusal(
                        path,
                        "has the added token \"" + content + "\", which is no special token and is found in any text;"
                                + " supported are special tokens");
            for (String rule : List.of("lstrip", "rstrip", "single_word")) {
                if (flag(path, token, rule, false))
                    throw refusal(
                            path,
                            "has the added token \"" + content + "\" with the rule " + rule
                                    + "; supported are special tokens taken as they stand");
            }
            int id = id(path, content, token.path("id"));
            if (specials.put(content, id) != null || all.getOrDefault(content, id) != id)
                throw refusal(path, "gives the added token \"" + content + "\" two ids");
            all.put(content, id);
        }
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

    private static int id(Path path, String token, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt())
            throw refusal(path, "gives \"" + token + "\" the id " + id + ", which is no whole number");
        return id.asInt();
    }

    private static Tokenizer bpe(Path path, JsonNode file, List<String> vocabulary, Map<String, Integer> specials) {
        JsonNode model = file.path("model");
        only(
                path,
                model,
                "model.",
                "type dropout unk_token continuing_subword_prefix end_of_word_suffix fuse_unk byte_fallback"
                        + " ignore_merges vocab merges");
        for (String option : List.of(
                "dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "ignore_merges")) {
            JsonNode value = model.path(option);
            boolean off = !set(value)
                    || value.isTextual() && value.asText().isEmpty()
                    || value.isBoolean() && !value.asBoolean()
                    || value.isNumber() && value.asDouble() == 0;
            if (!off) throw refusal(path, "uses the BPE option " + option + " = " + value + ", which is not supported");
        }
        if (set(model.path("unk_token"))) {
            for (int b = 0; b < 256; b++) {
                if (!model.path("vocab").has(String.valueOf(ByteLevel.character(b))))
                    throw refusal(
                            path,
                            "uses the BPE option unk_token = " + model.path("unk_token") + " for byte " + b
                                    + ", which its vocabulary lacks; supported is a vocabulary of all 256 bytes");
            }
        }
        if (!model.path("merges").isArray()) throw refusal(path, "has no list model.merges");
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) merges.add(merge(path, merges.size(), merge));
        if (!type(file.path("decoder")).equals("ByteLevel"))
            throw refusal(path, "is not byte-level (its decoder is " + type(file.path("decoder")) + ")");
        only(path, file.path("decoder"), "decoder.", "type add_prefix_space trim_offsets use_regex");
        return Bpe.of(vocabulary, merges, splitter(path, file.path("pre_tokenizer")), specials);
    }

    /** "left right", or both in a list of two, as newer files have it. */
    private static String merge(Path path, int rank, JsonNode merge) {
        boolean pair =
                merge.size() == 2 && merge.get(0).isTextual() && merge.get(1).isTextual();
        String written = pair ? merge.get(0).asText() + " " + merge.get(1).asText() : merge.asText();
        if (!pair && !merge.isTextual()
                || written.isEmpty()
                || written.indexOf(' ', 1) != written.lastIndexOf(' ')
                || written.endsWith(" "))
            throw refusal(path, "has merge " + rank + " = " + shortened(merge) + ", which is not two tokens");
        return written;
    }

    private static Tokenizer wordLevel(
            Path path, JsonNode file, List<String> vocabulary, Map<String, Integer> specials) {
        JsonNode split = file.path("pre_tokenizer");
        JsonNode model = file.path("model");
        only(path, model, "model.", "type vocab unk_token");
        if (!model.path("unk_token").asText().equals(WordLevel.UNKNOWN))
            throw refusal(
                    path,
                    "has the unk_token " + model.path("unk_token") + "; supported is " + WordLevel.UNKNOWN
                            + ", as this kit writes it");
        for (String special : specials.keySet()) {
            if (!special.equals(Tokenizer.END_OF_TEXT) && !special.equals(WordLevel.UNKNOWN))
                throw refusal(
                        path,
                        "has the special token \"" + special + "\", and whole pieces have none but "
                                + Tokenizer.END_OF_TEXT + " here");
        }
        String decoder = type(file.path("decoder"));
        only(path, file.path("decoder"), "decoder.", "type add_prefix_space trim_offsets use_regex");
        if (type(split).equals("Split") && split.at("/pattern/Regex").asText().equals(EVERY_CHARACTER)) {
            only(path, split, "pre_tokenizer.", "type pattern behavior invert");
            if (!split.path("behavior").asText().equals("Isolated")
                    || flag(path, split, "invert", false)
                    || !decoder.equals("Fuse"))
                throw refusal(
                        path,
                        "splits characters by " + split + " and joins them by " + decoder
                                + "; supported are Isolated, not inverted, and Fuse");
            return new CharacterTokenizer(vocabulary);
        }
        if (splitter(path, split) != Splitter.GPT2)
            throw refusal(path, "splits whole words in a way that is not supported");
        if (!decoder.equals("ByteLevel")) throw refusal(path, "is not byte-level (its decoder is " + decoder + ")");
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
        if (gpt2(path, step)) return Splitter.GPT2;
        JsonNode steps = step.path("pretokenizers");
        if (type(step).equals("Sequence")
                && steps.size() == 2
                && type(steps.get(0)).equals("Digits")
                && flag(path, steps.get(0), "individual_digits", false)
                && gpt2(path, steps.get(1))) {
            only(path, step, "pre_tokenizer.", "type pretokenizers");
            only(path, steps.get(0), "pre_tokenizer.", "type individual_digits");
            return Splitter.SMOLLM;
        }
        throw refusal(
                path,
                "splits text by " + (set(step) ? step : "nothing")
                        + "; supported are ByteLevel (GPT-2's split, no prefix space) and single Digits before it");
    }

    private static boolean gpt2(Path path, JsonNode step) {
        if (!type(step).equals("ByteLevel")) return false;
        only(path, step, "pre_tokenizer.", "type add_prefix_space trim_offsets use_regex");
        return !flag(path, step, "add_prefix_space", true) && flag(path, step, "use_regex", true);
    }

    /** A rule that is on or off; what is neither is refused, for "no" in quotation marks is neither. */
    private static boolean flag(Path path, JsonNode holder, String key, boolean otherwise) {
        JsonNode value = holder.path(key);
        if (set(value) && !value.isBoolean())
            throw refusal(path, "has " + key + " = " + shortened(value) + ", which is neither true nor false");
        return value.asBoolean(otherwise);
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
