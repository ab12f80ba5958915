package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.torch.NotFiniteException;
import kawi.torch.Torch;
import kawi.torch.Weights;

/**
 * A network that reads tokens and says, at every position, how likely each token of the vocabulary is to come next.
 *
 * <p>Results belong to the manager of the ids. Gradients are recorded as the thread's mode says, so wrap calls in
 * {@link Torch#training} or {@link Torch#inference}.
 */
public interface LanguageModel extends AutoCloseable {

    /** A target that the loss leaves out. */
    long IGNORED = -100;

    /** {@return its sizes, as they stand in {@code config.json}} */
    ModelConfig config();

    /** {@return the engine on whose device its weights lie} */
    Torch torch();

    /** {@return the trainable arrays under Hugging Face's names, in the order of the saved file} */
    Map<String, NDArray> parameters();

    /** {@return what each of {@link #parameters} is; empty where the model does not say} */
    default Map<String, ParameterRole> roles() {
        return config().roles();
    }

    /**
     * What the model thinks at each position.
     *
     * @param ids (batch, time) int64, time at most {@link #context}
     * @param tap is shown the intermediate results
     * @return (batch, time, width), after the last normalisation
     */
    NDArray hidden(NDArray ids, ActivationHook tap);

    /**
     * Scores of every next token: hidden (..., width) gives (..., vocabulary).
     *
     * @param hidden {@code (..., width)}
     * @return {@code (..., vocabulary)}
     */
    NDArray logits(NDArray hidden);

    /** {@return the matrix (vocabulary, width) that {@link #logits} multiplies with} */
    NDArray head();

    /**
     * Begins to read {@code batch} sequences of at most {@code length} tokens, one token after another.
     *
     * @param batch sequences that are read side by side
     * @param length most tokens of each
     * @return the reader; close it when the text is written
     */
    Decoder decoder(int batch, int length);

    @Override
    void close();

    /** {@return how many tokens it knows: ids are below this number} */
    default int vocabularySize() {
        return config().vocabularySize();
    }

    /** {@return the most tokens that it reads at once} */
    default int context() {
        return config().context();
    }

    /**
     * Numbers that training can change; a head tied to the embedding counts once.
     *
     * @return how many
     */
    default long parameterCount() {
        return parameters().values().stream().mapToLong(NDArray::size).sum();
    }

    /**
     * {@return SHA-256 over names, shapes and float32 values of all parameters as they are now, 64 hexadecimal digits}
     * The same weights have the same one, whatever file they came from; half a second for a model of 135 million
     * parameters.
     */
    default String fingerprint() {
        return Weights.sha256(parameters());
    }

    /**
     * {@link #hidden(NDArray, ActivationHook)} with nobody listening.
     *
     * @param ids {@code (batch, time)} int64
     * @return {@code (batch, time, width)}
     */
    default NDArray hidden(NDArray ids) {
        return hidden(ids, ActivationHook.NONE);
    }

    /**
     * Mean negative log likelihood of the targets.
     *
     * @param ids (batch, time) int64
     * @param targets (batch, time) int64: at each position the token that comes next, or {@link #IGNORED}
     * @return a scalar, nats per token
     */
    default NDArray loss(NDArray ids, NDArray targets) {
        try (NDArray hidden = hidden(ids)) {
            if (Torch.recording()) {
                return torch().ops().headLoss(hidden, head(), targets);
            }
            long[] wanted = targets.toLongArray();
            double nats = 0;
            for (float each : tokenLosses(hidden, wanted)) {
                nats += each;
            }
            return hidden.getManager().create((float) (nats
                    / Arrays.stream(wanted).filter(target -> target != IGNORED).count()));
        }
    }

    /**
     * Negative log likelihood of each target in nats, 0 where it is {@link #IGNORED}. No gradient is recorded.
     *
     * @param hidden (..., width), as many positions as targets
     * @param targets as many tokens, or {@link #IGNORED}
     * @return nats, one for each target
     * @throws KitException where a target is not in the vocabulary
     * @throws NotFiniteException where a loss is NaN or infinite: nothing is scored by a broken model
     */
    default float[] tokenLosses(NDArray hidden, long[] targets) {
        for (long target : targets) {
            if (target != IGNORED) {
                Tokens.known(target, vocabularySize());
            }
        }
        return torch().inference(() -> {
            try (NDManager work = hidden.getManager().newSubManager()) {
                NDArray flat = hidden.reshape(
                        targets.length, hidden.getShape().get(hidden.getShape().dimension() - 1));
                flat.attach(work);
                return NotFiniteException.refuse(
                        losses(flat, work.create(targets)), "The losses of " + targets.length + " tokens");
            }
        });
    }

