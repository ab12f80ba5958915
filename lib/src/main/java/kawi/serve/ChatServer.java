package kawi.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kawi.evidence.KitException;

/**
 * Models behind a page and behind OpenAI's protocol: {@code /v1/models}, {@code /v1/chat/completions} and
 * {@code /v1/completions}, whole or streamed, so that clients of that protocol talk to a model of one's own.
 *
 * <p>It listens on loopback. Beyond it only callers that show a token are answered. Texts are written one after another
 * in the order in which they were asked for; a caller that hangs up ends its text. Pages of other sites are refused, so
 * that none can use a reader's browser to ask: a request must come as {@code application/json}, from no other origin,
 * and to a name that is this server's own.
 */
public final class ChatServer implements AutoCloseable {
    private static final int LARGEST_BODY = 32 << 20;
    private static final int MOST_WAITING = 64;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Map<String, ServedModel> models = new LinkedHashMap<>();
    private final Map<String, String> fingerprints = new LinkedHashMap<>();
    private final HttpServer server;
    private final String token;
    private final boolean loopback;
    private final long created = System.currentTimeMillis() / 1000;
    private final AtomicLong requests = new AtomicLong();
    private final ExecutorService callers = Executors.newCachedThreadPool(work -> daemon(work, "caller"));
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), work -> daemon(work, "models"));

    private ChatServer(List<ServedModel> models, HttpServer server, boolean loopback, String token) {
        for (ServedModel model : models) {
            if (this.models.put(model.id(), model) != null) {
                throw new KitException("Two of the models are called '" + model.id() + "': give each its own name.");
            }
            fingerprints.put(model.id(), model.fingerprint());
        }
        this.server = server;
        this.loopback = loopback;
        this.token = token;
        server.setExecutor(callers);
        server.createContext("/", this::answer);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Serves on loopback, on a free port, until it is closed.
     *
     * @param models the models, of which the first is the page's
     * @return the server, at work
     * @throws KitException where there is no model, or two have one name
     */
    public static ChatServer start(List<ServedModel> models) {
        return start(models, "127.0.0.1", 0, "");
    }

    /**
     * Serves on an address and port of one's own choice until it is closed.
     *
     * @param models the models, of which the first is the page's
     * @param address the name or number of one of this machine's addresses; {@code 0.0.0.0} for all of them
     * @param port from 1 to 65535; 0 for one that is free
     * @param token what callers must show as {@code Authorization: Bearer TOKEN}, at least 16 characters; empty for
     *     none, on loopback only
     * @return the server, at work
     * @throws KitException where there is no model, two have one name, the address or port cannot be had, or callers
     *     from beyond loopback would need no token
     */
    public static ChatServer start(List<ServedModel> models, String address, int port, String token) {
        if (models.isEmpty()) {
            throw new KitException("There is no model to serve: give at least one.");
        }
        if (port < 0 || port > 65535) {
            throw new KitException("The port " + port + " is none: choose from 1 to 65535, or 0 for one that is free.");
        }
        try {
            InetAddress where = InetAddress.getByName(address);
            if (!where.isLoopbackAddress() && token.length() < 16) {
                throw new KitException("Beyond loopback (" + address
                        + ") anybody could use the models: set a token of at least 16 characters, or"
                        + " listen on 127.0.0.1.");
            }
            HttpServer server = HttpServer.create(new InetSocketAddress(where, port), 0);
            ChatServer made = new ChatServer(models, server, where.isLoopbackAddress(), token);
            server.start();
            return made;
        } catch (UnknownHostException e) {
            throw new KitException("There is no address '" + address + "' here: say 127.0.0.1, or 0.0.0.0.", e);
        } catch (BindException e) {
            throw new KitException(
                    "Port " + port + " of " + address
                            + " is taken or not allowed: choose another one, or 0 for one that is" + " free.",
                    e);
        } catch (IOException e) {
            throw new KitException("The server could not begin on " + address + ": " + e.getMessage() + ".", e);
        }
    }

    /** {@return the page's address, such as {@code http://127.0.0.1:8899/}; clients add {@code v1} to it} */
    public URI address() {
        InetSocketAddress bound = server.getAddress();
        String host = bound.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : bound.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/");
    }

    /** Ends it: texts that are being written end at their next piece. */
    @Override
    public void close() {
        server.stop(0);
        writer.shutdownNow();
        callers.shutdownNow();
    }

    /** Waits until the writing thread has nothing to do; for tests of what is left behind. */
    boolean idle() {
        return writer.getActiveCount() == 0 && writer.getQueue().isEmpty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                route(exchange);
            } catch (ProtocolError e) {
                if (e.status() == 429) {
                    exchange.getResponseHeaders().set("Retry-After", "5");
                }
                CallerLine.send(exchange, e.status(), e.body());
            } catch (KitException e) {
                CallerLine.send(
                        exchange,
                        400,
                        ProtocolError.invalid(null, e.getMessage()).body());
            } catch (RuntimeException e) {
                CallerLine.send(exchange, 500, CallerLine.failed(e).body());
            }
        }
    }

    private void route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        guard(exchange, path);
        switch (path) {
            case "/" -> {
                method(exchange, "GET");
                page(exchange);
            }
            case "/v1/models" -> {
                method(exchange, "GET");
                Map<String, Object> list = new LinkedHashMap<>();
                list.put("object", "list");
                list.put(
                        "data",
                        models.values().stream()
                                .map(model -> Replies.model(model, created))
                                .toList());
                CallerLine.send(exchange, 200, list);
            }
            case "/v1/chat/completions", "/v1/completions" -> {
                method(exchange, "POST");
                complete(exchange, path.contains("chat"));
            }
            default -> {
                if (!path.startsWith("/v1/models/")) {
                    throw ProtocolError.of(
                            404,
                            "invalid_request_error",
                            "unknown_url",
                            "This server has no " + path + "; it has /, "
                                    + "/v1/models, /v1/chat/completions and /v1/completions.");
                }
                method(exchange, "GET");
                CallerLine.send(exchange, 200, Replies.model(model(path.substring("/v1/models/".length())), created));
            }
        }
    }

    /** Who may ask: callers with the token, and on loopback no page of another site. */
    private void guard(HttpExchange exchange, String path) {
        String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
        if (loopback && !LOOPBACK.contains(host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT))) {
            throw ProtocolError.of(403, "invalid_request_error", null, "This server is not called " + host + ".");
        }
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        if (origin != null && !origin.equals("http://" + host)) {
            throw ProtocolError.of(
                    403, "invalid_request_error", null, "Pages of " + origin + " may not ask this server.");
        }
        String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!token.isEmpty()
                && !path.equals("/")
                && !MessageDigest.isEqual(
                        shown.getBytes(StandardCharsets.UTF_8), ("Bearer " + token).getBytes(StandardCharsets.UTF_8))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            throw ProtocolError.of(
                    401, "invalid_request_error", "invalid_api_key", "This server asks for its token (API key).");
        }
    }

    private static void method(HttpExchange exchange, String wanted) {
        if (!exchange.getRequestMethod().equals(wanted)) {
            exchange.getResponseHeaders().set("Allow", wanted);
            throw ProtocolError.of(
                    405,
                    "invalid_request_error",
                    null,
                    "Not " + exchange.getRequestMethod() + " but " + wanted + " is what "
                            + exchange.getRequestURI().getPath() + " takes.");
        }
    }

    private ServedModel model(String id) {
        ServedModel model = models.get(id);
        if (model == null) {
            throw ProtocolError.of(
                    404,
                    "invalid_request_error",
                    "model_not_found",
                    "There is no model '" + id + "' here; there are " + String.join(", ", models.keySet()) + ".");
        }
        return model;
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw ProtocolError.of(
                    415,
                    "invalid_request_error",
                    null,
                    "A request comes as application/json, and this one as " + type + ".");
        }
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw ProtocolError.of(
                    413, "invalid_request_error", null, "The request is larger than " + (LARGEST_BODY >> 20) + " MB.");
        }
        return body;
    }

    private void complete(HttpExchange exchange, boolean chat) throws IOException {
        ChatRequest request = ChatRequest.read(body(exchange), chat);
        ServedModel model = model(request.model());
        if (chat && !model.chats()) {
            throw ProtocolError.invalid(
                    "model", "The model '" + model.id() + "' knows no chat: ask it by /v1/completions.");
        }
        Writing writing = new Writing(model, request, Writing.prompts(model, request));
        Replies replies = new Replies(
                request,
                Long.toString(created, 36) + Long.toString(requests.incrementAndGet(), 36),
                System.currentTimeMillis() / 1000,
                fingerprints.get(model.id()));
        try {
            writer.execute(writing);
        } catch (RejectedExecutionException e) {
            throw ProtocolError.of(
                            429,
                            "rate_limit_error",
                            null,
                            MOST_WAITING + " requests wait already: ask again in a while.")
                    .from(e);
        }
        try {
            if (request.stream()) {
                CallerLine.stream(exchange, writing, replies, request.usage());
            } else {
                CallerLine.whole(exchange, writing, replies);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server was closed
        } finally {
            writing.cancel(); // where all is written this does nothing; where the caller has gone it ends the text
        }
    }

    private static void page(HttpExchange exchange) throws IOException {
        try (InputStream in = ChatServer.class.getResourceAsStream("/kawi/serve/page.html")) {
            byte[] bytes = in.readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.getResponseHeaders()
                    .set(
                            "Content-Security-Policy",
                            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                                    + "connect-src 'self'; img-src data:; frame-ancestors 'self'");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
