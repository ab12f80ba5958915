package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import kawi.corpus.Archive;
import kawi.corpus.Compressed;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.WarcConversion;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResource;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcRevisit;
import org.netpreserve.jwarc.WarcTargetRecord;

/**
 * The pages of a web archive (WARC, ISO 28500; also the WET files of Common Crawl), compressed or not, as documents. A
 * page's own licence counts; one that states none is unstated, which no policy allows. A damaged record costs that
 * record: the reading goes on at the next that can be found. What is no page (an error, a picture, a record about
 * another) is set aside and counted.
 */
public final class WarcFile {
    private static final int MOST_IDLE = 100;
    /** Records about the others, not of content. */
    private static final Set<String> ABOUT = Set.of("warcinfo", "request", "metadata");

    private final SeekableByteChannel file;
    private final String name;
    private final Source source;
    private final Intake intake;
    private final Map<String, Integer> others = new TreeMap<>();
    /** Why nothing could be read after the record at {@link #doubtAt}, until it is said; null where all is well. */
    private String doubt;

    private long doubtAt;
    private int revisits;
    private int about;

    private WarcFile(SeekableByteChannel file, String name, Source source, Intake intake) {
        this.file = file;
        this.name = name;
        this.source = source;
        this.intake = intake;
    }

    /**
     * Reads the pages of a WARC file into memory: see {@link #stream} for one that is larger.
     *
     * @param warcGz the file, compressed or not
     * @param source what the documents are said to come from
     * @param progress hears of the pages read
     * @return the documents, and what was set aside or repaired
     * @throws KitException where the file is not there or may not be read
     */
    public static Reading read(Path warcGz, Source source, Progress progress) {
        Sample all = new Sample(Integer.MAX_VALUE, Long.MAX_VALUE);
        return all.reading(stream(warcGz, source, all, progress));
    }

    /**
     * Reads a WARC file and hands on its pages one at a time, in memory that does not grow with it.
     *
     * @param warcGz the file, compressed or not
     * @param source what the documents are said to come from
     * @param taker is given every document, and what is set aside or repaired
     * @param progress hears of the pages read
     * @return what was read, in numbers; where the thread was interrupted or the taker wanted no more, of what was read
     *     until then
     * @throws KitException where the file is not there or may not be read
     * @throws RuntimeException that of the taker, where it fails
     */
    public static Account stream(Path warcGz, Source source, Taker taker, Progress progress) {
        Intake intake = new Intake(source, taker, progress);
        try (FileChannel file = FileChannel.open(warcGz, StandardOpenOption.READ)) {
            new WarcFile(file, warcGz.getFileName().toString(), source, intake).read();
            intake.finish();
        } catch (Intake.Enough e) {
            // Interrupted, or no more is wanted: the pages read until then count.
        } catch (IOException e) {
            intake.left();
            throw KitException.of(e, "reading a crawl", warcGz);
        }
        return intake.account();
    }

    /** Reads one out of the reader's own data. A record has its address; the file's licence is not the pages'. */
    static void read(Content content, Source source, Intake intake) throws IOException {
        String format = Compressed.format(content.head());
        boolean asAWhole = format != null && !format.equals("gzip"); // which packs each record, or is read as if it did
        try (SeekableByteChannel file = (asAWhole ? content.unpacked() : content).channel()) {
            new WarcFile(file, content.name(), source, intake).read();
        }
    }

    private void read() throws IOException {
        long before = intake.said();
        if (file.size() == 0) {
            intake.skipped(name, "empty");
            return;
        }
        long first = WarcBeginnings.atTheHead(file) ? 0 : WarcBeginnings.next(file, 0);
        if (first < 0) {
            intake.skipped(name, "not a web archive: no record (WARC/1.0 or later) begins in it");
            return;
        }
        if (first > 0) {
            intake.skipped(name, first + " bytes before the first record that can be read");
        }
        for (long at = first; at >= 0 && at < file.size(); ) {
            at = readFrom(at);
        }
        if (revisits > 0) {
            intake.skipped(
                    name,
                    revisits + (revisits == 1 ? " visit" : " visits")
                            + " that found a page unchanged; it lies where it was kept first");
        }
        if (about > 0 && intake.said() == before) {
            intake.skipped(
                    name,
                    about + (about == 1 ? " record" : " records") + " about pages that are not in it"
                            + " (metadata), no text");
        }
        others.forEach((type, count) -> intake.skipped(
                name, count + (count == 1 ? " record" : " records") + " of the type " + type + ", not read"));
    }

