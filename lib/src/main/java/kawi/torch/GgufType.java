package kawi.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;

/**
 * The ways in which GGUF stores a tensor's values, and how each is turned back into floats; of six of them also how
 * floats are turned into them.
 *
 * <p>A quantised tensor is a row of blocks of 32 or 256 values. The simplest hold one half-precision scale d (Q4_1 also
 * a minimum m) and 32 small integers q; a value is d * q (+ m). {@link GgufBlocks} has the others. Source: ggml's
 * {@code ggml-quants.c}.
 */
public enum GgufType {
    /** 32-bit floats. */
    F32(0, 1, 4) {
        @Override
        boolean dequantise(ByteBuffer in, float[] out, int count) {
            in.asFloatBuffer().get(out, 0, count);
            return finite(out, count);
        }

        @Override
        boolean quantise(float[] in, int count, ByteBuffer out) {
            for (int i = 0; i < count; i++) {
                out.putFloat(in[i]);
            }
            return finite(in, count);
        }
    },
    /** 16-bit floats. */
    F16(1, 1, 2) {
        @Override
        boolean dequantise(ByteBuffer in, float[] out, int count) {
            boolean finite = true;
            for (int i = 0; i < count; i++) {
                short bits = in.getShort();
                finite &= finite(bits);
                out[i] = half(bits);
            }
            return finite;
        }

        @Override
        boolean quantise(float[] in, int count, ByteBuffer out) {
            boolean finite = true;
            for (int i = 0; i < count; i++) {
                short bits = half(in[i]);
                finite &= finite(bits);
                out.putShort(bits);
            }
            return finite;
        }
    },
    /** 4-bit integers from -8 to 7 with a scale. */
    Q4_0(2, 32, 18) {
        @Override
        boolean dequantise(ByteBuffer in, float[] out, int count) {
            boolean finite = true;
            for (int at = 0; at < count; at += 32) {
                short scale = in.getShort();
                finite &= finite(scale);
                float d = half(scale);
                nibbles(in, out, at, d, -8 * d);
            }
            return finite;
        }

        @Override
        boolean quantise(float[] in, int count, ByteBuffer out) {
            boolean finite = finite(in, count);
            for (int at = 0; at < count; at += 32) {
                finite &= GgufQuantising.q4Zero(in, at, out);
            }
            return finite;
        }
    },
    /** 4-bit integers from 0 to 15 with a scale and a minimum. */
    Q4_1(3, 32, 20) {
        @Override
        boolean dequantise(ByteBuffer in, float[] out, int count) {
            boolean finite = true;
            for (int at = 0; at < count; at += 32) {
                short scale = in.getShort();
                short minimum = in.getShort();
                finite &= finite(scale) && finite(minimum);
                nibbles(in, out, at, half(scale), half(minimum));
            }
            return finite;
        }
    },
    /** 8-bit integers with a scale. */
    Q8_0(8, 32, 34) {
        @Override
        boolean dequantise(ByteBuffer in, float[] out, int count) {
            boolean finite = true;
            for (int at = 0; at < count; at += 32) {
                short scale = in.getShort();
                finite &= finite(scale);
                float d = half(scale);
                for (int i = 0; i < 32; i++) {
                    out[at + i] = d * in.get();
                }
            }
            return finite;
        }

        /** The scale is the largest value's 127th part; the integers are made with it before it becomes a half. */
        @Override
        boolean quantise(float[] in, int count, ByteBuffer out) {
            boolean finite = finite(in, count);
            for (int at = 0; at < count; at += 32) {
                float largest = 0;
                for (int i = at; i < at + 32; i++) {
                    largest = Math.max(largest, Math.abs(in[i]));
                }
                float d = largest / 127;
                float inverse = d == 0 ? 0 : 1 / d;
                short scale = half(d);
                finite &= finite(scale);
                out.putShort(scale);
                for (int i = at; i < at + 32; i++) {
                    float value = in[i] * inverse;
                    out.put((byte) (value < 0 ? -Math.floor(0.5 - value) : Math.floor(0.5 + value)));
                }
            }
            return finite;
        }
    },
    /** 5-bit integers from -16 to 15 with a scale. */
    Q5_0(6, 32, 22, GgufBlocks::q5Zero),
    /** 5-bit integers from 0 to 31 with a scale and a minimum. */
    Q5_1(7, 32, 24, GgufBlocks::q5One),
    /** 2-bit integers, with scales and minimums of 4 bits for every 16. */
    Q2_K(10, 256, 84, GgufBlocks::q2K),
    /** 3-bit integers, with scales of 6 bits for every 16. */
    Q3_K(11, 256, 110, GgufBlocks::q3K),
    /** 4-bit integers, with scales and minimums of 6 bits for every 32. */
    Q4_K(12, 256, 144, GgufBlocks::q4K) {
        @Override
        boolean quantise(float[] in, int count, ByteBuffer out) {
            boolean finite = finite(in, count);
            for (int at = 0; finite && at < count; at += 256) {
                finite = GgufQuantising.q4K(in, at, out);
            }
            return finite;
        }
    },
    /** 5-bit integers, with scales and minimums of 6 bits for every 32. */
    Q5_K(13, 256, 176, GgufBlocks::q5K),
    /** 6-bit integers, with scales of 8 bits for every 16. */
    Q6_K(14, 256, 210, GgufBlocks::q6K),
    /** 8-bit integers with a single-precision scale. */
    Q8_K(15, 256, 292, GgufBlocks::q8K),
    /** 4-bit places in a table of 16 values, with a scale. */
    IQ4_NL(20, 32, 18, GgufBlocks::iq4Nl),
    /** 4-bit places in a table of 16 values, with scales of 6 bits for every 32. */
    IQ4_XS(23, 256, 136, GgufBlocks::iq4Xs),
    /** 64-bit floats, rounded to 32 bits. */
    F64(28, 1, 8, GgufBlocks::f64),
    /** The upper halves of 32-bit floats. */
    BF16(30, 1, 2, GgufBlocks::bf16) {
        /** To the nearest, of two as near to the even one. */
        @Override
        boolean quantise(float[] in, int count, ByteBuffer out) {
            boolean finite = finite(in, count);
            for (int i = 0; i < count; i++) {
                int bits = Float.floatToRawIntBits(in[i]);
                int upper = bits + 0x7fff + (bits >> 16 & 1) >>> 16;
                finite &= (upper & 0x7f80) != 0x7f80;
                out.putShort((short) upper);
            }
            return finite;
        }
    },
    /** 4-bit floats (E2M1) with a power of two for every 32, of the OCP Microscaling specification. */
    MXFP4(39, 32, 17, GgufBlocks::mxfp4);

