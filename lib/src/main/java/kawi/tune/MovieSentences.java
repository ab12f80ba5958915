package kawi.tune;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.corpus.Archive;
import kawi.evidence.KitException;
import kawi.readers.RatedSentences;

/**
 * Makes examples of the sentences of film reviews that people rated from -4 (very negative) to 4 (very positive). Hutto
 * and Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social media text", ICWSM 2014; the
 * sentences are Pang and Lee's. Catalog: sentiment-vader, whose part names the table.
 */
final class MovieSentences {
    /** Sentences rated nearer to zero than this are neither positive nor negative. */
    static final double CLEAR = 0.5;

    private MovieSentences() {}

    /**
     * Examples "positive" and "negative".
     *
     * @param file the package
     * @param part the table in it, as {@link Archive#part} takes it
     * @throws KitException when it cannot be read or holds no such sentences
     */
    static Pool read(Path file, String part) {
        if (part == null) {
            throw new KitException("The catalog names no \"part\" for sentiment-vader: the path of the table of rated"
                    + " sentences in " + file.getFileName() + ".");
        }
        Pool.Gathering pool = new Pool.Gathering();
        Map<String, Integer> notes = new TreeMap<>();
        for (RatedSentences.Sentence sentence : RatedSentences.sentences(
                Archive.part(file, part),
                (where, reason) -> pool.leaveOut(reason),
                (where, note) -> notes.merge(note, 1, Integer::sum))) {
            if (sentence.rating() == null) {
                pool.leaveOut(RatedSentences.NO_RATING);
            } else if (sentence.text().isBlank()) {
                pool.leaveOut("empty");
            } else if (Math.abs(sentence.rating()) < CLEAR) {
                pool.leaveOut("rated nearer to zero than " + CLEAR);
            } else {
                pool.add(example(sentence.rating(), sentence.text()));
            }
        }
        notes.remove(RatedSentences.NO_RATING); // left out here, and counted so
        notes.forEach(pool::readOtherwise);
        if (pool.isEmpty()) {
            throw new KitException(file.getFileName() + " holds no rated sentences at " + part
                    + ": correct the \"part\" of sentiment-vader in the catalog, or restore the catalog.");
        }
        return pool.pool();
    }

    private static Example example(double rating, String text) {
        String slice = Math.abs(rating) >= 2 ? "strong" : Math.abs(rating) >= 1 ? "clear" : "mild";
        return Example.of(
                slice,
                "",
                text.replace("''", "\"").replaceAll("\\s+", " "),
                List.of(rating > 0 ? "positive" : "negative"));
    }
}
