package kawi.text;

import static kawi.text.TokenizerJson.flag;
import static kawi.text.TokenizerJson.only;
import static kawi.text.TokenizerJson.refusal;
import static kawi.text.TokenizerJson.set;
import static kawi.text.TokenizerJson.shortened;
import static kawi.text.TokenizerJson.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.ibm.icu.text.Normalizer2;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Reads a {@code tokenizer.json} whose text takes more steps than {@link TokenizerJson} has: added tokens with rules,
 * normalisation, SentencePiece's models, WordPiece. What is not listed here is refused by name, such as the normalizer
 * Precompiled.
 */
final class PipelineJson {

    private final Path path;
    private final JsonNode file;
    private final JsonNode model;
    private final List<AddedTokens.Token> added;

    private PipelineJson(Path path, JsonNode file, List<AddedTokens.Token> added) {
        this.path = path;
        this.file = file;
        this.model = file.path("model");
        this.added = added;
    }

    /** Whether a file has a step of these. */
    static boolean needed(JsonNode file, List<AddedTokens.Token> added) {
        String kind = type(file.path("model"));
        boolean bytes = type(file.path("decoder")).equals("ByteLevel");
        return kind.equals("Unigram")
                || kind.equals("WordPiece")
                || kind.equals("BPE")
                        && (set(file.path("normalizer"))
                                || !bytes
                                || added.stream().anyMatch(t -> !t.plain()))
                || kind.equals("WordLevel") && set(file.path("normalizer"));
    }

    static Tokenizer read(Path path, byte[] source, JsonNode file, List<AddedTokens.Token> added) {
        return new PipelineJson(path, file, added).read(source);
    }

    private Tokenizer read(byte[] source) {
        UnaryOperator<String> normalizer = normalizer(file.path("normalizer"));
        String kind = type(model);
        List<String> vocabulary = new ArrayList<>();
        JsonNode vocab = model.path("vocab");
        double[] scores = kind.equals("Unigram") ? unigram(vocab) : null;
        TokenizerJson.vocabulary(path, scores == null ? vocab : byPlace(vocab), added, vocabulary);
        Map<String, Integer> ids = new HashMap<>(); // that the model itself makes of a text: never a special token
        for (int id = 0; id < vocabulary.size(); id++) {
            if (scores != null ? id < scores.length : vocab.has(vocabulary.get(id))) {
                ids.put(vocabulary.get(id), id);
            }
        }
        int unknown = scores == null ? unknown(ids, kind.equals("WordPiece")) : -1;
        added.stream().filter(AddedTokens.Token::special).forEach(token -> ids.remove(token.content()));
        if (kind.equals("BPE") && type(file.path("decoder")).equals("ByteLevel")) {
            return byteLevel(source, normalizer, vocabulary);
        }
        PieceModels.Model pieces = switch (kind) {
            case "BPE" -> bpe(ids, unknown);
            case "Unigram" -> {
                only(path, model, "model.", "type unk_id vocab byte_fallback");
                int none = model.path("unk_id").asInt(-1);
                if (none < 0 || none >= scores.length) {
                    throw refusal(path, "has the unk_id " + model.path("unk_id") + ", which is none of its tokens");
                }
                yield new PieceModels.Unigram(ids, scores, none, flag(path, model, "byte_fallback", false));
            }
            case "WordPiece" -> {
                only(path, model, "model.", "type unk_token continuing_subword_prefix max_input_chars_per_word vocab");
                yield new PieceModels.WordPiece(
                        ids,
                        unknown,
                        model.path("continuing_subword_prefix").asText("##"),
                        model.path("max_input_chars_per_word").asInt(100));
            }
            default -> throw refusal(path, "normalises text for a model of type " + kind + ", which is not supported");
        };
        DecoderSteps decoder = new DecoderSteps(path, file.path("decoder"));
        List<TextSteps.Cut> cuts = new ArrayList<>();
        cuts(file.path("pre_tokenizer"), cuts);
        PipelineTokenizer.Body body = (part, first, out) -> {
            List<String> parts = List.of(part);
            for (TextSteps.Cut cut : cuts) {
                List<String> next = new ArrayList<>();
                for (int i = 0; i < parts.size(); i++) {
                    next.addAll(cut.apply(parts.get(i), first && i == 0));
                }
                parts = next;
            }
            for (String piece : parts) {
                if (!piece.isEmpty()) {
                    pieces.encode(piece, out::add);
                }
            }
        };
        byte[][] bytes = decoder.bytes(vocabulary, added);
        for (int id = 0; id < bytes.length; id++) {
            if (vocabulary.get(id).isEmpty() && !ids.containsKey("")) bytes[id] = null;
        }
        return new PipelineTokenizer(kind, () -> source, bytes, added, normalizer, body, decoder.spaceBefore());
    }

