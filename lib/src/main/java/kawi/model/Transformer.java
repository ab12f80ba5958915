package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.model.TransformerConfig.Part;
import kawi.torch.Ops;
import kawi.torch.Script;
import kawi.torch.Torch;

/**
 * A decoder of the families that others train: Qwen, Mistral, Mixtral, Gemma, Phi, GPT-NeoX, and variants of Llama and
 * GPT-2. One readable computation in float32; {@link TransformerConfig} says in what a family differs.
 *
 * <p>It is read to be used, not trained. {@link Llama} and {@link Gpt} are trained, and a plain Llama also decodes
 * faster.
 */
public final class Transformer implements LanguageModel {

    private final Torch torch;
    private final Ops ops;
    private final Script script;
    private final TransformerConfig config;
    private final Parameters parameters;
    private final NDManager manager;
    private final Map<List<Boolean>, Table> tables = new HashMap<>(); // by layers with a window, and by long texts
    private String name;

    private record Table(int length, List<NDArray> cosSin) {}

    Transformer(Torch torch, TransformerConfig config, Parameters parameters, String name) {
        this.torch = torch;
        this.ops = torch.ops();
        this.script = Script.load(torch, "kawi/model/transformer.py");
        this.config = config;
        this.parameters = parameters;
        this.manager = torch.manager().newSubManager();
        this.name = name;
        parameters.map().values().forEach(each -> each.setRequiresGradient(false));
    }

    static Transformer load(Torch torch, TransformerConfig config, Path folder) {
        config.check();
        return new Transformer(
                torch,
                config,
                TensorLayout.read(torch, folder, config),
                folder.toAbsolutePath().normalize().getFileName().toString());
    }

    /** How queries, keys and values of a layer, heads apart, become what the queries found. */
    interface Attention {
        NDArray apply(NDArray q, NDArray k, NDArray v, int layer);
    }

    @Override
    public NDArray hidden(NDArray ids, ActivationHook tap) {
        if (Torch.recording()) {
            throw new KitException("'" + name + "' (" + config.family() + ") is read for use and not for training:"
                    + " train or tune a Llama without biases, a plain GPT-2 or a ModernGpt.");
        }
        long time = ids.getShape().get(1);
        if (time > config.context()) {
            throw new KitException("The model reads at most " + config.context() + " tokens at once but was given "
                    + time + ": cut the text into windows.");
        }
        return forward(ids, 0, tap, (q, k, v, layer) -> attend(q, k, v, layer));
    }

    /** The whole network for tokens at {@code position} and on: ids (batch, time) to (batch, time, width). */
    NDArray forward(NDArray ids, int position, ActivationHook tap, Attention attention) {
        int time = (int) ids.getShape().get(1);
        NDArray x = embed(ids, position, time); // (batch, time, width)
        tap.see("embedding", x);
        for (int i = 0; i < config.layers(); i++) {
            try (NDArray before = x) {
                x = layer(before, i, position, tap, attention);
            }
        }
        try (NDArray last = x) {
            x = norm(last, "norm");
        }
        tap.see("last norm", x);
        return x;
    }

    private NDArray embed(NDArray ids, int position, int time) {
        NDArray x = Tokens.embed(this, weight("embedding"), ids);
        if (config.scales().embedding() != 1) {
            try (NDArray plain = x) {
                x = ops.scale(plain, config.scales().embedding());
            }
        }
        if (config.positions().turned() == 0) {
            try (NDArray token = x;
                    NDArray place = ops.rows(ids, weight("positions"), position, position + time)) {
                x = token.add(place);
            }
        }
        return x;
    }

