package kawi.text;

/**
 * GPT-2's way of writing bytes as visible characters, used by the vocabulary of a {@code tokenizer.json}.
 *
 * <p>Printable bytes of Latin-1 stand for themselves; the other 68 (controls, space, 0x7F to 0xA0, 0xAD) are written,
 * in order, as U+0100 and up, so that a space reads Ġ and a newline Ċ.
 */
final class ByteLevel {

    private static final char[] CHARACTER = new char[256];
    private static final int[] BYTE = new int[256 + 68];

    static {
        java.util.Arrays.fill(BYTE, -1);
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARACTER[b] = (char) (printable ? b : next++);
            BYTE[CHARACTER[b]] = b;
        }
    }

    private ByteLevel() {}

    static char character(int unsignedByte) {
        return CHARACTER[unsignedByte];
    }

    static String write(byte[] bytes, int from, int to) {
        StringBuilder written = new StringBuilder(to - from);
        for (int i = from; i < to; i++) written.append(CHARACTER[bytes[i] & 0xFF]);
        return written.toString();
    }

    /** The bytes of a written token, null if some character of it is not of this alphabet. */
    static byte[] read(String written) {
        byte[] bytes = new byte[written.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = written.charAt(i);
            if (c >= BYTE.length || BYTE[c] < 0) return null;
            bytes[i] = (byte) BYTE[c];
        }
        return bytes;
    }
}
