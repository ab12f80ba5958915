package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    @Test
    void everyCellOfEveryNotebookCompilesAgainstTheLibrary() throws Exception {
        List<String> faults = new ArrayList<>();
        List<Path> notebooks;
        try (Stream<Path> all = Files.list(NOTEBOOKS)) {
            notebooks =
                    all.filter(p -> p.toString().endsWith(".ipynb")).sorted().toList();
        }
        for (Path notebook : notebooks) {
            compile(notebook, faults);
        }
        assertEquals(List.of(), faults);
        assertEquals(true, notebooks.size() >= 7);
    }

    private static void compile(Path notebook, List<String> faults) throws Exception {
        try (JShell shell = JShell.builder()
                .executionEngine(new Compiled(), Map.of())
                .out(System.err)
                .build()) {
            shell.addToClasspath(System.getProperty("java.class.path"));
            int number = 0;
            for (JsonNode cell : new ObjectMapper().readTree(notebook.toFile()).path("cells")) {
                if (!cell.path("cell_type").asText().equals("code")) {
                    continue;
                }
                number++;
                StringBuilder source = new StringBuilder();
                cell.path("source").forEach(line -> source.append(line.asText()));
                String rest = source.toString().replaceAll("(?m)^%.*$", "");
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
                            faults.add(notebook.getFileName() + ", code cell " + number + ": " + why + " in: "
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
