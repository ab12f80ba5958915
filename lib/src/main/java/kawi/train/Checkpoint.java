package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import kawi.evidence.AtomicFolder;
import kawi.evidence.FolderLock;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;
import kawi.model.LanguageModel;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;
import kawi.torch.Weights;

/**
 * Everything a run needs to go on as if it had never stopped, in one folder: {@code model.safetensors} and
 * {@code config.json} (which are a complete model by themselves), {@code optimizer.safetensors}, and
 * {@code state.json}.
 *
 * <p>It is written beside its place, flushed, and moved there, so the place holds the old checkpoint or the new one and
 * never half of one.
 *
 * @param folder where it lies
 * @param state how far the run had come
 */
public record Checkpoint(Path folder, State state) {
    private static final String STATE = "state.json";
    private static final String AVERAGES = "optimizer.safetensors";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /**
     * @param step optimizer steps taken
     * @param drawn position of the sampler; every other generator is seeded from the run's seed and the step
     * @param settings what the run was told; a run of other settings is not allowed to go on from here
     * @param began SHA-256 of the weights that the run began from; a run that begins from others is another run
     * @param bestStep step of the best evaluation, 0 where there was none yet
     * @param best that evaluation
     * @param latest the latest evaluation
     * @param withoutGain evaluations since
     * @param seconds wall-clock seconds spent so far
     * @param trainingSeconds those spent in optimizer steps
     * @param peakResidentMegabytes highest resident memory seen at the end of an interval, in units of 2^20 bytes
     * @param history the intervals so far
     * @param computed what arithmetic the steps were computed by; more than one only where the run was allowed to go on
     *     with another
     * @param weights SHA-256 of the weights beside it, as {@link Weights#sha256} has it: others are refused
     * @param averages SHA-256 of the optimizer's averages beside it
     * @param bestWeights SHA-256 of the weights of the best evaluation; null where none were kept
     */
    public record State(
            long step,
            long drawn,
            Map<String, String> settings,
            String began,
            long bestStep,
            Evaluation best,
            Evaluation latest,
            int withoutGain,
            double seconds,
            double trainingSeconds,
            double peakResidentMegabytes,
            List<Training.Point> history,
            List<Training.Computed> computed,
            String weights,
            String averages,
            String bestWeights) {}

    /** Writes a checkpoint into the place of the one before it. Where the disk is full, that one stays. */
    static void save(Path place, LanguageModel model, Map<String, NDArray> averages, State state) {
        write(place, folder -> {
            model.save(folder);
            SafeTensors.write(folder.resolve(AVERAGES), averages, Map.of());
            Files.writeString(folder.resolve(STATE), JSON.writeValueAsString(state) + "\n");
        });
    }

    /** Writes the model alone into the place of the one before it. */
    static void saveModel(Path place, LanguageModel model) {
        write(place, model::save);
    }

    private interface Content {
        void write(Path folder) throws IOException;
    }

