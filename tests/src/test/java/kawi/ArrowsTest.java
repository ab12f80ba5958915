package kawi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages look one way: a package may use those before it in the list, and no kernel's class is named by anyone. */
class ArrowsTest {
    private static final List<String> ORDER = List.of(
            "evidence",
            "stats",
            "text",
            "template",
            "corpus",
            "readers",
            "crawl",
            "clean",
            "audit",
            "torch",
            "model",
            "train",
            "search",
            "tune",
            "baseline",
            "eval",
            "notebook",
            "serve",
            "course");
    private static final Pattern USE = Pattern.compile("\\bkawi\\.([a-z]+)\\b(?=\\.[A-Z*])");
    private static final Path SOURCES = Path.of(System.getProperty("kawi.home", ".."), "lib/src/main/java");
    /** The one file outside {@code kawi}: a door to DJL's package-private bridge. */
    private static final String BRIDGE = "ai/djl/pytorch/jni";

    @Test
    void everyFileLiesInARoomThatTheOrderKnows() throws IOException {
        List<String> unknown = new ArrayList<>();
        for (Path file : sources()) {
            String folder = SOURCES.relativize(file.getParent()).toString().replace('\\', '/');
            if (!folder.equals("kawi")
                    && !folder.equals(BRIDGE)
                    && !(folder.startsWith("kawi/") && ORDER.contains(folder.substring(5)))) {
                unknown.add(folder + "/" + file.getFileName());
            }
        }
        assertEquals(List.of(), unknown, "give a new package its place in ORDER");
    }

    @Test
    void everyPackageUsesOnlyThoseBeforeIt() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources()) {
            if (file.getParent().endsWith("kawi") || file.getParent().endsWith(BRIDGE)) {
                continue; // Kit and Budget stand above all rooms, the bridge below
            }
            int own = ORDER.indexOf(file.getParent().getFileName().toString());
            String text = Files.readString(file);
            Matcher uses = USE.matcher(text);
            while (uses.find()) {
                if (!ORDER.contains(uses.group(1)) || ORDER.indexOf(uses.group(1)) > own) {
                    wrong.add(file.getFileName() + " of kawi."
                            + file.getParent().getFileName() + " uses kawi." + uses.group(1));
                }
            }
            if (Pattern.compile("\\bkawi\\.(Kit|Budget|Provenance)\\b")
                    .matcher(text)
                    .find()) {
                wrong.add(file.getFileName() + " uses the top, package kawi");
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noClassOfAKernelIsImported() throws IOException {
        for (Path file : sources()) {
            assertEquals(
                    false,
                    Pattern.compile("^import (static )?(org\\.dflib|io\\.github\\.spencerpark)", Pattern.MULTILINE)
                            .matcher(Files.readString(file))
                            .find(),
                    file.toString());
        }
    }

    @Test
    void onlyTheNotebookPackagePrints() throws IOException {
        for (Path file : sources()) {
            if (!file.getParent().getFileName().toString().equals("notebook")) {
                assertEquals(false, Files.readString(file).contains("System.out."), file.toString());
            }
        }
    }

    /** When a task of a parallel stream fails the others go on, also in memory that the caller then gives back. */
    @Test
    void workOnAllCoresIsGivenToCoresWhichWaitsForAllOfIt() throws IOException {
        for (Path file : sources()) {
            if (!file.endsWith("Cores.java")) {
                assertEquals(
                        false,
                        Pattern.compile("\\.parallel(Stream)?\\(\\)")
                                .matcher(Files.readString(file))
                                .find(),
                        file.toString());
            }
        }
    }

    @Test
    void noLineIsLongerThan120Characters() throws IOException {
        List<String> longer = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).codePointCount(0, lines.get(i).length()) > 120) {
                    longer.add(file.getFileName() + ":" + (i + 1));
                }
            }
        }
        assertEquals(List.of(), longer);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> all = Files.walk(SOURCES)) {
            return all.filter(p -> p.toString().endsWith(".java")).sorted().toList();
        }
    }
}
