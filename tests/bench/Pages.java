import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import kawi.readers.Page;

/**
 * Reads the text of the kit's own marked pages, one thread: {@code Pages DATA THREADS full|quick}; the texts of the
 * last pass are left in DATA/pages for pages_row.py, which scores both sides by one measure. Its peer is pages_row.py.
 */
public class Pages {

    public static void main(String[] args) throws Exception {
        int passes = args[2].equals("quick") ? 1 : 20;
        Path home = Path.of(System.getenv("KAWI_HOME"), "tests/src/test/resources/pages");
        Path texts = Files.createDirectories(Path.of(args[0], "pages"));
        List<Path> files;
        try (Stream<Path> all = Files.list(home)) {
            files = all.filter(each -> each.toString().endsWith(".html"))
                    .sorted()
                    .toList();
        }
        List<byte[]> pages = new ArrayList<>();
        for (Path file : files) {
            pages.add(Files.readAllBytes(file));
        }
        List<String> read = List.of();
        for (int i = 0; i < passes; i++) {
            read = pass(pages); // warms up
        }
        long start = System.nanoTime();
        for (int i = 0; i < passes; i++) {
            read = pass(pages);
        }
        System.out.println("result seconds " + (System.nanoTime() - start) / 1e9 / passes);
        System.out.println("result pages " + pages.size());
        for (int i = 0; i < read.size(); i++) {
            String name = files.get(i).getFileName().toString().replace(".html", ".txt");
            Files.writeString(texts.resolve(name), read.get(i));
        }
        ProcessBuilder scores = new ProcessBuilder(
                System.getenv("KAWI_PYTHON"),
                Path.of(System.getenv("KAWI_HOME"), "tests/bench/pages_row.py").toString(),
                texts.toString(),
                "score");
        scores.redirectError(ProcessBuilder.Redirect.INHERIT).redirectOutput(ProcessBuilder.Redirect.INHERIT);
        if (scores.start().waitFor() != 0) {
            throw new IllegalStateException("The texts could not be scored by tests/bench/pages_row.py.");
        }
    }

    private static List<String> pass(List<byte[]> pages) {
        return pages.stream()
                .map(each -> Page.of("http://h.example/x", "text/html", each).text())
                .toList();
    }
}
