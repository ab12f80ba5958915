package kawi.crawl;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import kawi.evidence.Progress;

/** A site whose pages are functions of what is asked: http://h.example/, on loopback. */
final class OwnSite implements AutoCloseable {
    /** An answer, its headers of the form "Name: value". */
    record Answer(int status, byte[] body, List<String> headers) {}

    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    /** The conditions that came with the last request for each path. */
    final Map<String, String> conditions = Collections.synchronizedMap(new LinkedHashMap<>());

    private final Map<String, Function<Headers, Answer>> pages = new HashMap<>();
    private final HttpServer server;

    OwnSite() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(path);
            Headers headers = exchange.getRequestHeaders();
            conditions.put(
                    path,
                    headers.getOrDefault("If-None-Match", List.of()) + " "
                            + headers.getOrDefault("If-Modified-Since", List.of()));
            Answer answer = pages.getOrDefault(path, each -> new Answer(404, new byte[0], List.of()))
                    .apply(headers);
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            for (String header : answer.headers()) {
                String[] parts = header.split(": ", 2);
                if (parts[0].equals("Content-Type")) {
                    exchange.getResponseHeaders().set(parts[0], parts[1]);
                } else {
                    exchange.getResponseHeaders().add(parts[0], parts[1]);
                }
            }
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        });
        server.start();
    }

    OwnSite put(String path, String body, String... headers) {
        return put(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    OwnSite put(String path, byte[] body, String... headers) {
        return put(path, each -> new Answer(200, body, List.of(headers)));
    }

    OwnSite put(String path, int status, String... headers) {
        return put(path, each -> new Answer(status, new byte[0], List.of(headers)));
    }

    OwnSite put(String path, Function<Headers, Answer> answer) {
        pages.put(path, answer);
        return this;
    }

    /** A page that answers 304 where its tag is sent back. */
    OwnSite tagged(String path, String body, String tag, String... onUnchanged) {
        return put(
                path,
                headers -> tag.equals(headers.getFirst("If-None-Match"))
                        ? new Answer(304, new byte[0], List.of(onUnchanged))
                        : new Answer(200, body.getBytes(StandardCharsets.UTF_8), List.of("ETag: " + tag)));
    }

    Crawler crawler() {
        return Crawler.from("http://h.example/")
                .at(server.getAddress())
                .pause(Duration.ZERO)
                .clock(Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
    }

    Crawl crawl(Path file) {
        return crawler().run(file, Progress.NONE);
    }

    static Visit visit(Crawl crawl, String end) {
        return crawl.visits().stream()
                .filter(visit -> visit.url().endsWith(end))
                .reduce((a, b) -> b)
                .orElseThrow(() -> new AssertionError(end + " in " + crawl.visits()));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
