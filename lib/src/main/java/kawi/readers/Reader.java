package kawi.readers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/** Turns the files of a source into documents. A reader never stops at bad content: it sets it aside and goes on. */
public interface Reader {

    /** Reads all files of the source into the intake. */
    void read(Source source, List<Path> files, Intake intake) throws IOException;

    /** {@return the reader of a catalog entry's {@code format}} */
    static Reader of(String format) {
        Map<String, Reader> readers = Map.of(
                "speeches",
                new Speeches(),
                "plays",
                new Plays(),
                "chapters",
                new Chapters(),
                "javadoc",
                new Javadocs(),
                "emails",
                new Emails(),
                "rated-sentences",
                new RatedSentences(),
                "text",
                new PlainText());
        Reader reader = readers.get(format);
        if (reader == null) {
            throw new KitException("The catalog names the format " + format + "; the kit reads "
                    + String.join(", ", readers.keySet().stream().sorted().toList()) + ".");
        }
        return reader;
    }
}
