package kawi.torch;

import java.nio.ByteBuffer;

/**
 * How floats become blocks of 4-bit integers: the choices of ggml's own quantisation, so that its figures hold for our
 * files too. Source: {@code quantize_row_q4_0_ref}, {@code quantize_row_q4_K_ref} and {@code make_qkx2_quants} of
 * ggml's {@code ggml-quants.c}.
 */
final class GgufQuantising {

    private static final int GROUP = 32;
    private static final int MOST = 15; // of 4 bits
    private static final int MOST_SCALE = 63; // of 6 bits
    private static final int STEPS = 20;

    private GgufQuantising() {}

    /** 32 values: the largest in size becomes -8. Returns whether the scale is finite. */
    static boolean q4Zero(float[] x, int at, ByteBuffer out) {
        float largest = 0;
        for (int i = at; i < at + GROUP; i++) {
            largest = Math.abs(x[i]) > Math.abs(largest) ? x[i] : largest;
        }
        float d = largest / -8;
        float inverse = d == 0 ? 0 : 1 / d;
        short scale = GgufType.half(d);
        out.putShort(scale);
        for (int i = at; i < at + GROUP / 2; i++) {
            int low = Math.min(MOST, (int) (x[i] * inverse + 8.5f));
            int high = Math.min(MOST, (int) (x[i + GROUP / 2] * inverse + 8.5f));
            out.put((byte) (low | high << 4));
        }
        return (scale & 0x7c00) != 0x7c00;
    }

    /**
     * 256 values in eight groups, each with a scale and a minimum that make the squared error, weighted by size, small.
     * Returns whether the scales are finite.
     */
    static boolean q4K(float[] x, int at, ByteBuffer out) {
        float[] scales = new float[8];
        float[] minimums = new float[8];
        float mostScale = 0;
        float mostMinimum = 0;
        for (int group = 0; group < 8; group++) {
            fit(x, at + GROUP * group, scales, minimums, group);
            mostScale = Math.max(mostScale, scales[group]);
            mostMinimum = Math.max(mostMinimum, minimums[group]);
        }
        int[] scale = new int[8];
        int[] minimum = new int[8];
        for (int group = 0; group < 8; group++) {
            scale[group] = small(mostScale > 0 ? MOST_SCALE / mostScale * scales[group] : 0);
            minimum[group] = small(mostMinimum > 0 ? MOST_SCALE / mostMinimum * minimums[group] : 0);
        }
        short d = GgufType.half(mostScale / MOST_SCALE);
        short m = GgufType.half(mostMinimum / MOST_SCALE);
        out.putShort(d).putShort(m);
        for (int i = 0; i < 4; i++) {
            out.put((byte) (scale[i] | scale[i + 4] >> 4 << 6));
        }
        for (int i = 0; i < 4; i++) {
            out.put((byte) (minimum[i] | minimum[i + 4] >> 4 << 6));
        }
        for (int i = 4; i < 8; i++) {
            out.put((byte) (scale[i] & 15 | (minimum[i] & 15) << 4));
        }
        for (int pair = 0; pair < 8; pair += 2) {
            for (int i = 0; i < GROUP; i++) {
                int low = whole(
                        x[at + GROUP * pair + i], GgufType.half(d) * scale[pair], GgufType.half(m) * minimum[pair]);
                int high = whole(
                        x[at + GROUP * (pair + 1) + i],
                        GgufType.half(d) * scale[pair + 1],
                        GgufType.half(m) * minimum[pair + 1]);
                out.put((byte) (low | high << 4));
            }
        }
        return (d & 0x7c00) != 0x7c00 && (m & 0x7c00) != 0x7c00;
    }

    private static int small(float value) {
        return Math.min(MOST_SCALE, (int) Math.rint(value));
    }

    private static int whole(float x, float scale, float minimum) {
        return scale == 0 ? 0 : Math.max(0, Math.min(MOST, (int) Math.rint((x + minimum) / scale)));
    }

    /** Scale and minimum of 32 values: of 21 tries around the range's own, the one with the least weighted error. */
    private static void fit(float[] x, int at, float[] scales, float[] minimums, int group) {
        float[] weight = new float[GROUP];
        float squares = 0;
        for (int i = 0; i < GROUP; i++) {
            squares += x[at + i] * x[at + i];
        }
        float typical = (float) Math.sqrt(squares / GROUP);
        float least = 0;
        float most = x[at];
        float sumW = 0;
        float sumX = 0;
        for (int i = 0; i < GROUP; i++) {
            weight[i] = typical + Math.abs(x[at + i]);
            least = Math.min(least, x[at + i]);
            most = Math.max(most, x[at + i]);
            sumW += weight[i];
            sumX += weight[i] * x[at + i];
        }
        minimums[group] = -least;
        if (most == least) {
            return;
        }
        float bestScale = (most - least) / MOST;
        float bestMinimum = least;
        float bestError = error(x, at, weight, MOST / (most - least), least, bestScale, bestMinimum);
        for (int step = 0; step <= STEPS; step++) {
            float inverse = (-1 + 0.1f * step + MOST) / (most - least);
            float sumL = 0;
            float sumL2 = 0;
            float sumXl = 0;
            for (int i = 0; i < GROUP; i++) {
                int l = place(x[at + i], inverse, least);
                sumL += weight[i] * l;
                sumL2 += weight[i] * l * l;
                sumXl += weight[i] * l * x[at + i];
            }
            float determinant = sumW * sumL2 - sumL * sumL;
            if (determinant > 0) {
                float scale = (sumW * sumXl - sumX * sumL) / determinant;
                float minimum = (sumL2 * sumX - sumL * sumXl) / determinant;
                if (minimum > 0) {
                    minimum = 0;
                    scale = sumXl / sumL2;
                }
                float error = error(x, at, weight, inverse, least, scale, minimum);
                if (error < bestError) {
                    bestError = error;
                    bestScale = scale;
                    bestMinimum = minimum;
                }
            }
        }
        scales[group] = bestScale;
        minimums[group] = -bestMinimum;
    }

    private static int place(float x, float inverse, float least) {
        return Math.max(0, Math.min(MOST, (int) Math.rint(inverse * (x - least))));
    }

    private static float error(
            float[] x, int at, float[] weight, float inverse, float least, float scale, float minimum) {
        float error = 0;
        for (int i = 0; i < GROUP; i++) {
            float off = scale * place(x[at + i], inverse, least) + minimum - x[at + i];
            error += weight[i] * off * off;
        }
        return error;
    }
}
