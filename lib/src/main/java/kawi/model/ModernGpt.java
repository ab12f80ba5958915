package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.model.ModernConfig.Part;
import kawi.torch.Ops;
import kawi.torch.Script;
import kawi.torch.Torch;

/**
 * GPT-2 with parts that can be replaced one at a time by what came later, to see what each is worth:
 * {@link ModernConfig.Part} lists them. With none replaced it computes what {@link Gpt} computes from the same weights.
 *
 * <p>Saved, loaded and generated from like every model of the kit. Hugging Face has no class for it, so
 * {@code from_pretrained} cannot open its folder.
 */
public final class ModernGpt implements LanguageModel {

    /** With token shift, how much of the token before each token's vector has at first. */
    private static final double SHARE = 0.5;

    /**
     * Spread of the matrices that read the stream, times the root of the width, when those that write into it begin at
     * zero.
     */
    private static final double INSIDE = 0.5;

    private final Torch torch;
    private final ModernConfig config;
    private final Parameters parameters;
    private final Script script;

    private ModernGpt(Torch torch, ModernConfig config, Parameters parameters) {
        this.torch = torch;
        this.config = config;
        this.parameters = parameters;
        this.script = Script.load(torch, "kawi/model/modern.py");
    }

    /**
     * {@return a new model} Its matrices are drawn as GPT-2's are, except under {@link Part#ZERO_OUTPUT}: then those
     * that write into the stream, and an untied head, are zero, and the others keep the size of what they multiply,
     * normal with a spread of 0.5 / root(width).
     *
     * @param torch the engine on whose device it lies
     * @param config its sizes and parts
     * @param seed of its first weights
     */
    public static ModernGpt create(Torch torch, ModernConfig config, long seed) {
        config.check();
        boolean zero = config.has(Part.ZERO_OUTPUT);
        double intoStream = zero ? 0 : Gpt.SPREAD / Math.sqrt(2.0 * config.layers());
        double inside = zero ? INSIDE / Math.sqrt(config.width()) : Gpt.SPREAD;
        Parameters parameters = Parameters.drawn(torch, config.shapes(), seed, (name, random) -> {
            if (name.endsWith(".bias")) {
                return () -> 0;
            } else if (name.contains(".ln_")) {
                return () -> 1;
            } else if (name.endsWith("shift.weight")) {
                return () -> SHARE;
            }
            double spread = name.endsWith("c_proj.weight")
                    ? intoStream
                    : name.contains(".h.") ? inside : name.startsWith("lm_head") ? (zero ? 0 : Gpt.SPREAD) : Gpt.SPREAD;
            return () -> spread * random.nextGaussian();
        });
        return new ModernGpt(torch, config, parameters);
    }

    static ModernGpt load(Torch torch, ModernConfig config, Path folder) {
        return new ModernGpt(
                torch, config, Parameters.read(torch, folder, config, "transformer.", "transformer.wte.weight"));
    }

    /** How queries, keys and values of a layer, each (batch, heads, time, size), become (batch, heads, time, size). */
    interface Attention {
        NDArray apply(NDArray q, NDArray k, NDArray v, int layer);
    }

    @Override
    public NDArray hidden(NDArray ids, ActivationHook tap) {
        long time = ids.getShape().get(1);
        if (time > config.context()) {
            throw new KitException("The model reads at most " + config.context() + " tokens at once but was given "
                    + time + ": cut the text into windows.");
        }
        return forward(ids, null, 0, tap, (q, k, v, layer) -> torch.ops().attention(q, k, v, true));
    }

    /**
     * The whole network for tokens at {@code position} and on: ids (batch, time) to (batch, time, width).
     *
     * @param before the token before them in each sequence, (batch, 1), or null where the sequences begin
     */
    NDArray forward(NDArray ids, NDArray before, int position, ActivationHook tap, Attention attention) {
        int time = (int) ids.getShape().get(1);
        NDManager outside = ids.getManager();
        try (NDManager inside = outside.newSubManager()) {
            NDArray x = embed(ids, before, inside); // (batch, time, width)
            NDArray turns = null;
            if (config.has(Part.ROTARY)) {
                turns = turns(inside, position, time);
            } else {
                x = x.add(torch.ops().rows(x, weight("wpe"), position, position + time));
            }
            x = torch.ops().dropout(x);
            tap.see("token + position", x);
            for (int layer = 0; layer < config.layers(); layer++) {
                x = block(x, layer, turns, tap, attention); // (batch, time, width)
            }
            x = norm(x, "ln_f");
            tap.see("last norm", x);
            x.attach(outside);
            return x;
        }
    }

