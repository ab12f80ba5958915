package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kawi.model.RecurrentConfig.Cell;
import kawi.torch.Ops;
import kawi.torch.Torch;

/**
 * A recurrent language model: an embedding, layers of {@link Cell}s that read a token at a time and carry a state
 * along, and a head tied to the embedding (Press and Wolf 2017). What it knows of the past is a vector of fixed size.
 */
public final class Recurrent implements LanguageModel {

    private final Torch torch;
    private final RecurrentConfig config;
    private final Parameters parameters;
    private final List<NDArray> cellWeights; // for each layer: from input, from state, and their biases

    private Recurrent(Torch torch, RecurrentConfig config, Parameters parameters) {
        this.torch = torch;
        this.config = config;
        this.parameters = parameters;
        this.cellWeights = new ArrayList<>(parameters.map().values())
                .subList(1, parameters.map().size());
    }

    /**
     * {@return a new model with weights drawn from the engine's seed}
     *
     * @param torch the engine on whose device it lies
     * @param config its sizes and cell
     */
    public static Recurrent create(Torch torch, RecurrentConfig config) {
        return create(torch, config, torch.seed());
    }

    /**
     * {@return a new model: the cells uniform within 1 / root of the width, as in PyTorch; the embedding normal with a
     * spread of 0.1}
     *
     * @param torch the engine on whose device it lies
     * @param config its sizes and cell
     * @param seed of its first weights
     */
    public static Recurrent create(Torch torch, RecurrentConfig config, long seed) {
        config.check();
        double bound = 1 / Math.sqrt(config.width());
        Parameters parameters = Parameters.drawn(
                torch,
                config.shapes(),
                seed,
                (name, random) -> name.startsWith("rnn.")
                        ? () -> bound * (2 * random.nextDouble() - 1)
                        : () -> 0.1 * random.nextGaussian());
        return new Recurrent(torch, config, parameters);
    }

    static Recurrent load(Torch torch, RecurrentConfig config, Path folder) {
        return new Recurrent(torch, config, Parameters.read(torch, folder, config, "", "embedding.weight"));
    }

    @Override
    public NDArray hidden(NDArray ids, ActivationHook tap) {
        Ops ops = torch.ops();
        try (NDArray token = Tokens.embed(this, parameters.get("embedding.weight"), ids);
                NDArray x = ops.dropout(token)) { // (batch, time, width)
            tap.see("token", x);
            List<NDArray> out =
                    read(x, blank(ids.getManager(), (int) ids.getShape().get(0)));
            tap.see("last state", out.get(1));
            tap.see("states over time", out.get(0));
            out.subList(1, out.size()).forEach(NDArray::close);
            return ops.dropout(out.get(0));
        }
    }

    /** Reads x (batch, time, width) from a state on: states over time (batch, time, width), then the new state. */
    private List<NDArray> read(NDArray x, List<NDArray> state) {
        Ops ops = torch.ops();
        return switch (config.cell()) {
            case RNN -> ops.rnn(x, state.get(0), cellWeights, config.layers());
            case GRU -> ops.gru(x, state.get(0), cellWeights, config.layers());
            case LSTM -> ops.lstm(x, state.get(0), state.get(1), cellWeights, config.layers());
        };
    }

    /** The state before any token: zeros (layers, batch, width), twice for an LSTM, which has a memory cell beside. */
    private List<NDArray> blank(NDManager manager, int batch) {
        Shape shape = new Shape(config.layers(), batch, config.width());
        return config.cell() == Cell.LSTM
                ? List.of(manager.zeros(shape), manager.zeros(shape))
                : List.of(manager.zeros(shape));
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return torch.ops().linear(hidden, head(), null);
    }

    @Override
    public NDArray head() {
        return parameters.get("embedding.weight");
    }

    @Override
    public Decoder decoder(int batch, int length) {
        return new StateDecoder(batch);
    }

    /** Reads on with the hidden state, which never fills up. */
    private final class StateDecoder implements Decoder {

        private final int batch;
        private final NDManager manager = torch.manager().newSubManager();
        private List<NDArray> state;
        private int position;

        StateDecoder(int batch) {
            this.batch = batch;
            this.state = blank(manager, batch);
        }

        @Override
        public float[][] next(int[][] ids) {
            return torch.inference(() -> {
                try (NDManager step = manager.newSubManager()) {
                    NDArray tokens = Tokens.array(step, ids, batch, vocabularySize());
                    List<NDArray> out =
                            read(Tokens.embed(Recurrent.this, parameters.get("embedding.weight"), tokens), state);
                    state.forEach(NDArray::close);
                    state = List.copyOf(out.subList(1, out.size()));
                    state.forEach(each -> each.attach(manager));
                    position += ids[0].length;
                    return Tokens.rows(logits(out.get(0).get(":,-1")), position);
                }
            });
        }

        @Override
        public int position() {
            return position;
        }

        @Override
        public int length() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void close() {
            manager.close();
        }
    }

    @Override
    public RecurrentConfig config() {
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
