package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Torch;

/**
 * The shape of a recurrent language model: {@code RecurrentConfig.of(Cell.LSTM, 4096).layers(2).width(128)}.
 *
 * @param cell what one step computes
 * @param vocabularySize distinct tokens
 * @param context tokens of a training window; the network itself can read on without end
 * @param layers recurrent layers, one above the other
 * @param width size of the hidden state, of the cell state and of a token's vector
 */
public record RecurrentConfig(Cell cell, int vocabularySize, int context, int layers, int width)
        implements ModelConfig {

    static final String TYPE = "kawi-recurrent";

    /** What one step of a recurrent layer computes. */
    public enum Cell {
        /** Elman (1990): h' = tanh(Wx + Uh + b). */
        RNN(1),
        /** Cho et al. (2014): two gates, no separate memory. */
        GRU(3),
        /** Hochreiter and Schmidhuber (1997): three gates and a memory cell. */
        LSTM(4);

        /**
         * How many vectors of the state's size a step computes from its input: one for the new content and one for each
         * gate.
         */
        public final int parts;

        Cell(int parts) {
            this.parts = parts;
        }
    }

    /**
     * {@return a small model over a vocabulary: 1 layer, width 128, windows of 64 tokens}
     *
     * @param cell what one step computes
     * @param vocabularySize distinct tokens
     */
    public static RecurrentConfig of(Cell cell, int vocabularySize) {
        return new RecurrentConfig(cell, vocabularySize, 64, 1, 128);
    }

    /**
     * {@return the same with other training windows}
     *
     * @param tokens of a window
     */
    public RecurrentConfig context(int tokens) {
        return new RecurrentConfig(cell, vocabularySize, tokens, layers, width);
    }

    /**
     * {@return the same with another number of layers}
     *
     * @param number at least 1
     */
    public RecurrentConfig layers(int number) {
        return new RecurrentConfig(cell, vocabularySize, context, number, width);
    }

    /**
     * {@return the same with another width}
     *
     * @param size of the state and of a token's vector
     */
    public RecurrentConfig width(int size) {
        return new RecurrentConfig(cell, vocabularySize, context, layers, size);
    }

    /**
     * {@return the widest model of this cell, layers and vocabulary that has at most this many parameters}
     *
     * @param parameters most parameters
     */
    public RecurrentConfig fit(long parameters) {
        RecurrentConfig fitting = width(1);
        for (int size = 1; width(size).parameterCount() <= parameters; size++) {
            fitting = width(size);
        }
        return fitting;
    }

    /**
     * {@return the number of trainable values}
     *
     * <p>The embedding has VC, tied to the head; each layer has two matrices of (parts x C, C) and two biases of parts
     * x C.
     */
    @Override
    public long parameterCount() {
        long c = width;
        return vocabularySize * c + layers * cell.parts * (2 * c * c + 2 * c);
    }

    /** {@return names and shapes of torch.nn.RNN, GRU and LSTM under the prefix {@code rnn}} */
    @Override
    public Map<String, Shape> shapes() {
        long c = width;
        long wide = cell.parts * c;
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("embedding.weight", new Shape(vocabularySize, c));
        for (int layer = 0; layer < layers; layer++) {
            shapes.put("rnn.weight_ih_l" + layer, new Shape(wide, c));
            shapes.put("rnn.weight_hh_l" + layer, new Shape(wide, c));
            shapes.put("rnn.bias_ih_l" + layer, new Shape(wide));
            shapes.put("rnn.bias_hh_l" + layer, new Shape(wide));
        }
        return shapes;
    }

    @Override
    public Map<String, ParameterRole> roles() {
        return ParameterRole.each(
                shapes().keySet(),
                name -> name.startsWith("embedding.")
                        ? ParameterRole.EMBEDDING
                        : name.contains(".bias_") ? ParameterRole.BIAS : ParameterRole.HIDDEN_MATRIX);
    }

    @Override
    public LanguageModel create(Torch torch, long seed) {
        return Recurrent.create(torch, this, seed);
    }

    @Override
    public LanguageModel load(Torch torch, Path folder) {
        return Recurrent.load(torch, this, folder);
    }

    @Override
    public void check() {
        ModelConfig.positive("vocabulary", vocabularySize);
        ModelConfig.positive("context", context);
        ModelConfig.positive("number of layers", layers);
        ModelConfig.positive("width", width);
    }

    @Override
    public String describe() {
        return cell + ", " + layers + (layers == 1 ? " layer" : " layers") + ", width " + width + ", context "
                + context;
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model_type", TYPE)
                .put("cell", cell.name().toLowerCase(Locale.ROOT))
                .put("vocab_size", vocabularySize)
                .put("context", context);
        return json.put("num_layers", layers).put("hidden_size", width).put("tie_word_embeddings", true);
    }

    static RecurrentConfig of(Settings json) {
        String name = json.text("cell", "");
        for (Cell cell : Cell.values()) {
            if (cell.name().equalsIgnoreCase(name)) {
                json.only("tie_word_embeddings", "this kit's Recurrent has its head tied to the embedding", true);
                return new RecurrentConfig(
                        cell,
                        json.whole("vocab_size"),
                        json.whole("context"),
                        json.whole("num_layers"),
                        json.whole("hidden_size"));
            }
        }
        throw new KitException(
                "The cell '" + name + "' in config.json is not rnn, gru or lstm: correct the file or make it again.");
    }
}
