package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;

/**
 * An e-mail as a document. Its text is what the message says: of alternatives one, the plain one where it says
 * anything; of a page its text; attachments, invitations, cards and the like are left out and counted. The subject is
 * the title. Sender and recipients are personal data and are not read.
 */
final class MailMessage {
    private static final int DEEPEST = 20;
    private static final int LONGEST_BOUNDARY = 100;
    /** Types of text that people write to each other; the others are for programs. */
    private static final Set<String> WRITTEN =
            Set.of("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown");

    private static final Pattern HEADER = Pattern.compile("[!-9;-~]+[ \t]*:");
    private static final Pattern BLANK_LINE = Pattern.compile("\r?\n\r?\n");
    private static final Pattern TYPE = Pattern.compile("(?im)^content-type[ \t]*:(.*(?:\r?\n[ \t].*)*)");
    private static final Pattern BOUNDARY = Pattern.compile("(?i);\\s*boundary\\s*=\\s*(?:\"([^\"]*)\"|([^\\s;\"]+))");
    /** A file in the text, as mail carried them before it had parts (POSIX, uuencode). */
    private static final Pattern UUENCODED =
            Pattern.compile("(?m)^begin [0-7]{3,4} [^\\n]+\\n(?:[ -`]{1,61}\\n)++end[ \\t]*$");

    private static final Pattern PART = Pattern.compile(
            "(?m)^--(\\S[^\r\n]{0," + LONGEST_BOUNDARY + "}?)[ \t]*\r?\n(?i:content-[a-z-]+[ \t]*:|\r?\n)");

    private final Source source;
    private final String where;
    private final Intake intake;
    private int left;

    private MailMessage(Source source, String where, Intake intake) {
        this.source = source;
        this.where = where;
        this.intake = intake;
    }

    static void read(Source source, String where, byte[] bytes, Intake intake) {
        new MailMessage(source, where, intake).read(bytes);
    }

    private void read(byte[] bytes) {
        List<String> texts = new ArrayList<>();
        Message message;
        String title;
        try {
            message = builder().parseMessage(new ByteArrayInputStream(withItsBoundary(withAHeader(bytes))));
            collect(message, texts, 0);
            title = subject(message);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            intake.skipped(where, "a message that cannot be read: " + PlainText.reason(e));
            return;
        }
        String text = String.join("\n\n", texts);
        if (text.isBlank()) {
            intake.skipped(
                    where, left > 0 ? "no text, only attachments: " + left : texts.isEmpty() ? "no text" : "empty");
            return;
        }
        if (left > 0) {
            intake.repaired(where, "attachments left out: " + left);
        }
        if (new Decoded(text, null).binary() > 0.01) {
            intake.skipped(where, "not text");
            return;
        }
        intake.take(Document.collected(
                source.id(),
                where,
                title,
                null,
                message.getDate() == null
                        ? null
                        : message.getDate().toInstant().atOffset(ZoneOffset.UTC).getYear(),
                source.genre(),
                source.licence(),
                where,
                text));
    }

    /** Takes blank lines off the beginning; where no header stands there, all of it is the body. */
    private byte[] withAHeader(byte[] bytes) {
        int from = 0;
        while (from < bytes.length && (bytes[from] == '\n' || bytes[from] == '\r')) {
            from++;
        }
        String head = new String(bytes, from, Math.min(bytes.length - from, 200), StandardCharsets.ISO_8859_1);
        if (HEADER.matcher(head).lookingAt() || head.startsWith("From ") || head.startsWith(">From ")) {
            return Arrays.copyOfRange(bytes, from, bytes.length);
        }
        if (!head.isBlank()) {
            intake.repaired(where, "no headers, all of it read as the message");
        }
        byte[] bare = new byte[bytes.length + 1];
        bare[0] = '\n';
        System.arraycopy(bytes, 0, bare, 1, bytes.length);
        return bare;
    }

