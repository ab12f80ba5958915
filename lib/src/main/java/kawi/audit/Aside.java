package kawi.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import kawi.corpus.Gunzip;
import kawi.corpus.JsonLines;
import kawi.corpus.Lines;
import kawi.evidence.KitException;

/**
 * Something that was set aside, or kept with a note, while sources were read. A line of {@code aside.jsonl.gz}, which
 * has all of it, however much that is.
 *
 * @param source id of the source
 * @param what {@code set aside}, or {@code kept} where it was read otherwise than it was written, or in part
 * @param where file and line, entry of an archive, or address
 * @param reason why, or what was done, in a clause
 */
public record Aside(String source, String what, String where, String reason) {
    /**
     * Reads what {@link Collected#from} wrote, a line at a time.
     *
     * @param asideJsonlGz the file
     * @param reader is given each line, in the order in which it was written
     * @throws KitException where there is no such file, or it is not whole
     */
    public static void each(Path asideJsonlGz, Consumer<Aside> reader) {
        try (InputStream in = new Gunzip(Files.newInputStream(asideJsonlGz))) {
            Lines lines = new Lines(in);
            for (byte[] line; (line = lines.next()) != null; ) {
                reader.accept(JsonLines.JSON.readValue(line, Aside.class));
            }
            if (lines.broken() != null) {
                throw new KitException("What was set aside, in " + asideJsonlGz + ", is " + lines.broken()
                        + ": collect the sources again.");
            }
        } catch (NoSuchFileException e) {
            throw new KitException(
                    "Nothing that was set aside is at " + asideJsonlGz
                            + ": collect the sources again, or check the name.",
                    e);
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "What was set aside, in " + asideJsonlGz + ", is damaged: collect the sources again.", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading what was set aside", asideJsonlGz);
        }
    }
}
