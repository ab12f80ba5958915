package kawi.cluster;

/** As what workers send each other the numbers that they add up. */
public enum WireFormat {
    /** Four bytes a number, as they are computed. */
    FLOAT32("fp32", 4),
    /**
     * Two bytes a number: float32 rounded to the nearest with eight binary digits, ties to even (bfloat16). Every
     * number is rounded before it is added, those that do not leave their worker as well, and so is every sum; what is
     * added is float32. The sums then do not depend on how many workers there are.
     */
    BFLOAT16("bf16", 2);

    private final String word;
    private final int bytes;

    WireFormat(String word, int bytes) {
        this.word = word;
        this.bytes = bytes;
    }

    /** {@return bytes of a number on its way} */
    public int bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return word;
    }

    /** The upper half of a float32 number's bits, rounded; what is not a number stays one. */
    static short bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        int rounded = bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
        return (short) (number == number ? rounded : bits >>> 16 | 0x40);
    }

    static float float32(short bfloat16) {
        return Float.intBitsToFloat(bfloat16 << 16);
    }

    /** Rounds numbers in place, as they would be after they were sent. */
    void round(float[] numbers, int from, int to) {
        if (this == BFLOAT16) {
            for (int i = from; i < to; i++) {
                numbers[i] = float32(bfloat16(numbers[i]));
            }
        }
    }
}
