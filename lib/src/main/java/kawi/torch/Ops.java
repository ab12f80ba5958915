package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchScriptModule;
import java.util.ArrayList;
import java.util.Collection;
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
     *
     * @param x {@code (..., in)}
     * @param weight {@code (out, in)}
     * @param bias {@code (out)} or null
     * @return {@code (..., out)}
     */
    public NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return call(x, "linear", x, factor(weight), bias, by());
    }

    /**
     * {@link #linear} without a bias, plus the product of {@code x} with a low-rank change {@code scale * b a}: a
     * {@code (rank, in)}, b {@code (out, rank)}.
     *
     * @param x {@code (..., in)}
     * @param weight {@code (out, in)}
     * @param a {@code (rank, in)}
     * @param b {@code (out, rank)}
     * @param scale by which the change is multiplied
     * @return {@code (..., out)}
     */
    public NDArray adapted(NDArray x, NDArray weight, NDArray a, NDArray b, double scale) {
        return call(x, "adapted", x, factor(weight), a, b, scale, Torch.dropout(), by());
    }

    /**
     * {@code x (..., in)} times {@code weight (in, out)} plus {@code bias (out)} or null: {@code (..., out)}, the
     * layout of GPT-2's Conv1D.
     *
     * @param x {@code (..., in)}
     * @param weight {@code (in, out)}
     * @param bias {@code (out)} or null
     * @return {@code (..., out)}
     */
    public NDArray affine(NDArray x, NDArray weight, NDArray bias) {
        return call(x, "affine", x, weight, bias, by());
    }

    /**
     * GPT-2's feed-forward layer: affine, the tanh form of the Gaussian error linear unit (Hugging Face's
     * {@code gelu_new}), affine; weights {@code (width, wide)} and {@code (wide, width)}.
     *
     * @param x {@code (..., width)}
     * @param weightIn {@code (width, wide)}
     * @param biasIn {@code (wide)}
     * @param weightOut {@code (wide, width)}
     * @param biasOut {@code (width)}
     * @return {@code (..., width)}
     */
    public NDArray mlp(NDArray x, NDArray weightIn, NDArray biasIn, NDArray weightOut, NDArray biasOut) {
        return call(x, "mlp", x, weightIn, biasIn, weightOut, biasOut, by());
    }

    /**
     * Rows of {@code table (rows, width)} by {@code ids (...)} int64: {@code (..., width)}, belonging to the manager of
     * the ids.
     *
     * @param table {@code (rows, width)}
     * @param ids {@code (...)} int64, each below the number of rows
     * @return {@code (..., width)}
     */
    public NDArray embedding(NDArray table, NDArray ids) {
        return call(ids, "embedding", table, ids);
    }

    /**
     * Rows {@code first} to {@code last - 1} of a table, belonging to the manager of {@code like}.
     *
     * @param like whose manager owns the result
     * @param table {@code (rows, width)}
     * @param first the first row
     * @param last the row behind the last one
     * @return {@code (last - first, width)}
     */
    public NDArray rows(NDArray like, NDArray table, int first, int last) {
        return call(like, "rows", table, first, last);
    }

    /**
     * Layer normalisation over the last axis (Ba et al. 2016).
     *
     * @param x {@code (..., width)}
     * @param gain {@code (width)}
     * @param bias {@code (width)}
     * @param epsilon added to the variance
     * @return the same shape
     */
    public NDArray layerNorm(NDArray x, NDArray gain, NDArray bias, double epsilon) {
        return call(x, "layer_norm", x, gain, bias, epsilon);
    }

    /**
     * Root-mean-square normalisation over the last axis (Zhang and Sennrich 2019); the gain may be null.
     *
     * @param x {@code (..., width)}
     * @param gain {@code (width)} or null
     * @param epsilon added to the mean square
     * @return the same shape
     */
    public NDArray rmsNorm(NDArray x, NDArray gain, double epsilon) {
        return call(x, "rms_norm", x, gain, epsilon);
    }

    /**
     * A gated feed-forward layer, {@code (silu(x gate') * (x up')) down'} (Shazeer 2020), in one call. In bfloat16 its
     * wide middle is not widened to float32 and back.
     *
     * @param x {@code (..., width)}
     * @param gate {@code (wide, width)}
     * @param up {@code (wide, width)}
     * @param down {@code (width, wide)}
     * @return {@code (..., width)}
     */
    public NDArray gatedMlp(NDArray x, NDArray gate, NDArray up, NDArray down) {
        return call(x, "gated_mlp", x, factor(gate), factor(up), factor(down), by());
    }

    /**
     * {@code silu(gate) * up}.
     *
     * @param gate {@code (..., wide)}
     * @param up the same shape
     * @return the same shape
     */
    public NDArray swiglu(NDArray gate, NDArray up) {
        return call(gate, "swiglu", gate, up);
    }

    /**
     * In a training with dropout ({@link Torch#training(double, java.util.function.Supplier)}): a share of the numbers
     * of {@code x}, drawn anew at each call by PyTorch's generator, set to zero and the others divided by one less the
     * share (Srivastava et al. 2014). Everywhere else {@code x} itself.
     *
     * @param x any shape
     * @return the same shape
     */
    public NDArray dropout(NDArray x) {
        double share = Torch.dropout();
        return share == 0 ? x : call(x, "dropout", x, share);
    }

    /**
     * {@code x} times a number, safe to differentiate.
     *
     * @param x any shape
     * @param factor by which each number is multiplied
     * @return the same shape
     */
    public NDArray scale(NDArray x, double factor) {
        return call(x, "scale", x, factor);
    }

    /**
     * {@code (batch, time, heads * size)} as {@code (batch, heads, time, size)}.
     *
     * @param x {@code (batch, time, heads * size)}
     * @param heads attention heads; they divide the last axis
     * @return {@code (batch, heads, time, size)}
     */
    public NDArray splitHeads(NDArray x, int heads) {
        return call(x, "split_heads", x, heads);
    }

    /**
     * {@code (batch, heads, time, size)} as {@code (batch, time, heads * size)}.
     *
     * @param x {@code (batch, heads, time, size)}
     * @return {@code (batch, time, heads * size)}
     */
    public NDArray mergeHeads(NDArray x) {
        return call(x, "merge_heads", x);
    }

    /**
     * Rotary position embedding in the rotate-half form (Su et al. 2021): x {@code (batch, heads, time, size)}, table
     * from {@link #ropeTable}.
     *
     * @param x {@code (batch, heads, time, size)}
     * @param cosSin cosines and sines, each {@code (time, size)}
     * @return the same shape
     */
    public NDArray rope(NDArray x, List<NDArray> cosSin) {
        return call(x, "rope", x, cosSin.get(0), cosSin.get(1));
    }

    /**
     * Cosines and sines, each {@code (time, size)}, of positions {@code first} and on, belonging to {@code manager}.
     *
     * @param manager owns the table
     * @param first the first position
     * @param time how many positions
     * @param size size of a head, even
     * @param base of the wavelengths, 10,000 in most models
     * @return cosines, then sines
     */
    public List<NDArray> ropeTable(NDManager manager, int first, int time, int size, double base) {
        try (NDArray like = manager.create(0f)) {
            return script.list(manager, "rope_table", false, like, first, time, size, base);
        }
    }

    /**
     * Attention: q {@code (batch, heads, time, size)}, k and v {@code (batch, groups, time, size)} where heads is a
     * multiple of groups.
     *
     * @param q queries {@code (batch, heads, time, size)}
     * @param k keys {@code (batch, groups, time, size)}
     * @param v values, shaped as the keys
     * @param causal whether each position sees itself and what came before, or everything
     * @return {@code (batch, heads, time, size)}
     */
    public NDArray attention(NDArray q, NDArray k, NDArray v, boolean causal) {
        return call(q, "attention", q, k, v, causal, attendsInBf16());
    }

    /**
     * Causal attention of joint queries, keys and values {@code (batch, time, 3 * width)}: {@code (batch, time,
     * width)}.
     *
     * @param qkv queries, keys and values side by side, {@code (batch, time, 3 * width)}
     * @param heads attention heads; they divide the last axis
     * @return {@code (batch, time, width)}
     */
    public NDArray selfAttention(NDArray qkv, int heads) {
        return call(qkv, "self_attention", qkv, heads, attendsInBf16());
    }

    /**
     * {@return what stands at positions {@code places (batch, n)} int64 of x {@code (batch, time, width)}:
     * {@code (batch, n, width)}}
     *
     * @param x {@code (batch, time, width)}
     * @param places {@code (batch, n)} int64, each below the time
     */
    public NDArray pick(NDArray x, NDArray places) {
        return call(x, "pick", x, places);
    }

    /**
     * Causal attention of the queries at {@code places (batch, n)} only: q {@code (batch, heads, n, size)}, k and v as
     * for {@link #attention}.
     *
     * @param q queries {@code (batch, heads, n, size)}
     * @param k keys {@code (batch, groups, time, size)}
     * @param v values, shaped as the keys
     * @param places {@code (batch, n)} int64, each below the time
     * @return {@code (batch, heads, n, size)}
     */
    public NDArray attentionAt(NDArray q, NDArray k, NDArray v, NDArray places) {
        return call(q, "attention_at", q, k, v, places);
    }

    /**
     * {@return the weights that causal attention gives, {@code (batch, heads, time, time)}; each row sums to one}
     *
     * @param q queries {@code (batch, heads, time, size)}
     * @param k keys {@code (batch, groups, time, size)}
     */
    public NDArray attentionWeights(NDArray q, NDArray k) {
        return call(q, "attention_weights", q, k);
    }

    /**
     * Attention with a key-value cache: writes k and v at {@code position} into the caches {@code (batch, groups,
     * length, size)}; not differentiable.
     *
     * @param q queries {@code (batch, heads, time, size)}
     * @param k keys {@code (batch, groups, time, size)}
     * @param v values, shaped as the keys
     * @param keys cache of keys {@code (batch, groups, length, size)}, written to
     * @param values cache of values, likewise
     * @param position where the new keys begin, below the length
     * @return {@code (batch, heads, time, size)}
     */
    public NDArray cachedAttention(NDArray q, NDArray k, NDArray v, NDArray keys, NDArray values, int position) {
        return script.call(q.getManager(), "cached_attention", false, q, k, v, keys, values, position);
    }

    /**
     * Elman's network: outputs {@code (batch, time, width)} and last state {@code (layers, batch, width)}; weights in
     * torch.nn.RNN's order.
     *
     * @param x {@code (batch, time, in)}
     * @param h hidden state before, {@code (layers, batch, width)}
     * @param weights for each layer from input, from state, and their biases
     * @param layers recurrent layers
     * @return outputs and last state
     */
    public List<NDArray> rnn(NDArray x, NDArray h, List<NDArray> weights, int layers) {
        return list(x, "rnn", x, h, weights, layers);
    }

    /**
     * Gated recurrent unit (Cho et al. 2014); results as for {@link #rnn}.
     *
     * @param x {@code (batch, time, in)}
     * @param h hidden state before, {@code (layers, batch, width)}
     * @param weights for each layer from input, from state, and their biases
     * @param layers recurrent layers
     * @return outputs and last state
     */
    public List<NDArray> gru(NDArray x, NDArray h, List<NDArray> weights, int layers) {
        return list(x, "gru", x, h, weights, layers);
    }

    /**
     * Long short-term memory (Hochreiter and Schmidhuber 1997): outputs, last hidden state, last cell state.
     *
     * @param x {@code (batch, time, in)}
     * @param h hidden state before, {@code (layers, batch, width)}
     * @param c cell state before, {@code (layers, batch, width)}
     * @param weights for each layer from input, from state, and their biases
     * @param layers recurrent layers
     * @return outputs {@code (batch, time, width)}, last hidden and last cell state {@code (layers, batch, width)}
     */
    public List<NDArray> lstm(NDArray x, NDArray h, NDArray c, List<NDArray> weights, int layers) {
        return list(x, "lstm", x, h, c, weights, layers);
    }

    /**
     * Mean negative log likelihood in nats; logits {@code (..., vocabulary)}, targets {@code (...)} int64, -100
     * ignored.
     *
     * @param logits {@code (..., vocabulary)}
     * @param targets {@code (...)} int64, -100 where none is wanted
     * @return a scalar, nats
     */
    public NDArray crossEntropy(NDArray logits, NDArray targets) {
        return call(logits, "cross_entropy", logits, targets);
    }

    /**
     * Kullback-Leibler divergence of one set of predictions from another, mean over the rows: how many nats more it
     * costs to be told by {@code logits} what comes as {@code held} has it.
     *
     * @param held {@code (..., vocabulary)}, the predictions to be held to
     * @param logits {@code (..., vocabulary)}, those that may depart from them
     * @return a scalar, nats, 0 where both are the same
     */
    public NDArray divergence(NDArray held, NDArray logits) {
        return call(logits, "divergence", held, logits);
    }

    /**
     * The loss of direct preference optimisation (Rafailov et al. 2023), mean over the pairs: with p the logistic
     * function of {@code beta} times a margin, {@code -(1 - smoothing) ln p - smoothing ln(1 - p)}.
     *
     * @param margins {@code (pairs)}: by how many nats more than the reference the model prefers the chosen answer
     * @param beta above 0
     * @param smoothing share of the pairs that are taken to be the wrong way round, from 0 to below 0.5
     * @return a scalar, nats
     */
    public NDArray preferenceLoss(NDArray margins, double beta, double smoothing) {
        return call(margins, "preference_loss", margins, beta, smoothing);
    }

    /**
     * Sums of some numbers by group, such as a sequence's tokens.
     *
     * @param x {@code (n)}
     * @param groups {@code (n)} int64, the group of each, below {@code count}
     * @param count how many groups
     * @return {@code (count)}
     */
    public NDArray sums(NDArray x, NDArray groups, int count) {
        return call(x, "sums", x, groups, count);
    }

    /**
     * {@link #crossEntropy} of {@code linear(hidden, head, null)} where gradients are recorded. The logits, a step's
     * largest array, are made and differentiated some rows at a time and never stand in memory as a whole.
     *
     * @param hidden {@code (..., width)}
     * @param head {@code (vocabulary, width)}
     * @param targets {@code (...)} int64, -100 where none is wanted
     * @return a scalar, nats
     */
    public NDArray headLoss(NDArray hidden, NDArray head, NDArray targets) {
        boolean learned = head.hasGradient();
        List<NDArray> found =
                script.list(hidden.getManager(), "head_gradients", false, hidden, factor(head), targets, learned, by());
        List<NDArray> of = learned ? List.of(hidden, head) : List.of(hidden);
        NDArray loss = script.call(
                hidden.getManager(), "with_gradients", true, found.get(0), of, found.subList(1, 1 + of.size()));
        found.forEach(NDArray::close);
        return loss;
    }

    /**
     * Negative log likelihood of each token in nats, in the shape of the targets; 0 where the target is -100.
     *
     * @param logits {@code (..., vocabulary)}
     * @param targets {@code (...)} int64, -100 where none is wanted
     * @return nats, in the shape of the targets
     */
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
     * @param targets {@code (...)} int64, -100 where none is wanted
     * @return nats, in the shape of the targets
     */
    public NDArray headLosses(NDArray hidden, NDArray head, NDArray targets) {
        return call(hidden, "head_losses", hidden, head, targets, by());
    }

    /**
     * {@return the gradient of a scalar by each of some leaves, new arrays belonging to {@code manager}: nothing is
     * left behind in the leaves} The graph of the scalar is freed. A leaf that the scalar does not depend on is an
     * error.
     *
     * @param manager owns the results
     * @param scalar a loss
     * @param leaves arrays that require a gradient
     */
    public List<NDArray> gradients(NDManager manager, NDArray scalar, List<NDArray> leaves) {
        return script.list(manager, "gradients_of", true, scalar, leaves);
    }

    /**
     * Adds to each tensor its term, in place.
     *
     * @param sums arrays that are added to
     * @param terms as many, of the same shapes
     */
    public void add(List<NDArray> sums, List<NDArray> terms) {
        script.raw("add", false, sums, terms).close();
    }

    /**
     * Back-propagates from a scalar: each leaf that requires a gradient accumulates it.
     *
     * @param scalar a loss
     */
    public void backward(NDArray scalar) {
        try (NDArray one = scalar.getManager().ones(scalar.getShape())) {
            TorchScriptModule.backward((PtNDArray) scalar, (PtNDArray) one);
        }
    }

    /**
     * Views of the leaves' accumulated gradients, in order, belonging to {@code manager}.
     *
     * @param manager owns the results
     * @param leaves arrays that require a gradient
     * @return one view for each leaf, in order
     */
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
     *
     * @param manager owns the result
     * @param gradients one for each array, of its shape
     * @param most largest joint norm that is left
     * @return the joint norm before, a scalar
     */
    public NDArray clip(NDManager manager, List<NDArray> gradients, double most) {
        return script.call(manager, "clip", false, gradients, most);
    }

    /**
     * One fused AdamW step (Loshchilov and Hutter 2019) in place; {@code steps} are scalars that it advances.
     *
     * @param weights what is learned, changed in place
     * @param gradients as many, of the same shapes
     * @param first running means of the gradients, changed in place
     * @param second running means of their squares, changed in place
     * @param steps scalars, one for each weight, that count
     * @param rate learning rate
     * @param beta1 share of the old mean that is kept, such as 0.9
     * @param beta2 share of the old mean of squares that is kept, such as 0.999
     * @param epsilon added to the root of the second moment
     * @param decay decoupled weight decay
     */
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

    /**
     * Fills tensors with zeros in place.
     *
     * @param tensors arrays of any shapes
     */
    public void zero(List<NDArray> tensors) {
        script.raw("zero", false, tensors).close();
    }

    /**
     * Copies values into a tensor in place, also into a parameter that requires a gradient.
     *
     * @param to is written to
     * @param value the same shape
     */
    public void assign(NDArray to, NDArray value) {
        script.raw("assign", false, to, value).close();
    }

    /**
     * {@return a copy in PyTorch's own memory: an array made from a Java buffer keeps using that buffer}
     *
     * @param manager owns the copy
     * @param x any shape and type
     */
    public NDArray copy(NDManager manager, NDArray x) {
        return script.call(manager, "copy", false, x);
    }

    /**
     * {@return bytes {@code (2 n)} uint8 that hold float16 or bfloat16 numbers, as float32 of a shape of n}
     *
     * @param manager owns the result
     * @param bytes {@code (2 n)} uint8
     * @param bfloat true for bfloat16, false for float16
     * @param shape of n numbers
     */
    public NDArray widen(NDManager manager, NDArray bytes, boolean bfloat, Shape shape) {
        return script.call(manager, "widen", false, bytes, bfloat ? 15 : 5, shape.getShape());
    }

    /**
     * {@return whether no number of a float32 array is NaN or infinite; one pass, and no array of its size is made}
     *
     * @param x float32, any shape
     */
    public boolean finite(NDArray x) {
        if (x.size() == 0) {
            return true;
        }
        try (NDArray answer = script.call(x.getManager(), "finite", false, x)) {
            return answer.getBoolean();
        }
    }

    /**
     * {@return whether two arrays have one shape and the same numbers}
     *
     * @param x any shape
     * @param y another array
     */
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

    /**
     * Keeps bfloat16 copies of weights, on this thread and until the result is closed; see {@link RoundedWeights}.
     *
     * @param weights float32, which stay as they are; one that learns is not kept
     * @return what is kept
     */
    public RoundedWeights rounded(Collection<NDArray> weights) {
        return new RoundedWeights(script, weights);
    }

    private Object factor(NDArray weight) {
        return torch.bf16Now() ? RoundedWeights.of(weight) : weight;
    }

    /**
     * {@return how a product that is called now, on this thread, is made, as scripts are told it: 0 in float32 as
     * PyTorch makes it, 1 in bfloat16, 2 in float32 by oneDNN}
     */
    public int by() {
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