    private static final String[] OTHERS = {
        "F32",
        "F16",
        "Q4_0",
        "Q4_1",
        "Q4_2",
        "Q4_3",
        "Q5_0",
        "Q5_1",
        "Q8_0",
        "Q8_1",
        "Q2_K",
        "Q3_K",
        "Q4_K",
        "Q5_K",
        "Q6_K",
        "Q8_K",
        "IQ2_XXS",
        "IQ2_XS",
        "IQ3_XXS",
        "IQ1_S",
        "IQ4_NL",
        "IQ3_S",
        "IQ2_S",
        "IQ4_XS",
        "I8",
        "I16",
        "I32",
        "I64",
        "F64",
        "IQ1_M",
        "BF16",
        "Q4_0_4_4",
        "Q4_0_4_8",
        "Q4_0_8_8",
        "TQ1_0",
        "TQ2_0",
        "IQ4_NL_4_4",
        "IQ4_NL_4_8",
        "IQ4_NL_8_8",
        "MXFP4"
    };

    private final int code;
    private final int blockValues;
    private final int blockBytes;
    private final GgufBlocks.Reader reader; // null where the constant reads by itself

    GgufType(int code, int blockValues, int blockBytes) {
        this(code, blockValues, blockBytes, null);
    }

    GgufType(int code, int blockValues, int blockBytes, GgufBlocks.Reader reader) {
        this.code = code;
        this.blockValues = blockValues;
        this.blockBytes = blockBytes;
        this.reader = reader;
    }

    /** {@return whether the kit writes it} */
    public boolean written() {
        return fileType() >= 0;
    }

