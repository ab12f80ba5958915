package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.Lines;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;

/**
 * E-mails of the reader's own: one ({@code .eml}) or many in a file ({@code .mbox}, RFC 4155), one document a message.
 * Its text is what the message says: of alternatives the plain one, of a page its text; attachments are left out and
 * counted. The subject is the title. Sender and recipients are personal data and are not read.
 */
final class Mailbox {
    /** A line that begins a message: a sender and a date that ends in a year. */
    private static final Pattern BEGIN =
            Pattern.compile("From \\S.*\\d{2}:\\d{2}.*\\d{4}.*|From \\?\\?\\?@\\?\\?\\?.*");

    private static final int LARGEST = 20_000_000;
    private static final int DEEPEST = 20;

    private Mailbox() {}

    static void read(Source source, String name, Lines lines, Intake intake) throws IOException {
        ByteArrayOutputStream message = null;
        int number = 0;
        long before = 0;
        boolean blank = true;
        boolean large = false;
        for (byte[] line; (line = lines.next()) != null; ) {
            String text = new String(line, 0, Math.min(line.length, 200), StandardCharsets.ISO_8859_1);
            if (blank && BEGIN.matcher(text.stripTrailing()).matches()) {
                end(source, name, number, message, large, intake);
                message = new ByteArrayOutputStream();
                large = false;
                number++;
            } else if (message == null) {
                before += line.length + 1;
            } else if (lines.skippedBytes() > 0 || message.size() + line.length > LARGEST) {
                large = true;
            } else if (!large) {
                // A line ">From" is one that began with "From" when it was written.
                boolean quoted = text.matches(">+From [\\s\\S]*");
                message.write(line, quoted ? 1 : 0, line.length - (quoted ? 1 : 0));
                message.write('\n');
            }
            blank = text.isBlank();
        }
        end(source, name, number, message, large, intake);
        if (before > 0) {
            intake.skipped(name, before + " bytes before the first message, which a line \"From \" begins");
        }
        OwnTexts.sayEnd(name, lines, intake);
    }

    private static void end(
            Source source, String name, int number, ByteArrayOutputStream message, boolean large, Intake intake) {
        if (message == null) {
            return;
        }
        String where = name + " message " + number;
        if (large) {
            intake.skipped(where, "more than " + LARGEST + " bytes");
        } else {
            message(source, where, message.toByteArray(), intake);
        }
    }

    static void message(Source source, String where, byte[] bytes, Intake intake) {
        DefaultMessageBuilder builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
        List<String> texts = new ArrayList<>();
        int[] left = new int[1];
        Message message;
        try {
            message = builder.parseMessage(new ByteArrayInputStream(bytes));
            collect(message, where, texts, left, intake, 0);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            intake.skipped(where, "a message that cannot be read: " + PlainText.reason(e));
            return;
        }
        if (texts.isEmpty()) {
            intake.skipped(where, left[0] > 0 ? "no text, only attachments: " + left[0] : "no text");
            return;
        }
        if (left[0] > 0) {
            intake.repaired(where, "attachments left out: " + left[0]);
        }
        String text = String.join("\n\n", texts);
        if (new Decoded(text, null).binary() > 0.01) {
            intake.skipped(where, "not text");
            return;
        }
        intake.take(Document.collected(
                source.id(),
                where,
                message.getSubject() == null || message.getSubject().isBlank()
                        ? null
                        : Decoded.wellFormed(message.getSubject().strip()),
                null,
                message.getDate() == null
                        ? null
                        : message.getDate().toInstant().atOffset(ZoneOffset.UTC).getYear(),
                source.genre(),
                source.licence(),
                where,
                text));
    }

    private static void collect(Entity part, String where, List<String> texts, int[] left, Intake intake, int depth)
            throws IOException {
        Body body = part.getBody();
        if (depth > DEEPEST || body == null || "attachment".equalsIgnoreCase(part.getDispositionType())) {
            left[0]++;
        } else if (body instanceof Multipart parts) {
            List<Entity> all = parts.getBodyParts();
            if (parts.getSubType().equalsIgnoreCase("alternative")) {
                Entity best = all.stream()
                        .filter(each -> "text/plain".equals(each.getMimeType()))
                        .findFirst()
                        .orElse(all.isEmpty() ? null : all.get(all.size() - 1));
                all = best == null ? List.of() : List.of(best);
            }
            for (Entity each : all) {
                collect(each, where, texts, left, intake, depth + 1);
            }
        } else if (body instanceof Message inner) {
            collect(inner, where, texts, left, intake, depth + 1);
        } else if (body instanceof SingleBody single && part.getMimeType().startsWith("text/")) {
            texts.add(text(part, single, where, intake));
        } else {
            left[0]++;
        }
    }

    private static String text(Entity part, SingleBody body, String where, Intake intake) throws IOException {
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
        return decoded.text().replace("\r\n", "\n").strip();
    }
}
