package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;

/**
 * E-mails as they were sent: one document a message, its headers first. The body of a message in one part is decoded
 * from quoted-printable or base64 (RFC 2045) and from its declared character set; the parts of others stay as they are.
 * The sender is personal data: it stays in the text, to be masked by the pipeline, and is not made a field.
 */
final class Emails implements Reader {
    private static final Pattern YEAR = Pattern.compile("\\b(199\\d|20[0-2]\\d)\\b");

    private static final Pattern BLANK_LINE = Pattern.compile("\r?\n\r?\n");
    private static final Pattern CHARSET = Pattern.compile("(?i)charset=\"?([^\";\\s]+)");
    private static final Map<String, Pattern> HEADERS = Stream.of(
                    "Content-Type", "Content-Transfer-Encoding", "Date", "Subject")
            .collect(Collectors.toMap(
                    name -> name, name -> Pattern.compile("(?im)^" + name + ":[ \t]*(.*(?:\r?\n[ \t]+.*)*)")));

    @Override
    public void read(Source source, List<Path> files, Intake intake) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            Source.Parcel parcel = source.parcels().get(i);
            Archive.read(
                    files.get(i),
                    name -> name.matches(".*/data/[^/]+/[^/]+\\.txt"),
                    intake::skipped,
                    (name, content) -> email(source, parcel, name, content, intake));
        }
    }

    private static void email(Source source, Source.Parcel parcel, String name, byte[] content, Intake intake) {
        String path = name.substring(name.indexOf('/') + 1);
        String url = parcel.locate(path);
        String ascii = new String(content, StandardCharsets.ISO_8859_1);
        Matcher blank = BLANK_LINE.matcher(ascii);
        if (!blank.find()) {
            intake.skipped(url, "no body");
            return;
        }
        String headers = ascii.substring(0, blank.end());
        byte[] body = ascii.substring(blank.end()).getBytes(StandardCharsets.ISO_8859_1);
        String type = header(headers, "Content-Type").orElse("text/plain");
        Decoded decoded = Decoded.of(
                type.toLowerCase(Locale.ROOT).startsWith("text/") ? transfer(headers, body) : body, charset(type));
        intake.repaired(url, decoded);
        if (decoded.binary() > 0.01) {
            intake.skipped(url, "the body is not text");
            return;
        }
        Matcher year = YEAR.matcher(header(headers, "Date").orElse(""));
        intake.take(Document.collected(
                source.id(),
                name,
                header(headers, "Subject").orElse(null),
                null,
                year.find() ? Integer.valueOf(year.group()) : null,
                source.genre(),
                source.licence(),
                url,
                Decoded.of(headers.getBytes(StandardCharsets.ISO_8859_1)).text() + decoded.text()));
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

    private static byte[] transfer(String headers, byte[] body) {
        return switch (header(headers, "Content-Transfer-Encoding").orElse("").toLowerCase(Locale.ROOT)) {
            case "base64" -> base64(body);
            case "quoted-printable" -> quotedPrintable(body);
            default -> body;
        };
    }

    private static byte[] base64(byte[] body) {
        try {
            return Base64.getMimeDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            return body;
        }
    }

    private static byte[] quotedPrintable(byte[] body) {
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
                in.reset();
            }
        }
        return out.toByteArray();
    }
}
