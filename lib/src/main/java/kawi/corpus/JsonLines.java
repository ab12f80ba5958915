package kawi.corpus;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import kawi.evidence.KitException;

/** A corpus read from a {@code .jsonl.gz} file, line by line, each as {@link JsonRecord} says. */
public final class JsonLines implements Corpus {
    /** Writes and reads the kit's own JSON; fields that a later kit added are passed over. */
    public static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Reads a line as the kit writes it, and nothing else; whatever else there is, {@link JsonRecords} reads. */
    private static final ObjectReader AS_WRITTEN = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build()
            .readerFor(Document.class);

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
        private final Deque<Document> pending = new ArrayDeque<>();
        private final InputStream in;
        private final Lines lines;
        private final JsonRecords records;
        private Document next;

        Reading() {
            try {
                in = new BufferedInputStream(open(), 1 << 16);
            } catch (IOException e) {
                throw KitException.of(e, "reading a corpus", file);
            }
            lines = new Lines(in);
            records = new JsonRecords(
                    file.getFileName().toString(),
                    (where, reason) -> found.add(new Skipped(where, reason)),
                    (where, note) -> found.add(new Skipped(where, "kept: " + note)),
                    this::take);
            advance();
        }

        private InputStream open() throws IOException {
            InputStream raw = Files.newInputStream(file);
            try {
                return new Gunzip(raw);
            } catch (EOFException | ZipException e) {
                raw.close();
                throw new KitException(file.getFileName() + " is not a gzip file (" + file + "): make it again.", e);
            }
        }

        private void advance() {
            try {
                for (byte[] line; pending.isEmpty() && (line = lines.next()) != null; ) {
                    Document document = line.length == 0 ? null : asWritten(line);
                    if (document != null) {
                        pending.add(document);
                    } else {
                        records.line(lines, line);
                    }
                }
            } catch (IOException e) {
                throw KitException.of(e, "reading a corpus", file);
            }
            next = pending.poll();
            if (next == null) {
                close();
            }
        }

        /** The document on a line that the kit wrote, or null where the line is of another kind. */
        private Document asWritten(byte[] line) {
            try {
                Document document = AS_WRITTEN.readValue(line);
                return document == null
                                || document.id() == null
                                || document.source() == null
                                || document.text() == null
                                || !wellFormed(document)
                        ? null
                        : document;
            } catch (IOException e) {
                return null;
            }
        }

        private static boolean wellFormed(Document document) {
            return Stream.of(
                            document.id(),
                            document.source(),
                            document.title(),
                            document.author(),
                            document.genre(),
                            document.licence(),
                            document.url(),
                            document.text())
                    .allMatch(text -> text == null || text.equals(Decoded.wellFormed(text)));
        }

        private boolean take(String where, JsonRecord record) {
            if (record.id() == null || record.source() == null) {
                found.add(new Skipped(where, "no id or no source"));
                return false;
            }
            return pending.add(new Document(
                    record.id(),
                    record.source(),
                    record.title(),
                    record.author(),
                    record.year(),
                    record.genre(),
                    record.licence(),
                    record.url(),
                    record.text()));
        }

        private void close() {
            records.end();
            if (lines.broken() != null) {
                found.add(new Skipped(
                        file.getFileName().toString(), lines.broken() + "; the documents before it were read"));
            }
            aside = List.copyOf(found);
            try {
                in.close();
            } catch (IOException e) {
                throw KitException.of(e, "reading a corpus", file);
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
