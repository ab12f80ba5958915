package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.util.List;
import java.util.stream.LongStream;
import kawi.torch.OneDnn;
import kawi.torch.Script;
import kawi.torch.Torch;

/** A Llama's weights made ready for inference, and the calls that run all layers at once ({@code llama.py}). */
final class LlamaInference implements AutoCloseable {

    private static final int ROWS_TOGETHER = 128; // whose logits are 25 MB for 49,152 tokens

    final Torch torch;
    final LlamaConfig config;
    private final Script script;
    private final LlamaWeights weights;
    private final Int8Matrices int8;
    private final IValue kept;
    private final Precision precision;
    private final boolean oneDnn; // whether oneDNN multiplies int8 over whole sequences, or fbgemm
    private final IValue none; // no int8 weights
    private final IValue rows; // int8 for oneDNN, of the layers that were asked for until now
    private final IValue headRows;
    private int matricesReady;
    private boolean headReady;
    private IValue packed; // int8 for fbgemm, which also decodes; made when it is first needed
    private final NDManager manager;
    private final List<NDArray> table;

    LlamaInference(Torch torch, LlamaConfig config, LlamaWeights weights, Precision precision) {
        this.torch = torch;
        this.config = config;
        this.weights = weights;
        this.script = Script.load(torch, "kawi/model/llama.py");
        this.int8 = new Int8Matrices(torch, script, config, weights);
        this.manager = torch.manager().newSubManager();
        this.table = Rotary.table(
                torch, manager, 0, config.context(), config.headSize(), config.ropeBase(), config.scaling());
        this.kept = script.raw("kept", false, precision == Precision.FP32 ? weights.whole() : weights.normsAlone());
        this.precision = precision;
        this.oneDnn = precision == Precision.INT8 && OneDnn.forInt8();
        this.none = script.raw("unpacked", false);
        this.rows = script.raw("empty", false);
        this.headRows = script.raw("empty", false);
    }

    /** What multiplies, in words. */
    String arithmetic() {
        if (precision == Precision.FP32) {
            return torch.oneDnn() ? "float32 by oneDNN" : "float32";
        }
        return oneDnn
                ? "int8: oneDNN over whole sequences (the CPU has VNNI), fbgemm for decoding"
                : "int8 by fbgemm (the CPU has no avx512_vnni, or oneDNN may not use it)";
    }

    private IValue packed() {
        if (precision == Precision.FP32) {
            return none;
        }
        if (packed == null) {
            packed = torch.sparing(int8::packed);
        }
        return packed;
    }

    /** Whether several rows at once are multiplied by {@link #laid} weights. */
    boolean laysOut() {
        return precision == Precision.FP32 && torch.oneDnn();
    }

    /**
     * The float32 weights as they are now, as oneDNN multiplies several rows with them: a copy of all matrices, 0.5 GB
     * for SmolLM2. The caller closes it.
     */
    IValue laid() {
        return torch.sparing(() -> script.raw("laid", false, kept));
    }

    Decoder decoder(int batch, int length) {
        return new LlamaDecoder(this, batch, length);
    }

    /** Layers over whole sequences. See {@code exact} and, for int8, {@code layers} in llama.py. */
    NDArray layers(NDArray x, int first, int last) {
        if (oneDnn && matricesReady < last * Int8Matrices.JOINED.size()) {
            torch.sparing(() -> {
                prepare(last * Int8Matrices.JOINED.size());
                return null;
            });
        }
        int time = (int) x.getShape().get(1);
        try (NDArray cos = table.get(0).get(new NDIndex("0:" + time));
                NDArray sin = table.get(1).get(new NDIndex("0:" + time))) {
            if (precision == Precision.FP32) {
                return script.call(
                        x.getManager(),
                        "exact",
                        false,
                        x,
                        kept,
                        first,
                        last,
                        config.heads(),
                        config.keyValueHeads(),
                        cos,
                        sin,
                        config.epsilon(),
                        torch.ops().by());
            }
            return script.call(
                    x.getManager(),
                    "layers",
                    false,
                    x,
                    kept,
                    oneDnn ? none : packed(),
                    rows,
                    first,
                    last,
                    config.heads(),
                    config.keyValueHeads(),
                    cos,
                    sin,
                    config.epsilon());
        }
    }

    private void prepare(int matrices) {
        for (int joined = Int8Matrices.JOINED.size(); matricesReady < matrices; matricesReady++) {
            int8.add(rows, "prepare", matricesReady / joined, matricesReady % joined);
        }
    }

    /** The vectors of some tokens, (tokens, width). */
    NDArray embedded(NDManager work, long[] ids) {
        return weights.embedded(work, ids);
    }

