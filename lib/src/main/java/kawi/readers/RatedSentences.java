package kawi.readers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.evidence.KitException;

/**
 * Sentences with human ratings: a table of tab-separated id, rating and text, one document a line. Which table of the
 * archive is read is the source's {@linkplain Source#part() part}. The lines are decoded one by one, for in these
 * tables some are UTF-8 and some Windows-1252.
 */
public final class RatedSentences extends ArchiveReader {
    /** What is said of a sentence whose rating cannot be read. */
    public static final String NO_RATING = "its rating is no number";

    /** Ratings are between minus this and this. */
    private static final double HIGHEST = 4;

    /**
     * One of them.
     *
     * @param id the line's id
     * @param rating mean of the ratings, or null where the line has none that is a number
     * @param text the sentence
     */
    public record Sentence(String id, Double rating, String text) {}

    /** The reader of the format {@code rated-sentences}. */
    public RatedSentences() {}

    /**
     * {@return the sentences of a table, in its order}
     *
     * @param table the table
     * @param skipped hears of each line that is none: where, and why
     * @param repaired hears of each line that was decoded another way, and of each rating that is no number
     */
    public static List<Sentence> sentences(
            Archive.Entry table, BiConsumer<String, String> skipped, BiConsumer<String, String> repaired) {
        List<Sentence> sentences = new ArrayList<>();
        int number = 0;
        for (String bytes : new String(table.bytes(), StandardCharsets.ISO_8859_1).split("\r\n|\n|\r", -1)) {
            number++;
            Decoded line = Decoded.of(bytes.getBytes(StandardCharsets.ISO_8859_1));
            String where = table.path() + " line " + number;
            String[] fields = line.text().split("\t", 3);
            if (line.text().isBlank()) {
                continue;
            }
            if (fields.length < 3) {
                skipped.accept(where, "a line without id, rating and text");
                continue;
            }
            if (line.note() != null) {
                repaired.accept(where, line.note());
            }
            Double rating = null;
            try {
                rating = Double.valueOf(fields[1]);
                if (!(Math.abs(rating) <= HIGHEST)) { // also NaN, which Java reads as a number
                    throw new NumberFormatException(fields[1]);
                }
            } catch (NumberFormatException e) {
                rating = null;
                repaired.accept(where, NO_RATING);
            }
            sentences.add(new Sentence(fields[0], rating, fields[2].strip()));
        }
        return sentences;
    }

    @Override
    protected boolean wants(String path) {
        throw new KitException("A source of the format rated-sentences needs a \"part\" in the catalog: the path of the"
                + " table in its archive.");
    }

    @Override
    protected void read(Source source, Source.Parcel parcel, Archive.Entry table, Intake intake) {
        String url = parcel.locate(table.path());
        for (Sentence sentence : sentences(
                table,
                (where, reason) -> intake.skipped(parcel.locate(where), reason),
                (where, note) -> intake.repaired(parcel.locate(where), note))) {
            intake.take(Document.collected(
                    source.id(),
                    table.path() + sentence.id(),
                    null,
                    null,
                    null,
                    source.genre(),
                    source.licence(),
                    url,
                    sentence.text()));
        }
    }
}
