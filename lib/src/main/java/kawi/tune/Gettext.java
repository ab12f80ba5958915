package kawi.tune;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Decoded;

/**
 * Reads the messages of a gettext catalogue: compiled ({@code .mo}) or source ({@code .po}), in the encoding that its
 * header names. Format: GNU gettext manual, chapters "The Format of GNU MO Files" and "The Format of PO Files". A
 * message with a context loses it, one with plurals gives its singular. What is left out is counted by reason; the
 * header (the empty message) is no message.
 */
public final class Gettext {
    private static final int MAGIC = 0x950412de;
    private static final int HEADER_BYTES = 28;
    /** Texts may share bytes, but not so that a small file makes a large memory. */
    private static final long MOST_SHARED = 4;

    private static final Pattern CHARSET = Pattern.compile("(?i)Content-Type:[^\\n]*charset=([\\w.:-]+)");
    private static final Pattern KEYWORD = Pattern.compile(
            "(msgctxt|msgid_plural|msgid|msgstr)(?:\\[(\\d{1,9})\\])?\\s*(\"(?:[^\"\\\\]++|\\\\.)*+\")");
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"");
    private static final Pattern ESCAPE =
            Pattern.compile("\\\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))", Pattern.DOTALL);

    private Gettext() {}

    /**
     * A catalogue as it was read.
     *
     * @param messages message to translation, in the file's order
     * @param leftOut how many messages, forms and lines were left out, by reason
     * @param readOtherwise how many texts were decoded otherwise than the header says, by how
     */
    public record Catalogue(
            Map<String, String> messages, Map<String, Integer> leftOut, Map<String, Integer> readOtherwise) {
        /**
         * Copies all three.
         *
         * @param messages message to translation
         * @param leftOut how many were left out, by reason
         * @param readOtherwise how many were decoded otherwise, by how
         */
        public Catalogue {
            messages = Collections.unmodifiableMap(new LinkedHashMap<>(messages));
            leftOut = Collections.unmodifiableMap(new TreeMap<>(leftOut));
            readOtherwise = Collections.unmodifiableMap(new TreeMap<>(readOtherwise));
        }
    }

    /**
     * {@return the messages of a compiled catalogue, in either byte order}
     *
     * @param file the file's bytes
     * @throws IOException when the bytes are no catalogue, are of a later format or end too early
     */
    public static Catalogue mo(byte[] file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < HEADER_BYTES
                || in.getInt(0) != MAGIC && in.order(ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC) {
            throw new IOException("not a compiled gettext catalogue: its first four bytes are not the format's");
        }
        int revision = in.getInt(4);
        if (revision >>> 16 > 1) {
            throw new IOException("a compiled gettext catalogue of a later format, " + (revision >>> 16) + "."
                    + (revision & 0xffff) + "; 0 and 1 are read");
        }
        long count = in.getInt(8) & 0xffffffffL;
        long originals = in.getInt(12) & 0xffffffffL;
        long translations = in.getInt(16) & 0xffffffffL;
        Gathering all = new Gathering();
        long bytes = 0;
        for (long i = 0; i < count; i++) {
            bytes += string(in, originals + 8 * i, i, count).length + string(in, translations + 8 * i, i, count).length;
            if (bytes > MOST_SHARED * file.length) {
                throw new IOException("damaged: the texts of a gettext catalogue lie over one another, " + bytes
                        + " bytes of them in a file of " + file.length);
            }
        }
        for (long i = 0; i < count; i++) {
            byte[] original = string(in, originals + 8 * i, i, count);
            if (original.length == 0) {
                all.header(new String(string(in, translations + 8 * i, i, count), StandardCharsets.ISO_8859_1));
            }
        }
        for (long i = 0; i < count; i++) {
            String original = all.decoded(string(in, originals + 8 * i, i, count));
            String translation = all.decoded(string(in, translations + 8 * i, i, count));
            String message = original.substring(original.indexOf('\u0004') + 1);
            all.keep(message.split("\0", -1), translation.split("\0", -1));
        }
        if ((revision & 0xffff) > 0 && file.length >= 40) {
            all.leaveOut("composed for the machine (system-dependent)", in.getInt(36));
        }
        return all.catalogue();
    }

    /** The bytes of the string whose length and place stand at {@code entry}. */
    private static byte[] string(ByteBuffer in, long entry, long number, long count) throws IOException {
        if (entry + 8 <= in.capacity()) {
            long length = in.getInt((int) entry) & 0xffffffffL;
            long at = in.getInt((int) entry + 4) & 0xffffffffL;
            if (at + length <= in.capacity()) {
                byte[] bytes = new byte[(int) length];
                in.get((int) at, bytes);
                return bytes;
            }
        }
        throw new IOException(
                "gettext catalogue cut short: message " + (number + 1) + " of " + count + " lies outside the file");
    }

    /**
     * {@return the messages of a source catalogue, decoded as its header says}
     *
     * @param file the file's bytes
     */
    public static Catalogue po(byte[] file) {
        Matcher charset = CHARSET.matcher(new String(file, StandardCharsets.ISO_8859_1));
        Gathering all = new Gathering();
        all.charset = charset.find() ? charset.group(1) : null;
        return po(all.decoded(file), all);
    }

    /**
     * {@return the messages of a source catalogue}
     *
     * @param file the file's text
     */
    public static Catalogue po(String file) {
        return po(file, new Gathering());
    }

    private static Catalogue po(String file, Gathering all) {
        Entry entry = new Entry();
        for (String line : file.lines().map(String::strip).toList()) {
            if (line.isEmpty()) {
                continue;
            }
            if (line.startsWith("#")) {
                if (entry.translated()) {
                    all.finish(entry);
                    entry = new Entry();
                }
                entry.fuzzy |= line.startsWith("#,") && line.contains("fuzzy");
                if (line.matches("#~\\s*msgid\\s.*")) {
                    all.leaveOut("obsolete", 1);
                }
                continue;
            }
            Matcher keyword = KEYWORD.matcher(line);
            if (keyword.matches()) {
                boolean begins = keyword.group(1).equals("msgctxt")
                        || keyword.group(1).equals("msgid") && entry.original != null;
                if (begins && entry.begun()) {
                    all.finish(entry);
                    entry = new Entry();
                }
                entry.keyword(keyword.group(1), keyword.group(2), unescape(keyword.group(3)));
            } else if (STRING.matcher(line).matches() && entry.current != null) {
                entry.current.append(unescape(line));
            } else {
                all.leaveOut("a line that is neither comment, keyword nor string", 1);
            }
        }
        all.finish(entry);
        return all.catalogue();
    }

    /** A message of a source catalogue while its lines are read. */
    private static final class Entry {
        private final Map<Integer, StringBuilder> forms = new TreeMap<>();
        private StringBuilder original;
        private StringBuilder plural;
        private StringBuilder current;
        private boolean fuzzy;

        void keyword(String word, String form, String text) {
            current = new StringBuilder(text);
            switch (word) {
                case "msgid" -> original = current;
                case "msgid_plural" -> plural = current;
                case "msgstr" -> forms.put(form == null ? 0 : Integer.parseInt(form), current);
                default -> {
                    // A context tells messages apart and is no part of them.
                }
            }
        }

        boolean begun() {
            return current != null;
        }

        boolean translated() {
            return !forms.isEmpty();
        }
    }

    private static final class Gathering {
        private final Map<String, String> messages = new LinkedHashMap<>();
        private final Map<String, Integer> leftOut = new TreeMap<>();
        private final Map<String, Integer> readOtherwise = new TreeMap<>();
        private String charset;

        void header(String text) {
            Matcher named = CHARSET.matcher(text);
            charset = named.find() ? named.group(1) : charset;
        }

        String decoded(byte[] bytes) {
            Decoded decoded = Decoded.of(bytes, charset);
            if (decoded.note() != null) {
                readOtherwise.merge(decoded.note(), 1, Integer::sum);
            }
            return decoded.text();
        }

        void finish(Entry entry) {
            if (entry.original == null) {
                leaveOut("a translation without a message", entry.translated() ? 1 : 0);
            } else if (entry.fuzzy && entry.original.length() > 0) {
                leaveOut("marked as fuzzy", 1);
            } else {
                keep(
                        entry.plural == null
                                ? new String[] {entry.original.toString()}
                                : new String[] {entry.original.toString(), entry.plural.toString()},
                        entry.forms.values().stream()
                                .map(StringBuilder::toString)
                                .toArray(String[]::new));
            }
        }

        /** Keeps a message of which the first form is the singular. */
        void keep(String[] message, String[] forms) {
            if (message[0].isEmpty()) {
                return; // the header
            }
            if (List.of(forms).stream().allMatch(String::isEmpty)) {
                leaveOut("not translated", 1);
            } else if (forms[0].isEmpty()) {
                leaveOut("only its plural is translated", 1);
            } else if (message.length > 1 && forms.length == 1) {
                leaveOut("one translation for singular and plural", 1);
            } else {
                String known = messages.putIfAbsent(message[0], forms[0]);
                leaveOut("another translation in another context", known == null || known.equals(forms[0]) ? 0 : 1);
                leaveOut("a plural form", forms.length - 1);
            }
        }

        void leaveOut(String reason, int count) {
            if (count > 0) {
                leftOut.merge(reason, count, Integer::sum);
            }
        }

        Catalogue catalogue() {
            return new Catalogue(messages, leftOut, readOtherwise);
        }
    }

    /**
     * The text of a quoted string: escapes as in C. An escape by number is a byte: several that are UTF-8 together are
     * the character that they write.
     */
    private static String unescape(String quoted) {
        Matcher escape = ESCAPE.matcher(quoted.substring(1, quoted.length() - 1));
        StringBuilder text = new StringBuilder();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 0;
        while (escape.find()) {
            if (bytes.size() > 0 && (escape.start() > at || escape.group(3) != null)) {
                text.append(Decoded.of(bytes.toByteArray()).text());
                bytes.reset();
            }
            escape.appendReplacement(text, "");
            at = escape.end();
            if (escape.group(3) == null) {
                bytes.write(
                        escape.group(1) != null
                                ? Integer.parseInt(escape.group(1), 8)
                                : Integer.parseInt(escape.group(2), 16));
            } else {
                int place = "ntrabfv".indexOf(escape.group(3));
                text.append(place < 0 ? escape.group(3) : String.valueOf("\n\t\r\u0007\b\f\u000b".charAt(place)));
            }
        }
        text.append(Decoded.of(bytes.toByteArray()).text());
        return escape.appendTail(text).toString();
    }
}
