package kawi.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What goes over the line to a caller: a whole answer, a stream of pieces, or an error. */
final class CallerLine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MOST_DRAINED = 256L << 20;
    private static final long HEARTBEAT_MILLISECONDS = 2_000;

    private CallerLine() {}

    static ProtocolError failed(RuntimeException e) {
        return ProtocolError.of(500, "server_error", null, "The server failed at this request: " + e);
    }

    /**
     * Until the answer is there, a space now and then shows whether the caller still listens: JSON may begin with it.
     */
    static void whole(HttpExchange exchange, Writing writing, Replies replies)
            throws IOException, InterruptedException {
        List<Replies.Choice> choices = new ArrayList<>();
        OutputStream out = null;
        while (true) {
            Writing.News news = writing.next(HEARTBEAT_MILLISECONDS);
            if (news == null) {
                out = out == null ? begin(exchange, "application/json") : out;
                out.write(' ');
                out.flush();
            } else if (news instanceof Writing.News.Done done) {
                choices.add(done.choice());
            } else if (news instanceof Writing.News.Failed failed && out == null) {
                throw failed.cause();
            } else if (news instanceof Writing.News.Failed failed) {
                out.write(JSON.writeValueAsBytes(failed(failed.cause()).body()));
                out.close();
                return;
            } else if (news instanceof Writing.News.Finished && out == null) {
                send(exchange, 200, replies.whole(choices));
                return;
            } else if (news instanceof Writing.News.Finished) {
                out.write(JSON.writeValueAsBytes(replies.whole(choices)));
                out.close();
                return;
            }
        }
    }

    /**
     * Server-sent events, one JSON object each, and {@code [DONE]} at the end; a comment now and then while it waits.
     */
    static void stream(HttpExchange exchange, Writing writing, Replies replies, boolean usage)
            throws IOException, InterruptedException {
        List<Replies.Choice> choices = new ArrayList<>();
        try (OutputStream out = begin(exchange, "text/event-stream; charset=utf-8")) {
            while (true) {
                Writing.News news = writing.next(HEARTBEAT_MILLISECONDS);
                if (news == null) {
                    out.write(": waiting\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                } else if (news instanceof Writing.News.Begun begun) {
                    event(out, replies.begin(begun.index(), begun.echoed()));
                } else if (news instanceof Writing.News.Piece piece) {
                    event(out, replies.piece(piece.index(), piece.text()));
                } else if (news instanceof Writing.News.Done done) {
                    choices.add(done.choice());
                    event(out, replies.end(done.choice().index(), done.choice().written()));
                } else if (news instanceof Writing.News.Failed failed) {
                    event(out, failed(failed.cause()).body());
                    return;
                } else {
                    if (usage) {
                        event(out, replies.count(choices));
                    }
                    out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    return;
                }
            }
        }
    }

    private static OutputStream begin(HttpExchange exchange, String type) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    private static void event(OutputStream out, Object object) throws IOException {
        out.write(("data: " + JSON.writeValueAsString(object) + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    static void send(HttpExchange exchange, int status, Object body) throws IOException {
        if (status >= 400) {
            drain(exchange.getRequestBody());
        }
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** A caller that is still sending hears of a refusal only when all was read; beyond a limit it is cut off. */
    private static void drain(InputStream rest) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = MOST_DRAINED;
        for (int read = 0; left > 0 && read >= 0; left -= Math.max(read, 0)) {
            read = rest.read(buffer);
        }
    }
}