    /** The tokens' vectors, (batch, time, width), belonging to a manager. */
    private NDArray embed(NDArray ids, NDArray before, NDManager inside) {
        NDArray x = Tokens.embed(this, weight("wte"), ids);
        x.attach(inside);
        if (config.has(Part.TOKEN_SHIFT)) {
            NDArray earlier = null;
            if (before != null) {
                earlier = Tokens.embed(this, weight("wte"), before);
                earlier.attach(inside);
            }
            x = call(x, "shift", x, earlier, weight("shift"));
        }
        return config.has(Part.EMBEDDING_NORM) ? call(x, "plain_norm", x) : x;
    }

    /**
     * One block: what other positions have to say, then what to make of it; each adds to the stream x (batch, time,
     * width).
     */
    private NDArray block(NDArray x, int layer, NDArray turns, ActivationHook tap, Attention attention) {
        Ops ops = torch.ops();
        String h = "h." + layer + ".";
        NDArray qkv = product(norm(x, h + "ln_1"), h + "attn.c_attn"); // (batch, time, 3 width)
        List<NDArray> split = list(
                qkv,
                "split",
                qkv,
                config.heads(),
                config.has(Part.QK_NORM),
                turns); // 3 times (batch, heads, time, size)
        NDArray mixed = ops.mergeHeads(
                attention.apply(split.get(0), split.get(1), split.get(2), layer)); // (batch, time, width)
        NDArray middle = x.add(ops.dropout(product(mixed, h + "attn.c_proj")));
        NDArray after = middle.add(ops.dropout(feedForward(norm(middle, h + "ln_2"), h + "mlp.")));
        tap.see("block " + layer + ": queries, keys, values", qkv);
        tap.see("block " + layer + ": attention", mixed);
        tap.see("block " + layer + ": stream", after);
        return after;
    }

    private NDArray norm(NDArray x, String name) {
        return call(x, "norm", x, config.has(Part.RMS_NORM), weight(name), bias(name));
    }

    private NDArray product(NDArray x, String name) {
        return torch.ops().affine(x, weight(name), bias(name));
    }

    /** Through a layer four times as wide, x (batch, time, width). */
    private NDArray feedForward(NDArray x, String mlp) {
        NDArray wide = product(x, mlp + "c_fc");
        return product(call(wide, "activation", wide, config.has(Part.SQUARED_RELU)), mlp + "c_proj");
    }

    /** How far each position turns the pairs of a head, (time, 1, size / 2) complex. */
    private NDArray turns(NDManager manager, int first, int time) {
        try (NDArray like = manager.create(0f)) {
            return script.call(
                    manager,
                    "turns",
                    false,
                    like,
                    first,
                    time,
                    config.width() / config.heads(),
                    ModernConfig.ROPE_BASE);
        }
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return torch.ops().linear(hidden, head(), null);
    }

    @Override
    public NDArray head() {
        NDArray head = parameters.get("lm_head.weight");
        return head == null ? weight("wte") : head;
    }

    @Override
    public Decoder decoder(int batch, int length) {
        return new ModernDecoder(this, batch, length);
    }

    private NDArray call(NDArray owner, String method, Object... arguments) {
        return script.call(owner.getManager(), method, Torch.recording(), arguments);
    }

    private List<NDArray> list(NDArray owner, String method, Object... arguments) {
        return script.list(owner.getManager(), method, Torch.recording(), arguments);
    }

    /** A part's weight; null where the part has none. */
    private NDArray weight(String name) {
        return parameters.get("transformer." + name + ".weight");
    }

    private NDArray bias(String name) {
        return parameters.get("transformer." + name + ".bias");
    }

    @Override
    public ModernConfig config() {
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
        script.close();
        parameters.close();
    }
}
