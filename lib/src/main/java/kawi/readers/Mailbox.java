package kawi.readers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import kawi.corpus.Lines;

/**
 * The messages of a file of e-mails ({@code .mbox}, RFC 4155), one document each: see {@link MailMessage}. A message
 * begins with a line of a sender and a date behind a blank line, or without one where the date is written as the format
 * asks, and the first of its headers follows; of other lines "From ..." a body may have any number.
 */
final class Mailbox {
    private static final Pattern EXACT = Pattern.compile("From \\S.*\\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (\\d{1,2} )?"
            + "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) .*\\d{1,2}:\\d{2}.*\\d{4}.*"
            + "|From .*\\d{4} \\d{1,2}:\\d{2}.*");
    private static final Pattern LIKELY =
            Pattern.compile("From (?=\\S.*\\d{1,2}:\\d{2})\\S.*\\d{4}.*|From \\?\\?\\?@\\?\\?\\?.*");
    private static final Pattern ANY = Pattern.compile("From \\S.*");
    private static final Pattern HEADER = Pattern.compile("[!-9;-~]+[ \t]*:.*|>From .*");
    /** Headers with which messages begin. */
    private static final Pattern USUAL = Pattern.compile("(?i)(return-path|received|from|to|cc|date|subject|message-id"
            + "|reply-to|sender|status|lines|path|newsgroups|xref|mime-version|content-[a-z-]+|delivered-to|envelope-to"
            + "|delivery-date|dkim-[a-z-]+|arc-[a-z-]+|authentication-[a-z-]+|x-[!-9;-~]+)[ \t]*:.*|>From .*");

    private static final int LARGEST = 20_000_000;

    private final Source source;
    private final String name;
    private final Intake intake;
    private ByteArrayOutputStream message;
    private boolean large;
    private int number;
    private long before;

    private Mailbox(Source source, String name, Intake intake) {
        this.source = source;
        this.name = name;
        this.intake = intake;
    }

    static void read(Source source, Content content, Intake intake) throws IOException {
        try (InputStream in = content.mail(intake)) {
            Lines lines = new Lines(in);
            new Mailbox(source, content.name(), intake).read(lines);
            OwnTexts.sayEnd(content.name(), lines, intake);
        }
    }

    private void read(Lines lines) throws IOException {
        byte[] held = null; // a line that begins a message if the next one is a header
        boolean blank = true;
        for (byte[] line; (line = lines.next()) != null; ) {
            String text = shown(line);
            if (held != null) {
                if (begins(shown(held), blank, text)) {
                    end();
                    message = new ByteArrayOutputStream();
                    large = false;
                    number++;
                } else {
                    add(held, false);
                }
                blank = false;
                held = null;
            }
            if (ANY.matcher(text).matches() && lines.skippedBytes() == 0) {
                held = line;
            } else {
                add(line, lines.skippedBytes() > 0);
                blank = text.isBlank();
            }
        }
        if (held != null) {
            add(held, false);
        }
        end();
        if (before > 0) {
            intake.skipped(name, before + " bytes before the first message, which a line \"From \" begins");
        }
    }

    /** What of a line tells its kind. */
    private static String shown(byte[] line) {
        return new String(line, 0, Math.min(line.length, 200), StandardCharsets.ISO_8859_1).stripTrailing();
    }

    private boolean begins(String line, boolean blank, String next) {
        if (EXACT.matcher(line).matches()) {
            return HEADER.matcher(next).matches() || blank && next.isBlank();
        }
        return blank
                && (message == null || LIKELY.matcher(line).matches())
                && USUAL.matcher(next).matches();
    }

    private void add(byte[] line, boolean skipped) {
        if (message == null) {
            before += line.length + 1;
        } else if (skipped || message.size() + line.length > LARGEST) {
            large = true;
        } else if (!large) {
            // A line ">From" is one that began with "From" when it was written.
            boolean quoted = shown(line).matches(">+From .*");
            message.write(line, quoted ? 1 : 0, line.length - (quoted ? 1 : 0));
            message.write('\n');
        }
    }

    private void end() {
        if (message == null) {
            return;
        }
        String where = name + " message " + number;
        if (large) {
            intake.skipped(where, "more than " + LARGEST + " bytes");
        } else {
            byte[] bytes = message.toByteArray();
            intake.apart(
                    where,
                    (long) Page.TIMES_ITS_SIZE * bytes.length,
                    own -> MailMessage.read(source, where, bytes, own));
        }
    }
}
