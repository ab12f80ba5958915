package kawi.corpus;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes turned into text, and what had to be assumed.
 *
 * @param text the text
 * @param note what was wrong with the bytes and how they were read, or null where all was in order
 */
public record Decoded(String text, String note) {
    private static final Charset WESTERN = Charset.forName("windows-1252");

    /** UTF-8; where the bytes are not, Windows-1252, which is what most such files are. */
    public static Decoded of(byte[] bytes) {
        return of(bytes, null);
    }

    /**
     * {@return the declared encoding where it fits, else UTF-8 where that fits, else Windows-1252 with U+FFFD for its
     * five undefined bytes} A wrong declaration is a note, never an error.
     */
    public static Decoded of(byte[] bytes, String declared) {
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

    /** Share of the text, 0 to 1, that no text holds: NUL and other control characters. */
    public double binary() {
        long controls = text.chars()
                .filter(c -> c < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f')
                .count();
        return text.isEmpty() ? 0 : (double) controls / text.length();
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