    /** One layer: attention and the feed-forward layer, one after the other or side by side. */
    private NDArray layer(NDArray x, int i, int position, ActivationHook tap, Attention attention) {
        String layer = "layers." + i + ".";
        NDManager outside = x.getManager();
        try (NDManager inside = outside.newSubManager()) {
            x.tempAttach(inside);
            NDArray h = norm(x, layer + "attention_norm");
            NDArray told = look(h, i, position, tap, attention);
            if (config.has(Part.NORM_AFTER)) {
                told = norm(told, layer + "attention_after");
            }
            NDArray y = x.add(told);
            NDArray read = !config.has(Part.PARALLEL)
                    ? norm(y, layer + "feed_forward_norm")
                    : config.has(Part.SHARED_NORM) ? h : norm(x, layer + "feed_forward_norm");
            NDArray thought = think(read, layer);
            if (config.has(Part.NORM_AFTER)) {
                thought = norm(thought, layer + "feed_forward_after");
            }
            NDArray after = y.add(thought);
            tap.see("layer " + i + ": stream", after);
            after.attach(outside);
            return after;
        }
    }

    /** Attention: h (batch, time, width) -> (batch, time, width). */
    private NDArray look(NDArray h, int i, int position, ActivationHook tap, Attention attention) {
        String layer = "layers." + i + ".";
        TransformerConfig.Sizes sizes = config.sizes();
        NDArray q = ops.splitHeads(linear(h, layer + "query"), sizes.heads()); // (batch, heads, time, size)
        NDArray k = ops.splitHeads(linear(h, layer + "key"), sizes.keyValueHeads());
        NDArray v = ops.splitHeads(linear(h, layer + "value"), sizes.keyValueHeads());
        if (config.has(Part.QUERY_KEY_NORM)) {
            q = ops.rmsNorm(q, weight(layer + "query_norm"), config.scales().epsilon());
            k = ops.rmsNorm(k, weight(layer + "key_norm"), config.scales().epsilon());
        }
        if (config.positions().turned() > 0) {
            int time = (int) h.getShape().get(1);
            boolean local = config.windows().of(i) > 0;
            List<NDArray> table = table(local, position + time);
            NDArray cos = table.get(0).get(position + ":" + (position + time));
            NDArray sin = table.get(1).get(position + ":" + (position + time));
            cos.attach(h.getManager());
            sin.attach(h.getManager());
            q = call(q, "turn", q, cos, sin);
            k = call(k, "turn", k, cos, sin);
        }
        NDArray seen = ops.mergeHeads(attention.apply(q, k, v, i));
        tap.see("layer " + i + ": attention", seen);
        return linear(seen, layer + "out");
    }

    /** The feed-forward layer: h (batch, time, width) -> (batch, time, width). */
    private NDArray think(NDArray h, String layer) {
        if (config.experts().count() > 0) {
            return mix(h, layer);
        }
        int kind = config.activation().ordinal();
        NDArray up = linear(h, layer + "up"); // (batch, time, feedForward)
        NDArray middle = config.has(Part.GATE)
                ? call(h, "gated", linear(h, layer + "gate"), up, kind)
                : call(h, "activate", up, kind);
        return linear(middle, layer + "down");
    }

    /** The same where each token is read by some of many: h (batch, time, width) -> (batch, time, width). */
    private NDArray mix(NDArray h, String layer) {
        return call(
                h,
                "mixture",
                h,
                weight(layer + "router"),
                experts(layer, "gate"),
                experts(layer, "up"),
                experts(layer, "down"),
                config.experts().chosen(),
                config.activation().ordinal());
    }

    private List<NDArray> experts(String layer, String kind) {
        return IntStream.range(0, config.experts().count())
                .mapToObj(expert -> parameters.get(Experts.name(layer, expert, kind)))
                .toList();
    }

    private NDArray attend(NDArray q, NDArray k, NDArray v, int layer) {
        return call(
                q, "attend", q, k, v, 0, scale(layer), cap(), config.windows().of(layer));
    }

    /** The same with what was read before: keys and values (batch, groups, length, size) are written into. */
    NDArray attend(NDArray q, NDArray k, NDArray v, int layer, KeyValueCache cache) {
        return call(
                q,
                "cached",
                q,
                k,
                v,
                cache.keys[layer],
                cache.values[layer],
                cache.position(),
                scale(layer),
                cap(),
                config.windows().of(layer));
    }

    private double scale(int layer) {
        return config.scales().query() / (config.has(Part.BY_LAYER) ? layer + 1 : 1);
    }

    private double cap() {
        return config.scales().attentionCap();
    }

