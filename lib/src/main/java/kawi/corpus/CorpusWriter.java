package kawi.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import kawi.evidence.KitException;

/**
 * Writes a corpus file. The file is complete or absent: it is written under a temporary name and moved by
 * {@link #finish()}; {@link #close()} without it throws the half file away. Equal documents give equal bytes.
 */
public final class CorpusWriter implements AutoCloseable {
    private final Path file;
    private final Path partial;
    private final OutputStream out;
    private long documents;
    private boolean open = true;

    CorpusWriter(Path file) {
        this.file = file;
        this.partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            out = new BufferedOutputStream(new FixedGzip(Files.newOutputStream(partial)), 1 << 16);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Adds one document at the end. */
    public CorpusWriter add(Document document) {
        write(document);
        documents++;
        return this;
    }

    /** Number of documents so far. */
    public long documents() {
        return documents;
    }

    /** Completes the file and opens it for reading. */
    public Corpus finish() {
        complete();
        return Corpus.open(file);
    }

    public void write(Object line) {
        try {
            out.write(JsonLines.JSON.writeValueAsBytes(line));
            out.write('\n');
        } catch (JsonProcessingException e) {
            throw new KitException("A document cannot be written as JSON: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    public void complete() {
        try {
            open = false;
            out.close();
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        try {
            out.close();
        } catch (IOException e) {
            // The half file is thrown away below; that it could not be flushed changes nothing.
        } finally {
            try {
                Files.deleteIfExists(partial);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private KitException cannotWrite(IOException e) {
        return new KitException(
                "Cannot write " + file.getFileName() + " (" + e.getMessage()
                        + "): make room on the disk or choose another run folder, then run the cell again.",
                e);
    }
}
