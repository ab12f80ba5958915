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
    /**
     * {@return the text of bytes of which nobody says what they are}
     *
     * @param bytes the bytes
     * @see #of(byte[], String)
     */
    public static Decoded of(byte[] bytes) {
        return of(bytes, null);
    }

    /**
     * {@return the text by the encoding of its byte-order mark, else by the declared one, else by the one that fits}
     * What is no character of the encoding becomes U+FFFD and a note: a bad byte is no reason to take a text for
     * another encoding's. A declaration is left only where the bytes refute it throughout: where they are declared
     * UTF-8 and more of them are not UTF-8 than are, or where they do not fit it, or are declared ASCII, and are
     * flawless UTF-8. Nothing declared, the encoding is what {@link EncodingGuess} finds. A byte-order mark is no part
     * of the text.
     *
     * @param bytes the bytes
     * @param declared label of the encoding that the bytes are said to be in, as {@link Encodings#of} knows it, or null
     */
    public static Decoded of(byte[] bytes, String declared) {
        Charset marked = Encodings.marked(bytes);
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
            EncodingGuess guess = EncodingGuess.of(rest);
            return new Decoded(new String(rest, marked), guess.replaced("UTF-8"));
        }
        Charset named = Encodings.of(declared);
        String exact = strict(bytes, named == null ? StandardCharsets.UTF_8 : named);
        if (exact != null && named != null && !Encodings.isAscii(declared)) {
            return new Decoded(exact, null); // nothing is to be guessed
        }
        EncodingGuess guess = EncodingGuess.of(bytes);
        if (Encodings.isAscii(declared) && guess.beyondAscii()) {
            return guess.isCleanUtf8()
                    ? new Decoded(new String(bytes, StandardCharsets.UTF_8), "declared " + declared + ", read as UTF-8")
                    : new Decoded(new String(bytes, Encodings.WESTERN), "not " + declared + ", read as Windows-1252");
        }
        if (exact != null && named != null) {
            return new Decoded(exact, null);
        }
        boolean utf8 = StandardCharsets.UTF_8.equals(named);
        if (named != null && !utf8 && guess.isCleanUtf8()) {
            return new Decoded(new String(bytes, StandardCharsets.UTF_8), "declared " + declared + ", read as UTF-8");
        }
        if (named != null && (!utf8 || guess.isUtf8())) {
            return new Decoded(
                    new String(bytes, named),
                    utf8 ? guess.replaced("UTF-8") : "bytes that are no " + declared + ", U+FFFD in their place");
        }
        return new Decoded(new String(bytes, guess.charset()), guess.note(declared));
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
