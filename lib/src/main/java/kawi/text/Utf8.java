package kawi.text;

import java.nio.charset.StandardCharsets;

/** Text as UTF-8 bytes, the alphabet of byte-level tokenizers. */
final class Utf8 {

    private Utf8() {}

    /**
     * The bytes of a text; a surrogate without its partner, which UTF-8 cannot write, becomes U+FFFD as everywhere on
     * the web.
     */
    static byte[] bytes(String text) {
        return wellFormed(text).getBytes(StandardCharsets.UTF_8);
    }

    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) continue;
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            return text.codePoints()
                    .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
        }
        return text;
    }

    /** Bytes of the character that begins with {@code first}. */
    static int length(byte first) {
        if (first >= 0) return 1;
        return (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : 4;
    }

    /** The character at a byte offset of well-formed UTF-8. */
    static int codePoint(byte[] utf8, int at) {
        byte first = utf8[at];
        switch (length(first)) {
            case 1:
                return first;
            case 2:
                return (first & 0x1F) << 6 | utf8[at + 1] & 0x3F;
            case 3:
                return (first & 0x0F) << 12 | (utf8[at + 1] & 0x3F) << 6 | utf8[at + 2] & 0x3F;
            default:
                return (first & 0x07) << 18
                        | (utf8[at + 1] & 0x3F) << 12
                        | (utf8[at + 2] & 0x3F) << 6
                        | utf8[at + 3] & 0x3F;
        }
    }
}
