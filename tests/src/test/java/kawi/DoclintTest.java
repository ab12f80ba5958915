package kawi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library compiles without a warning, and every member that others may use is documented: what it is, its
 * parameters, what it returns and what it throws.
 */
class DoclintTest {
    private static final Path HOME = Path.of(System.getProperty("kawi.home", ".."));
    /** Where {@code environment/setup --spark} puts what the cluster library is compiled against. */
    private static final Path SPARK = HOME.resolve("lib/cluster/target/cluster");
    /** The version whose warnings are meant: a later compiler has others, which change with each. */
    private static final int VERSION = 17;

    @TempDir
    private Path classes;

    @Test
    void theLibraryCompilesWithoutAWarningAndIsDocumented() throws IOException {
        assertEquals(List.of(), warnings(sources("lib/src/main/java"), ""));
    }

    @Test
    void theClusterLibraryCompilesWithoutAWarningAndIsDocumented() throws IOException {
        assumeTrue(Files.isDirectory(SPARK), "Spark is not here; environment/setup --spark brings it");
        String jars;
        try (Stream<Path> all = Files.list(SPARK)) {
            jars = all.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
        assertEquals(List.of(), warnings(sources("lib/cluster/src/main/java"), File.pathSeparator + jars));
    }

    @Test
    void aMemberWithoutDocumentationIsFound() throws IOException {
        Path source = Files.writeString(
                classes.resolve("Bare.java"), "/** Said. */ public interface Bare { void unsaid(); }");
        assertNotEquals(List.of(), warnings(List.of(source), ""));
    }

    private static List<Path> sources(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(HOME.resolve(folder))) {
            return all.filter(p -> p.toString().endsWith(".java")).sorted().toList();
        }
    }

    private List<String> warnings(List<Path> sources, String besideTheKit) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "This Java has no compiler: a JDK is needed, not a JRE");
        assumeTrue(
                Runtime.version().feature() == VERSION,
                "The warnings are those of Java " + VERSION + "; a later compiler has others");
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        StringWriter rest = new StringWriter();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(found, Locale.ENGLISH, StandardCharsets.UTF_8)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            List<String> options = List.of(
                    "-proc:none",
                    "-Xlint:all,-path,-processing",
                    "-Xdoclint:all/protected",
                    "-Xmaxwarns",
                    "10000",
                    "--release",
                    String.valueOf(VERSION),
                    "-classpath",
                    System.getProperty("java.class.path") + besideTheKit);
            compiler.getTask(rest, files, found, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        List<String> said = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> each : found.getDiagnostics()) {
            String where = each.getSource() == null
                    ? ""
                    : Path.of(each.getSource().getName()).getFileName() + ":" + each.getLineNumber() + ": ";
            said.add(where + each.getMessage(Locale.ENGLISH).replaceAll("\\s+", " "));
        }
        if (!rest.toString().isBlank()) {
            said.add(rest.toString().strip());
        }
        return said;
    }
}
