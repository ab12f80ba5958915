package kawi.clean;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.BlockGzip;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.corpus.Gunzip;
import kawi.corpus.JsonLines;
import kawi.evidence.AtomicFile;
import kawi.evidence.FolderLock;
import kawi.evidence.Hash;
import kawi.evidence.KitException;

/**
 * What a pipeline has done so far, in parts on disk, so that a run that was killed goes on behind the last of them. A
 * part has the lines that were written of some documents and, of each, what the steps that remember looked at: told
 * that again, they know what they knew. It counts as done when {@code part-N.json} lies beside {@code part-N.gz}, which
 * was whole before.
 *
 * <p>Each part has a hash of its documents and of the part before it, the first one of the run's settings. So a part is
 * used again only where all settings and all documents up to its end are the same.
 */
final class DoneParts implements AutoCloseable {
    /**
     * Letters of the documents in a part; a run that is killed does no more than these again, and what is under way.
     */
    static final long LETTERS = 1 << 22;

    private static final Pattern NAME = Pattern.compile("\\.?part-(\\d{1,9})\\.(json|gz)(\\..+\\.part)?");
    private static final int NONE = -1;

    /** Where, for which settings, and how many letters make a part. */
    record Place(Path folder, String settings, long letters) {
        DoneParts open() {
            return new DoneParts(this);
        }
    }

    /** What lies in {@code part-N.json}. */
    private record Part(long documents, String hash, Map<String, long[][]> tally) {}

    /** What takes in what was done. */
    interface Taker {
        void line(boolean kept, byte[] line);

        void remembered(String id, byte[][] seen);

        void tally(Map<String, long[][]> numbers);
    }

    private final Place place;
    private final FolderLock lock;
    private int number;
    private String hash;
    private long done;

    private AtomicFile file;
    private DataOutputStream out;
    private Tally tally;
    private long documents;
    private long letters;
    private String next;

    private DoneParts(Place place) {
        this.place = place;
        this.lock = FolderLock.acquire(place.folder);
        this.hash = Hash.of(place.settings);
    }

    /** {@return whether a part lies there, of whatever run} */
    boolean any() {
        return Files.exists(described(0));
    }

    /**
     * Takes in what an earlier run with these settings did with these documents, and removes what is of another.
     *
     * @return the documents that are left to do
     */
    Iterator<Document> goOn(Corpus corpus, Taker taker) {
        Iterator<Document> documents = corpus.iterator();
        for (Part part; (part = read()) != null; ) {
            String found = hash;
            long count = 0;
            for (; count < part.documents && documents.hasNext(); count++) {
                found = follow(found, Hash.of(DocumentBytes.of(documents.next())));
            }
            if (count < part.documents || !found.equals(part.hash)) {
                documents = corpus.iterator();
                for (long i = 0; i < done; i++) {
                    documents.next();
                }
                break;
            }
            take(part, taker);
            hash = part.hash;
            done += part.documents;
            number++;
        }
        remove(number);
        return documents;
    }

    /** {@return how many documents the parts have} */
    long done() {
        return done;
    }

    private static String follow(String before, String document) {
        return Hash.of(before + document);
    }

    private Path content() {
        return place.folder.resolve("part-" + number + ".gz");
    }

    private Path described(int which) {
        return place.folder.resolve("part-" + which + ".json");
    }

    /** {@return the next part; null where there is none, or none that is whole} */
    private Part read() {
        try (InputStream description = new FileInputStream(described(number).toFile())) {
            Part part = JsonLines.JSON.readValue(description.readAllBytes(), Part.class);
            if (part == null || part.hash == null || part.tally == null) {
                return null;
            }
            try (InputStream in = lines()) {
                in.transferTo(OutputStream.nullOutputStream()); // its checksums
            }
            return part;
        } catch (IOException e) {
            return null; // it is made again
        }
    }

    /** Not by a channel, which an interrupt would close. */
    private InputStream lines() throws IOException {
        return new Gunzip(new FileInputStream(content().toFile()));
    }

    private void take(Part part, Taker taker) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(lines()))) {
            for (long i = 0; i < part.documents; i++) {
                taker.line(in.readBoolean(), frame(in));
                String id = new String(frame(in), StandardCharsets.UTF_16BE);
                byte[][] seen = new byte[in.readInt()][];
                for (int step = 0; step < seen.length; step++) {
                    seen[step] = frame(in);
                }
                taker.remembered(id, seen);
            }
        } catch (IOException e) {
            throw KitException.of(e, "reading what was cleaned so far", content());
        }
        taker.tally(part.tally);
    }

    /** Keeps what was done with a batch; the part ends where it is long enough. */
    void add(Batch batch) {
        if (file == null) {
            lock.check();
            file = AtomicFile.begin(content(), "keeping what was cleaned so far");
            out = new DataOutputStream(new BlockGzip(file.stream()));
            tally = null;
            documents = 0;
            letters = 0;
            next = hash;
        }
        try {
            for (Batch.Item item : batch.items) {
                out.writeBoolean(item.rejected == null);
                frame(item.line);
                frame(item.document.id().getBytes(StandardCharsets.UTF_16BE));
                out.writeInt(item.seen.size());
                for (byte[] each : item.seen) {
                    frame(each);
                }
                next = follow(next, item.came);
                documents++;
            }
        } catch (IOException e) {
            throw file.failure(e);
        }
        if (tally == null) {
            tally = batch.tally;
        } else {
            tally.add(batch.tally);
        }
        letters += batch.letters();
        if (letters >= place.letters) {
            end();
        }
    }

    private void end() {
        try {
            out.close();
        } catch (IOException e) {
            throw file.failure(e);
        }
        file.commit();
        Part part = new Part(documents, next, tally.numbers());
        AtomicFile.write(
                described(number),
                "keeping what was cleaned so far",
                to -> to.write(JsonLines.JSON.writeValueAsBytes(part)));
        file = null;
        hash = next;
        done += documents;
        number++;
    }

    private void frame(byte[] bytes) throws IOException {
        out.writeInt(bytes == null ? NONE : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length == NONE ? null : in.readNBytes(length);
    }

    /** Removes the parts: the result is written. */
    void finish() {
        discard();
        remove(0);
    }

    private void discard() {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    /** Removes parts from this one on, and what killed processes left of them: the folder is this run's alone. */
    private void remove(int from) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(place.folder)) {
            for (Path each : all) {
                Matcher name = NAME.matcher(each.getFileName().toString());
                if (name.matches() && Integer.parseInt(name.group(1)) >= from) {
                    Files.delete(each);
                }
            }
        } catch (IOException e) {
            throw KitException.of(e, "removing what was cleaned before", place.folder);
        }
    }

    @Override
    public void close() {
        try (lock) {
            discard();
        }
    }
}
