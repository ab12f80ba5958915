package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;

/**
 * E-mails as they were sent: one document a message, its headers first. The body of a message in one part is decoded
 * from quoted-printable or base64 (RFC 2045) and from its declared character set; the parts of others stay as they are,
 * which a note says. Characters that the encoding does not have are passed over, as the RFC asks, and counted in a
 * note. An encoded subject is decoded for the title (RFC 2047), and stays as it was sent in the text. The sender is
 * personal data: it stays in the text, to be masked by the pipeline, and is not made a field.
 */
final class Emails extends ArchiveReader {
    private static final Pattern YEAR = Pattern.compile("\\b(199\\d|20\\d\\d)\\b");
    private static final Pattern BLANK_LINE = Pattern.compile("\r?\n\r?\n");
    private static final Pattern CHARSET = Pattern.compile("(?i)charset=\"?([^\";\\s]+)");
    private static final Pattern ENCODED_WORD =
            Pattern.compile("=\\?([^?\\s*]+)(?:\\*[^?\\s]*)?\\?([bBqQ])\\?([^?\\s]*)\\?=");
    private static final Pattern BETWEEN_ENCODED_WORDS = Pattern.compile("(\\?=)\\s+(?==\\?)");
    private static final Map<String, Pattern> HEADERS = Stream.of(
                    "Content-Type", "Content-Transfer-Encoding", "Date", "Subject")
            .collect(Collectors.toMap(
                    name -> name, name -> Pattern.compile("(?im)^" + name + ":[ \t]*(.*+(?:\r?\n[ \t]++.*+)*+)")));
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    /** Transfer encodings that leave the bytes as they are (RFC 2045). */
    private static final Set<String> AS_IS = Set.of("", "7bit", "8bit", "binary");

    @Override
    protected boolean wants(String path) {
        return path.matches(".*/data/[^/]+/[^/]+\\.txt");
    }

    @Override
    protected void read(Source source, Source.Parcel parcel, Archive.Entry entry, Intake intake) {
        String name = entry.path();
        String url = parcel.locate(name.substring(name.indexOf('/') + 1));
        String ascii = new String(entry.bytes(), StandardCharsets.ISO_8859_1);
        Matcher blank = BLANK_LINE.matcher(ascii);
        if (!blank.find()) {
            intake.skipped(url, "no body");
            return;
        }
        String headers = ascii.substring(0, blank.end());
        byte[] body = ascii.substring(blank.end()).getBytes(StandardCharsets.ISO_8859_1);
        String type = header(headers, "Content-Type").orElse("text/plain");
        boolean text = type.toLowerCase(Locale.ROOT).startsWith("text/");
        List<String> notes = new ArrayList<>();
        Decoded decoded = Decoded.of(text ? transfer(headers, body, notes) : body, charset(type));
        if (decoded.binary() > 0.01) {
            intake.skipped(url, "the body is not text");
            return;
        }
        intake.repaired(url, decoded);
        String kind = type.toLowerCase(Locale.ROOT).split("[;\\s]", 2)[0];
        if (kind.startsWith("multipart/")) {
            notes.add("a message of several parts (" + kind + "), which stay as they were sent");
        } else if (!text) {
            notes.add("a body that is said to be no text (" + kind + "), taken as it was sent");
        }
        String subject = header(headers, "Subject")
                .map(words -> words(words, notes).strip())
                .filter(words -> !words.isEmpty())
                .orElse(null);
        notes.forEach(note -> intake.repaired(url, note));
        Matcher year = YEAR.matcher(header(headers, "Date").orElse(""));
        intake.take(Document.collected(
                source.id(),
                name,
                subject,
                null,
                year.find() ? Integer.valueOf(year.group()) : null,
                source.genre(),
                source.licence(),
                url,
                Decoded.of(headers.getBytes(StandardCharsets.ISO_8859_1)).text() + decoded.text()));
    }

