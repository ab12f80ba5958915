package kawi.tune;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the messages of a gettext catalogue: compiled ({@code .mo}) or source ({@code .po}). Format: GNU gettext
 * manual, chapters "The Format of GNU MO Files" and "The Format of PO Files". A message with a context loses it, one
 * with plurals gives its singular; the header (the empty message), untranslated and fuzzy messages are left out.
 */
public final class Gettext {
    private static final int MAGIC = 0x950412de;

    private Gettext() {}

    /**
     * Message to translation, in the file's order.
     *
     * @throws IOException when the bytes are no catalogue or end too early
     */
    public static Map<String, String> mo(byte[] file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < 28
                || in.getInt(0) != MAGIC && in.order(ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC) {
            throw new IOException("not a compiled gettext catalogue: its first four bytes are not the format's");
        }
        int count = in.getInt(8);
        int originals = in.getInt(12);
        int translations = in.getInt(16);
        Map<String, String> messages = new LinkedHashMap<>();
        try {
            for (int i = 0; i < count; i++) {
                keep(messages, string(in, originals + 8 * i), string(in, translations + 8 * i));
            }
        } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
            throw new IOException(
                    "gettext catalogue cut short: message " + messages.size() + " of " + count
                            + " lies outside the file",
                    e);
        }
        return messages;
    }

    /**
     * Message to translation, in the file's order; lines that are neither comment, keyword nor string are passed over.
     */
    public static Map<String, String> po(String file) {
        Map<String, String> messages = new LinkedHashMap<>();
        StringBuilder original = new StringBuilder();
        StringBuilder translation = new StringBuilder();
        StringBuilder ignored = new StringBuilder();
        StringBuilder current = ignored;
        boolean fuzzy = false;
        boolean fuzzyNext = false;
        for (String line : (file + "\nmsgid \"\"").lines().map(String::strip).toList()) {
            if (line.startsWith("#")) {
                fuzzyNext |= line.startsWith("#,") && line.contains("fuzzy");
            } else if (line.startsWith("msgctxt") || line.startsWith("msgid ")) {
                if (translation.length() > 0 && !fuzzy) {
                    keep(messages, original.toString(), translation.toString());
                }
                original.setLength(0);
                translation.setLength(0);
                fuzzy = fuzzyNext || fuzzy && current == ignored;
                fuzzyNext = false;
                current = line.startsWith("msgid ") ? original : ignored;
            } else if (line.startsWith("msgstr ") || line.startsWith("msgstr[0]")) {
                current = translation;
            } else if (line.startsWith("msg")) {
                current = ignored;
            }
            int quote = line.indexOf('"');
            if (quote >= 0 && !line.startsWith("#") && line.endsWith("\"") && line.length() > quote + 1) {
                current.append(unescape(line.substring(quote + 1, line.length() - 1)));
            }
        }
        return messages;
    }

    private static void keep(Map<String, String> messages, String original, String translation) {
        String message = original.substring(original.indexOf('\u0004') + 1);
        int plural = message.indexOf('\0');
        int other = translation.indexOf('\0');
        message = plural < 0 ? message : message.substring(0, plural);
        String translated = other < 0 ? translation : translation.substring(0, other);
        if (!message.isEmpty() && !translated.isEmpty()) {
            messages.putIfAbsent(message, translated);
        }
    }

    private static String string(ByteBuffer in, int entry) {
        byte[] bytes = new byte[Math.min(in.getInt(entry), in.capacity())];
        in.duplicate().position(Math.min(in.getInt(entry + 4), in.capacity())).get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String unescape(String quoted) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (c == '\\' && i + 1 < quoted.length()) {
                char next = quoted.charAt(++i);
                text.append(next == 'n' ? '\n' : next == 't' ? '\t' : next);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