    /**
     * A record as it was read, until what follows it shows that it ended where it says.
     *
     * @param bytes its block, as far as it could be read
     * @param failure why that is not all of it, or null
     */
    private record Held(WarcRecord record, long at, byte[] bytes, IOException failure) {}

    /** Reads records from here on. {@return where to go on after a damaged one, or -1 at the end} */
    private long readFrom(long from) throws IOException {
        long at = from;
        Held held = null;
        String reason;
        try {
            file.position(from);
            // Not closed: that would close the file.
            WarcReader reader = new WarcReader(unclosed(file));
            while (true) {
                Optional<WarcRecord> record = reader.next();
                settle(held, null);
                held = null;
                sayDoubt(from);
                if (record.isEmpty()) {
                    return -1;
                }
                at = Math.max(at, from + reader.position());
                held = hold(record.get(), at);
                if (held.failure() != null) {
                    throw held.failure();
                }
            }
        } catch (Intake.Enough e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            reason = e.getMessage() == null ? "it ends too early" : plain(e.getMessage());
        }
        long next = WarcBeginnings.next(file, at + 1);
        int inside = held == null ? -1 : WarcBeginnings.inside(held.bytes());
        boolean between = held != null && held.failure() == null;
        if (inside >= 0) {
            doubt = null;
            settle(
                    new Held(held.record(), at, Arrays.copyOf(held.bytes(), inside), null),
                    "its record is said to have " + length(held.record()) + " bytes, and another begins after " + inside
                            + "; what came before that is kept");
            if (next < 0) {
                intake.skipped(name + " at byte " + at, "damaged; what follows that record cannot be found");
            }
            return next;
        }
        settle(between ? held : null, null);
        if (next < 0) {
            intake.skipped(
                    name + " at byte " + (doubt == null ? at : doubtAt),
                    "cut short or damaged; the pages before it were read");
        } else if (between) {
            // Is it the next record that is damaged, or is this one longer than it says? The next reading tells.
            doubtAt = at;
            doubt = reason;
        } else {
            doubt = null;
            intake.skipped(name + " at byte " + at, "a damaged record, left out (" + reason + ")");
        }
        return next;
    }

