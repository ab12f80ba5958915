package kawi.crawl;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.ZipException;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.readers.Intake;
import kawi.readers.Reading;
import kawi.readers.Source;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.ParsingException;
import org.netpreserve.jwarc.WarcCompression;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
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
     * Reads the pages of a WARC file as documents of a source. A page's own licence counts; one that states none is
     * unstated, which no policy allows. A file cut short gives the pages before the cut.
     */
    public static Reading read(Path warcGz, Source source, Progress progress) {
        Intake intake = new Intake(source, Integer.MAX_VALUE, Long.MAX_VALUE, progress);
        String file = warcGz.getFileName().toString();
        try (WarcReader reader = new WarcReader(warcGz)) {
            for (Optional<WarcRecord> record; (record = reader.next()).isPresent(); ) {
                if (record.get() instanceof WarcResponse response) {
                    page(source, response, intake);
                }
            }
        } catch (EOFException | ZipException | ParsingException e) {
            intake.skipped(file, "cut short or damaged; the pages before it were read");
        } catch (Intake.Enough e) {
            // Interrupted: the pages read until then are kept.
        } catch (IOException e) {
            throw KitException.of(e, "reading a crawl", warcGz);
        }
        return intake.reading();
    }

    private static void page(Source source, WarcResponse response, Intake intake) throws IOException {
        HttpResponse http = response.http();
        byte[] body = http.body().stream().readAllBytes();
        Page page =
                Page.of(response.target(), http.headers().first("Content-Type").orElse(""), body);
        intake.repaired(page.url(), new Decoded("", page.note()));
        intake.take(Document.collected(
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
                        .date(clock.instant())
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
