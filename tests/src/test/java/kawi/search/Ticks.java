package kawi.search;

import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;

/**
 * A clock by which what is timed takes as long as is written: it moves on at each second look, the end of a step. It is
 * looked at so often and no more, so that a training that finds no end fails soon.
 */
final class Ticks implements LongSupplier {
    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_LOOKS = 600;
    private final IntToLongFunction seconds;
    private long now = 77 * SECOND; // a clock begins anywhere
    private int looks;

    /** @param seconds that the n-th step takes, from 0 */
    Ticks(IntToLongFunction seconds) {
        this.seconds = seconds;
    }

    /** A clock that moves on by a second at each look. */
    static LongSupplier each() {
        Ticks ticks = new Ticks(step -> 0);
        return () -> ticks.getAsLong() + ticks.looks * SECOND;
    }

    @Override
    public long getAsLong() {
        if (++looks > MOST_LOOKS) {
            throw new IllegalStateException("The clock was looked at " + MOST_LOOKS + " times.");
        }
        if (looks % 2 == 0) {
            now += seconds.applyAsLong(looks / 2 - 1) * SECOND;
        }
        return now;
    }
}
