package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Ops;
import kawi.torch.Torch;

/**
 * GPT-2 (Radford et al. 2019): a Transformer decoder with learned positions, norms before each sub-layer, biases, a
 * tanh GELU, and the head tied to the token embedding. Weights are those of Hugging Face's GPT2LMHeadModel.
 */
public final class Gpt implements LanguageModel {

    /** Standard deviation of new weights; GPT-2's. */
    static final double SPREAD = 0.02;

    private final Torch torch;
    private final GptConfig config;
    private final Parameters parameters;

    private Gpt(Torch torch, GptConfig config, Parameters parameters) {
        this.torch = torch;
        this.config = config;
        this.parameters = parameters;
    }

    /**
     * {@return a new model with weights drawn from the engine's seed}
     *
     * @param torch the engine on whose device it lies
     * @param config its sizes
     */
    public static Gpt create(Torch torch, GptConfig config) {
        return create(torch, config, torch.seed());
    }

    /**
     * {@return a new model} Matrices are normal with a spread of 0.02; those that write into the residual stream are
     * smaller by the root of twice the layers, so that the stream's variance does not grow with depth; biases are 0 and
     * norms 1.
     *
     * @param torch the engine on whose device it lies
     * @param config its sizes
     * @param seed of its first weights
     */
    public static Gpt create(Torch torch, GptConfig config, long seed) {
        config.check();
        double intoStream = SPREAD / Math.sqrt(2.0 * config.layers());
        Parameters parameters = Parameters.drawn(torch, config.shapes(), seed, (name, random) -> {
            if (name.endsWith(".bias")) {
                return () -> 0;
            } else if (name.contains(".ln_")) {
                return () -> 1;
            }
            double spread = name.endsWith("c_proj.weight") ? intoStream : SPREAD;
            return () -> spread * random.nextGaussian();
        });
        return new Gpt(torch, config, parameters);
    }

    static Gpt load(Torch torch, GptConfig config, Path folder) {
        return new Gpt(torch, config, Parameters.read(torch, folder, config, "transformer.", "transformer.wte.weight"));
    }

    /** How queries, keys and values (batch, time, 3 width) of a layer become (batch, time, width). */
    interface Attention {
        NDArray apply(NDArray qkv, int layer);
    }

    @Override
    public NDArray hidden(NDArray ids, ActivationHook tap) {
        long time = ids.getShape().get(1);
        if (time > config.context()) {
            throw new KitException("The model reads at most " + config.context() + " tokens at once but was given "
                    + time + ": cut the text into windows.");
        }
        return forward(ids, 0, tap, (qkv, layer) -> torch.ops().selfAttention(qkv, config.heads()));
    }

    /** The whole network for tokens at {@code position} and on: ids (batch, time) to (batch, time, width). */
    NDArray forward(NDArray ids, int position, ActivationHook tap, Attention attention) {
        Ops ops = torch.ops();
        int time = (int) ids.getShape().get(1);
        NDArray x;
        try (NDArray token = Tokens.embed(this, weight("wte"), ids);
                NDArray place = ops.rows(ids, weight("wpe"), position, position + time)) {
            x = ops.dropout(token.add(place)); // (batch, time, width)
        }
        tap.see("token + position", x);
        for (int layer = 0; layer < config.layers(); layer++) {
            try (NDArray before = x) {
                x = block(before, layer, tap, attention); // (batch, time, width)
            }
        }
        try (NDArray last = x) {
            x = ops.layerNorm(last, weight("ln_f"), bias("ln_f"), GptConfig.EPSILON); // (batch, time, width)
        }
        tap.see("last norm", x);
        return x;
    }

    /**
     * One block: what other positions have to say, then what to make of it; each adds to the stream x (batch, time,
     * width).
     */
    private NDArray block(NDArray x, int layer, ActivationHook tap, Attention attention) {
        Ops ops = torch.ops();
        String h = "h." + layer + ".";
        NDManager outside = x.getManager();
        try (NDManager inside = outside.newSubManager()) {
            x.tempAttach(inside);
            NDArray norm1 = ops.layerNorm(x, weight(h + "ln_1"), bias(h + "ln_1"), GptConfig.EPSILON);
            NDArray qkv =
                    ops.affine(norm1, weight(h + "attn.c_attn"), bias(h + "attn.c_attn")); // (batch, time, 3 width)
            NDArray mixed = attention.apply(qkv, layer); // (batch, time, width)
            NDArray told = ops.affine(mixed, weight(h + "attn.c_proj"), bias(h + "attn.c_proj"));
            NDArray middle = x.add(ops.dropout(told));
            NDArray norm2 = ops.layerNorm(middle, weight(h + "ln_2"), bias(h + "ln_2"), GptConfig.EPSILON);
            NDArray thought = ops.mlp(
                    norm2,
                    weight(h + "mlp.c_fc"),
                    bias(h + "mlp.c_fc"),
                    weight(h + "mlp.c_proj"),
                    bias(h + "mlp.c_proj"));
            NDArray after = middle.add(ops.dropout(thought));
            tap.see("block " + layer + ": queries, keys, values", qkv);
            tap.see("block " + layer + ": attention", mixed);
            tap.see("block " + layer + ": stream", after);
            after.attach(outside);
            return after;
        }
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return torch.ops().linear(hidden, head(), null);
    }

    @Override
    public NDArray head() {
        return weight("wte");
    }

    /**
     * {@return the attention weights of one layer, (batch, heads, time, time): row t says where position t looks}
     *
     * @param ids {@code (1, time)} int64
     * @param layer from 0
     */
    public NDArray attention(NDArray ids, int layer) {
        NDArray[] weights = new NDArray[1];
        torch.inference(() -> {
            forward(ids, 0, ActivationHook.NONE, (qkv, each) -> {
                        if (each == layer) {
                            var parts = qkv.split(3, 2);
                            NDArray q = torch.ops().splitHeads(parts.get(0), config.heads());
                            NDArray k = torch.ops().splitHeads(parts.get(1), config.heads());
                            weights[0] = torch.ops().attentionWeights(q, k);
                            weights[0].attach(ids.getManager());
                        }
                        return torch.ops().selfAttention(qkv, config.heads());
                    })
                    .close();
            return null;
        });
        return weights[0];
    }

    @Override
    public Decoder decoder(int batch, int length) {
        return new GptDecoder(this, batch, length);
    }

    private NDArray weight(String name) {
        return parameters.get("transformer." + name + ".weight");
    }

    private NDArray bias(String name) {
        return parameters.get("transformer." + name + ".bias");
    }

    @Override
    public GptConfig config() {
        return config;
    }

    @Override
    public Torch torch() {
        return torch;
    }

    @Override
    public Map<String, NDArray> parameters() {
        return parameters.map();
    }

    @Override
    public void close() {
        parameters.close();
    }
}
