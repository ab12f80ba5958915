package kawi.crawl;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.readers.Account;
import kawi.readers.Reading;
import kawi.readers.Source;
import kawi.readers.Taker;
import kawi.readers.WarcFile;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.WarcCompression;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcWriter;
import org.netpreserve.jwarc.Warcinfo;

/** Pages as they came, in the archive format of web libraries (WARC 1.0, ISO 28500), one gzip member a record. */
public final class Warc {
    private Warc() {}

    static Writer writer(Path warcGz, Clock clock) {
        return new Writer(warcGz, clock);
    }

    /**
     * Reads the pages of a WARC file as documents of a source, all into memory.
     *
     * @param warcGz the file, compressed or not
     * @param source what the documents are said to come from
     * @param progress hears of the pages read
     * @return the documents, and what was set aside or repaired
     * @throws KitException where the file is not there or may not be read
     * @see WarcFile#read(Path, Source, Progress)
     */
    public static Reading read(Path warcGz, Source source, Progress progress) {
        return WarcFile.read(warcGz, source, progress);
    }

    /**
     * Hands on the pages of a WARC file as documents of a source, one at a time, in memory that does not grow with it.
     *
     * @param warcGz the file, compressed or not
     * @param source what the documents are said to come from
     * @param taker is given every document, and what is set aside or repaired
     * @param progress hears of the pages read
     * @return what was read, in numbers
     * @throws KitException where the file is not there or may not be read
     * @see WarcFile#stream(Path, Source, Taker, Progress)
     */
    public static Account stream(Path warcGz, Source source, Taker taker, Progress progress) {
        return WarcFile.stream(warcGz, source, taker, progress);
    }

    /** Writes records under a temporary name until it is finished. Record ids are made from the content, not drawn. */
    static final class Writer implements AutoCloseable {
        private final Path file;
        private final AtomicFile atomic;
        private final Clock clock;
        private final WarcWriter out;

        Writer(Path file, Clock clock) {
            this.file = file;
            this.clock = clock;
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
            } catch (IOException e) {
                throw KitException.of(e, "beginning a crawl", file);
            }
            this.atomic = AtomicFile.begin(file, "keeping a crawl");
            try {
                out = new WarcWriter(FileChannel.open(atomic.path(), StandardOpenOption.WRITE), WarcCompression.GZIP);
                Map<String, List<String>> about = new TreeMap<>(
                        Map.of("software", List.of(Fetcher.AGENT), "format", List.of("WARC File Format 1.0")));
                out.write(new Warcinfo.Builder()
                        .recordId(id("warcinfo", new byte[0]))
                        .date(clock.instant())
                        .filename(file.getFileName().toString())
                        .fields(about)
                        .build());
            } catch (IOException e) {
                atomic.close();
                throw atomic.failure(e);
            }
        }

        /** Keeps a page. The Date header is left out, since WARC-Date says when. */
        void response(String url, Fetcher.Answer answer) {
            response(url, answer, clock.instant());
        }

        /** Keeps a page that came at another time. */
        void response(String url, Fetcher.Answer answer, Instant came) {
            Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
            List.of("date", "transfer-encoding", "content-length", "connection").forEach(headers::remove);
            try {
                HttpResponse http = new HttpResponse.Builder(answer.status(), "OK")
                        .addHeaders(headers)
                        .body(
                                MediaType.parse(answer.headers()
                                        .firstValue("content-type")
                                        .orElse("text/html")),
                                answer.body())
                        .build();
                out.write(new WarcResponse.Builder(URI.create(url))
                        .recordId(id(url, answer.body()))
                        .date(came)
                        .body(http)
                        .build());
            } catch (IOException e) {
                throw atomic.failure(e);
            }
        }

        void finish() {
            try {
                out.close();
            } catch (IOException e) {
                throw atomic.failure(e);
            }
            atomic.commit();
        }

        @Override
        public void close() {
            try (atomic) {
                out.close();
            } catch (IOException e) {
                throw atomic.failure(e);
            }
        }

        private static UUID id(String url, byte[] body) {
            byte[] name = url.getBytes(StandardCharsets.UTF_8);
            byte[] all = java.util.Arrays.copyOf(name, name.length + body.length);
            System.arraycopy(body, 0, all, name.length, body.length);
            return UUID.nameUUIDFromBytes(all);
        }
    }
}
