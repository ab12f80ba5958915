package kawi.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Writes a corpus file. The file is complete or absent: it is written under a temporary name and moved by
 * {@link #finish()}; {@link #close()} without it throws the half file away. Equal documents give equal bytes.
 */
public final class CorpusWriter implements AutoCloseable {
    private final Path file;
    private final AtomicFile atomic;
    private final OutputStream out;
    private long documents;

    CorpusWriter(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw KitException.of(e, "making a corpus's folder", file);
        }
        this.atomic = AtomicFile.begin(file, "writing a corpus");
        try {
            out = new BufferedOutputStream(new FixedGzip(atomic.stream()), 1 << 16);
        } catch (IOException e) {
            atomic.close();
            throw atomic.failure(e);
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
            throw atomic.failure(e);
        }
    }

    public void complete() {
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
}
