package kawi.torch;

import java.nio.ByteBuffer;

/**
 * The blocks of GGUF that hold more than a scale and whole bytes. Each method reads the block at the buffer's position,
 * which is left behind it, into {@code y} from {@code at} on; the buffer is little-endian.
 *
 * <p>The K types are super-blocks of 256 values: a half-precision scale d (and a minimum m) for all, and small integer
 * scales for groups of 16 or 32, so that a value is d * scale * q (- m * minimum). Source: ggml's {@code ggml-common.h}
 * and {@code ggml-quants.c}; the IQ4 types take q from a table of 16 values that lie closer near 0, MXFP4 from the OCP
 * Microscaling specification 1.0.
 */
final class GgufBlocks {
    private static final int[] IQ4 = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** E2M1 numbers, doubled so that they are whole. */
    private static final int[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    /** Reads one block. */
    @FunctionalInterface
    interface Reader {
        void read(ByteBuffer in, float[] y, int at);
    }

    private GgufBlocks() {}

    static void bf16(ByteBuffer in, float[] y, int at) {
        y[at] = Float.intBitsToFloat(in.getShort() << 16);
    }

    static void f64(ByteBuffer in, float[] y, int at) {
        y[at] = (float) in.getDouble();
    }

    /** Scale, a fifth bit for each of 32 values, and their low four bits: 0 to 31, less 16. */
    static void q5Zero(ByteBuffer in, float[] y, int at) {
        float d = GgufType.half(in.getShort());
        q5(in, y, at, d, -16 * d);
    }

    /** Scale and minimum, a fifth bit for each of 32 values, and their low four bits. */
    static void q5One(ByteBuffer in, float[] y, int at) {
        float d = GgufType.half(in.getShort());
        q5(in, y, at, d, GgufType.half(in.getShort()));
    }

    private static void q5(ByteBuffer in, float[] y, int at, float d, float m) {
        int high = in.getInt();
        for (int i = 0; i < 16; i++) {
            int two = in.get();
            y[at + i] = d * (two & 15 | high >>> i << 4 & 16) + m;
            y[at + 16 + i] = d * (two >> 4 & 15 | high >>> i + 12 & 16) + m;
        }
    }

    /** Sixteen groups of 16: a nibble of scale and one of minimum each, then two bits a value, then d and m. */
    static void q2K(ByteBuffer in, float[] y, int at) {
        int scales = in.position();
        int quants = scales + 16;
        float d = GgufType.half(in.getShort(quants + 64));
        float m = GgufType.half(in.getShort(quants + 66));
        for (int group = 0; group < 16; group++) {
            int both = in.get(scales + group);
            float scale = d * (both & 15);
            float minimum = m * (both >> 4 & 15);
            int from = quants + group / 8 * 32 + group % 2 * 16;
            int shift = group % 8 / 2 * 2;
            for (int i = 0; i < 16; i++) {
                y[at + 16 * group + i] = scale * (in.get(from + i) >> shift & 3) - minimum;
            }
        }
        in.position(quants + 68);
    }

    /** A third bit for each value, two bits for each, sixteen scales of six bits in twelve bytes, then d. */
    static void q3K(ByteBuffer in, float[] y, int at) {
        int mask = in.position();
        int quants = mask + 32;
        int scales = quants + 64;
        float d = GgufType.half(in.getShort(scales + 12));
        for (int group = 0; group < 16; group++) {
            int low = in.get(scales + group % 8) >> (group < 8 ? 0 : 4) & 15;
            int high = in.get(scales + 8 + group % 4) >> group / 4 * 2 & 3;
            float scale = d * ((low | high << 4) - 32);
            int from = group % 2 * 16;
            int shift = group % 8 / 2 * 2;
            int bit = group / 2;
            for (int i = 0; i < 16; i++) {
                int two = in.get(quants + group / 8 * 32 + from + i) >> shift & 3;
                y[at + 16 * group + i] = scale * (two - ((in.get(mask + from + i) >> bit & 1) == 0 ? 4 : 0));
            }
        }
        in.position(scales + 14);
    }

    /** d and m, eight scales and eight minimums of six bits in twelve bytes, then four bits a value. */
    static void q4K(ByteBuffer in, float[] y, int at) {
        int head = in.position();
        q45(in, y, at, head + 16, -1);
        in.position(head + 144);
    }

    /** As {@link #q4K}, with a fifth bit for each value between scales and values. */
    static void q5K(ByteBuffer in, float[] y, int at) {
        int head = in.position();
        q45(in, y, at, head + 48, head + 16);
        in.position(head + 176);
    }

    private static void q45(ByteBuffer in, float[] y, int at, int quants, int fifth) {
        int scales = in.position() + 4;
        float d = GgufType.half(in.getShort(scales - 4));
        float m = GgufType.half(in.getShort(scales - 2));
        for (int group = 0; group < 8; group++) {
            float scale = d * six(in, scales, group, 0);
            float minimum = m * six(in, scales, group, 4);
            int from = quants + group / 2 * 32;
            for (int i = 0; i < 32; i++) {
                int q = in.get(from + i) >> group % 2 * 4 & 15;
                if (fifth >= 0) {
                    q |= (in.get(fifth + i) >> group & 1) << 4;
                }
                y[at + 32 * group + i] = scale * q - minimum;
            }
        }
    }

    /**
     * One of eight scales (side 0) or minimums (side 4): the first four have a byte's low six bits each; the others
     * have four bits in the last four bytes, scale low and minimum high, and the top two bits of the first eight bytes.
     */
    private static int six(ByteBuffer in, int scales, int group, int side) {
        if (group < 4) {
            return in.get(scales + side + group) & 63;
        }
        int low = in.get(scales + 4 + group) >> side & 15;
        return low | (in.get(scales + side + group - 4) >> 6 & 3) << 4;
    }

    /** Four low bits a value, two high bits a value, sixteen signed scales, then d; values are 0 to 63, less 32. */
    static void q6K(ByteBuffer in, float[] y, int at) {
        int low = in.position();
        int high = low + 128;
        int scales = high + 64;
        float d = GgufType.half(in.getShort(scales + 16));
        for (int i = 0; i < 256; i++) {
            int half = i / 128;
            int four = in.get(low + half * 64 + i % 64) >> i % 128 / 64 * 4 & 15;
            int two = in.get(high + half * 32 + i % 32) >> i % 128 / 32 * 2 & 3;
            y[at + i] = d * in.get(scales + i / 16) * ((four | two << 4) - 32);
        }
        in.position(scales + 18);
    }

    /** A single-precision scale, a byte a value, and sums of sixteen, which only products need. */
    static void q8K(ByteBuffer in, float[] y, int at) {
        float d = in.getFloat();
        for (int i = 0; i < 256; i++) {
            y[at + i] = d * in.get();
        }
        in.position(in.position() + 32);
    }

    static void iq4Nl(ByteBuffer in, float[] y, int at) {
        table(in, y, at, GgufType.half(in.getShort()), IQ4);
    }

    /** d, eight scales of six bits (two high ones each in two bytes, four low ones in four), then 32 values a group. */
    static void iq4Xs(ByteBuffer in, float[] y, int at) {
        float d = GgufType.half(in.getShort());
        int high = in.getShort();
        int low = in.getInt();
        for (int group = 0; group < 8; group++) {
            int scale = low >>> 4 * group & 15 | (high >> 2 * group & 3) << 4;
            table(in, y, at + 32 * group, d * (scale - 32), IQ4);
        }
    }

    /** A power of two, biased by 127, and 32 numbers of four bits. */
    static void mxfp4(ByteBuffer in, float[] y, int at) {
        int exponent = in.get() & 255;
        table(in, y, at, (float) Math.scalb(1.0, exponent - 128), E2M1); // half of it, for the table is doubled
    }

    private static void table(ByteBuffer in, float[] y, int at, float scale, int[] values) {
        for (int i = 0; i < 16; i++) {
            int two = in.get();
            y[at + i] = scale * values[two & 15];
            y[at + 16 + i] = scale * values[two >> 4 & 15];
        }
    }
}