    /** Reads the block of a record that may hold a page. */
    private static Held hold(WarcRecord record, long at) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        try {
            if (!(record instanceof WarcRevisit)
                    && (record instanceof WarcResponse
                            || record instanceof WarcConversion
                            || record instanceof WarcResource)) {
                whole(record.body().stream(), block);
            }
            return new Held(record, at, block.toByteArray(), null);
        } catch (IOException e) {
            return new Held(record, at, block.toByteArray(), e);
        }
    }

    private void settle(Held held, String note) {
        if (held != null) {
            // Nothing tells a length that is wrong by a whole record from a page that shows one.
            boolean shows = note == null && WarcBeginnings.inside(held.bytes()) >= 0;
            record(
                    held.record(),
                    held.at(),
                    held.bytes(),
                    shows ? "what looks like another record stands in it, kept as its text" : note);
        }
    }

    private static String length(WarcRecord record) {
        return record.headers().first("Content-Length").orElse("no");
    }

    /** Says that bytes were passed over between two records that could be read. */
    private void sayDoubt(long from) {
        if (doubt != null) {
            intake.skipped(
                    name + " at byte " + doubtAt,
                    "what follows this record cannot be read (" + doubt + "); reading goes on at byte " + from);
            doubt = null;
        }
    }

    private void record(WarcRecord record, long at, byte[] block, String note) {
        if (record instanceof WarcRevisit) {
            revisits++;
        } else if (record instanceof WarcTargetRecord content && content.target() == null) {
            intake.skipped(name + " at byte " + at, "a record without an address (WARC-Target-URI)");
        } else if (record instanceof WarcResponse response) {
            apart(block, at, own -> response(response, at, block, note, own));
        } else if (record instanceof WarcConversion || record instanceof WarcResource) {
            WarcTargetRecord content = (WarcTargetRecord) record;
            if (content.target().startsWith("metadata:") || content.target().startsWith("warcinfo:")) {
                others.merge(record.type(), 1, Integer::sum); // what a crawler writes of itself, such as its log
                return;
            }
            apart(block, at, own -> body(content.target(), type(record), block, note, own));
        } else if (!ABOUT.contains(record.type())) {
            others.merge(record.type(), 1, Integer::sum);
        } else if (record.type().equals("metadata")) {
            about++;
        }
    }

    private void apart(byte[] block, long at, Consumer<Intake> work) {
        intake.apart(name + " at byte " + at, (long) Page.TIMES_ITS_SIZE * block.length, work);
    }

    private static String type(WarcRecord record) {
        return record.headers().first("Content-Type").orElse("");
    }

    private void response(WarcResponse response, long at, byte[] block, String note, Intake own) {
        String where = response.target();
        HttpResponse http;
        try {
            if (!response.contentType().base().equals(MediaType.HTTP)) {
                own.skipped(
                        where,
                        "a response of the type " + response.contentType().base() + ", not a page");
                return;
            }
        } catch (IllegalArgumentException e) {
            own.skipped(name + " at byte " + at, "a response of a type that cannot be read: " + plain(e.getMessage()));
            return;
        }
        try {
            http = HttpResponse.parseWithoutBody(Channels.newChannel(new ByteArrayInputStream(block)), null);
        } catch (IOException | IllegalArgumentException e) {
            own.skipped(name + " at byte " + at, "a response that is not HTTP: " + plain(e.getMessage()));
            return;
        }
        String type = http.headers().first("Content-Type").orElse("");
        if (http.status() == 0) {
            own.skipped(where, "a response without a status");
        } else if (http.status() < 200 || http.status() > 299) {
            own.skipped(where, "answers " + http.status());
        } else if (!isText(type)) {
            own.skipped(where, "not text: " + type.strip().toLowerCase(Locale.ROOT));
        } else {
            try {
                HttpBody.Plain plain = HttpBody.of(
                        block,
                        http.headers().first("Transfer-Encoding").orElse(""),
                        String.join(",", http.headers().all("Content-Encoding")));
                body(where, type, plain.bytes(), note == null ? plain.note() : note, own);
            } catch (IOException | IllegalArgumentException e) {
                own.skipped(where, "its body cannot be decoded: " + plain(e.getMessage()));
            }
        }
    }

    private void body(String where, String type, byte[] body, String note, Intake own) {
        if (!isText(type)) {
            own.skipped(where, "not text: " + type.strip().toLowerCase(Locale.ROOT));
            return;
        }
        if (body.length > Archive.LARGEST) {
            own.skipped(where, "more than " + Archive.LARGEST + " bytes");
            return;
        }
        Page page = Page.of(where, type, body);
        if (new Decoded(page.text(), null).binary() > 0.01) {
            own.skipped(where, "not text");
            return;
        }
        own.repaired(page.url(), new Decoded("", note));
        own.repaired(page.url(), new Decoded("", page.note()));
        own.omitted(page.left());
        own.take(Document.collected(
                source.id(),
                page.url(),
                page.title(),
                page.author(),
                page.year(),
                source.genre(),
                page.licence() == null ? "LicenseRef-unstated" : page.licence(),
                page.url(),
                page.text()));
    }

    /** A body up to a byte more than is taken. A stream that only ever gives nothing is at its end, and damaged. */
    private static void whole(InputStream in, ByteArrayOutputStream body) throws IOException {
        byte[] buffer = new byte[1 << 13];
        int idle = 0;
        for (int count; body.size() <= Archive.LARGEST && (count = in.read(buffer)) >= 0; ) {
            body.write(buffer, 0, count);
            idle = count == 0 ? idle + 1 : 0;
            if (idle > MOST_IDLE) {
                throw new EOFException("its body ends too early");
            }
        }
    }

    private static boolean isText(String stated) {
        String type = stated.strip().toLowerCase(Locale.ROOT);
        return type.isEmpty()
                || type.startsWith("text/html")
                || type.startsWith("text/plain")
                || type.startsWith("application/xhtml");
    }

    private static String plain(String message) {
        String line = String.valueOf(message).lines().findFirst().orElse("");
        return line.length() > 120 ? line.substring(0, 120) + "..." : line;
    }

    private static ReadableByteChannel unclosed(SeekableByteChannel file) {
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                return file.read(into);
            }

            @Override
            public boolean isOpen() {
                return file.isOpen();
            }

            @Override
            public void close() {
                // The file outlives its readers.
            }
        };
    }
}
