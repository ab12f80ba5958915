package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarcWriterTest {
    @TempDir
    Path folder;

    @Test
    void aCrawlLeftByAnExceptionPublishesNothingAndAFinishedOneDoes() throws Exception {
        Path file = folder.resolve("pages.warc.gz");
        Fetcher.Answer answer = new Fetcher.Answer(
                200, HttpHeaders.of(Map.of(), (a, b) -> true), "<p>hello</p>".getBytes(), false, null);
        assertThrows(IllegalStateException.class, () -> {
            try (Warc.Writer writer = Warc.writer(file, Clock.systemUTC())) {
                writer.response("http://localhost/a", answer);
                throw new IllegalStateException("half way");
            }
        });
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
        try (Warc.Writer writer = Warc.writer(file, Clock.systemUTC())) {
            writer.response("http://localhost/a", answer);
            writer.finish();
        }
        assertTrue(Files.size(file) > 0);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
    }
}
