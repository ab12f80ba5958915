package kawi.model;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
    /**
     * Names of Llama 3's split in whose files a piece that is a token is that token, whatever the merges make of it.
     */
    private static final Set<String> WHOLE =
            Set.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral");

    /** How texts are cut, by llama.cpp's names: many models', where they are cut alike. */
    private static final Map<String, Splitter> SPLITS = splits();

    private static final Pattern LIKE_CONTROL = Pattern.compile("<\\|[A-Za-z_0-9]+\\|>");

    private GgufTokenizer() {}

    /** Whether texts are cut by SentencePiece's rules, which put a space before them and a bos token as well. */
    static boolean sentencePiece(Gguf gguf) {
        return "llama".equals(gguf.metadata().get("tokenizer.ggml.model"));
    }

    /** Whether a token begins every text where the file does not say: by the kind, or by the name of the split. */
    static boolean begins(Gguf gguf) {
        return sentencePiece(gguf) || WHOLE.contains(split(gguf));
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
            Tokenizer made = ForeignTokenizers.sentencePiece(
                    vocabulary, scores(gguf, vocabulary), specials, found, unknown, before);
            return phi(gguf) ? new TokensWithTheirSpace(made, found.keySet()) : made;
        }
        List<String> merges = gguf.texts("tokenizer.ggml.merges");
        Bpe bpe = Bpe.of(vocabulary, merges, splitter, specials, WHOLE.contains(split(gguf)));
        return found.isEmpty() ? bpe : ForeignTokenizers.finding(bpe, found);
    }

    /** Phi-3's tokenizer: by the architecture, and by the model's name where its weights were written as a Llama's. */
    private static boolean phi(Gguf gguf) {
        String name = String.valueOf(gguf.metadata().get("general.name")).toLowerCase(Locale.ROOT);
        return "phi3".equals(gguf.metadata().get("general.architecture"))
                || name.contains("phi-3")
                || name.contains("phi3");
    }

    private static Splitter splitter(String kind, Gguf gguf) {
        Splitter splitter = kind.equals("gpt2") ? SPLITS.get(split(gguf)) : null;
        if (splitter == null) {
            throw new KitException("The model's tokenizer is of the kind '" + kind + "' with the split '" + split(gguf)
                    + "', and this kit reads 'llama' (SentencePiece) and byte-pair encodings split as "
                    + String.join(", ", SPLITS.keySet().stream().sorted().toList()) + "; give another model.");
        }
        return splitter;
    }

    private static String split(Gguf gguf) {
        return String.valueOf(gguf.metadata().getOrDefault("tokenizer.ggml.pre", "default"));
    }

    private static Map<String, Splitter> splits() {
        Map<String, Splitter> splits = new HashMap<>();
        List.of("gpt-2", "gpt2", "phi-2", "olmo", "mpt").forEach(name -> splits.put(name, Splitter.GPT2));
        List.of("smollm", "refact", "starcoder").forEach(name -> splits.put(name, Splitter.SMOLLM));
        List.of("qwen2", "deepseek-r1-qwen", "stablelm2", "megrez").forEach(name -> splits.put(name, Splitter.QWEN2));
        WHOLE.forEach(name -> splits.put(name, Splitter.LLAMA3));
        List.of("dbrx", "smaug-bpe").forEach(name -> splits.put(name, Splitter.LLAMA3));
        return splits;
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
