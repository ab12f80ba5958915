package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScriptModule;
import java.util.ArrayList;
import java.util.List;

/**
 * The hot operators, one method for each in the resource {@code kawi/torch/ops.py}.
 *
 * <p>A result belongs to the manager of the first argument, so put the activation first: a step whose token ids live in
 * a sub-manager leaves nothing behind when that sub-manager closes. Gradients are recorded as the thread's mode says
 * ({@link Torch#training}, {@link Torch#inference}).
 *
 * <p>Inside anything that is differentiated never multiply an NDArray by a Java number with DJL's own
 * {@code mul(Number)}, {@code div}, {@code pow} or {@code maximum}: autograd then reads freed memory. Use
 * {@link #scale}.
 */
public final class Ops {

    private final Torch torch;
    private final Script script;

    Ops(Torch torch, Script script) {
        this.torch = torch;
        this.script = script;
    }

    Script script() {
        return script;
    }

    /**
     * {@code x (..., in)} times {@code weight (out, in)} transposed, plus {@code bias (out)} or null: {@code (...,
     * out)}.
     */
    public NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return call(x, "linear", x, weight, bias, by());
    }

    /**
     * {@link #linear} without a bias, plus the product of {@code x} with a low-rank change {@code scale * b a}: a
     * {@code (rank, in)}, b {@code (out, rank)}.
     */
    public NDArray adapted(NDArray x, NDArray weight, NDArray a, NDArray b, double scale) {
        return call(x, "adapted", x, weight, a, b, scale, by());
    }

    /**
     * {@code x (..., in)} times {@code weight (in, out)} plus {@code bias (out)} or null: {@code (..., out)}, the
     * layout of GPT-2's Conv1D.
     */
    public NDArray affine(NDArray x, NDArray weight, NDArray bias) {
        return call(x, "affine", x, weight, bias, by());
    }

    /**
     * GPT-2's feed-forward layer: affine, the tanh form of the Gaussian error linear unit (Hugging Face's
     * {@code gelu_new}), affine; weights {@code (width, wide)} and {@code (wide, width)}.
     */
    public NDArray mlp(NDArray x, NDArray weightIn, NDArray biasIn, NDArray weightOut, NDArray biasOut) {
        return call(x, "mlp", x, weightIn, biasIn, weightOut, biasOut, by());
    }

    /**
     * Rows of {@code table (rows, width)} by {@code ids (...)} int64: {@code (..., width)}, belonging to the manager of
     * the ids.
     */
    public NDArray embedding(NDArray table, NDArray ids) {
        return call(ids, "embedding", table, ids);
    }

    /** Rows {@code first} to {@code last - 1} of a table, belonging to the manager of {@code like}. */
    public NDArray rows(NDArray like, NDArray table, int first, int last) {
        return call(like, "rows", table, first, last);
    }

    /** Layer normalisation over the last axis (Ba et al. 2016). */
    public NDArray layerNorm(NDArray x, NDArray gain, NDArray bias, double epsilon) {
        return call(x, "layer_norm", x, gain, bias, epsilon);
    }

    /** Root-mean-square normalisation over the last axis (Zhang and Sennrich 2019); the gain may be null. */
    public NDArray rmsNorm(NDArray x, NDArray gain, double epsilon) {
        return call(x, "rms_norm", x, gain, epsilon);
    }

    /** {@code silu(gate) * up}. */
    public NDArray swiglu(NDArray gate, NDArray up) {
        return call(gate, "swiglu", gate, up);
    }

    /** {@code x} times a number, safe to differentiate. */
    public NDArray scale(NDArray x, double factor) {
        return call(x, "scale", x, factor);
    }

    /** {@code (batch, time, heads * size)} as {@code (batch, heads, time, size)}. */
    public NDArray splitHeads(NDArray x, int heads) {
        return call(x, "split_heads", x, heads);
    }

    /** {@code (batch, heads, time, size)} as {@code (batch, time, heads * size)}. */
    public NDArray mergeHeads(NDArray x) {
        return call(x, "merge_heads", x);
    }

    /**
     * Rotary position embedding in the rotate-half form (Su et al. 2021): x {@code (batch, heads, time, size)}, table
     * from {@link #ropeTable}.
     */
    public NDArray rope(NDArray x, List<NDArray> cosSin) {
        return call(x, "rope", x, cosSin.get(0), cosSin.get(1));
    }

    /**
     * Cosines and sines, each {@code (time, size)}, of positions {@code first} and on, belonging to {@code manager}.
     */
    public List<NDArray> ropeTable(NDManager manager, int first, int time, int size, double base) {
        try (NDArray like = manager.create(0f)) {
            return script.list(manager, "rope_table", false, like, first, time, size, base);
        }
    }

    /**
     * Attention: q {@code (batch, heads, time, size)}, k and v {@code (batch, groups, time, size)} where heads is a
     * multiple of groups.
     */
    public NDArray attention(NDArray q, NDArray k, NDArray v, boolean causal) {
        return call(q, "attention", q, k, v, causal, attendsInBf16());
    }

    /**
     * Causal attention of joint queries, keys and values {@code (batch, time, 3 * width)}: {@code (batch, time,
     * width)}.
     */
    public NDArray selfAttention(NDArray qkv, int heads) {
        return call(qkv, "self_attention", qkv, heads, attendsInBf16());
    }

    /**
     * {@return what stands at positions {@code places (batch, n)} int64 of x {@code (batch, time, width)}:
     * {@code (batch, n, width)}}
     */
    public NDArray pick(NDArray x, NDArray places) {
        return call(x, "pick", x, places);
    }

    /**
     * Causal attention of the queries at {@code places (batch, n)} only: q {@code (batch, heads, n, size)}, k and v as
     * for {@link #attention}.
     */
    public NDArray attentionAt(NDArray q, NDArray k, NDArray v, NDArray places) {
        return call(q, "attention_at", q, k, v, places);
    }

    /** {@return the weights that causal attention gives, {@code (batch, heads, time, time)}; each row sums to one} */
    public NDArray attentionWeights(NDArray q, NDArray k) {
        return call(q, "attention_weights", q, k);
    }

    /**
     * Attention with a key-value cache: writes k and v at {@code position} into the caches {@code (batch, groups,
     * length, size)}; not differentiable.
     */
    public NDArray cachedAttention(NDArray q, NDArray k, NDArray v, NDArray keys, NDArray values, int position) {
        return script.call(q.getManager(), "cached_attention", false, q, k, v, keys, values, position);
    }

    /**
     * Elman's network: outputs {@code (batch, time, width)} and last state {@code (layers, batch, width)}; weights in
     * torch.nn.RNN's order.
     */
    public List<NDArray> rnn(NDArray x, NDArray h, List<NDArray> weights, int layers) {
        return list(x, "rnn", x, h, weights, layers);
    }

    /** Gated recurrent unit (Cho et al. 2014); results as for {@link #rnn}. */
    public List<NDArray> gru(NDArray x, NDArray h, List<NDArray> weights, int layers) {
        return list(x, "gru", x, h, weights, layers);
    }

    /** Long short-term memory (Hochreiter and Schmidhuber 1997): outputs, last hidden state, last cell state. */
    public List<NDArray> lstm(NDArray x, NDArray h, NDArray c, List<NDArray> weights, int layers) {
        return list(x, "lstm", x, h, c, weights, layers);
    }

    /**
     * Mean negative log likelihood in nats; logits {@code (..., vocabulary)}, targets {@code (...)} int64, -100
     * ignored.
     */
    public NDArray crossEntropy(NDArray logits, NDArray targets) {
        return call(logits, "cross_entropy", logits, targets);
    }

    /**
     * {@link #crossEntropy} of {@code linear(hidden, head, null)} where gradients are recorded. The logits, a step's
     * largest array, are made and differentiated some rows at a time and never stand in memory as a whole.
     *
     * @param hidden {@code (..., width)}
     * @param head {@code (vocabulary, width)}
     */
    public NDArray headLoss(NDArray hidden, NDArray head, NDArray targets) {
        boolean learned = head.hasGradient();
        List<NDArray> found =
                script.list(hidden.getManager(), "head_gradients", false, hidden, head, targets, learned, by());
        List<NDArray> of = learned ? List.of(hidden, head) : List.of(hidden);
        NDArray loss = script.call(
                hidden.getManager(), "with_gradients", true, found.get(0), of, found.subList(1, 1 + of.size()));
        found.forEach(NDArray::close);
        return loss;
    }

    /** Negative log likelihood of each token in nats, in the shape of the targets; 0 where the target is -100. */
    public NDArray tokenLosses(NDArray logits, NDArray targets) {
        return call(logits, "token_losses", logits, targets);
    }

    /**
     * {@link #tokenLosses} of {@code linear(hidden, head, null)}. The logits, far larger than all else that a model
     * makes of a window, are made some rows and a slice of the vocabulary at a time and never stand in memory as a
     * whole. Targets are not checked: they must lie in the vocabulary.
     *
     * @param hidden {@code (..., width)}
     * @param head {@code (vocabulary, width)}
     */
    public NDArray headLosses(NDArray hidden, NDArray head, NDArray targets) {
        return call(hidden, "head_losses", hidden, head, targets, by());
    }

    /**
     * {@return the gradient of a scalar by each of some leaves, new arrays belonging to {@code manager}: nothing is
     * left behind in the leaves} The graph of the scalar is freed. A leaf that the scalar does not depend on is an
     * error.
     */
    public List<NDArray> gradients(NDManager manager, NDArray scalar, List<NDArray> leaves) {
        return script.list(manager, "gradients_of", true, scalar, leaves);
    }

    /** Adds to each tensor its term, in place. */
    public void add(List<NDArray> sums, List<NDArray> terms) {
        script.raw("add", false, sums, terms).close();
    }

    /** Back-propagates from a scalar: each leaf that requires a gradient accumulates it. */
    public void backward(NDArray scalar) {
        try (NDArray one = scalar.getManager().ones(scalar.getShape())) {
            TorchScriptModule.backward((PtNDArray) scalar, (PtNDArray) one);
        }
    }

    /** Views of the leaves' accumulated gradients, in order, belonging to {@code manager}. */
    public List<NDArray> gradients(NDManager manager, List<NDArray> leaves) {
        List<NDArray> gradients = new ArrayList<>(leaves.size());
        for (NDArray leaf : leaves) {
            NDArray gradient = TorchScriptModule.gradient(manager, (PtNDArray) leaf);
            if (gradient == null) {
                throw new IllegalStateException(
                        "parameter " + leaf.getName() + " has no gradient: call backward on a loss that uses it first");
            }
            gradients.add(gradient);
        }
        return gradients;
    }

    /**
     * Scales all gradients together so that their joint 2-norm is at most {@code most}; returns the norm before, a
     * scalar.
     */
    public NDArray clip(NDManager manager, List<NDArray> gradients, double most) {
        return script.call(manager, "clip", false, gradients, most);
    }

    /** One fused AdamW step (Loshchilov and Hutter 2019) in place; {@code steps} are scalars that it advances. */
    public void adamw(
            List<NDArray> weights,
            List<NDArray> gradients,
            List<NDArray> first,
            List<NDArray> second,
            List<NDArray> steps,
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double decay) {
        script.raw("adamw", false, weights, gradients, first, second, steps, rate, beta1, beta2, epsilon, decay)
                .close();
    }

    /** Fills tensors with zeros in place. */
    public void zero(List<NDArray> tensors) {
        script.raw("zero", false, tensors).close();
    }

    /** Copies values into a tensor in place, also into a parameter that requires a gradient. */
    public void assign(NDArray to, NDArray value) {
        script.raw("assign", false, to, value).close();
    }

    /** {@return a copy in PyTorch's own memory: an array made from a Java buffer keeps using that buffer} */
    public NDArray copy(NDManager manager, NDArray x) {
        return script.call(manager, "copy", false, x);
    }

    /** {@return bytes {@code (2 n)} uint8 that hold float16 or bfloat16 numbers, as float32 of a shape of n} */
    public NDArray widen(NDManager manager, NDArray bytes, boolean bfloat, Shape shape) {
        return script.call(manager, "widen", false, bytes, bfloat ? 15 : 5, shape.getShape());
    }

    /** {@return whether no number of a float32 array is NaN or infinite; one pass, and no array of its size is made} */
    public boolean finite(NDArray x) {
        if (x.size() == 0) {
            return true;
        }
        try (NDArray answer = script.call(x.getManager(), "finite", false, x)) {
            return answer.getBoolean();
        }
    }

    /** {@return whether two arrays have one shape and the same numbers} */
    public boolean equal(NDArray x, NDArray y) {
        if (!x.getShape().equals(y.getShape())) {
            return false;
        }
        try (NDArray answer = script.call(x.getManager(), "same", false, x, y)) {
            return answer.getBoolean();
        }
    }

    NDArray products(NDArray a, int times, Products by) {
        return script.call(a.getManager(), "products", false, a, times, by.ordinal());
    }

    /** How a product that is called now is made, as scripts are told it. */
    private int by() {
        return torch.productsNow().ordinal();
    }

    /**
     * Attention is a small part of the products, and on a CPU its gradients in bfloat16 took as long as in float32 for
     * 256 tokens, three times as long for 32.
     */
    private boolean attendsInBf16() {
        return torch.bf16Now() && torch.device().isGpu();
    }

    private NDArray call(NDArray owner, String method, Object... arguments) {
        return script.call(owner.getManager(), method, JniUtils.isGradMode(), arguments);
    }

    private List<NDArray> list(NDArray owner, String method, Object... arguments) {
        return script.list(owner.getManager(), method, JniUtils.isGradMode(), arguments);
    }
}
