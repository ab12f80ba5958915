package kawi.stats;

import java.util.List;

/** Intervals of one score that stand below each other, and therefore with equally many decimals. */
public final class IntervalColumn {

    private IntervalColumn() {}

    /**
     * {@return each as {@link Interval#toString} writes it, all with the decimals that the narrowest asks for}
     *
     * @param intervals of one score, in one unit; one that is undefined is written as it would be alone
     */
    public static List<String> of(List<Interval> intervals) {
        int decimals = intervals.stream()
                .filter(Interval::defined)
                .mapToInt(i -> Digits.decimals(i.high() - i.low(), Math.max(Math.abs(i.low()), Math.abs(i.high()))))
                .max()
                .orElse(0);
        return intervals.stream()
                .map(i -> i.defined()
                        ? Digits.fixed(i.value(), decimals) + " [" + Digits.fixed(i.low(), decimals) + ", "
                                + Digits.fixed(i.high(), decimals) + "]"
                        : i.toString())
                .toList();
    }
}
