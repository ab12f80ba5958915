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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * Reads Hugging Face's {@code tokenizer.json} where the file says no more than the kit supports;
 * {@link TokenizerJsonWriter} writes it.
 *
 * <p>Read here: byte-level BPE with GPT-2's split, with or without digits apart, or with Llama 3's, Qwen2's or those of
 * tiktoken, and whole pieces (WordLevel) as the kit writes them; {@link PipelineJson} reads what has further steps.
 * Every key of a file is used or the file is refused by the key's name, for a rule that is passed over gives other ids
 * without a word. Read and without effect are these alone:
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
        byte[] source;
        try {
            source = WholeFile.bytes(path, WholeFile.SETTINGS);
            file = JSON.readTree(source);
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
        if (!model.path("vocab").isObject()
                && !(type(model).equals("Unigram") && model.path("vocab").isArray()))
            throw refusal(path, "is not a tokenizer.json with a model and its vocabulary");
        only(
                path,
                file,
                "",
                "version truncation padding added_tokens normalizer pre_tokenizer post_processor decoder model");
        if (!file.path("version").asText("1.0").equals("1.0"))
            throw refusal(path, "has the version " + file.path("version") + ", and this kit reads 1.0");
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
        List<AddedTokens.Token> added = added(path, file.path("added_tokens"));
        if (PipelineJson.needed(file, added)) return PipelineJson.read(path, source, file, added);
        List<String> vocabulary = new ArrayList<>();
        Map<String, Integer> specials = vocabulary(path, model.path("vocab"), added, vocabulary);
        switch (type(model)) {
            case "BPE":
                return bpe(path, file, vocabulary, specials);
            case "WordLevel":
                return wordLevel(path, file, vocabulary, specials);
            default:
                throw refusal(
                        path,
                        "has a model of type " + type(model) + "; supported are BPE, Unigram, WordPiece and WordLevel");
        }
    }

    /** Refuses a key that is not among those that are read. @param where the object, such as "model.", or nothing */
    static void only(Path path, JsonNode object, String where, String keys) {
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

    static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    /** The tokens that are found in a text before it is cut. */
    private static List<AddedTokens.Token> added(Path path, JsonNode added) {
        if (set(added) && !added.isArray())
            throw refusal(path, "has added_tokens = " + shortened(added) + ", which is no list of tokens");
        List<AddedTokens.Token> tokens = new ArrayList<>();
        for (JsonNode token : added) {
            String content = token.path("content").asText();
            only(path, token, "added_tokens.", "id content single_word lstrip rstrip normalized special");
            if (content.isEmpty()) throw refusal(path, "has an added token without content: " + shortened(token));
            boolean special = flag(path, token, "special", false);
            tokens.add(new AddedTokens.Token(
                    content,
                    id(path, content, token.path("id")),
                    special,
                    flag(path, token, "normalized", !special),
                    flag(path, token, "lstrip", false),
                    flag(path, token, "rstrip", false),
                    flag(path, token, "single_word", false)));
        }
        return tokens;
    }

    /** Fills in the tokens by id, and returns the special ones. */
    static Map<String, Integer> vocabulary(
            Path path, JsonNode vocab, List<AddedTokens.Token> added, List<String> vocabulary) {
        Map<String, Integer> all = new LinkedHashMap<>();
        vocab.properties().forEach(entry -> all.put(entry.getKey(), id(path, entry.getKey(), entry.getValue())));
        Map<String, Integer> specials = new LinkedHashMap<>();
        for (AddedTokens.Token token : added) {
            if (specials.put(token.content(), token.id()) != null
                    || all.getOrDefault(token.content(), token.id()) != token.id())
                throw refusal(path, "gives the added token \"" + token.content() + "\" two ids");
            all.put(token.content(), token.id());
        }
        String[] byId = new String[all.size() + TiktokenFile.MOST_LEFT_OUT];
        int last = -1;
        int ordinary = 0;
        for (Map.Entry<String, Integer> each : all.entrySet()) {
            int id = each.getValue();
            boolean own = !specials.containsKey(each.getKey());
            if (id < 0 || id >= (own ? all.size() : byId.length) || byId[id] != null) {
                throw refusal(
                        path,
                        "gives \"" + each.getKey() + "\" the id " + id
                                + "; ids must run from 0 without gaps or doubles");
            }
            byId[id] = each.getKey();
            last = Math.max(last, id);
            ordinary = own ? Math.max(ordinary, id) : ordinary;
        }
        for (int id = 0; id <= last; id++) {
            // Among added tokens published files leave some out; a token of texts that is lost would change their ids.
            if (byId[id] == null && id < ordinary)
                throw refusal(path, "has no token with the id " + id + "; ids must run from 0 without gaps or doubles");
            if (byId[id] != null && !vocab.has(byId[id]) && vocabulary.contains(""))
                throw refusal(
                        path,
                        "gives \"" + byId[id] + "\" the id " + id + " behind ids without a token, and Hugging Face's"
                                + " library the next one, for it stands in added_tokens alone");
            vocabulary.add(byId[id] == null ? "" : byId[id]);
        }
        return specials;
    }

    static int id(Path path, String token, JsonNode id) {
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
        for (String option : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback")) {
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
        boolean whole = flag(path, model, "ignore_merges", false);
        return Bpe.of(vocabulary, merges, splitter(path, file.path("pre_tokenizer")), specials, whole);
    }

    /** "left right", or both in a list of two, as newer files have it. */
    static String merge(Path path, int rank, JsonNode merge) {
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
        if (vocabulary.contains(""))
            throw refusal(path, "has ids without a token, and whole pieces leave none out here");
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

    static Splitter splitter(Path path, JsonNode step) {
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
        Splitter newer = newer(path, step);
        if (newer != null) return newer;
        throw refusal(
                path,
                "splits text by " + (set(step) ? step : "nothing")
                        + "; supported are ByteLevel (GPT-2's split, no prefix space), single Digits before it, and the"
                        + " regular expressions of GPT-2, Llama 3, Qwen2, cl100k_base and o200k_base");
    }

    /** A published regular expression before bytes that are cut no further, or null. */
    private static Splitter newer(Path path, JsonNode step) {
        JsonNode steps = step.path("pretokenizers");
        if (!type(step).equals("Sequence")
                || steps.size() != 2
                || !type(steps.get(0)).equals("Split")
                || !type(steps.get(1)).equals("ByteLevel")) return null;
        only(path, step, "pre_tokenizer.", "type pretokenizers");
        only(path, steps.get(0), "pre_tokenizer.", "type pattern behavior invert");
        only(path, steps.get(1), "pre_tokenizer.", "type add_prefix_space trim_offsets use_regex");
        String behavior = steps.get(0).path("behavior").asText();
        boolean invert = flag(path, steps.get(0), "invert", false); // what the pattern leaves over, which is nothing
        boolean plain = behavior.equals(invert ? "Removed" : "Isolated")
                && !flag(path, steps.get(1), "add_prefix_space", true)
                && !flag(path, steps.get(1), "use_regex", true);
        for (Splitter each : List.of(Splitter.GPT2, Splitter.LLAMA3, Splitter.QWEN2, Splitter.CL100K, Splitter.O200K)) {
            if (plain && each.regex().equals(steps.get(0).at("/pattern/Regex").asText())) return each;
        }
        return null;
    }

    private static boolean gpt2(Path path, JsonNode step) {
        if (!type(step).equals("ByteLevel")) return false;
        only(path, step, "pre_tokenizer.", "type add_prefix_space trim_offsets use_regex");
        return !flag(path, step, "add_prefix_space", true) && flag(path, step, "use_regex", true);
    }

    /** A rule that is on or off; what is neither is refused, for "no" in quotation marks is neither. */
    static boolean flag(Path path, JsonNode holder, String key, boolean otherwise) {
        JsonNode value = holder.path(key);
        if (set(value) && !value.isBoolean())
            throw refusal(path, "has " + key + " = " + shortened(value) + ", which is neither true nor false");
        return value.asBoolean(otherwise);
    }

    static boolean set(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    static String type(JsonNode node) {
        return node.path("type").asText("none");
    }

    static KitException refusal(Path path, String why) {
        return refusal(path, why, null);
    }

    private static KitException refusal(Path path, String why, Throwable cause) {
        return new KitException("The tokenizer " + path.getFileName() + " " + why + ".", cause);
    }
}
