package kawi.course;

import static kawi.course.Answers.near;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import kawi.torch.GgufType;

/** Tasks about weights with fewer bits, of notebook 09. */
final class BitChecks {
    private BitChecks() {}

    static Map<String, Exercises.Check> all() {
        return Map.of(
                "09.1", BitChecks::bytes,
                "09.2", BitChecks::rounded,
                "09.3", BitChecks::fits,
                "09.4", BitChecks::better,
                "09.5", Answers.explanation());
    }

    /** Bytes foreseen; how many weights. */
    private static String bytes(Answers a) {
        double own = a.number(0);
        double right = a.number(1) * GgufType.Q4_0.bits() / 8;
        return near(own, right, 1e-9)
                ? null
                : near(own, a.number(1) / 2, 1e-9)
                        ? "the scales take room as well."
                        : near(own, 8 * right, 1e-9)
                                ? "that is in bits."
                                : "it is " + (own > right ? "less." : "more.");
    }

    /** Blocks of weights; what the function makes of each. */
    private static String rounded(Answers a) {
        for (int i = 0; i < a.list(0).size(); i++) {
            float[] block = (float[]) a.list(0).get(i);
            float[] right = GgufType.Q4_0.read(GgufType.Q4_0.write(block));
            double most = 0;
            for (float each : block) {
                most = Math.max(most, Math.abs(each));
            }
            if (!(a.list(1).get(i) instanceof float[] own)) {
                return "the function gives null: nothing is written in it yet.";
            }
            if (own.length != right.length) {
                return "a block of " + right.length + " weights became " + own.length + ".";
            }
            for (int j = 0; j < right.length; j++) {
                if (!(Math.abs(own[j] - right[j]) <= most / 512)) { // the library's scale has 16 bits
                    return "in block " + (i + 1) + ", weight " + (j + 1) + " is "
                            + (Float.isFinite(own[j])
                                    ? own[j] > right[j] ? "too large." : "too small."
                                    : "no number: a block may be all noughts.");
                }
            }
        }
        return null;
    }

    /** The kind chosen; weights of the model; bytes of memory. */
    private static String fits(Answers a) {
        GgufType own = a.get(0, GgufType.class, "a kind, such as GgufType.F16");
        double weights = a.number(1);
        double room = a.number(2);
        if (weights * own.bits() / 8 > room) {
            return "the weights do not fit.";
        }
        boolean more = Arrays.stream(GgufType.values())
                .anyMatch(each -> each.written() && each.bits() > own.bits() && weights * each.bits() / 8 <= room);
        return more ? "they fit, and a kind with more bits would fit too." : null;
    }

    /** The kind that loses less; the weights. */
    private static String better(Answers a) {
        float[] weights = a.get(1, float[].class, "an array of weights, float[]");
        List<GgufType> kinds = List.of(GgufType.Q4_0, GgufType.Q4_K);
        GgufType own = a.get(0, GgufType.class, "GgufType.Q4_0 or GgufType.Q4_K");
        if (!kinds.contains(own)) {
            return "the answer is GgufType.Q4_0 or GgufType.Q4_K.";
        }
        double mine = lost(own, weights);
        return kinds.stream().anyMatch(each -> lost(each, weights) < mine)
                ? "write and read the weights in both ways, and compare the squared errors."
                : null;
    }

    private static double lost(GgufType type, float[] weights) {
        float[] read = type.read(type.write(weights));
        double lost = 0;
        for (int i = 0; i < read.length; i++) {
            lost += Math.pow(weights[i] - read[i], 2);
        }
        return lost;
    }
}
