package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An error that is put into other words keeps the one it came from: whoever looks for the reason finds it. */
class CausesTest {
    private static final Path SOURCES = Path.of(System.getProperty("kawi.home", ".."), "lib/src/main/java");
    private static final Pattern LITERAL =
            Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.[0-9a-fA-Fu]*)'");
    private static final Pattern CATCH = Pattern.compile("catch \\((?:final )?[\\w.| \n]+? (\\w+)\\) \\{");
    private static final Pattern THROW = Pattern.compile("\\bthrow\\s[^;]*;");

    @Test
    void everyCaughtExceptionThatBecomesAnotherIsItsCause() throws IOException {
        List<String> lost = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                lost(Files.readString(file)).forEach(at -> lost.add(file.getFileName() + at));
            }
        }
        assertEquals(List.of(), lost);
    }

    @Test
    void aCauseThatIsDroppedIsFound() {
        String source =
                "try { a(); } catch (IOException | Error e) { throw new KitException(\"no; \" + e.getMessage()%s); }";
        assertEquals(1, lost(String.format(source, "")).size());
        assertTrue(lost(String.format(source, ", e")).isEmpty());
    }

    /** The throws in catch clauses that do not pass on what was caught. */
    private static List<String> lost(String source) {
        List<String> lost = new ArrayList<>();
        String bare = LITERAL.matcher(source).replaceAll("\"\"");
        Matcher caught = CATCH.matcher(bare);
        while (caught.find()) {
            int end = caught.end();
            for (int depth = 1; depth > 0; end++) {
                depth += bare.charAt(end) == '{' ? 1 : bare.charAt(end) == '}' ? -1 : 0;
            }
            String name = caught.group(1);
            String clause = bare.substring(caught.end(), end);
            String given = "[,(]\\s*" + name + "\\s*[,)]";
            // the same again, what it was wrapped around, or another that this clause gave it to
            String again = "throw\\s+(" + name + "|" + name + "\\.getCause\\(\\)"
                    + (Pattern.compile(given).matcher(clause).find() ? "|\\w+" : "") + ")\\s*;";
            Pattern passed = Pattern.compile(given + "|" + again);
            Matcher thrown = THROW.matcher(clause);
            while (thrown.find()) {
                if (!passed.matcher(thrown.group()).find()) {
                    lost.add(": " + thrown.group().replaceAll("\\s+", " "));
                }
            }
        }
        return lost;
    }
}
