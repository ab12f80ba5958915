package kawi.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One run's folder, {@code runs/<run>/}: finds the artifacts in it and refuses those that cannot be trusted.
 *
 * <p>An artifact lies in {@code <stage>/<name>/}. It is refused when a file of it is missing, cut short or changed, and
 * when it is stale: when one of its inputs, an input of these, or a source of any of them is no longer the one it was
 * made from.
 */
public final class Run {
    private static final int TRIES = 20;

    private final Path folder;
    private final Map<String, String> makers;
    private final Function<Manifest.Source, String> changed;

    /**
     * A run that looks at its own artifacts alone.
     *
     * @param folder {@code runs/<run>}; made where it does not exist
     * @param makers which notebook makes which artifact, so that a missing one can be asked for by name
     */
    public Run(Path folder, Map<String, String> makers) {
        this(folder, makers, source -> null);
    }

    /**
     * A run that also looks at what its artifacts were made from outside it.
     *
     * @param folder {@code runs/<run>}; made where it does not exist
     * @param makers which notebook makes which artifact, so that a missing one can be asked for by name
     * @param changed says in a clause how a recorded source differs from what is there now; null where it does not, or
     *     where that cannot be told
     */
    public Run(Path folder, Map<String, String> makers, Function<Manifest.Source, String> changed) {
        this.changed = changed;
        this.folder = folder;
        this.makers = Map.copyOf(makers);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw KitException.of(e, "making the run's folder", folder);
        }
    }
    /** {@return the run's folder, {@code runs/<run>}} */
    public Path folder() {
        return folder;
    }

    /** {@return the run's name} */
    public String name() {
        return folder.getFileName().toString();
    }

    /**
     * {@return an artifact, having checked every file of it, and the manifests of all that it was made from}
     *
     * @param name the artifact's name, such as "tokens"
     * @throws KitException where it is not there, a file of it is missing or altered, its manifest is damaged, or one
     *     of its inputs is no longer the one it was made from
     */
    public Artifact artifact(String name) {
        List<String> before = new ArrayList<>();
        for (int left = TRIES; ; left--) {
            try {
                Artifact artifact = find(name);
                checkFiles(artifact);
                checkInputs(artifact);
                return artifact;
            } catch (KitException e) {
                // Another process may be putting a new one in its place: what stays wrong is wrong.
                String now = e.getMessage() + manifest(name);
                before.removeIf(each -> !each.equals(now));
                before.add(now);
                if (left == 0 || before.size() == 3) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** The manifest of an artifact as it is now, null where none can be read. */
    private Manifest manifest(String name) {
        try {
            return find(name).manifest();
        } catch (KitException e) {
            return null;
        }
    }

    /**
     * {@return whether an artifact of the name is there at all, in whatever state}
     *
     * @param name the artifact's name
     */
    public boolean has(String name) {
        return locate(name) != null;
    }

    /**
     * {@return all manifests of the run, by stage and then by name; nothing is checked, so that a report can be made of
     * a broken run too}
     */
    public List<Artifact> all() {
        List<Artifact> all = new ArrayList<>();
        for (Path stage : children(folder)) {
            for (Path each : children(stage)) {
                if (Files.exists(each.resolve(Manifest.FILE))) {
                    all.add(new Artifact(each, Manifest.read(each)));
                }
            }
        }
        return all;
    }

    /**
     * Ends what killed processes left undone among the artifacts, see {@link AtomicFolder#tidy}.
     *
     * @throws KitException where something that was left cannot be removed
     */
    public void tidy() {
        children(folder).forEach(AtomicFolder::tidy);
    }

    /**
     * Says in a sentence why an artifact cannot be trusted, or null when it can.
     *
     * @param name the artifact's name
     * @return the sentence, or null
     */
    public String fault(String name) {
        try {
            artifact(name);
            return null;
        } catch (KitException e) {
            return e.getMessage();
        }
    }

    private Artifact find(String name) {
        Path place = locate(name);
        if (place == null) {
            throw new KitException("Artifact '" + name + "' is not in run '" + name() + "': "
                    + (makers.containsKey(name)
                            ? "run notebook " + makers.get(name) + " first."
                            : "no notebook of the kit makes it; check the name."));
        }
        return new Artifact(place, Manifest.read(place));
    }

    private Path locate(String name) {
        for (Path stage : children(folder)) {
            Path place = stage.resolve(name);
            AtomicFolder.recover(place);
            if (Files.exists(place.resolve(Manifest.FILE))) {
                return place;
            }
        }
        return null;
    }

    private static void checkFiles(Artifact artifact) {
        artifact.manifest().outputs().forEach((path, output) -> {
            Path file = artifact.folder().resolve(path);
            String fault = null;
            try {
                if (!Files.exists(file)) {
                    fault = "is missing";
                } else if (Files.size(file) != output.bytes()) {
                    fault = "has " + Files.size(file) + " bytes instead of " + output.bytes();
                } else if (!Hash.of(file).equals(output.sha256())) {
                    fault = "was changed since it was made";
                }
            } catch (IOException e) {
                throw KitException.of(e, "checking artifact '" + artifact.name() + "'", file);
            }
            if (fault != null) {
                throw new KitException("Artifact '" + artifact.name() + "' is damaged: its file '" + path + "' " + fault
                        + "; run notebook " + artifact.stage() + " again.");
            }
        });
    }

    /** Walks the chain of inputs down to its sources. */
    private void checkInputs(Artifact artifact) {
        Map<String, Artifact> known = new HashMap<>();
        checkInputs(artifact, known);
    }

    private void checkInputs(Artifact artifact, Map<String, Artifact> known) {
        for (Manifest.Source source : artifact.manifest().sources()) {
            String how = changed.apply(source);
            if (how != null) {
                throw new KitException("Artifact '" + artifact.name() + "' is stale: it was made from the source '"
                        + source.name() + "', and " + how + "; run notebook " + artifact.stage() + " again"
                        + ", or put the source back as it was.");
            }
        }
        artifact.manifest().inputs().forEach((name, hash) -> {
            boolean first = !known.containsKey(name);
            Artifact input = known.computeIfAbsent(name, this::find);
            if (!input.hash().equals(hash)) {
                throw new KitException("Artifact '" + artifact.name() + "' is stale: it was made from '" + name + "' "
                        + hash.substring(0, 12) + ", and '" + name + "' is now "
                        + input.hash().substring(0, 12) + "; run notebook " + artifact.stage() + " again.");
            }
            if (first) {
                checkInputs(input, known);
            }
        });
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> each = Files.list(folder)) {
            return each.filter(Files::isDirectory)
                    .filter(p -> !p.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing(p -> p.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw KitException.of(e, "reading the run's folder", folder);
        }
    }
}
