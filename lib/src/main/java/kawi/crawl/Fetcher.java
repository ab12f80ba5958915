package kawi.crawl;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Fetches one address with every limit on: time, bytes, and no redirect followed on its own. */
final class Fetcher {
    /** Who asks; sites read it in their logs and in robots.txt. */
    static final String NAME = "kawi";

    static final String AGENT =
            NAME + "/0.1 (a kit for learning about language models; crawls slowly, obeys robots.txt)";

    /**
     * What came back.
     *
     * @param status HTTP status, or 0 where nothing came back
     * @param body the body, at most the limit
     * @param truncated whether the limit cut it
     * @param failure why nothing came back, or null
     */
    record Answer(int status, HttpHeaders headers, byte[] body, boolean truncated, String failure) {
        static Answer failed(String reason) {
            return new Answer(0, HttpHeaders.of(Map.of(), (a, b) -> true), new byte[0], false, reason);
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    private final HttpClient client;
    private final Duration timeout;
    private final int bytes;
    private final boolean anywhere;

    /**
     * Fetches as a crawler is told to.
     *
     * @param anywhere whether private addresses may be asked, as where the start names one
     * @param server where every name leads, or null for the network's own way
     */
    Fetcher(InetSocketAddress server, Duration timeout, int bytes, boolean anywhere) {
        this.anywhere = anywhere || server != null;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .proxy(server == null ? ProxySelector.getDefault() : ProxySelector.of(server))
                .build();
        this.timeout = timeout;
        this.bytes = bytes;
    }

    /** Fetches; never throws for what a server does. */
    Answer get(URI address) throws InterruptedException {
        return get(address, bytes);
    }

    /** The same with another limit of bytes. */
    Answer get(URI address, int most) throws InterruptedException {
        return get(address, most, Map.of());
    }

    /** The same with headers of its own, such as conditions. */
    Answer get(URI address, int most, Map<String, String> headers) throws InterruptedException {
        String refusal = anywhere ? null : Addresses.refusal(address);
        if (refusal != null) {
            return Answer.failed(refusal);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("User-Agent", AGENT)
                .header("Accept", "text/html, text/plain;q=0.9")
                .timeout(timeout);
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<LimitedBody.Content>> future =
                client.sendAsync(request.build(), info -> new LimitedBody(most));
        try {
            HttpResponse<LimitedBody.Content> response = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(
                    response.statusCode(),
                    response.headers(),
                    response.body().bytes(),
                    response.body().truncated(),
                    null);
        } catch (TimeoutException e) {
            future.cancel(true);
            return Answer.failed("no end after " + timeout.toMillis() / 1000.0 + " s");
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            return Answer.failed(reason(e.getCause()));
        }
    }

    private String reason(Throwable cause) {
        if (cause instanceof java.net.http.HttpTimeoutException) {
            return "no end after " + timeout.toMillis() / 1000.0 + " s";
        }
        if (cause instanceof ConnectException || cause.getCause() instanceof UnresolvedAddressException) {
            return "is down or unknown: nothing answers at its address";
        }
        return cause instanceof IOException ? "broke off: " + cause.getMessage() : String.valueOf(cause.getMessage());
    }
}