    /** Bytes in, bytes out: the model is a {@link Bpe} of its own. */
    private Tokenizer byteLevel(byte[] source, UnaryOperator<String> normalizer, List<String> vocabulary) {
        only(path, file.path("decoder"), "decoder.", "type add_prefix_space trim_offsets use_regex");
        only(
                path,
                model,
                "model.",
                "type dropout unk_token continuing_subword_prefix end_of_word_suffix fuse_unk byte_fallback"
                        + " ignore_merges vocab merges");
        refuseOptions("byte_fallback");
        if (set(model.path("unk_token"))) {
            for (int b = 0; b < 256; b++) {
                if (!model.path("vocab").has(String.valueOf(ByteLevel.character(b)))) {
                    throw refusal(path, "has an unk_token and no token for byte " + b + ", which is not supported");
                }
            }
        }
        Splitter splitter = TokenizerJson.splitter(path, file.path("pre_tokenizer"));
        Map<String, Integer> specials = new LinkedHashMap<>();
        added.stream().filter(AddedTokens.Token::special).forEach(token -> specials.put(token.content(), token.id()));
        Bpe bpe = Bpe.of(vocabulary, merges(), splitter, specials, flag(path, model, "ignore_merges", false));
        byte[][] bytes = new byte[bpe.size()][];
        for (int id = 0; id < bytes.length; id++) {
            bytes[id] = bpe.knows(id) ? bpe.bytes(id) : null;
        }
        added.forEach(token -> bytes[token.id()] = token.content().getBytes(StandardCharsets.UTF_8));
        return new PipelineTokenizer(
                "byte-level BPE",
                () -> source,
                bytes,
                added,
                normalizer,
                (part, first, out) -> {
                    for (int id : bpe.encode(part)) {
                        out.add(id);
                    }
                },
                false);
    }

