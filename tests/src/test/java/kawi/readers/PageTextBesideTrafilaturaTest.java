package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The text of sixty pages that were written for the kit, in twelve layouts and ten languages, each with its own text
 * beside it; what trafilatura 2.3.1 scores on them (with tables and comments, its defaults) was measured once and lies
 * there too. The measure is F1 of words counted with repetition; a Chinese sign is a word.
 */
class PageTextBesideTrafilaturaTest {
    private static final Path PAGES = Path.of(System.getProperty("kawi.home", "."), "tests/src/test/resources/pages");
    private static final Pattern WORD =
            Pattern.compile("[\u4e00-\u9fff]|[\\w&&[^\u4e00-\u9fff]]+", Pattern.UNICODE_CHARACTER_CLASS);

    private static Map<String, Integer> words(String text) {
        Map<String, Integer> words = new HashMap<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.merge(word.group(), 1, Integer::sum);
        }
        return words;
    }

    private static double f1(String own, String read) {
        Map<String, Integer> wanted = words(own);
        Map<String, Integer> got = words(read);
        double hit = wanted.entrySet().stream()
                .mapToInt(each -> Math.min(each.getValue(), got.getOrDefault(each.getKey(), 0)))
                .sum();
        double all = wanted.values().stream().mapToInt(n -> n).sum()
                + got.values().stream().mapToInt(n -> n).sum();
        return 2 * hit / all;
    }

    /** Our F1 by page. */
    private static Map<String, Double> scores() throws IOException {
        Map<String, Double> scores = new TreeMap<>();
        try (Stream<Path> all = Files.list(PAGES)) {
            for (Path file : all.filter(each -> each.toString().endsWith(".html"))
                    .sorted()
                    .toList()) {
                String name = file.getFileName().toString().replace(".html", "");
                Page page = Page.of("http://h.example/x", "text/html", Files.readAllBytes(file));
                scores.put(name, f1(Files.readString(PAGES.resolve(name + ".txt")), page.text()));
            }
        }
        return scores;
    }

    @Test
    void overAllPagesTheTextIsAtLeastAsGoodAsTrafilaturas() throws IOException {
        Map<String, Double> ours = scores();
        Map<String, Double> theirs = new TreeMap<>();
        for (String line : Files.readAllLines(PAGES.resolve("trafilatura-2.3.1.tsv"))) {
            String[] fields = line.split("\t");
            theirs.put(fields[0], Double.valueOf(fields[3]));
        }
        assertEquals(60, ours.size());
        assertEquals(theirs.keySet(), ours.keySet());
        double own = ours.values().stream().mapToDouble(n -> n).average().orElseThrow();
        double their = theirs.values().stream().mapToDouble(n -> n).average().orElseThrow();
        assertTrue(own >= their, own + " beside " + their + ": " + ours);
        List<String> lost = ours.entrySet().stream()
                .filter(each -> each.getValue() < 0.9)
                .map(each -> each.getKey() + " " + each.getValue())
                .toList();
        assertEquals(List.of(), lost, "no page may lose its text, whatever the mean says");
    }

    /**
     * Prints F1 by page, or writes the texts of a folder's pages.
     *
     * @param args nothing; or a folder of pages and one for their texts, which {@code tests/bench/pages.py} compares
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            scores().forEach((name, score) -> System.out.printf("%s\t%.4f%n", name, score));
            return;
        }
        Path texts = Files.createDirectories(Path.of(args[1]));
        try (Stream<Path> all = Files.list(Path.of(args[0]))) {
            for (Path file : all.filter(each -> each.toString().endsWith(".html"))
                    .sorted()
                    .toList()) {
                Page page = Page.of("http://h.example/x", "text/html", Files.readAllBytes(file));
                Files.writeString(texts.resolve(file.getFileName().toString().replace(".html", ".txt")), page.text());
            }
        }
    }
}
