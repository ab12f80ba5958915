package kawi.model;

import ai.djl.ndarray.NDArray;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kawi.evidence.KitException;
import kawi.template.ChatTemplate;
import kawi.text.Bpe;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import kawi.torch.GgufType;
import kawi.torch.GgufWriter;

/**
 * Says in GGUF's words what a {@link Llama} and its tokenizer are: the keys of llama.cpp's own converter, its names of
 * tensors, and its order of the rows of queries and keys. {@link LlamaFile} and {@link Pretrained} read it.
 */
final class LlamaFileWriter {

    /** Kinds of tokens. */
    private static final int ORDINARY = 1;

    private static final int CONTROL = 3;
    private static final int UNUSED = 5;

    /** Names of special tokens in Hugging Face's files, and here. */
    private static final Map<String, String> TOKENS = Map.of(
            "unk_token",
            "unknown",
            "pad_token",
            "padding",
            "sep_token",
            "seperator", // so spelt in the format
            "cls_token",
            "cls",
            "mask_token",
            "mask");

    private final GgufWriter out = new GgufWriter();
    private final LlamaConfig config;

    private LlamaFileWriter(String name, LlamaConfig config) {
        this.config = config;
        out.put("general.architecture", "llama").put("general.type", "model").put("general.name", name);
        out.put("llama.block_count", config.layers())
                .put("llama.context_length", config.context())
                .put("llama.embedding_length", config.width())
                .put("llama.feed_forward_length", config.feedForward())
                .put("llama.attention.head_count", config.heads())
                .put("llama.attention.head_count_kv", config.keyValueHeads())
                .put("llama.attention.key_length", config.headSize())
                .put("llama.attention.value_length", config.headSize())
                .put("llama.attention.layer_norm_rms_epsilon", (float) config.epsilon())
                .put("llama.rope.dimension_count", config.headSize())
                .put("llama.rope.freq_base", (float) config.ropeBase())
                .put("llama.vocab_size", config.vocabularySize());
        if (config.scaling().kind() == RopeScaling.Kind.LINEAR) {
            out.put("llama.rope.scaling.type", "linear")
                    .put("llama.rope.scaling.factor", (float) config.scaling().factor());
        }
    }

    static LlamaFileWriter of(
            String name, Llama model, Tokenizer tokenizer, SpecialTokens specials, ChatTemplate chat) {
        if (tokenizer instanceof TokensWithRows) {
            throw new KitException("The model's tokenizer (" + tokenizer + ") has more tokens than a GGUF file of the"
                    + " model could: export it as a folder.");
        }
        if (!(tokenizer instanceof Bpe bpe)) {
            throw new KitException("GGUF has no words for the model's tokenizer (" + tokenizer + "): a byte-level"
                    + " byte-pair encoding (Bpe) can be exported.");
        }
        LlamaFileWriter writer = new LlamaFileWriter(name, model.config());
        writer.tokens(bpe);
        writer.specials(tokenizer, specials, chat);
        return writer;
    }

    private void tokens(Bpe bpe) {
        List<String> tokens = new ArrayList<>();
        List<Integer> kinds = new ArrayList<>();
        for (int id = 0; id < config.vocabularySize(); id++) {
            boolean known = bpe.knows(id); // not every row of the embedding is a token's
            tokens.add(known ? bpe.vocabulary().get(id) : "[PAD" + id + "]");
            kinds.add(!known ? UNUSED : bpe.id(tokens.get(id)) == id ? CONTROL : ORDINARY);
        }
        out.put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", pre(bpe))
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", kinds)
                .put("tokenizer.ggml.merges", bpe.merges());
    }

    /** llama.cpp's name of a split; Llama 3's goes with words that are tokens before all merges. */
    private static String pre(Bpe bpe) {
        if (bpe.wholeFirst() != (bpe.splitter() == Splitter.LLAMA3)) {
            throw new KitException("GGUF has no name for this tokenizer's split with" + (bpe.wholeFirst() ? "" : "out")
                    + " ignore_merges: export the model as a folder.");
        }
        return switch (bpe.splitter()) {
            case GPT2 -> "gpt-2";
            case SMOLLM -> "smollm";
            case LLAMA3 -> "llama-bpe";
            case QWEN2 -> "qwen2";
            case CL100K, O200K ->
                throw new KitException("GGUF has no name for the split of " + bpe.splitter()
                        + " by which llama.cpp would cut every text alike: export the model as a folder.");
        };
    }

