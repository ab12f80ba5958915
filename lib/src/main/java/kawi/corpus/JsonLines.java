package kawi.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import kawi.evidence.KitException;

/** A corpus read from a {@code .jsonl.gz} file, line by line. */
public final class JsonLines implements Corpus {
    public static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path file;
    private long size = -1;
    private List<Skipped> aside = List.of();

    private JsonLines(Path file) {
        this.file = file;
    }

    static Corpus open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new KitException(
                    "There is no corpus at " + file + ": run the notebook that makes it, or check the name.");
        }
        return new JsonLines(file);
    }

    @Override
    public synchronized long size() {
        if (size < 0) {
            Reading reading = new Reading();
            long count = 0;
            while (reading.hasNext()) {
                reading.next();
                count++;
            }
            size = count;
        }
        return size;
    }

    @Override
    public synchronized List<Skipped> skipped() {
        size();
        return aside;
    }

    @Override
    public Iterator<Document> iterator() {
        return new Reading();
    }

    @Override
    public String toString() {
        return "Corpus " + file.getFileName();
    }

    private final class Reading implements Iterator<Document> {
        private final List<Skipped> found = new ArrayList<>();
        private final InputStream in;
        private final Lines lines;
        private Document next;

        Reading() {
            try {
                in = new BufferedInputStream(open(), 1 << 16);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            lines = new Lines(in);
            advance();
        }

        private InputStream open() throws IOException {
            InputStream raw = Files.newInputStream(file);
            try {
                return new GZIPInputStream(raw, 1 << 16);
            } catch (EOFException | ZipException e) {
                raw.close();
                throw new KitException(file.getFileName() + " is not a gzip file (" + file + "): make it again.", e);
            }
        }

        private void advance() {
            next = null;
            for (byte[] line; next == null && (line = lines.next()) != null; ) {
                if (lines.skippedBytes() > 0) {
                    reject("a line of " + lines.skippedBytes() + " bytes, more than " + Lines.LONGEST);
                } else if (line.length > 0) {
                    parse(line);
                }
            }
            if (next == null) {
                close();
            }
        }

        private void parse(byte[] line) {
            try {
                Document document = JSON.readValue(line, Document.class);
                if (document.id() == null || document.source() == null || document.text() == null) {
                    reject("no id, source or text");
                } else {
                    next = document;
                }
            } catch (JsonProcessingException e) {
                reject("not a JSON document: " + e.getOriginalMessage());
            } catch (IOException e) {
                reject("not UTF-8: " + e.getMessage());
            }
        }

        private void reject(String reason) {
            found.add(new Skipped(file.getFileName() + " line " + lines.number(), reason));
        }

        private void close() {
            if (lines.broken() != null) {
                found.add(new Skipped(
                        file.getFileName().toString(), lines.broken() + "; the documents before it were read"));
            }
            aside = List.copyOf(found);
            try {
                in.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Document next() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            Document result = next;
            advance();
            return result;
        }
    }
}
