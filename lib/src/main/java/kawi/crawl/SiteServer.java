package kawi.crawl;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import kawi.evidence.KitException;

/**
 * A small web site on loopback to crawl: the pages of a folder, and around them what crawlers meet on the open web,
 * namely a page that answers too slowly, one that never ends, a redirect, a redirect loop, a calendar without end, a
 * page whose header names the wrong encoding, a picture, and a door that stays shut.
 */
public final class SiteServer implements AutoCloseable {
    private final Path folder;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "site");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean open = true;

    private SiteServer(Path folder) throws IOException {
        this.folder = folder.toRealPath();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::file);
        server.createContext("/slow", exchange -> stream(exchange, 300));
        server.createContext("/endless", exchange -> stream(exchange, 0));
        server.createContext("/loop/a", exchange -> redirect(exchange, "/loop/b"));
        server.createContext("/loop/b", exchange -> redirect(exchange, "/loop/a"));
        server.createContext("/diary", exchange -> redirect(exchange, "/notes/1.html"));
        server.createContext(
                "/members",
                exchange -> answer(exchange, 403, "text/plain", "Members only.".getBytes(StandardCharsets.UTF_8)));
        server.createContext("/calendar/", this::calendar);
        server.start();
    }

    /**
     * Serves a folder on a free port of loopback until it is closed.
     *
     * @param folder the folder with the site's pages
     * @return the server, at work
     * @throws KitException where the folder is not there or no port is free
     */
    public static SiteServer start(Path folder) {
        try {
            return new SiteServer(folder);
        } catch (IOException e) {
            throw KitException.of(e, "serving the small web site", folder);
        }
    }

    /** {@return where it listens} */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /**
     * {@return the address of a path on it}
     *
     * @param path the path, with a slash at its beginning
     */
    public String url(String path) {
        return "http://127.0.0.1:" + address().getPort() + path;
    }

    @Override
    public void close() {
        open = false;
        server.stop(0);
        threads.shutdownNow();
    }

    private void file(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Path file = folder.resolve("." + (path.endsWith("/") ? path + "index.html" : path))
                .normalize();
        if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
            answer(exchange, 404, "text/plain", "No such page.".getBytes(StandardCharsets.UTF_8));
            return;
        }
        String name = file.getFileName().toString();
        byte[] body = Files.readAllBytes(file);
        if (name.equals("wrong-charset.html")) {
            body = new String(body, StandardCharsets.UTF_8).getBytes(Charset.forName("windows-1252"));
        }
        answer(
                exchange,
                200,
                name.endsWith(".html")
                        ? "text/html; charset=utf-8"
                        : name.endsWith(".txt") ? "text/plain" : "image/svg+xml",
                body);
    }

    private void calendar(HttpExchange exchange) throws IOException {
        String[] parts =
                exchange.getRequestURI().getPath().replaceAll("[^0-9/]", "").split("/");
        int months = parts.length < 4 || parts[2].isEmpty() || parts[3].isEmpty()
                ? 2024 * 12
                : Integer.parseInt(parts[2]) * 12 + Integer.parseInt(parts[3]);
        String html = "<html><head><title>Calendar</title></head><body><p>Nothing is planned for this month.</p><a "
                + "href=\"/calendar/"
                + months / 12 + "/" + (months % 12 + 1) + "\">next month</a></body></html>";
        answer(exchange, 200, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        answer(exchange, 301, "text/plain", new byte[0]);
    }

    /** Sends text until the other side hangs up, a line every so many milliseconds. */
    private void stream(HttpExchange exchange, long pause) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        byte[] line = "<p>And the tide came in, and the tide went out.</p>\n".getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = exchange.getResponseBody()) {
            while (open) {
                out.write(line);
                if (pause > 0) {
                    out.flush();
                    Thread.sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