    private void specials(Tokenizer tokenizer, SpecialTokens specials, ChatTemplate chat) {
        Map<String, String> names = specials.names();
        int bos = names.containsKey("bos_token") ? tokenizer.id(names.get("bos_token")) : specials.first();
        if (specials.first() >= 0 && specials.first() != bos) {
            throw new KitException("A GGUF file begins a text with its bos token, and this model's texts begin with '"
                    + tokenizer.decode(new int[] {specials.first()}) + "' while its bos_token is '"
                    + names.get("bos_token") + "': export it as a folder.");
        }
        if (bos >= 0) {
            out.put("tokenizer.ggml.bos_token_id", bos);
        }
        out.put("tokenizer.ggml.add_bos_token", specials.first() >= 0);
        ends(tokenizer, specials);
        names.forEach((name, token) -> {
            if (TOKENS.containsKey(name)) {
                out.put("tokenizer.ggml." + TOKENS.get(name) + "_token_id", tokenizer.id(token));
            } else if (!SpecialTokens.NAMES.contains(name)
                    && chat != null
                    && chat.text().contains(name)) {
                throw new KitException("The model's chat template may ask for the token '" + name
                        + "' by name, for which GGUF has no key: export the model as a folder.");
            }
        });
        if (chat != null) {
            out.put("tokenizer.chat_template", chat.text());
        }
    }

    /** The tokens that end a text or a turn: the format has three names for them. */
    private void ends(Tokenizer tokenizer, SpecialTokens specials) {
        Set<Integer> ends = new TreeSet<>(specials.ends());
        List<Integer> ordered = new ArrayList<>();
        String named = specials.names().get("eos_token");
        if (named != null && ends.remove(tokenizer.id(named))) {
            ordered.add(tokenizer.id(named));
        }
        ordered.addAll(ends);
        List<String> keys = List.of("eos", "eot", "eom");
        if (ordered.isEmpty()) {
            throw new KitException(
                    "No token ends this model's texts, and llama.cpp would take token 11 for one: export it"
                            + " as a folder.");
        }
        if (ordered.size() > keys.size()) {
            throw new KitException("A GGUF file names at most three tokens that end a text, and this model has "
                    + ordered.size() + ": export it as a folder.");
        }
        for (int i = 0; i < ordered.size(); i++) {
            out.put("tokenizer.ggml." + keys.get(i) + "_token_id", ordered.get(i));
        }
    }

    /** Adds the weights: matrices as the type, gains as F32. */
    LlamaFileWriter tensors(Map<String, NDArray> weights, GgufType type) {
        out.put("general.file_type", type.writtenAs());
        out.put("general.quantization_version", 2);
        RopeScaling.Kind kind = config.scaling().kind();
        if (kind == RopeScaling.Kind.LLAMA3 || kind == RopeScaling.Kind.GIVEN) {
            int pairs = config.headSize() / 2;
            float[] divisors = new float[pairs];
            for (int pair = 0; pair < pairs; pair++) {
                divisors[pair] = (float) config.scaling().divisor(pair, config.ropeBase(), 2 * pairs);
            }
            out.tensor("rope_freqs.weight", new long[] {pairs}, GgufType.F32, () -> FloatBuffer.wrap(divisors));
        }
        weights.forEach((name, weight) -> {
            long[] shape = weight.getShape().getShape();
            int heads = name.endsWith("q_proj.weight")
                    ? config.heads()
                    : name.endsWith("k_proj.weight") ? config.keyValueHeads() : 0;
            out.tensor(
                    LlamaFile.named(name),
                    shape,
                    shape.length == 1 ? GgufType.F32 : fitting(type, shape[1]),
                    () -> heads == 0 ? values(weight) : pairs(values(weight), heads, shape));
        });
        return this;
    }

    /** Rows that do not divide into the large blocks of Q4_K are written in the small ones of Q8_0. */
    private static GgufType fitting(GgufType type, long row) {
        return type == GgufType.Q4_K && row % type.blockValues() != 0 ? GgufType.Q8_0 : type;
    }

    void write(Path file) {
        out.write(file);
    }

    private static FloatBuffer values(NDArray weight) {
        return weight.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /** Row i of a head's first half, then row i of its second, and so on: what {@link LlamaFile} undoes. */
    private static FloatBuffer pairs(FloatBuffer values, int heads, long[] shape) {
        int width = (int) shape[1];
        int size = (int) shape[0] / heads;
        FloatBuffer turned = FloatBuffer.allocate(values.remaining());
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < size; i++) {
                int from = head * size + i / 2 + i % 2 * (size / 2);
                turned.put(values.duplicate().position(from * width).limit((from + 1) * width));
            }
        }
        return turned.flip();
    }
}
