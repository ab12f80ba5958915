package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import kawi.evidence.AtomicFolder;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;

/**
 * Everything a run needs to go on as if it had never stopped, in one folder: {@code model.safetensors} and
 * {@code config.json} (which are a complete model by themselves), {@code optimizer.safetensors}, and
 * {@code state.json}.
 *
 * <p>It is written beside its place, flushed, and moved there, so the place holds the old checkpoint or the new one and
 * never half of one.
 */
public record Checkpoint(Path folder, State state) {
    private static final String STATE = "state.json";
    private static final String AVERAGES = "optimizer.safetensors";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * @param step optimizer steps taken
     * @param drawn position of the sampler; every other generator is seeded from the run's seed and the step
     * @param settings what the run was told; another run with other settings cannot go on from here
     * @param bestStep step of the best evaluation, 0 where there was none yet
     * @param best that evaluation
     * @param latest the latest evaluation
     * @param withoutGain evaluations since
     * @param seconds wall-clock seconds spent so far
     * @param trainingSeconds those spent in optimizer steps
     * @param peakMegabytes highest resident memory seen
     * @param history the intervals so far
     * @param arithmetic device, threads and number formats of the latest steps; null in a checkpoint of before it was
     *     kept
     */
    public record State(
            long step,
            long drawn,
            Map<String, String> settings,
            long bestStep,
            Evaluation best,
            Evaluation latest,
            int withoutGain,
            double seconds,
            double trainingSeconds,
            double peakMegabytes,
            List<Training.Point> history,
            String arithmetic) {}

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

    /** {@return the checkpoint in a place; empty where there is none} A damaged one is refused in a sentence. */
    public static Optional<Checkpoint> find(Path place) {
        try {
            AtomicFolder.recover(place);
            if (!Files.exists(place.resolve(STATE))) {
                return Optional.empty();
            }
            return Optional.of(
                    new Checkpoint(place, JSON.readValue(Files.readString(place.resolve(STATE)), State.class)));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The checkpoint '" + place.getFileName() + "' has a damaged " + STATE + " (line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
                            + "): remove the checkpoint's folder to begin anew.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the checkpoint '" + place.getFileName() + "'", place);
        }
    }

    /** Copies the saved weights into a model of the same shape; another shape is refused in a sentence. */
    public void restore(LanguageModel model) {
        weights(model.torch(), folder, model.parameters());
    }

    /** Copies weights and optimizer averages into a fit of the same shape. */
    void restore(LanguageModel model, Fit fit) {
        restore(model);
        load(model.torch(), folder.resolve(AVERAGES), fit.averages());
        fit.taken(state.step());
    }

    static void weights(Torch torch, Path folder, Map<String, NDArray> parameters) {
        load(torch, folder.resolve("model.safetensors"), parameters);
    }

    private static void load(Torch torch, Path file, Map<String, NDArray> targets) {
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
            targets.forEach((name, target) -> torch.ops().assign(target, saved.get(name)));
        }
    }

    /** Removes what a run kept: a checkpoint, or a folder of them. Nothing happens where there is nothing. */
    public static void discard(Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            throw KitException.of(e, "removing the checkpoint '" + folder.getFileName() + "'", folder);
        }
    }

    /** Moves a folder of checkpoints out of the way, replacing what was moved there before. */
    static void skipped(Path folder) {
        try {
            Path aside = sibling(folder, "before-");
            delete(aside);
            Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw KitException.of(e, "setting the old checkpoint aside", folder);
        }
    }

    private static Path sibling(Path place, String prefix) {
        return place.resolveSibling(prefix + place.getFileName());
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
