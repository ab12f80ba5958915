package kawi.tune;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/** Pairs of answers as a file, for other programs and for whoever asks what a tuning preferred. */
public final class PreferencePairs {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PreferencePairs() {}

    /**
     * One line of the file: the columns {@code prompt}, {@code chosen} and {@code rejected} are those that
     * {@code trl.DPOTrainer} reads.
     */
    @JsonPropertyOrder({"id", "use", "prompt", "chosen", "rejected"})
    private record Line(String id, String use, String prompt, String chosen, String rejected) {}

    /**
     * Writes pairs as JSON lines: {@code id}, {@code use} ("train" or "validation"), {@code prompt}, {@code chosen} and
     * {@code rejected}, those that are learned from first. The prompt is the task's own text, without the marks of a
     * chat.
     *
     * @param file the file, which is replaced as a whole
     * @param task what is asked
     * @param train pairs that are learned from
     * @param validation pairs that judge, or none
     * @throws KitException where a pair is both learned from and judges, or the file cannot be written
     */
    public static void write(Path file, Task task, List<PreferencePair> train, List<PreferencePair> validation) {
        for (PreferencePair pair : validation) {
            if (train.stream().anyMatch(each -> each.id().equals(pair.id()))) {
                throw new KitException("The pair of answers to '"
                        + pair.example().input() + "' is learned from and judges too: keep it on one side.");
            }
        }
        AtomicFile.write(file, "writing preferences", out -> {
            for (PreferencePair pair : train) {
                out.write(line(pair, "train", task));
            }
            for (PreferencePair pair : validation) {
                out.write(line(pair, "validation", task));
            }
        });
    }

    private static byte[] line(PreferencePair pair, String use, Task task) throws IOException {
        Line line = new Line(pair.id(), use, task.prompt(pair.example()), pair.chosen(), pair.rejected());
        return (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