    /** The words of a header, decoded where they are encoded ({@code =?utf-8?Q?caf=C3=A9?=}, RFC 2047). */
    private static String words(String header, List<String> notes) {
        String text = decoded(header.getBytes(StandardCharsets.ISO_8859_1), null, notes);
        return ENCODED_WORD
                .matcher(BETWEEN_ENCODED_WORDS.matcher(text).replaceAll("$1"))
                .replaceAll(word -> Matcher.quoteReplacement(word(word.group(1), word.group(2), word.group(3), notes)));
    }

    /** One encoded word, or what was sent where it is broken or in an encoding that is not known. */
    private static String word(String charset, String encoding, String content, List<String> notes) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try {
            if (Charset.isSupported(charset)) {
                byte[] decoded = encoding.equalsIgnoreCase("Q")
                        ? quotedPrintable(content.replace('_', ' ').getBytes(StandardCharsets.UTF_8), new int[1])
                        : Base64.getDecoder().decode(bytes);
                return decoded(decoded, charset, notes);
            }
        } catch (IllegalArgumentException e) {
            // Broken: as it was sent.
        }
        notes.add("an encoded word of its subject is broken or in an unknown encoding, left as it was sent");
        return "=?" + charset + "?" + encoding + "?" + content + "?=";
    }

    private static String decoded(byte[] bytes, String charset, List<String> notes) {
        Decoded decoded = Decoded.of(bytes, charset);
        if (decoded.note() != null) {
            notes.add("its subject: " + decoded.note());
        }
        return decoded.text();
    }

    /** Value of a header, its folded lines joined. */
    private static Optional<String> header(String headers, String name) {
        Matcher found = HEADERS.get(name).matcher(headers);
        return found.find() ? Optional.of(found.group(1).replaceAll("\\s+", " ").strip()) : Optional.empty();
    }

    private static String charset(String type) {
        Matcher found = CHARSET.matcher(type);
        return found.find() ? found.group(1) : null;
    }

    private static byte[] transfer(String headers, byte[] body, List<String> notes) {
        String encoding = header(headers, "Content-Transfer-Encoding")
                .orElse("")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[;(].*", "")
                .strip();
        switch (encoding) {
            case "base64":
                try {
                    byte[] decoded = Base64.getMimeDecoder().decode(body);
                    long foreign = new String(body, StandardCharsets.ISO_8859_1)
                            .chars()
                            .filter(c -> !Character.isWhitespace(c) && BASE64.indexOf(c) < 0)
                            .count();
                    if (foreign > 0) {
                        notes.add("its base64 has characters that are not base64's, passed over: " + foreign);
                    }
                    return decoded;
                } catch (IllegalArgumentException e) {
                    notes.add("its base64 is broken; the body stays as it was sent");
                    return body;
                }
            case "quoted-printable":
                int[] broken = new int[1];
                byte[] printed = quotedPrintable(body, broken);
                if (broken[0] > 0) {
                    notes.add("its quoted-printable has signs = without a code, left as they stand: " + broken[0]);
                }
                return printed;
            default:
                if (!AS_IS.contains(encoding)) {
                    notes.add("an unknown transfer encoding; the body stays as it was sent");
                }
                return body;
        }
    }

    /** The bytes that were meant; counts each sign = that no code follows and that stays as it stands. */
    private static byte[] quotedPrintable(byte[] body, int[] broken) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayInputStream in = new ByteArrayInputStream(body);
        for (int b; (b = in.read()) >= 0; ) {
            if (b != '=') {
                out.write(b);
                continue;
            }
            in.mark(2);
            int high = in.read();
            int low = high == '\n' ? -1 : in.read();
            if (Character.digit(high, 16) >= 0 && Character.digit(low, 16) >= 0) {
                out.write(Character.digit(high, 16) * 16 + Character.digit(low, 16));
            } else if (high != '\n' && !(high == '\r' && low == '\n')) {
                out.write(b);
                broken[0]++;
                in.reset();
            }
        }
        return out.toByteArray();
    }
}