    private static void write(Path place, Content content) {
        try (AtomicFolder folder = AtomicFolder.begin(place, "saving the checkpoint '" + place.getFileName() + "'")) {
            try {
                content.write(folder.path());
            } catch (IOException e) {
                throw folder.failure(e);
            }
            folder.commit();
        } catch (KitException e) {
            throw new KitException(
                    "The checkpoint '" + place.getFileName() + "' could not be saved, the one before it is kept: "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * {@return the checkpoint in a place; empty where there is none} Nothing is moved or written, so that a run that is
     * under way may be looked at.
     *
     * @param place a folder such as {@code last} or {@code best} in that of a run
     * @throws KitException if it is damaged or cannot be read
     */
    public static Optional<Checkpoint> find(Path place) {
        try {
            // A kill between the two moves of a save leaves the checkpoint before it under its other name.
            Path found = Files.exists(place) ? place : place.resolveSibling(".old-" + place.getFileName());
            if (!Files.exists(found.resolve(STATE))) {
                return Optional.empty();
            }
            State state = JSON.readValue(WholeFile.bytes(found.resolve(STATE), WholeFile.SETTINGS), State.class);
            if (state == null
                    || state.settings() == null
                    || state.history() == null
                    || state.history().contains(null)
                    || state.step() < 0
                    || state.drawn() < 0) {
                throw new KitException("The checkpoint '" + place.getFileName() + "' has a " + STATE
                        + " that lacks its settings, its history or its steps: remove the checkpoint's folder to begin"
                        + " anew.");
            }
            return Optional.of(new Checkpoint(found, state));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The checkpoint '" + place.getFileName() + "' has a damaged " + STATE + " (" + WholeFile.fault(e)
                            + "): remove the checkpoint's folder to begin anew.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the checkpoint '" + place.getFileName() + "'", place);
        }
    }

    /**
     * Copies the saved weights into a model of the same shape.
     *
     * @param model is changed
     * @throws KitException if the model has another shape, the file is damaged, or the state has no hash of it
     */
    public void restore(LanguageModel model) {
        load(model.torch(), folder.resolve("model.safetensors"), model.parameters(), state.weights());
    }

    /** Copies weights and optimizer averages into a fit of the same shape. */
    void restore(LanguageModel model, Fit fit) {
        restore(model);
        load(model.torch(), folder.resolve(AVERAGES), fit.averages(), state.averages());
        fit.taken(state.step());
    }

    static void weights(Torch torch, Path folder, Map<String, NDArray> parameters, String expected) {
        load(torch, folder.resolve("model.safetensors"), parameters, expected);
    }

    /** {@return the SHA-256 of the saved weights, as {@link Weights#sha256} has it, for a model of the same shape} */
    static String hash(LanguageModel model, Path folder) {
        try (NDManager work = model.torch().manager().newSubManager()) {
            Map<String, NDArray> saved = SafeTensors.read(model.torch(), work, folder.resolve("model.safetensors"));
            return Weights.sha256(saved);
        }
    }

    /** Copies a file's tensors. @param expected their hash; null, where it was not written down, is refused */
    private static void load(Torch torch, Path file, Map<String, NDArray> targets, String expected) {
        if (expected == null) {
            throw new KitException("The checkpoint's " + STATE + " has no hash of " + file.getFileName()
                    + ", as those of an earlier version of the kit: nothing tells whether it holds what the run wrote;"
                    + " read the model by LanguageModel.load, which takes a folder as it is, or begin anew.");
        }
        try (NDManager work = torch.manager().newSubManager()) {
            Map<String, NDArray> saved = SafeTensors.read(torch, work, file);
            targets.forEach((name, target) -> {
                NDArray value = saved.get(name);
                if (value == null || !value.getShape().equals(target.getShape())) {
                    throw new KitException("The checkpoint's " + file.getFileName() + " has "
                            + (value == null ? "no tensor" : value.getShape() + " as the tensor") + " '" + name
                            + "' where " + target.getShape()
                            + " is needed: it belongs to a model of another shape; give that model's "
                            + "configuration, or begin anew in another folder.");
                }
            });
            saved.keySet().stream()
                    .filter(name -> !targets.containsKey(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new KitException("The checkpoint's " + file.getFileName() + " has the tensor '" + name
                                + "', for which this run has no place: it belongs to another model or optimizer; begin"
                                + " anew in another folder.");
                    });
            if (!expected.equals(Weights.sha256(saved))) {
                throw new KitException("The checkpoint's " + file.getFileName()
                        + " does not hold the numbers that the run wrote into it: it was changed or damaged since, so"
                        + " take back the file that belongs to it, or remove the checkpoint's folder to begin anew.");
            }
            targets.forEach((name, target) -> torch.ops().assign(target, saved.get(name)));
        }
    }

    /**
     * Removes what a run kept: a checkpoint, or a folder of them. Nothing happens where there is nothing.
     *
     * @param folder what to remove
     * @throws KitException if a run is at work in the folder, or it cannot be removed
     */
    public static void discard(Path folder) {
        FolderLock idle = FolderLock.exists(folder) ? FolderLock.acquire(folder) : null;
        try (idle) {
            delete(folder);
        } catch (IOException e) {
            throw KitException.of(e, "removing the checkpoint '" + folder.getFileName() + "'", folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