    private List<String> merges() {
        if (!model.path("merges").isArray()) {
            throw refusal(path, "has no list model.merges");
        }
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            merges.add(TokenizerJson.merge(path, merges.size(), merge));
        }
        return merges;
    }

    private void refuseOptions(String... further) {
        List<String> options = new ArrayList<>(List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix"));
        options.addAll(List.of(further));
        for (String option : options) {
            JsonNode value = model.path(option);
            boolean off = !set(value)
                    || value.isTextual() && value.asText().isEmpty()
                    || value.isBoolean() && !value.asBoolean()
                    || value.isNumber() && value.asDouble() == 0;
            if (!off) {
                throw refusal(path, "uses the BPE option " + option + " = " + value + ", which is not supported");
            }
        }
    }

    private PieceModels.Model bpe(Map<String, Integer> ids, int unknown) {
        only(
                path,
                model,
                "model.",
                "type dropout unk_token continuing_subword_prefix end_of_word_suffix fuse_unk byte_fallback"
                        + " ignore_merges vocab merges");
        refuseOptions();
        List<String[]> pairs = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            boolean two = merge.size() == 2
                    && merge.get(0).isTextual()
                    && merge.get(1).isTextual();
            String written = merge.asText();
            int space = written.indexOf(' ', 1);
            if (!two && (space < 0 || space == written.length() - 1)) {
                throw refusal(
                        path, "has merge " + pairs.size() + " = " + shortened(merge) + ", which is not two tokens");
            }
            String[] pair = two
                    ? new String[] {merge.get(0).asText(), merge.get(1).asText()}
                    : new String[] {written.substring(0, space), written.substring(space + 1)};
            for (String token : List.of(pair[0], pair[1], pair[0] + pair[1])) {
                if (!ids.containsKey(token)) {
                    throw refusal(
                            path, "has merge " + pairs.size() + " of '" + token + "', which is none of its tokens");
                }
            }
            pairs.add(pair);
        }
        return new PieceModels.CharacterBpe(
                ids,
                pairs,
                flag(path, model, "byte_fallback", false),
                unknown,
                flag(path, model, "fuse_unk", false),
                flag(path, model, "ignore_merges", false));
    }

    private int unknown(Map<String, Integer> ids, boolean needed) {
        JsonNode token = model.path("unk_token");
        if (!set(token) && !needed) {
            return -1;
        }
        Integer id = ids.get(token.asText());
        if (id == null) {
            throw refusal(path, "has the unk_token " + token + ", which is none of its tokens");
        }
        return id;
    }

    private double[] unigram(JsonNode vocab) {
        double[] scores = new double[vocab.size()];
        for (int id = 0; id < scores.length; id++) {
            JsonNode pair = vocab.get(id);
            if (pair.size() != 2 || !pair.get(0).isTextual() || !pair.get(1).isNumber()) {
                throw refusal(
                        path, "has the token " + id + " = " + shortened(pair) + ", which is no text and its score");
            }
            scores[id] = pair.get(1).asDouble();
        }
        return scores;
    }

    private JsonNode byPlace(JsonNode vocab) {
        var ids = JsonNodeFactory.instance.objectNode();
        for (int id = 0; id < vocab.size(); id++) {
            if (ids.has(vocab.get(id).get(0).asText())) {
                throw refusal(path, "has the token '" + vocab.get(id).get(0).asText() + "' twice");
            }
            ids.put(vocab.get(id).get(0).asText(), id);
        }
        return ids;
    }

    private UnaryOperator<String> normalizer(JsonNode step) {
        switch (type(step)) {
            case "none":
                if (set(step)) {
                    throw refusal(path, "has a normalizer without a type: " + shortened(step));
                }
                return UnaryOperator.identity();
            case "Sequence":
                only(path, step, "normalizer.", "type normalizers");
                UnaryOperator<String> all = UnaryOperator.identity();
                for (JsonNode each : step.path("normalizers")) {
                    UnaryOperator<String> before = all;
                    UnaryOperator<String> next = normalizer(each);
                    all = text -> next.apply(before.apply(text));
                }
                return all;
            case "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents":
                only(path, step, "normalizer.", "type");
                return switch (type(step)) {
                    case "NFC" -> TextSteps.form(Normalizer2.getNFCInstance());
                    case "NFD" -> TextSteps.form(Normalizer2.getNFDInstance());
                    case "NFKC" -> TextSteps.form(Normalizer2.getNFKCInstance());
                    case "NFKD" -> TextSteps.form(Normalizer2.getNFKDInstance());
                    case "Lowercase" -> TextSteps::lowercase;
                    default -> text -> TextSteps.without(text, TextSteps::mark);
                };
            case "Prepend":
                only(path, step, "normalizer.", "type prepend");
                String before = step.path("prepend").asText();
                return text -> text.isEmpty() ? text : before + text;
            case "Replace":
                only(path, step, "normalizer.", "type pattern content");
                String what = step.at("/pattern/String").asText();
                String instead = step.path("content").asText();
                if (what.isEmpty()) {
                    throw refusal(path, "replaces " + step.path("pattern") + ", and supported is a text");
                }
                return text -> text.replace(what, instead);
            case "BertNormalizer":
                only(path, step, "normalizer.", "type clean_text handle_chinese_chars strip_accents lowercase");
                boolean clean = flag(path, step, "clean_text", true);
                boolean chinese = flag(path, step, "handle_chinese_chars", true);
                boolean lower = flag(path, step, "lowercase", true);
                boolean accents = flag(path, step, "strip_accents", lower);
                return text -> TextSteps.bert(text, clean, chinese, accents, lower);
            default:
                throw refusal(path, "normalises text by " + type(step) + ", which is not supported");
        }
    }

    private void cuts(JsonNode step, List<TextSteps.Cut> cuts) {
        switch (type(step)) {
            case "none" -> {
                if (set(step)) {
                    throw refusal(path, "has a pre_tokenizer without a type: " + shortened(step));
                }
            }
            case "Sequence" -> {
                only(path, step, "pre_tokenizer.", "type pretokenizers");
                step.path("pretokenizers").forEach(each -> cuts(each, cuts));
            }
            case "Metaspace" -> {
                only(path, step, "pre_tokenizer.", "type replacement prepend_scheme split add_prefix_space str_rep");
                cuts.add(TextSteps.metaspace(
                        step.path("replacement").asText("▁"), scheme(path, step), flag(path, step, "split", true)));
            }
            case "Whitespace" -> {
                only(path, step, "pre_tokenizer.", "type");
                cuts.add((part, first) -> TextSteps.words(part));
            }
            case "WhitespaceSplit" -> {
                only(path, step, "pre_tokenizer.", "type");
                cuts.add((part, first) -> TextSteps.spaced(part));
            }
            case "BertPreTokenizer" -> {
                only(path, step, "pre_tokenizer.", "type");
                cuts.add((part, first) -> TextSteps.bertPieces(part));
            }
            case "Digits" -> {
                only(path, step, "pre_tokenizer.", "type individual_digits");
                boolean single = flag(path, step, "individual_digits", false);
                cuts.add((part, first) ->
                        single ? TextSteps.alone(part, TextSteps::number) : TextSteps.numbersApart(part));
            }
            case "Split" -> {
                only(path, step, "pre_tokenizer.", "type pattern behavior invert");
                String at = step.at("/pattern/String").asText();
                String behavior = step.path("behavior").asText();
                if (at.isEmpty()
                        || flag(path, step, "invert", false)
                        || !List.of("MergedWithPrevious", "MergedWithNext", "Isolated", "Removed")
                                .contains(behavior)) {
                    throw refusal(
                            path, "splits text by " + shortened(step) + ", and supported is a text, not inverted");
                }
                cuts.add((part, first) -> TextSteps.at(part, at, behavior));
            }
            default -> throw refusal(path, "splits text by " + type(step) + ", which is not supported here");
        }
    }

    /** Where a mark is put before a text; older files say it by a flag. */
    static String scheme(Path path, JsonNode step) {
        String scheme =
                step.path("prepend_scheme").asText(flag(path, step, "add_prefix_space", true) ? "always" : "never");
        if (!List.of("always", "first", "never").contains(scheme)) {
            throw refusal(path, "has the prepend_scheme " + scheme + "; supported are always, first and never");
        }
        return scheme;
    }
}
