package kawi.corpus;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes turned into text, and what had to be assumed.
 *
 * @param text the text
 * @param note what was wrong with the bytes and how they were read, or null where all was in order
 */
public record Decoded(String text, String note) {
    private static final Charset WESTERN = Charset.forName("windows-1252");

    /**
     * {@return the text by UTF-8, or, where the bytes are not, by Windows-1252, which is what most such files are}
     *
     * @param bytes the bytes
     */
    public static Decoded of(byte[] bytes) {
        return of(bytes, null);
    }

    /**
     * {@return the text by the encoding that a byte-order mark names, else by the declared one where it fits, else by
     * UTF-8 where that fits, else by Windows-1252 with U+FFFD for its five undefined bytes} A byte-order mark is no
     * part of the text, and what is no character behind one of UTF-16 becomes U+FFFD. A wrong declaration is a note,
     * never an error.
     *
     * @param bytes the bytes
     * @param declared name of the encoding that the bytes are said to be in, or null
     */
    public static Decoded of(byte[] bytes, String declared) {
        Charset marked = marked(bytes);
        if (marked != null) {
            int mark = marked == StandardCharsets.UTF_8 ? 3 : 2;
            byte[] rest = Arrays.copyOfRange(bytes, mark, bytes.length);
            String text = strict(rest, marked);
            if (text != null) {
                return new Decoded(text, null);
            }
            if (mark == 2) {
                return new Decoded(
                        new String(rest, marked),
                        "UTF-16 that is cut short or damaged, U+FFFD in the place of what is no character");
            }
            bytes = rest;
        }
        Charset named = charset(declared);
        if (named != null) {
            String text = strict(bytes, named);
            if (text != null) {
                return new Decoded(text, null);
            }
        }
        String utf8 = strict(bytes, StandardCharsets.UTF_8);
        if (utf8 != null) {
            return new Decoded(
                    utf8, declared == null || isAscii(bytes) ? null : "declared " + declared + ", read as UTF-8");
        }
        return new Decoded(
                new String(bytes, WESTERN),
                (declared == null ? "not UTF-8" : "not " + declared) + ", read as Windows-1252");
    }

    /** {@return share of the text, 0 to 1, that no text holds: NUL and other control characters} */
    public double binary() {
        long controls = text.chars()
                .filter(c -> c < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f')
                .count();
        return text.isEmpty() ? 0 : (double) controls / text.length();
    }

    /**
     * {@return the text with U+FFFD in place of each half of a surrogate pair that stands alone} Such halves come from
     * JSON escapes; no encoding can write them.
     *
     * @param text the text, or null, which is given back
     */
    public static String wellFormed(String text) {
        if (text == null) {
            return null;
        }
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                mended = mended == null ? new StringBuilder(text) : mended;
                mended.setCharAt(i, '\uFFFD');
            }
        }
        return mended == null ? text : mended.toString();
    }

    /** The encoding of the byte-order mark at the beginning, or null where there is none. */
    private static Charset marked(byte[] bytes) {
        if (bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf) {
            return StandardCharsets.UTF_8;
        }
        if (bytes.length >= 2 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe) {
            return StandardCharsets.UTF_16LE;
        }
        return bytes.length >= 2 && bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff
                ? StandardCharsets.UTF_16BE
                : null;
    }

    private static Charset charset(String name) {
        try {
            return name == null ? null : Charset.forName(name.strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private static String strict(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