    /** The number by which a file says that most of its matrices are of this type; -1 where the kit writes none. */
    private int fileType() {
        return switch (this) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q8_0 -> 7;
            case Q4_K -> 14;
            case BF16 -> 32;
            default -> -1;
        };
    }

    /**
     * {@return the number by which a file says that most of its matrices are of this type ({@code general.file_type})}
     *
     * @throws KitException of a type that the kit reads and does not write
     */
    public int writtenAs() {
        if (!written()) {
            List<String> names = Arrays.stream(values())
                    .filter(GgufType::written)
                    .map(Enum::name)
                    .toList();
            throw new KitException("This kit writes GGUF as " + String.join(", ", names) + ", and " + this
                    + " was asked for: choose one of these, or let llama.cpp's llama-quantize make it of F32.");
        }
        return fileType();
    }

    /** The type's code in a file. */
    int code() {
        return code;
    }

    /** {@return values in one block} */
    public int blockValues() {
        return blockValues;
    }

    /** {@return bytes of one block} */
    public int blockBytes() {
        return blockBytes;
    }

    /** {@return bits that a value takes, scales and minimums included: 4.5 of Q4_0} */
    public double bits() {
        return 8.0 * blockBytes / blockValues;
    }

    /**
     * {@return the values as a file of this type holds them, little-endian}
     *
     * @param values finite, whole blocks of them ({@link #blockValues})
     * @throws KitException of a type that the kit does not write, of a block that is not whole, or of a value that is
     *     not finite or too large for the type
     */
    public byte[] write(float[] values) {
        writtenAs();
        whole(values.length, blockValues, "values");
        ByteBuffer out =
                ByteBuffer.allocate(values.length / blockValues * blockBytes).order(ByteOrder.LITTLE_ENDIAN);
        if (!quantise(values, values.length, out)) {
            throw new KitException("Among the " + values.length + " values to be written as " + this
                    + " is one that is not finite, or larger than the type can say.");
        }
        return out.array();
    }

    /**
     * {@return the values that a file of this type holds in these bytes}
     *
     * @param bytes whole blocks ({@link #blockBytes}), little-endian
     * @throws KitException of a block that is not whole, or of a value that is not finite
     */
    public float[] read(byte[] bytes) {
        whole(bytes.length, blockBytes, "bytes");
        float[] values = new float[bytes.length / blockBytes * blockValues];
        if (!dequantise(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), values, values.length)) {
            throw new KitException("Among these blocks of " + this + " is a value that is not finite.");
        }
        return values;
    }

    private void whole(int given, int block, String what) {
        if (given % block != 0) {
            throw new KitException(this + " has blocks of " + block + " " + what + ", and " + given
                    + " are not whole blocks: give a multiple of " + block + ".");
        }
    }

    /**
     * Fills the first {@code count} places of {@code out} with the values that start at the buffer's position; the
     * buffer is little-endian.
     *
     * @return whether all of them are finite; a block is where its scale (and minimum) is
     */
    boolean dequantise(ByteBuffer in, float[] out, int count) {
        for (int at = 0; at < count; at += blockValues) {
            reader.read(in, out, at);
        }
        return finite(out, count);
    }

    /**
     * Writes the first {@code count} values, whole blocks of them, at the buffer's position; the buffer is
     * little-endian.
     *
     * @return whether all of them, and what they became, are finite
     */
    boolean quantise(float[] in, int count, ByteBuffer out) {
        throw new IllegalStateException(this + " is not written"); // whoever writes has asked for its number
    }

    /** The type with this code in the file, or null where the kit does not read it. */
    static GgufType of(int code) {
        for (GgufType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }

    /** {@return the names of all that the kit reads: "F32, F16, ... and MXFP4"} */
    static String names() {
        List<String> names = Arrays.stream(values()).map(Enum::name).toList();
        return String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.get(names.size() - 1);
    }

    /** The name of any type code of the format, read by the kit or not. */
    static String name(int code) {
        return code >= 0 && code < OTHERS.length ? OTHERS[code] : "number " + code;
    }

    /** Sixteen bytes hold 32 values: the low halves are the first 16, the high halves the last 16. */
    private static void nibbles(ByteBuffer in, float[] out, int at, float scale, float shift) {
        for (int i = 0; i < 16; i++) {
            int two = in.get();
            out[at + i] = scale * (two & 15) + shift;
            out[at + 16 + i] = scale * ((two >> 4) & 15) + shift;
        }
    }

    /** Whether a half-precision number is neither infinite nor NaN: its exponent is not all ones. */
    private static boolean finite(short half) {
        return (half & 0x7c00) != 0x7c00;
    }

    /**
     * Whether the first values are all finite: an infinite number or NaN times 0 is NaN. Four sums keep a core busy.
     */
    private static boolean finite(float[] values, int count) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            a += values[i] * 0;
            b += values[i + 1] * 0;
            c += values[i + 2] * 0;
            d += values[i + 3] * 0;
        }
        for (; i < count; i++) {
            a += values[i] * 0;
        }
        return a + b + c + d == 0;
    }

    /** IEEE 754 half precision to single; JDK 17 has no instruction for it. */
    static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 31;
        int fraction = bits & 0x3ff;
        if (exponent == 0) { // zero and subnormal: fraction * 2^-24
            float small = fraction * 0x1p-24f;
            return sign == 0 ? small : -small;
        }
        int wide = exponent == 31 ? 255 : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /**
     * Single precision to IEEE 754 half precision, to the nearest, of two as near to the even one; infinite where it is
     * beyond what a half can say.
     */
    static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float size = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) 0x7e00;
        } else if (size >= 65520) { // half way from the largest to what would be the next
            return (short) (sign | 0x7c00);
        } else if (size < 0x1p-14f) { // zero and subnormal: multiples of 2^-24
            return (short) (sign | (int) Math.rint(size * 0x1p24));
        }
        int rounded = (bits & 0x7fffffff) + 0xfff + (bits >> 13 & 1); // a carry goes on into the exponent, as it should
        return (short) (sign | rounded - (112 << 23) >> 13);
    }
}
