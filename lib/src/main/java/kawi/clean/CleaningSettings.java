package kawi.clean;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import kawi.evidence.Hash;
import kawi.evidence.KitException;

/** Everything that a pipeline's result depends on beside its documents, as one text. */
final class CleaningSettings {
    private CleaningSettings() {}

    /**
     * @param own what functions of one's own do, in words; null where there are none
     * @throws KitException where there are and nothing is said of them
     */
    static String of(List<Step> steps, String own) {
        StringBuilder all = new StringBuilder("Java ").append(Runtime.version());
        all.append("\nlibrary ").append(library());
        for (Step step : steps) {
            String said = step.settings();
            if (said == null && own == null) {
                throw new KitException("The step '" + step.name() + "' does not say what it depends on, so that nobody"
                        + " can tell whether a run that was killed may go on with it: say in words what it does, as"
                        + " in checkpoints(folder, \"" + step.name() + " 1\"), and something else when it changes.");
            }
            all.append("\nstep ").append(quoted(step.name())).append(' ').append(quoted(said));
        }
        return all.append("\nown ").append(quoted(own)).toString();
    }

    /** So that no text ends where the next begins. */
    private static String quoted(String text) {
        return text == null ? "none" : text.length() + ":" + text;
    }

    /** The file that this class came from, as the manifests have it; of classes in a folder that they are. */
    private static String library() {
        try {
            CodeSource source = CleaningSettings.class.getProtectionDomain().getCodeSource();
            Path file = source == null ? null : Path.of(source.getLocation().toURI());
            return file == null || !Files.isRegularFile(file) ? "in a folder" : Hash.of(file);
        } catch (URISyntaxException | IOException e) {
            throw new KitException(
                    "The library that cleans cannot be read (" + e.getMessage() + "): set it up again.", e);
        }
    }
}