    /** Gives a message of several parts the line that parts them, where its header names none or another. */
    private byte[] withItsBoundary(byte[] bytes) {
        String all = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher end = BLANK_LINE.matcher(all);
        int blank = all.startsWith("\n") ? 0 : end.find() ? end.start() : -1;
        Matcher type = TYPE.matcher(blank < 0 ? all : all.substring(0, blank + 1));
        if (blank < 0
                || !type.find()
                || !type.group(1).strip().toLowerCase(Locale.ROOT).startsWith("multipart/")) {
            return bytes;
        }
        Matcher named = BOUNDARY.matcher(type.group(1));
        String boundary = !named.find() ? null : named.group(1) == null ? named.group(2) : named.group(1);
        String body = all.substring(blank);
        if (boundary != null && !boundary.isEmpty() && body.contains("\n--" + boundary)) {
            return bytes;
        }
        Matcher part = PART.matcher(body);
        if (!part.find() || part.group(1).contains("\"")) {
            intake.repaired(where, "said to have several parts, and nothing parts them; read as one");
            return (all.substring(0, type.start()) + all.substring(type.end()).replaceFirst("^\r?\n", ""))
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
        intake.repaired(where, "its parts are parted by another line than its header says");
        String kind = type.group(1).strip().split("[;\\s]", 2)[0];
        return (all.substring(0, type.start()) + "Content-Type: " + kind + "; boundary=\"" + part.group(1) + "\""
                        + all.substring(type.end()))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The subject; bytes of another encoding than a header may have are read as text of the message's would be. */
    private String subject(Message message) {
        Field field = message.getHeader().getField("Subject");
        if (field == null) {
            return null;
        }
        String subject = message.getSubject();
        byte[] raw = field.getRaw() == null ? new byte[0] : field.getRaw().toByteArray();
        int colon = new String(raw, StandardCharsets.ISO_8859_1).indexOf(':');
        boolean beyond = false;
        for (byte b : raw) {
            beyond |= b < 0;
        }
        if (beyond && colon >= 0) {
            Decoded decoded = Decoded.of(Arrays.copyOfRange(raw, colon + 1, raw.length));
            if (decoded.note() != null) {
                intake.repaired(where, "its subject: " + decoded.note());
            }
            String unfolded = decoded.text().replaceAll("\r?\n[ \t]", " ");
            subject = DecoderUtil.decodeEncodedWords(unfolded, DecodeMonitor.SILENT);
        }
        return subject == null || subject.isBlank() ? null : Decoded.wellFormed(subject.strip());
    }

    private void collect(Entity part, List<String> texts, int depth) throws IOException {
        Body body = part.getBody();
        if (depth > DEEPEST || body == null || "attachment".equalsIgnoreCase(part.getDispositionType())) {
            left++;
        } else if (body instanceof Multipart parts) {
            if (parts.getSubType().equalsIgnoreCase("alternative")) {
                alternative(parts.getBodyParts(), texts, depth);
                return;
            }
            for (Entity each : parts.getBodyParts()) {
                collect(each, texts, depth + 1);
            }
        } else if (body instanceof Message inner) {
            collect(inner, texts, depth + 1);
        } else if (body instanceof SingleBody single && saysItHasParts(part)) {
            // Without a line that parts them it was taken for one: looked at as a message of its own.
            collect(
                    builder().parseMessage(new ByteArrayInputStream(withItsBoundary(bare(part, single)))),
                    texts,
                    depth + 1);
        } else if (body instanceof SingleBody single && WRITTEN.contains(part.getMimeType())) {
            texts.add(text(part, single));
        } else {
            left++;
        }
    }

    private static DefaultMessageBuilder builder() {
        DefaultMessageBuilder builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
        return builder;
    }

    private static boolean saysItHasParts(Entity part) {
        Field type = part.getHeader() == null ? null : part.getHeader().getField("Content-Type");
        return type != null
                && String.valueOf(type.getBody())
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .startsWith("multipart/");
    }

    private static byte[] bare(Entity part, SingleBody body) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        String type = part.getHeader()
                .getField("Content-Type")
                .getBody()
                .replaceAll("\\s+", " ")
                .strip();
        all.writeBytes(("Content-Type: " + type + "\n\n").getBytes(StandardCharsets.ISO_8859_1));
        try (InputStream in = body.getInputStream()) {
            in.transferTo(all);
        }
        return all.toByteArray();
    }

    /** Of alternatives the plain one, or the last that has a text: the best comes last (RFC 2046, 5.1.4). */
    private void alternative(List<Entity> parts, List<String> texts, int depth) throws IOException {
        List<Entity> best = new ArrayList<>(parts);
        Collections.reverse(best);
        best.sort(Comparator.comparing(each -> !"text/plain".equals(each.getMimeType())));
        int before = left;
        for (Entity each : best) {
            left = before;
            List<String> found = new ArrayList<>();
            collect(each, found, depth + 1);
            if (found.stream().anyMatch(text -> !text.isBlank())) {
                texts.addAll(found);
                return;
            }
        }
    }

    private String text(Entity part, SingleBody body) throws IOException {
        byte[] bytes;
        try (InputStream in = body.getInputStream()) {
            bytes = in.readAllBytes();
        }
        String charset = part.getHeader().getField("Content-Type") == null ? null : part.getCharset();
        if (part.getMimeType().equals("text/html")) {
            Page page = Page.of("", "text/html" + (charset == null ? "" : "; charset=" + charset), bytes);
            intake.repaired(where, new Decoded("", page.note()));
            return page.text();
        }
        Decoded decoded = Decoded.of(bytes, charset);
        intake.repaired(where, decoded);
        Matcher encoded = UUENCODED.matcher(decoded.text().replace("\r\n", "\n"));
        String text = encoded.replaceAll(found -> {
                    left++;
                    return "";
                })
                .strip();
        return part.getMimeType().matches("text/(enriched|richtext)") ? withoutCommands(text) : text;
    }

    /** Enriched text (RFC 1896) without its commands: of line ends in a row one is the line's own. */
    private static String withoutCommands(String enriched) {
        return enriched.replaceAll("(?is)<param>.*?</param>", "")
                .replace("<<", "\u0000")
                .replaceAll("</?[a-zA-Z0-9-]{1,60}>", "")
                .replace('\u0000', '<')
                .replaceAll("(?<!\n)\n(?!\n)", " ")
                .replaceAll("\n(\n+)", "$1");
    }
}
