package kawi.readers;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import kawi.corpus.Archive;
import org.brotli.dec.BrotliInputStream;

/**
 * The body of an HTTP message as its sender had it: chunks joined (RFC 9112), then gzip, deflate, Brotli and Zstandard
 * undone (RFC 9110). Archives often keep the headers and undo what they say: a body that is not in a coding is taken as
 * it is. One that is cut gives what came before the cut.
 */
public final class HttpBody {
    /**
     * A body.
     *
     * @param bytes the body, at most a byte more than {@link Archive#LARGEST}
     * @param note what was wrong with it, or null
     */
    public record Plain(byte[] bytes, String note) {}

    private HttpBody() {}

    /** The body of a whole message, its headers before it. */
    static Plain of(byte[] message, String transfer, String content) throws IOException {
        int begin = end(message);
        byte[] body = Arrays.copyOfRange(message, begin, message.length);
        if (!transfer.toLowerCase(Locale.ROOT).contains("chunked")) {
            return decoded(body, content);
        }
        Plain joined = joined(body);
        Plain plain = decoded(joined.bytes(), content);
        return plain.note() == null ? new Plain(plain.bytes(), joined.note()) : plain;
    }

    /** Where the headers end. */
    private static int end(byte[] message) {
        for (int i = 0; i + 1 < message.length; i++) {
            if (message[i] == '\n' && message[i + 1] == '\n') {
                return i + 2;
            }
            if (message[i] == '\n' && message[i + 1] == '\r' && i + 2 < message.length && message[i + 2] == '\n') {
                return i + 3;
            }
        }
        return message.length;
    }

    private static Plain joined(byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int at = 0;
        while (at < body.length) {
            int line = at;
            while (line < body.length && body[line] != '\n') {
                line++;
            }
            String size = new String(body, at, Math.min(line, at + 80) - at, StandardCharsets.ISO_8859_1)
                    .replaceFirst(";.*", "")
                    .strip();
            if (!size.matches("[0-9a-fA-F]{1,8}")) {
                return at == 0 ? new Plain(body, null) : new Plain(all.toByteArray(), "a chunk without a length");
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                return new Plain(all.toByteArray(), null);
            }
            int from = Math.min(line + 1, body.length);
            int count = (int) Math.min(length, body.length - from);
            all.write(body, from, count);
            at = from + count;
            while (at < body.length && (body[at] == '\r' || body[at] == '\n')) {
                at++;
            }
        }
        return new Plain(all.toByteArray(), "its last chunk does not end");
    }

    /**
     * {@return a body without its content codings}
     *
     * @param body the body
     * @param codings the header Content-Encoding, or empty
     * @throws IOException where a coding is not known or its data is damaged from the beginning
     */
    public static Plain decoded(byte[] body, String codings) throws IOException {
        List<String> names = Arrays.stream(codings.toLowerCase(Locale.ROOT).split("[,\\s]+"))
                .filter(name -> !name.isEmpty() && !name.equals("identity"))
                .toList();
        Plain plain = new Plain(body, null);
        for (int i = names.size() - 1; i >= 0; i--) {
            Plain next = undone(plain.bytes(), names.get(i));
            plain = new Plain(next.bytes(), next.note() == null ? plain.note() : next.note());
        }
        return plain;
    }

    private static Plain undone(byte[] body, String coding) throws IOException {
        switch (coding) {
            case "gzip", "x-gzip" -> {
                boolean packed = body.length > 1 && (body[0] & 0xff) == 0x1f && (body[1] & 0xff) == 0x8b;
                return packed ? whole(new GZIPInputStream(in(body))) : new Plain(body, null);
            }
            case "zstd" -> {
                boolean packed = body.length > 3 && body[0] == 0x28 && (body[1] & 0xff) == 0xb5;
                return packed ? whole(new ZstdInputStream(in(body))) : new Plain(body, null);
            }
            case "deflate" -> {
                try {
                    return whole(new InflaterInputStream(in(body)));
                } catch (IOException e) {
                    // Many servers leave out the zlib frame that the standard asks for.
                    try {
                        return whole(new InflaterInputStream(in(body), new Inflater(true)));
                    } catch (IOException raw) {
                        return asText(body, e);
                    }
                }
            }
            case "br" -> {
                try {
                    return whole(new BrotliInputStream(in(body)));
                } catch (IOException e) {
                    return asText(body, e);
                }
            }
            default -> throw new IOException("its body is coded as " + coding + ", which is not read");
        }
    }

    /** A body that is not in the coding it is said to be in, and begins as text does. */
    private static Plain asText(byte[] body, IOException failure) throws IOException {
        String head = new String(body, 0, Math.min(body.length, 200), StandardCharsets.ISO_8859_1).stripLeading();
        if (head.startsWith("<")) {
            return new Plain(body, null);
        }
        throw failure;
    }

    private static InputStream in(byte[] body) {
        return new ByteArrayInputStream(body);
    }

    private static Plain whole(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 13];
        int idle = 0;
        try (in) {
            for (int count; all.size() <= Archive.LARGEST && (count = in.read(buffer)) >= 0; ) {
                all.write(buffer, 0, count);
                idle = count == 0 ? idle + 1 : 0;
                if (idle > 100) {
                    throw new IOException("it ends too early");
                }
            }
            return new Plain(all.toByteArray(), null);
        } catch (IOException | IllegalStateException e) {
            if (all.size() == 0) {
                throw e instanceof IOException failure ? failure : new IOException(e.getMessage(), e);
            }
            return new Plain(all.toByteArray(), "its body is cut short or damaged; what came before is kept");
        }
    }
}
