package kawi.audit;

import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kawi.evidence.Artifact;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Run;

/**
 * The artifacts in a run's folder that an earlier pass over the notebooks left there: those of which an input is gone,
 * or is another by its hash, or was made again after them, though it came out the same; and what was made from such
 * artifacts. Their bytes are there and hold what they were made from, but they are not what this pass came to.
 *
 * <p>Manifests alone are read, and no file is hashed. What was made from no artifact is of this pass: nothing tells.
 */
public final class EarlierPass {
    private final Set<Path> folders;
    private final List<String> names;

    private EarlierPass(Set<Path> folders, List<String> names) {
        this.folders = folders;
        this.names = names;
    }

    /**
     * {@return what an earlier pass left in a run's folder}
     *
     * @param run the run
     * @throws KitException where a manifest is damaged
     */
    public static EarlierPass of(Run run) {
        List<Artifact> all = run.all();
        Map<String, Artifact> now = new LinkedHashMap<>();
        all.forEach(each -> now.putIfAbsent(each.name(), each)); // of two of a name a run finds the first
        Set<Path> found = new TreeSet<>();
        for (int before = -1; found.size() > before; ) { // until nothing is found that was made from what was found
            before = found.size();
            all.stream().filter(each -> isEarlier(each, now, found)).forEach(each -> found.add(each.folder()));
        }
        return new EarlierPass(
                found,
                all.stream()
                        .filter(each -> found.contains(each.folder()))
                        .map(Artifact::name)
                        .distinct()
                        .sorted()
                        .toList());
    }

    private static boolean isEarlier(Artifact artifact, Map<String, Artifact> now, Set<Path> found) {
        return artifact.manifest().inputs().entrySet().stream().anyMatch(recorded -> {
            Artifact input = now.get(recorded.getKey());
            return input == null
                    || !input.hash().equals(recorded.getValue())
                    || found.contains(input.folder())
                    || finished(input.manifest()).isAfter(finished(artifact.manifest()));
        });
    }

    private static Instant finished(Manifest manifest) {
        try {
            return Instant.parse(manifest.finished());
        } catch (DateTimeParseException e) {
            throw new KitException(
                    "The manifest of artifact '" + manifest.name() + "' says '" + manifest.finished()
                            + "' of when it was finished, which is no time: run notebook " + manifest.stage()
                            + " again.",
                    e);
        }
    }

    /**
     * {@return whether an artifact is of an earlier pass}
     *
     * @param artifact one of the run
     */
    public boolean has(Artifact artifact) {
        return folders.contains(artifact.folder());
    }

    /** {@return the names of these artifacts, in alphabetical order} */
    public List<String> names() {
        return names;
    }

    /**
     * {@return how many of these artifacts are left out of a sum, and their names, in a sentence; empty where there are
     * none}
     *
     * @param but names of which nothing is said
     */
    public String leftOut(String... but) {
        List<String> said =
                names.stream().filter(name -> !List.of(but).contains(name)).toList();
        return said.isEmpty()
                ? ""
                : said.size() + " artifact" + (said.size() == 1 ? "" : "s") + " of an earlier pass "
                        + (said.size() == 1 ? "is" : "are") + " left out: " + String.join(", ", said) + ".";
    }
}
