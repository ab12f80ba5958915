package kawi.tune;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;

/**
 * Reads the sentences of film reviews that people rated from -4 (very negative) to 4 (very positive). Hutto and
 * Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social media text", ICWSM 2014; the
 * sentences are Pang and Lee's. Catalog: sentiment-vader.
 */
final class MovieSentences {
    /** Sentences rated nearer to zero than this are neither positive nor negative. */
    static final double CLEAR = 0.5;

    private MovieSentences() {}

    /**
     * Examples "positive" and "negative".
     *
     * @param file the package
     * @throws KitException when it cannot be read or holds no such sentences
     */
    static List<Example> read(Path file) {
        List<Example> examples = new ArrayList<>();
        for (Archives.Entry inner : Archives.entries(file, p -> p.endsWith("hutto_ICWSM_2014.tar.gz"))) {
            try {
                for (Archives.Entry table :
                        Archives.tar(inner.bytes(), p -> p.endsWith("/movieReviewSnippets_GroundTruth.txt"))) {
                    lines(table.bytes()).forEach(line -> add(examples, line));
                }
            } catch (IOException e) {
                throw new KitException(
                        "the movie sentences in " + file.getFileName() + " cannot be unpacked (" + e.getMessage()
                                + "): remove the file from datasets/cache and run environment/setup",
                        e);
            }
        }
        if (examples.isEmpty()) {
            throw new KitException(file.getFileName()
                    + " holds no movieReviewSnippets_GroundTruth.txt: remove it and run environment/setup");
        }
        return examples;
    }

    /** A line is id, rating and text between tabs; a line that is not says nothing about a film and is passed over. */
    private static void add(List<Example> examples, String line) {
        String[] columns = line.split("\t", 3);
        double rating;
        try {
            rating = columns.length < 3 ? 0 : Double.parseDouble(columns[1]);
        } catch (NumberFormatException e) {
            return;
        }
        if (Math.abs(rating) >= CLEAR && !columns[2].isBlank()) {
            String slice = Math.abs(rating) >= 2 ? "strong" : Math.abs(rating) >= 1 ? "clear" : "mild";
            examples.add(Example.of(
                    slice,
                    "",
                    columns[2].strip().replace("''", "\"").replaceAll("\\s+", " "),
                    List.of(rating > 0 ? "positive" : "negative")));
        }
    }

    /** Lines decoded one by one: some of the file's are UTF-8, some Windows-1252. */
    private static List<String> lines(byte[] file) {
        return new String(file, StandardCharsets.ISO_8859_1)
                .lines()
                .map(l -> Archives.decode(l.getBytes(StandardCharsets.ISO_8859_1)))
                .toList();
    }
}
