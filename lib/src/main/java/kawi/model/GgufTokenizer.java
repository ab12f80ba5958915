package kawi.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.text.Bpe;
import kawi.text.ForeignTokenizers;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;

/**
 * Makes a tokenizer of a GGUF file's metadata: byte-level BPE with the splits of GPT-2, SmolLM, Llama 3 and Qwen2, and
 * SentencePiece's BPE with bytes as the last resort ({@code llama}). Source: llama.cpp's {@code llama-vocab.cpp}.
 */
final class GgufTokenizer {

    /** Kinds of tokens: ordinary, unknown, control, found before all merges, unused, byte. */
    private static final long ORDINARY = 1;

    private static final long UNKNOWN = 2;
    private static final long CONTROL = 3;
    private static final long WITH_RULES = 4;
    private static final long UNUSED = 5;
    private static final long BYTE = 6;
    private static final Pattern LIKE_CONTROL = Pattern.compile("<\\|[A-Za-z_0-9]+\\|>");

    private GgufTokenizer() {}

    /** Whether texts are cut by SentencePiece's rules, which put a space before them and a bos token as well. */
    static boolean sentencePiece(Gguf gguf) {
        return "llama".equals(gguf.metadata().get("tokenizer.ggml.model"));
    }

    static Tokenizer of(Gguf gguf) {
        String kind = gguf.text("tokenizer.ggml.model");
        boolean pieces = sentencePiece(gguf);
        Splitter splitter = pieces ? null : splitter(kind, gguf);
        List<String> vocabulary = gguf.texts("tokenizer.ggml.tokens");
        List<?> types = gguf.metadata().get("tokenizer.ggml.token_type") instanceof List<?> list ? list : List.of();
        if (types.size() != vocabulary.size()) {
            throw new KitException(gguf.name() + " has " + vocabulary.size() + " tokens and " + types.size()
                    + " kinds of them (tokenizer.ggml.token_type): fetch the file again.");
        }
        Map<String, Integer> specials = new LinkedHashMap<>();
        Map<String, Integer> found = new LinkedHashMap<>();
        int unknown = -1;
        for (int id = 0; id < vocabulary.size(); id++) {
            String token = vocabulary.get(id);
            long type = types.get(id) instanceof Long number ? number : -1;
            if (type == UNKNOWN) {
                unknown = id;
            }
            if (type == CONTROL || type == UNKNOWN || type == WITH_RULES) {
                if (token.isEmpty() || (type == WITH_RULES ? found : specials).put(token, id) != null) {
                    throw new KitException(gguf.name() + " has the special token '" + token + "' "
                            + (token.isEmpty() ? "without a text" : "under two ids") + ": take another file.");
                }
            } else if (type == ORDINARY && LIKE_CONTROL.matcher(token).matches()) {
                throw new KitException("The token '" + token + "' of " + gguf.name()
                        + " is by its kind (1, tokenizer.ggml.token_type) a piece of text, so that a chat template's"
                        + " would be none to the model: convert the file again.");
            } else if (type != ORDINARY && type != UNUSED && !(pieces && type == BYTE)) {
                throw new KitException("The token '" + token + "' of " + gguf.name() + " is of the kind "
                        + types.get(id) + " (tokenizer.ggml.token_type), which such a tokenizer does not have here:"
                        + " convert the file again.");
            }
        }
        if (pieces) {
            boolean before = !(gguf.metadata().get("tokenizer.ggml.add_space_prefix") instanceof Boolean flag) || flag;
            return ForeignTokenizers.sentencePiece(
                    vocabulary, scores(gguf, vocabulary), specials, found, unknown, before);
        }
        List<String> merges = gguf.texts("tokenizer.ggml.merges");
        Bpe bpe = Bpe.of(vocabulary, merges, splitter, specials, splitter == Splitter.LLAMA3);
        return found.isEmpty() ? bpe : ForeignTokenizers.finding(bpe, found);
    }

    private static Splitter splitter(String kind, Gguf gguf) {
        String split = String.valueOf(gguf.metadata().getOrDefault("tokenizer.ggml.pre", "default"));
        Set<String> llama3 = Set.of("llama-bpe", "llama3", "llama-v3");
        if (kind.equals("gpt2") && llama3.contains(split)) {
            return Splitter.LLAMA3;
        }
        return switch (kind + " " + split) {
            case "gpt2 smollm" -> Splitter.SMOLLM;
            case "gpt2 gpt-2", "gpt2 gpt2" -> Splitter.GPT2;
            case "gpt2 qwen2" -> Splitter.QWEN2;
            default ->
                throw new KitException("The model's tokenizer is of the kind '" + kind + "' with the split '" + split
                        + "', and this kit reads 'llama' (SentencePiece) and byte-pair encodings split as gpt-2,"
                        + " smollm, llama-bpe or qwen2; give another model.");
        };
    }

    private static float[] scores(Gguf gguf, List<String> vocabulary) {
        Object said = gguf.metadata().get("tokenizer.ggml.scores");
        float[] scores = new float[vocabulary.size()];
        if (!(said instanceof List<?> list) || list.size() != scores.length) {
            throw new KitException(gguf.name() + " has " + scores.length + " tokens and not as many scores of them"
                    + " (tokenizer.ggml.scores): fetch the file again.");
        }
        for (int id = 0; id < scores.length; id++) {
            scores[id] = list.get(id) instanceof Double score ? score.floatValue() : Float.NaN;
            if (Float.isNaN(scores[id])) {
                throw new KitException(gguf.name() + " gives the token '" + vocabulary.get(id) + "' the score "
                        + list.get(id) + ", which is no number: fetch the file again.");
            }
        }
        return scores;
    }
}