    private NDArray call(NDArray owner, String method, Object... arguments) {
        return script.call(owner.getManager(), method, false, arguments);
    }

    private NDArray linear(NDArray x, String matrix) {
        return ops.linear(x, weight(matrix), parameters.get(matrix + ".bias"));
    }

    private NDArray norm(NDArray x, String gain) {
        double epsilon = config.scales().epsilon();
        return config.has(Part.LAYER_NORM)
                ? ops.layerNorm(x, weight(gain), parameters.get(gain + ".bias"), epsilon)
                : ops.rmsNorm(x, weight(gain), epsilon);
    }

    /** Cosines and sines of at least {@code length} positions; made longer when they are asked for. */
    private synchronized List<NDArray> table(boolean local, int length) {
        TransformerConfig.Positions positions = config.positions();
        boolean beyond = positions.longer().beyond(length);
        Table known = tables.get(List.of(local, beyond));
        if (known == null || known.length < length) {
            int longer = Math.min(config.context(), Math.max(256, Integer.highestOneBit(length - 1) * 2));
            boolean own = local && positions.localBase() > 0;
            LongRope rope = positions.longer();
            Table made = new Table(
                    longer,
                    rope.original() > 0
                            ? Rotary.table(
                                    manager,
                                    0,
                                    longer,
                                    rope.speeds(beyond, positions.base(), positions.turned()),
                                    rope.amplitude())
                            : Rotary.table(
                                    torch,
                                    manager,
                                    0,
                                    longer,
                                    positions.turned(),
                                    own ? positions.localBase() : positions.base(),
                                    own ? RopeScaling.NONE : positions.scaling()));
            tables.put(List.of(local, beyond), made);
            return made.cosSin;
        }
        return known.cosSin;
    }

    @Override
    public NDArray logits(NDArray hidden) {
        NDArray logits = ops.linear(hidden, head(), parameters.get("head.bias"));
        double most = config.scales().logitCap();
        if (most == 0) {
            return logits;
        }
        try (logits) {
            return call(hidden, "cap", logits, most);
        }
    }

    /** A part of the positions at a time where logits are more than a product: all together they may be gigabytes. */
    @Override
    public float[] losses(NDArray hidden, NDArray targets) {
        if (config.scales().logitCap() == 0 && !config.has(Part.HEAD_BIAS)) {
            return LanguageModel.super.losses(hidden, targets);
        }
        int n = (int) targets.size();
        float[] losses = new float[n];
        int together = Math.max(1, (1 << 23) / config.vocabularySize());
        for (int from = 0; from < n; from += together) {
            String rows = from + ":" + Math.min(n, from + together);
            try (NDManager piece = hidden.getManager().newSubManager()) {
                NDArray some = hidden.get(rows);
                NDArray wanted = targets.get(rows);
                some.attach(piece);
                wanted.attach(piece);
                float[] part = ops.tokenLosses(logits(some), wanted).toFloatArray();
                System.arraycopy(part, 0, losses, from, part.length);
            }
        }
        return losses;
    }

    @Override
    public NDArray head() {
        return weight(config.has(Part.TIED) ? "embedding" : "head");
    }

    @Override
    public Decoder decoder(int batch, int length) {
        return new TransformerDecoder(this, batch, Math.min(length, config.context()));
    }

    /** Its weights are others' files, and stay so. */
    @Override
    public void save(Path folder) {
        throw new KitException("'" + name + "' (" + config.family() + ") is as its files have it: copy those instead of"
                + " saving it again.");
    }

    private NDArray weight(String name) {
        return parameters.get(name + ".weight");
    }

    /** {@return what its file or folder calls it} */
    public String name() {
        return name;
    }

    @Override
    public TransformerConfig config() {
        return config;
    }

    @Override
    public Torch torch() {
        return torch;
    }

    /** {@return its arrays, by names that are the same in all families} */
    @Override
    public Map<String, NDArray> parameters() {
        return parameters.map();
    }

    @Override
    public void close() {
        parameters.close();
        manager.close();
        script.close();
    }

    @Override
    public String toString() {
        return name + ", " + config.describe();
    }
}
