package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.junit.jupiter.api.Test;

/**
 * Every cell compiles against the library as it is now: a notebook is compiled by the kernel's compiler and not run.
 */
class CellsCompileTest {
    private static final Path NOTEBOOKS =
            Path.of(System.getProperty("kawi.home", "..")).resolve("notebooks");

    /** Where {@code environment/setup --spark} puts what notebook 08 needs beside the kit. */
    private static final Path CLUSTER =
            Path.of(System.getProperty("kawi.home", "..")).resolve("lib/cluster/target/cluster");

    @Test
    void everyCellOfEveryNotebookCompilesAgainstTheLibrary() throws Exception {
        List<String> faults = new ArrayList<>();
        List<Path> notebooks = notebooks(false);
        for (Path notebook : notebooks) {
            compile(notebook, "", faults);
        }
        assertEquals(List.of(), faults);
        assertEquals(true, notebooks.size() >= 7);
    }

    @Test
    void theCellsThatNeedSparkCompileWhereItIs() throws Exception {
        assumeTrue(Files.isDirectory(CLUSTER), "Spark is not here; environment/setup --spark brings it");
        String jars;
        try (Stream<Path> all = Files.list(CLUSTER)) {
            jars = all.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
        List<String> faults = new ArrayList<>();
        for (Path notebook : notebooks(true)) {
            compile(notebook, File.pathSeparator + jars, faults);
        }
        assertEquals(List.of(), faults);
    }

    private static List<Path> notebooks(boolean onSpark) throws Exception {
        List<Path> notebooks = new ArrayList<>();
        try (Stream<Path> all = Files.list(NOTEBOOKS)) {
            for (Path each :
                    all.filter(p -> p.toString().endsWith(".ipynb")).sorted().toList()) {
                if (Files.readString(each).contains("import kawi.cluster.") == onSpark) {
                    notebooks.add(each);
                }
            }
        }
        return notebooks;
    }

    /** What a newcomer copies first. */
    @Test
    void theReadmesFirstCellCompilesAgainstTheLibrary() throws Exception {
        String readme = Files.readString(NOTEBOOKS.resolveSibling("README.md"));
        String begin = "```java\n%classpath";
        int at = readme.indexOf(begin) + "```java\n".length();
        assertTrue(at > begin.length());
        List<String> faults = new ArrayList<>();
        compile("README.md", List.of(readme.substring(at, readme.indexOf("```", at))), "", faults);
        assertEquals(List.of(), faults);
    }

    private static void compile(Path notebook, String besideTheKit, List<String> faults) throws Exception {
        List<String> cells = new ArrayList<>();
        for (JsonNode cell : new ObjectMapper().readTree(notebook.toFile()).path("cells")) {
            if (cell.path("cell_type").asText().equals("code")) {
                StringBuilder source = new StringBuilder();
                cell.path("source").forEach(line -> source.append(line.asText()));
                cells.add(source.toString());
            }
        }
        compile(notebook.getFileName().toString(), cells, besideTheKit, faults);
    }

    private static void compile(String name, List<String> cells, String besideTheKit, List<String> faults)
            throws Exception {
        try (JShell shell = JShell.builder()
                .executionEngine(new Compiled(), Map.of())
                .out(System.err)
                .build()) {
            shell.addToClasspath(System.getProperty("java.class.path") + besideTheKit);
            int number = 0;
            for (String cell : cells) {
                number++;
                String rest = cell.replaceAll("(?m)^%.*$", "");
                while (!rest.isBlank()) {
                    SourceCodeAnalysis.CompletionInfo part =
                            shell.sourceCodeAnalysis().analyzeCompletion(rest);
                    String snippet = part.completeness().isComplete() ? part.source() : rest;
                    for (SnippetEvent event : shell.eval(snippet)) {
                        if (event.status() == Snippet.Status.REJECTED) {
                            String why = shell.diagnostics(event.snippet())
                                    .findFirst()
                                    .map(d -> d.getMessage(Locale.ENGLISH).replaceAll("\\s+", " "))
                                    .orElse("rejected");
                            faults.add(name + ", code cell " + number + ": " + why + " in: "
                                    + snippet.strip().lines().findFirst().orElse(""));
                        }
                    }
                    rest = part.completeness().isComplete() ? part.remaining() : "";
                }
            }
        }
    }

    /** An engine that takes every class and runs none. */
    private static final class Compiled implements ExecutionControlProvider, ExecutionControl {
        @Override
        public String name() {
            return "compiled";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
            return this;
        }

        @Override
        public void load(ClassBytecodes[] classes) {}

        @Override
        public void redefine(ClassBytecodes[] classes) {}

        @Override
        public String invoke(String className, String methodName) {
            return "";
        }

        @Override
        public String varValue(String className, String name) {
            return "";
        }

        @Override
        public void addToClasspath(String path) {}

        @Override
        public void stop() {}

        @Override
        public Object extensionCommand(String command, Object argument) {
            return null;
        }

        @Override
        public void close() {}
    }
}