    /**
     * {@return the same for hidden {@code (n, width)} and targets {@code (n)}, which are known to be tokens}
     *
     * @param hidden {@code (..., width)}
     * @param targets {@code (n)} int64
     */
    default float[] losses(NDArray hidden, NDArray targets) {
        try (NDArray losses = torch().ops().headLosses(hidden, head(), targets)) {
            return losses.toFloatArray();
        }
    }

    /**
     * {@return the shape of every intermediate result for some ids, in the order in which they arise}
     *
     * @param ids {@code (batch, time)} int64
     */
    default Map<String, Shape> shapes(NDArray ids) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("token ids", ids.getShape());
        torch().inference(() -> {
            try (NDArray hidden = hidden(ids, (name, value) -> shapes.put(name, value.getShape()));
                    NDArray logits = logits(hidden)) {
                shapes.put("logits", logits.getShape());
            }
            return null;
        });
        return shapes;
    }

    /**
     * Writes {@code config.json} and {@code model.safetensors} (shards where it is large) in Hugging Face's layout,
     * making the folder where needed. A model that is there is replaced in an order in which no moment shows the
     * weights of one with the configuration of another: killed between the two, the folder has no configuration and is
     * refused.
     *
     * @param folder where the files are put
     * @throws KitException where they cannot be written; a model of one file that was there before stays whole
     */
    default void save(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw KitException.of(e, "making a model's folder", folder);
        }
        Path place = folder.resolve("config.json");
        try (AtomicFile config = config().begin(place)) {
            config.prepare();
            Weights.write(folder, parameters(), Weights.LARGEST_FILE, () -> {
                try {
                    Files.deleteIfExists(place);
                } catch (IOException e) {
                    throw KitException.of(e, "replacing a model's configuration", place);
                }
            });
            config.commit();
        }
    }

    /**
     * {@return a new model with weights drawn from a seed}
     *
     * @param torch the engine on whose device it will lie
     * @param config its family and sizes
     * @param seed of its first weights
     */
    static LanguageModel create(Torch torch, ModelConfig config, long seed) {
        return config.create(torch, seed);
    }

    /**
     * Reads a folder that {@link #save} or Hugging Face's {@code save_pretrained} wrote. Such a folder carries no hash
     * of its own: every tensor's name, shape and numbers are checked against the configuration, and whether it is the
     * model that was meant is checked where it is part of an artifact, or in the catalog.
     *
     * @param torch the engine on whose device it will lie
     * @param folder where the files are
     * @return the model
     * @throws KitException where a file is missing, damaged or says what this kit does not know
     */
    static LanguageModel load(Torch torch, Path folder) {
        Path place = ModelPlace.of(folder);
        if (!Files.isDirectory(place)) {
            throw new KitException(place.getFileName()
                    + " is a file and no folder: take it with LanguageModel.open(path).model(torch).");
        }
        return ModelFile.config(place).load(torch, place);
    }

    /**
     * Looks at a folder in Hugging Face's layout or a GGUF file without reading its weights (a folder with one GGUF
     * file means that file; config.json, tokenizer.json or a safetensors file means its folder): what comes back says
     * in words what model it is, how it will be computed and what memory it needs, and takes it when it is told to.
     *
     * <pre>{@code
     * ModelFile found = LanguageModel.open(Path.of("qwen2.5-0.5b-instruct-q4_k_m.gguf"));
     * show(found);
     * Pretrained qwen = found.load(kit.torch());
     * }</pre>
     *
     * @param place the folder or the file
     * @return what it is
     * @throws KitException where there is no such model, its files are damaged, or it is one that the kit does not read
     */
    static ModelFile open(Path place) {
        return ModelFile.of(place);
    }
}
