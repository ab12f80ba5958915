package kawi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kawi.audit.SourceRemoval;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.notebook.Show;
import kawi.readers.Source;

/**
 * What {@code environment/remove} calls: shows what of a run holds a source, and removes it where that was agreed to.
 */
public final class RemoveCommand {
    private RemoveCommand() {}

    /**
     * Shows, and acts where told to. The run is that of {@code KAWI_RUN}.
     *
     * @param arguments the source, "act" or "show", and why (may be empty)
     */
    public static void main(String[] arguments) {
        try {
            remove(Kit.open("remove", System.getenv()), arguments[0], arguments[1].equals("act"), arguments[2]);
        } catch (KitException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    static void remove(Kit kit, String source, boolean act, String why) {
        String run = kit.run().name();
        SourceRemoval removal = SourceRemoval.of(kit.run(), kit.catalog(), source);
        removal.before()
                .ifPresent(row -> Show.show(
                        "Source " + source + " was removed from this run on " + row.when() + " (" + row.why() + ")."));
        if (removal.artifacts().isEmpty()) {
            Show.show("No artifact of the run '" + run + "' holds " + source + ".");
        } else {
            Show.show(removal.table());
            Show.show(removal.files().printAll()); // however many
            Show.show(Show.filled(
                    "{} artifacts of the run hold {}: {} bytes, of which the collected corpus has {} documents"
                            + " of it ({} bytes of text). Made again, they cost {} seconds on a machine like"
                            + " the one that made them.",
                    removal.artifacts().size(),
                    source,
                    removal.bytes(),
                    removal.documents(),
                    removal.textBytes(),
                    removal.seconds()));
            removal.views()
                    .forEach(each -> Show.show("Shows some of it: " + kit.home().relativize(each) + "."));
        }
        if (!removal.askedBy().isEmpty()) {
            Show.show("These notebooks read " + source + " themselves, and without it stop where they ask for it unless"
                    + " they can do without: " + String.join(", ", removal.askedBy()) + ".");
        }
        elsewhere(kit, source).forEach(Show::show);
        if (!act) {
            Show.show("Nothing was changed. The same with --yes deletes these artifacts, writes the collected corpus"
                    + " without the source, and keeps the run from collecting it again.");
            return;
        }
        removal.act(why.isBlank() ? "no reason given" : why, Instant.now(), Progress.NONE)
                .forEach(Show::show);
        Show.show("Source " + source + " is removed from the run '" + run
                + "'; environment/run makes again without it what is missing.");
    }

    /** What of the source the removal does not touch. */
    private static List<String> elsewhere(Kit kit, String source) {
        List<String> said = new ArrayList<>();
        for (Source each : kit.catalog().sources()) {
            if (each.id().equals(source) && each.use() != null) {
                said.add(
                        each.path() != null
                                ? "Not touched: its files in datasets/" + each.path() + ", which are yours."
                                : "Not touched: its fetched files in datasets/cache, of which all runs and set-up know;"
                                        + " delete them there, and its entry in datasets/catalog.json, to remove it"
                                        + " from the clone.");
            }
        }
        List<String> others = others(kit, source);
        if (!others.isEmpty()) {
            said.add("Not touched: the runs " + String.join(", ", others)
                    + ", which hold it too; name each with --run.");
        }
        if (Files.exists(kit.home().resolve("runs").resolve(kit.run().name() + ".zip"))) {
            said.add("Not touched: runs/" + kit.run().name() + ".zip, which environment/share made of the run before.");
        }
        if (Files.exists(kit.home().resolve("runs/lab/notebooks"))) {
            said.add("Not touched: runs/lab/notebooks, the working copies of environment/lab, whose outputs may"
                    + " show it.");
        }
        said.add("Not touched: the clone's own notebooks, with the outputs of the run that was published last.");
        return said;
    }

    private static List<String> others(Kit kit, String source) {
        List<String> others = new ArrayList<>();
        try (Stream<Path> runs = Files.list(kit.home().resolve("runs"))) {
            for (Path each : runs.filter(Files::isDirectory).sorted().toList()) {
                String name = each.getFileName().toString();
                try {
                    if (!each.equals(kit.run().folder()) && holds(each, source)) {
                        others.add(name);
                    }
                } catch (KitException e) {
                    others.add(name + " (perhaps: a manifest of it cannot be read)");
                }
            }
        } catch (IOException e) {
            throw KitException.of(e, "looking at the other runs", kit.home().resolve("runs"));
        }
        return others;
    }

    private static boolean holds(Path folder, String source) {
        return new Run(folder, Map.of())
                .all().stream()
                        .flatMap(each -> each.manifest().sources().stream())
                        .map(Manifest.Source::name)
                        .anyMatch(source::equals);
    }
}