    /**
     * Layers {@code first} to {@code last - 1} over texts laid end to end; see {@code branching} in llama.py and
     * {@link BranchingTexts}.
     *
     * @return (tokens, width), before the last normalisation
     */
    NDArray branching(
            NDManager work, NDArray x, int first, int last, long[] positions, long[] ends, List<NDArray> masks) {
        NDArray at = work.create(positions);
        return script.call(
                work,
                "branching",
                false,
                x,
                kept,
                first,
                last,
                config.heads(),
                config.keyValueHeads(),
                torch.ops().embedding(table.get(0), at),
                torch.ops().embedding(table.get(1), at),
                ends,
                masks,
                config.epsilon(),
                torch.oneDnn());
    }

    NDArray head(NDArray hidden) {
        if (oneDnn && !headReady) {
            headReady = torch.sparing(() -> {
                int8.add(headRows, "prepare", List.of(weights.head()));
                return true;
            });
        }
        return script.call(hidden.getManager(), "logits", false, hidden, oneDnn ? none : packed(), headRows);
    }

    /**
     * {@link LanguageModel#losses} with int8 logits, of some positions at a time: those of a window are far larger than
     * all that its layers make.
     */
    float[] losses(NDArray hidden, NDArray targets) {
        int n = (int) targets.size();
        float[] losses = new float[n];
        for (int from = 0; from < n; from += ROWS_TOGETHER) {
            String rows = from + ":" + Math.min(n, from + ROWS_TOGETHER);
            try (NDManager piece = hidden.getManager().newSubManager()) {
                NDArray some = hidden.get(rows);
                NDArray wanted = targets.get(rows);
                some.attach(piece);
                wanted.attach(piece);
                float[] part = torch.ops().tokenLosses(head(some), wanted).toFloatArray();
                System.arraycopy(part, 0, losses, from, part.length);
            }
        }
        return losses;
    }

    /**
     * Feeds ids {@code (rows, time)} of rows of a decoder's batch; returns logits {@code (rows, vocabulary)}. See
     * {@code decode} in llama.py.
     *
     * @param laid the float32 weights {@linkplain #laid laid out}, or null for those that are kept
     */
    NDArray decode(
            NDManager step,
            long[] ids,
            Shape shape,
            NDArray rows,
            NDArray positions,
            int start,
            int end,
            NDArray keys,
            NDArray values,
            IValue laid) {
        NDArray embedding = weights.embedding();
        NDArray which =
                step.create(embedding == null ? LongStream.range(0, ids.length).toArray() : ids, shape);
        return script.infer(
                step,
                "decode",
                which,
                rows,
                positions,
                start,
                end,
                embedding == null ? weights.embedded(step, ids) : embedding,
                laid == null ? kept : laid,
                packed(),
                keys,
                values,
                config.heads(),
                config.keyValueHeads(),
                table.get(0),
                table.get(1),
                config.epsilon(),
                torch.oneDnn());
    }

    /** Some rows of a decoder's cache {@code (layers, rows, ...)}, a new array. See {@code some} in llama.py. */
    NDArray rows(NDArray cache, NDArray index) {
        return script.infer(cache.getManager(), "some", cache, index);
    }

    /** The first tokens' keys or values of a row, {@code (layers, keyValueHeads, length, size)}; a new array. */
    NDArray stem(NDArray cache, int row, int length) {
        return script.infer(cache.getManager(), "stem", cache, row, length);
    }

    /** Puts a {@link #stem} at the front of a row. */
    void begin(NDArray cache, int row, NDArray stem) {
        script.infer(cache.getManager(), "begin", cache, row, stem).close();
    }

    /** Feeds one id of a decoder's only row; returns logits {@code (1, vocabulary)}. See {@code one} in llama.py. */
    NDArray one(NDManager step, int id, int position, NDArray keys, NDArray values) {
        NDArray embedding = weights.embedding();
        return script.infer(
                step,
                "one",
                embedding == null ? 0 : id,
                position,
                embedding == null ? weights.embedded(step, new long[] {id}) : embedding,
                kept,
                packed(),
                keys,
                values,
                config.heads(),
                config.keyValueHeads(),
                table.get(0),
                table.get(1),
                config.epsilon(),
                torch.oneDnn());
    }

    /** Frees what was made for inference; the model's own parameters stay. */
    @Override
    public void close() {
        if (packed != null) {
            packed.close();
        }
        rows.close();
        headRows.close();
        none.close();
        kept.close();
        script.close();
        manager.close();
        weights.close();
    }
}
