package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Ops;
import kawi.torch.Torch;
import kawi.torch.Weights;

/**
 * The Llama architecture (Touvron et al. 2023): a GPT with RMS normalisation, rotary positions, grouped-query attention
 * and a gated feed-forward layer, with no biases. SmolLM2 is one.
 *
 * <p>This file is the model as it is learned. {@link LlamaInference} is the same arithmetic with all layers in one
 * call, for decoding and for int8 weights; tests hold the two equal. Names and layouts of the parameters are those of
 * Hugging Face's LlamaForCausalLM.
 */
public final class Llama implements LanguageModel {

    /** The matrices of one layer, by their names in the checkpoint. */
    public static final List<String> MATRICES = List.of(
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj");

    /** Those of the gated feed-forward layer. */
    private static final List<String> GATED = List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj");

    private final Torch torch;
    private final Ops ops;
    private final LlamaConfig config;
    private final Parameters parameters;
    private String name = "a Llama made here";
    private Adapter adapter;
    private boolean settled; // whether the adapter is as it was when it was added, and stays so
    private LlamaInference inference;
    private Precision precision = Precision.FP32;
    private LowerLayers lower; // null where nothing is kept

    Llama(Torch torch, LlamaConfig config, Parameters parameters) {
        this.torch = torch;
        this.ops = torch.ops();
        this.config = config;
        this.parameters = parameters;
    }

    /**
     * {@return a new model drawn from a seed: matrices normal with a spread of 0.02, gains 1}
     *
     * @param torch the engine on whose device it lies
     * @param config its sizes
     * @param seed of its first weights
     */
    public static Llama create(Torch torch, LlamaConfig config, long seed) {
        config.check();
        return new Llama(
                torch,
                config,
                Parameters.drawn(
                        torch,
                        config.shapes(),
                        seed,
                        (name, random) -> name.contains("norm") ? () -> 1 : () -> 0.02 * random.nextGaussian()));
    }

    static Llama load(Torch torch, LlamaConfig config, Path folder) {
        config.check();
        return new Llama(torch, config, Parameters.read(torch, folder, config, "model.", "model.embed_tokens.weight"))
                .named(folder.toAbsolutePath().normalize().getFileName().toString());
    }

    /**
     * Keeps what the lowest layers make of texts from now on, until the result is closed; see {@link LowerLayers}.
     *
     * @param layers how many of them, from 0 to all
     * @return what is kept, in the place of what was kept before
     * @throws KitException for a number that this model does not have
     */
    public LowerLayers keepLower(int layers) {
        LowerLayers kept = new LowerLayers(this, layers);
        if (lower != null) {
            lower.close();
        }
        lower = kept;
        return kept;
    }

    void forget(LowerLayers kept) {
        lower = lower == kept ? null : lower;
    }

    /** What was kept, where inference as it is now may use it; or null. */
    private LowerLayers lower() {
        return lower != null && readsBranches() && !JniUtils.isGradMode() && lower.leftAloneBy(adapter) ? lower : null;
    }

    /** All layers over texts laid end to end, of which those below may have been kept. */
    NDArray branching(NDManager work, long[] ids, long[] positions, long[] ends, List<NDArray> masks) {
        LlamaInference calls = inference();
        LowerLayers.Run run = (x, first, last) -> calls.branching(work, x, first, last, positions, ends, masks);
        LowerLayers below = lower();
        return below == null
                ? run.over(calls.embedded(work, ids), 0, config.layers())
                : below.all(
                        work,
                        List.of(LongBuffer.wrap(ids), LongBuffer.wrap(positions), LongBuffer.wrap(ends)),
                        () -> calls.embedded(work, ids),
                        run);
    }

    @Override
    public NDArray hidden(NDArray ids, ActivationHook tap) { // (batch, time)
        LowerLayers below = tap == ActivationHook.NONE ? lower() : null;
        if (below != null) {
            List<LongBuffer> text =
                    List.of(LongBuffer.wrap(ids.getShape().getShape()), LongBuffer.wrap(ids.toLongArray()));
            try (NDArray y = below.all(ids.getManager(), text, () -> embed(ids), this::layers)) {
                return norm(y);
            }
        }
        try (NDArray x = embed(ids); // (batch, time, width)
                NDArray y = layers(x, 0, config.layers(), tap)) {
            NDArray normal = norm(y);
            tap.see("last norm", normal);
            return normal;
        }
    }

    /**
     * {@return the tokens' vectors, {@code (batch, time, width)}, belonging to the manager of the ids {@code (batch,
     * time)}}
     *
     * @param ids {@code (batch, time)} int64, time at most the context
     */
    public NDArray embed(NDArray ids) {
        if (ids.getShape().get(1) > config.context()) {
            throw new KitException("A sequence of " + ids.getShape().get(1)
                    + " tokens is longer than this model's context of " + config.context() + "; cut it.");
        }
        if (!parameters.holds("model.embed_tokens.weight") && !(parameters.trainable() && JniUtils.isGradMode())) {
            return looked(ids);
        }
        return Tokens.embed(this, parameter("model.embed_tokens"), ids);
    }

    /** The tokens' vectors, read from the file in which the embedding still lies. */
    private NDArray looked(NDArray ids) {
        long[] flat = ids.toLongArray();
        for (long id : flat) {
            Tokens.known(id, config.vocabularySize());
        }
        try (NDArray rows = parameters.rows(ids.getManager(), torch, "model.embed_tokens.weight", flat)) {
            return rows.reshape(ids.getShape().addAll(new Shape(config.width())));
        }
    }

    /**
     * {@return what layers {@code first} to {@code last - 1} make of {@code x (batch, time, width)}; same shape, same
     * manager}
     *
     * <p>A sequence may be padded at its end: attention looks back only, so what stands before is not changed.
     *
     * @param x {@code (batch, time, width)}
     * @param first the lowest layer that runs
     * @param last the layer behind the highest
     */
    public NDArray layers(NDArray x, int first, int last) {
        return layers(x, first, last, ActivationHook.NONE);
    }

    /**
     * Whether what needs no gradient may take the calls of {@link LlamaInference} in float32: they know an adapter only
     * as it was when their weights were made.
     */
    private boolean fusedOnCpu() {
        return (adapter == null || settled) && !torch.device().isGpu();
    }

    /**
     * {@return whether {@link #nats(BranchingTexts)} can be asked: in float32, on a CPU, and without an adapter or with
     * a {@link #settled} one, for another may have been trained further since it was added}
     */
    public boolean readsBranches() {
        return precision == Precision.FP32 && fusedOnCpu() && !torch.bf16Now();
    }

    /**
     * {@return nats of each branch, {@code [text][branch]}: its tokens' losses added up, as they are in a text of its
     * own}
     *
     * @param texts no longer than the context, from the stem's first token to a branch's last but one
     * @throws KitException where {@link #readsBranches} is false, or a text is longer
     */
    public double[][] nats(BranchingTexts texts) {
        if (!readsBranches()) {
            throw new KitException(
                    "Branching texts are read in float32, on a CPU and without an adapter that may still be"
                            + " trained: score with Likelihood instead.");
        }
        for (BranchingTexts.Text text : texts.texts()) {
            for (int[] branch : text.branches()) {
                int length = texts.stem().length + text.trunk().length + branch.length - 1;
                if (length > config.context()) {
                    throw new KitException("A text of " + length + " tokens is longer than this model's context of "
                            + config.context() + "; cut it.");
                }
            }
        }
        return texts.nats(this);
    }

    private NDArray layers(NDArray x, int first, int last, ActivationHook tap) {
        if (!JniUtils.isGradMode() && (precision != Precision.FP32 || tap == ActivationHook.NONE && fusedOnCpu())) {
            return inference().layers(x, first, last);
        }
        return layers(x, first, last, null, tap);
    }

    /**
     * What layer {@code first} and all above it make of some positions of {@code x (batch, time, width)}; same manager.
     * The last layer reads every position, and answers and thinks only at these: with one of them this is nearly a
     * layer less.
     *
     * @param x {@code (batch, time, width)}
     * @param first the lowest layer that runs
     * @param places {@code (batch, n)} int64
     * @return {@code (batch, n, width)}, before the last normalisation, in float32 whatever the {@link #precision}
     */
    public NDArray layersAt(NDArray x, int first, NDArray places) {
        return layers(x, first, config.layers(), places, ActivationHook.NONE);
    }

    private NDArray layers(NDArray x, int first, int last, NDArray places, ActivationHook tap) {
        NDArray y = x;
        try (NDManager scratch = x.getManager().newSubManager()) {
            List<NDArray> table = Rotary.table(
                    torch,
                    scratch,
                    0,
                    (int) x.getShape().get(1),
                    config.headSize(),
                    config.ropeBase(),
                    config.scaling());
            for (int i = first; i < last; i++) {
                NDArray next = layer(i, y, table, i == config.layers() - 1 ? places : null, tap);
                if (y != x) {
                    y.close();
                }
                y = next;
            }
        }
        return y == x ? x.duplicate() : y;
    }

    /**
     * One layer, its result at the given places or, where these are null, everywhere. Java's handles on the
     * intermediate results go at once; what the backward pass needs, autograd holds itself.
     */
    private NDArray layer(int i, NDArray x, List<NDArray> table, NDArray places, ActivationHook tap) {
        NDManager owner = x.getManager();
        try (NDManager scratch = owner.newSubManager()) {
            scratch.tempAttachAll(x);
            NDArray h = ops.rmsNorm(x, parameter(i, "input_layernorm"), config.epsilon());
            NDArray k = ops.rope(
                    ops.splitHeads(project(i, "self_attn.k_proj", h), config.keyValueHeads()),
                    table); // (batch, keyValueHeads, time, size)
            NDArray v = ops.splitHeads(project(i, "self_attn.v_proj", h), config.keyValueHeads());
            List<NDArray> turns = table;
            if (places != null) { // from here on, n for time
                x = ops.pick(x, places);
                h = ops.pick(h, places);
                NDArray row = places.expandDims(1);
                row.attach(scratch);
                turns = table.stream().map(each -> ops.embedding(each, row)).toList(); // (batch, 1, n, size)
            }
            NDArray q = ops.rope(
                    ops.splitHeads(project(i, "self_attn.q_proj", h), config.heads()),
                    turns); // (batch, heads, time, size)
            NDArray seen =
                    ops.mergeHeads(places == null ? ops.attention(q, k, v, true) : ops.attentionAt(q, k, v, places));
            NDArray y = x.add(project(i, "self_attn.o_proj", seen)); // (batch, time, width)

            h = ops.rmsNorm(y, parameter(i, "post_attention_layernorm"), config.epsilon());
            y = y.add(feedForward(i, h, tap));
            tap.see("layer " + i + ": queries", q);
            tap.see("layer " + i + ": keys", k);
            tap.see("layer " + i + ": attention", seen);
            tap.see("layer " + i + ": stream", y);
            y.attach(owner);
            return y;
        }
    }

    /** The gated feed-forward layer of layer i, in one call where nothing looks into it and nothing is added to it. */
    private NDArray feedForward(int i, NDArray x, ActivationHook tap) {
        boolean adapted = adapter != null && GATED.stream().anyMatch(matrix -> adapter.covers(i, matrix));
        if (tap == ActivationHook.NONE && !adapted) {
            List<NDArray> w = GATED.stream().map(matrix -> parameter(i, matrix)).toList();
            return ops.gatedMlp(x, w.get(0), w.get(1), w.get(2));
        }
        NDArray gated =
                ops.swiglu(project(i, GATED.get(0), x), project(i, GATED.get(1), x)); // (batch, time, feedForward)
        tap.see("layer " + i + ": gated", gated);
        return project(i, GATED.get(2), gated);
    }

    /**
     * {@return the matrices of layer {@code first} and of all above it, and the head: the live arrays}
     *
     * @param first the lowest layer, from 0
     */
    public List<NDArray> matrices(int first) {
        List<NDArray> matrices = new ArrayList<>();
        for (int i = first; i < config.layers(); i++) {
            for (String matrix : MATRICES) {
                matrices.add(parameter(i, matrix));
            }
        }
        matrices.add(head());
        return matrices;
    }

    /** {@code x} times a matrix of layer i, with what an adapter adds. */
    private NDArray project(int i, String matrix, NDArray x) {
        NDArray weight = parameter(i, matrix);
        return adapter != null && adapter.covers(i, matrix)
                ? adapter.product(i, matrix, x, weight)
                : ops.linear(x, weight, null);
    }

    /**
     * {@return the last normalisation, of {@code (..., width)}}
     *
     * @param x {@code (..., width)}
     */
    public NDArray norm(NDArray x) {
        return ops.rmsNorm(x, parameter("model.norm"), config.epsilon());
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return precision != Precision.FP32 && !JniUtils.isGradMode()
                ? inference().head(hidden)
                : ops.linear(hidden, head(), null);
    }

    @Override
    public float[] losses(NDArray hidden, NDArray targets) {
        return precision != Precision.FP32
                ? inference().losses(hidden, targets)
                : LanguageModel.super.losses(hidden, targets);
    }

    @Override
    public NDArray head() {
        return parameter(config.tied() ? "model.embed_tokens" : "lm_head");
    }

    @Override
    public Decoder decoder(int batch, int length) {
        return inference().decoder(batch, Math.min(length, config.context()));
    }

    /**
     * Chooses the numbers that inference (not training) multiplies with, now and until the next call. Int8 weights are
     * made from the weights and the adapter, each matrix when it is first needed: call it again after they change.
     *
     * @param chosen float32 or int8
     * @return this model
     */
    public Llama precision(Precision chosen) {
        if (chosen == Precision.INT8) {
            refuseInt8(torch);
        }
        release();
        precision = chosen;
        if (chosen == Precision.INT8) {
            inference();
        }
        return this;
    }

    static void refuseInt8(Torch torch) {
        if (torch.device().isGpu()) {
            throw new KitException("Int8 weights are for the CPU and this model is on a GPU; keep FP32 there.");
        }
    }

    /** {@return what its file or folder calls it: the name that an adapter gives of its base} */
    public String name() {
        return name;
    }

    /**
     * Gives it a name of one's own.
     *
     * @param chosen the name
     * @return this model
     */
    public Llama named(String chosen) {
        name = chosen;
        return this;
    }

    /** {@return what inference multiplies with} */
    public Precision precision() {
        return precision;
    }

    /** {@return what inference multiplies with and by which library, in words: int8 has two, and the CPU decides} */
    public String arithmetic() {
        return inference().arithmetic();
    }

    /**
     * Says whether the model's own weights are to be learned: a frozen model spends no time on their gradients.
     *
     * @param learned true to record gradients by them
     * @return this model
     */
    public Llama trainable(boolean learned) {
        parameters.trainable(learned);
        return this;
    }

    /**
     * Adds an adapter to the matrices that it covers, in the place of any other; null takes it away. The model's own
     * weights stay as they are. Inference merges the adapter as it is at this call: call again after it has been
     * trained further.
     *
     * @param chosen the adapter, or null for none
     */
    public void adapter(Adapter chosen) {
        adapter = chosen;
        settled = false;
        precision(precision);
    }

    /**
     * Says that the adapter in use is not trained between its last {@link #adapter(Adapter)} or {@link #precision} and
     * the next: all float32 inference may then take the weights that it is merged into, as decoding always does, which
     * is faster.
     *
     * @return this model
     */
    public Llama settled() {
        settled = true;
        return this;
    }

    /** {@return the adapter in use, or null} */
    public Adapter adapter() {
        return adapter;
    }

    private LlamaInference inference() {
        if (inference == null) {
            inference =
                    new LlamaInference(torch, config, new LlamaWeights(torch, config, parameters, adapter), precision);
        }
        return inference;
    }

    /**
     * {@return the parameters with an adapter's change: the matrices that it changes are new arrays of the manager's,
     * the others are the live ones}
     *
     * @param manager owns the new arrays
     * @param change the adapter, or null for none
     */
    Map<String, NDArray> merged(NDManager manager, Adapter change) {
        Map<String, NDArray> merged = new LinkedHashMap<>(parameters.map());
        for (int i = 0; i < config.layers(); i++) {
            for (String matrix : MATRICES) {
                NDArray weight = effective(i, matrix, change);
                if (weight != parameter(i, matrix)) {
                    weight.attach(manager);
                    merged.put("model.layers." + i + "." + matrix + ".weight", weight);
                }
            }
        }
        return merged;
    }

    private NDArray effective(int i, String matrix, Adapter changed) {
        NDArray weight = parameter(i, matrix);
        if (changed == null || !changed.covers(i, matrix)) {
            return weight;
        }
        return torch.inference(() -> {
            try (NDArray change = changed.change(i, matrix)) {
                return weight.add(change);
            }
        });
    }

    private void release() {
        if (inference != null) {
            inference.close();
            inference = null;
        }
    }

    private NDArray parameter(int i, String name) {
        return parameter("model.layers." + i + "." + name);
    }

    private NDArray parameter(String name) {
        return parameters.get(name + ".weight");
    }

    @Override
    public LlamaConfig config() {
        return config;
    }

    /** {@inheritDoc} What lies in a file still is read for this alone, one parameter after the other. */
    @Override
    public String fingerprint() {
        return Weights.sha256(config.shapes().keySet(), parameters::lend);
    }

    /** Whether a parameter is in memory as float32, and not in its file. */
    boolean holds(String parameter) {
        return parameters.holds(parameter);
    }

    @Override
    public long parameterCount() {
        return config.parameterCount();
    }

    /**
     * {@inheritDoc} Of a model that was loaded for int8 they lie in its file until somebody asks: this call reads all
     * of them into memory.
     */
    @Override
    public Map<String, NDArray> parameters() {
        return parameters.map();
    }

    @Override
    public Torch torch() {
        return torch;
    }

    @Override
    public void close() {
        if (lower != null) {
            lower.close();
        }
        release();
        parameters.close();
    }

    @Override
    public String toString() {
        return name + ", " + config.describe();
    }
}
