package kawi.corpus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Looks at the bytes of one text, however long, and says in which encoding it is. UTF-8 is told by its form: text of
 * which at least as many characters beyond ASCII fit as bytes do not is UTF-8 with damage, for no other encoding's text
 * fits by chance. Of the rest a sample of 64 kB is shown to ICU's detector.
 */
public final class EncodingGuess {
    private static final int SAMPLE = 1 << 16;
    private static final int HEAD = 4096;

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sample = new ByteArrayOutputStream();
    private long good;
    private long bad;
    private boolean escaped;
    private int wanted; // continuation bytes that must still come
    private int least;
    private int most;

    /** A guess about a text of which nothing has been seen. */
    public EncodingGuess() {}

    /** {@return a guess after a whole text} */
    static EncodingGuess of(byte[] bytes) {
        EncodingGuess guess = new EncodingGuess();
        guess.see(bytes, 0, bytes.length);
        return guess;
    }

    /**
     * Looks at the next bytes.
     *
     * @param bytes where they stand
     * @param from the first
     * @param count how many
     */
    public void see(byte[] bytes, int from, int count) {
        head.write(bytes, from, Math.min(count, HEAD - Math.min(HEAD, head.size())));
        for (int block = from; block < from + count; block += HEAD) {
            int end = Math.min(from + count, block + HEAD);
            boolean beyond = false;
            for (int i = block; i < end; i++) {
                beyond |= bytes[i] < 0 || bytes[i] == 0x1b;
                form(bytes[i] & 0xff);
            }
            if (beyond && sample.size() < SAMPLE) {
                sample.write(bytes, block, end - block);
            }
        }
    }

    /** One step through the table of well-formed UTF-8 (Unicode, table 3-7). */
    private void form(int b) {
        escaped |= b == 0x1b;
        if (wanted > 0) {
            if (b >= least && b <= most) {
                least = 0x80;
                most = 0xbf;
                if (--wanted == 0) {
                    good++;
                }
                return;
            }
            bad++;
            wanted = 0;
        }
        if (b < 0x80) {
            return;
        }
        least = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
        most = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
        wanted = b >= 0xc2 && b <= 0xdf ? 1 : b >= 0xe0 && b <= 0xef ? 2 : b >= 0xf0 && b <= 0xf4 ? 3 : 0;
        if (wanted == 0) {
            bad++;
        }
    }

    /** {@return the encoding of what was seen, a byte-order mark first} */
    public Charset charset() {
        byte[] beginning = head.toByteArray();
        Charset marked = Encodings.marked(beginning);
        if (marked != null) {
            return marked;
        }
        Charset wide = Encodings.unmarkedUtf16(beginning);
        if (wide != null) {
            return wide;
        }
        if (escaped && isJapaneseMail(sample.toByteArray())) {
            return Encodings.of("iso-2022-jp");
        }
        return isUtf8() ? StandardCharsets.UTF_8 : Encodings.guess(sample.toByteArray());
    }

    /** ISO-2022-JP switches to its two-byte sets by ESC $ @ or ESC $ B, and nothing else does. */
    private static boolean isJapaneseMail(byte[] bytes) {
        for (int i = 0; i + 2 < bytes.length; i++) {
            if (bytes[i] == 0x1b && bytes[i + 1] == '$' && (bytes[i + 2] == 'B' || bytes[i + 2] == '@')) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether what was seen is UTF-8, if need be with damage} */
    boolean isUtf8() {
        return damaged() <= good;
    }

    /** {@return whether it has characters beyond ASCII, and all of them fit UTF-8} */
    boolean isCleanUtf8() {
        return damaged() == 0 && good > 0;
    }

    /** {@return whether it has bytes that are not ASCII} */
    boolean beyondAscii() {
        return good + damaged() > 0;
    }

    /** {@return places at which the bytes are no UTF-8} */
    long damaged() {
        return bad + (wanted > 0 ? 1 : 0);
    }

    /**
     * {@return what is to be said of the text, or null where all is in order: which encoding it was taken for where it
     * is not UTF-8, and how many places had to be replaced}
     *
     * @param declared the label it was given, or null
     */
    public String note(String declared) {
        Charset charset = charset();
        boolean wide = charset.name().startsWith("UTF-16");
        if (charset.equals(StandardCharsets.UTF_8)) {
            String other = Encodings.of(declared) == null && declared != null && good > 0
                    ? "declared " + declared + ", read as UTF-8"
                    : null;
            return damaged() == 0 ? other : replaced("UTF-8");
        }
        if (wide && Encodings.marked(Arrays.copyOf(head.toByteArray(), Math.min(head.size(), 3))) != null) {
            return null;
        }
        return (declared == null ? "not UTF-8" : "not " + declared) + ", read as " + name(charset);
    }

    String replaced(String name) {
        return damaged() + (damaged() == 1 ? " place" : " places") + " that " + (damaged() == 1 ? "is" : "are") + " no "
                + name + ", U+FFFD there";
    }

    static String name(Charset charset) {
        return charset.equals(Encodings.WESTERN) ? "Windows-1252" : charset.name();
    }
}
