package kawi.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Writes a corpus file. The file is complete or absent: it is written under a temporary name and moved by
 * {@link #finish()}; {@link #close()} without it throws the half file away, and a file of which one line could not be
 * written is never finished. Equal documents give equal bytes, for any number of cores, on which they are compressed
 * ({@link BlockGzip}).
 */
public final class CorpusWriter implements AutoCloseable {
    private final Path file;
    private final AtomicFile atomic;
    private final OutputStream out;
    private long documents;
    private boolean failed;

    CorpusWriter(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw KitException.of(e, "making a corpus's folder", file);
        }
        this.atomic = AtomicFile.begin(file, "writing a corpus");
        this.out = new BlockGzip(atomic.stream());
    }

    /**
     * Adds one document at the end.
     *
     * @param document the document
     * @return this
     * @throws KitException where it cannot be written
     */
    public CorpusWriter add(Document document) {
        write(document);
        documents++;
        return this;
    }

    /**
     * Adds one document at the end that was made a line of elsewhere, as on another core.
     *
     * @param document the document
     * @param line what {@link JsonLines#JSON} writes of it, without an end; null where it could not be written
     * @return this
     * @throws KitException where it cannot be written
     */
    public CorpusWriter add(Document document, byte[] line) {
        write(document, line);
        documents++;
        return this;
    }

    /** {@return number of documents so far} */
    public long documents() {
        return documents;
    }

    /**
     * Completes the file.
     *
     * @return the corpus, opened for reading
     * @throws KitException where a line could not be written, or the file cannot be
     */
    public Corpus finish() {
        complete();
        return Corpus.open(file);
    }

    /**
     * Adds one line that is not a {@link Document} but like one, such as a rejected document with its reason.
     *
     * @param line what Jackson writes as a JSON object
     * @throws KitException where it cannot be written
     */
    public void write(Object line) {
        write(line, null);
    }

    /**
     * The same of what was made a line of elsewhere.
     *
     * @param line what Jackson writes as a JSON object
     * @param written what {@link JsonLines#JSON} writes of it, without an end; null where it could not be written
     * @throws KitException where it cannot be written
     */
    public void write(Object line, byte[] written) {
        boolean whole = false;
        try {
            out.write(written == null ? JsonLines.JSON.writeValueAsBytes(line) : written);
            out.write('\n');
            whole = true;
        } catch (JsonProcessingException e) {
            String which = line instanceof Document document
                    ? "The document " + document.id() + " of " + document.source()
                    : "A line (" + line.getClass().getSimpleName() + ")";
            throw new KitException(
                    which + " cannot be written to " + file.getFileName() + " as JSON (" + e.getOriginalMessage()
                            + "): leave it out or mend it.",
                    e);
        } catch (IOException e) {
            throw atomic.failure(e);
        } finally {
            failed |= !whole;
        }
    }

    /**
     * Completes the file without opening it.
     *
     * @throws KitException where a line could not be written, or the file cannot be
     */
    public void complete() {
        if (failed) {
            atomic.close();
            throw new KitException("The corpus " + file.getFileName()
                    + " is not written, for one of its lines could not be: mend that and write it again.");
        }
        try {
            out.close();
        } catch (IOException e) {
            atomic.close();
            throw atomic.failure(e);
        }
        atomic.commit();
    }

    @Override
    public void close() {
        atomic.close();
    }

    @Override
    public String toString() {
        return "corpus in the making, " + file.getFileName() + ", " + documents + " documents";
    }
}
