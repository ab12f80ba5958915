package kawi.train;

import java.util.Arrays;
import kawi.evidence.KitException;
import kawi.text.TokenFile;

/**
 * Draws mini-batches of random windows from a token file, so that the position of the sampler is one number.
 *
 * <p>The start of the n-th window ever drawn is a hash of (seed, n). Two things follow. A stopped run goes on exactly
 * by remembering n. And the windows do not depend on how they are grouped: four batches of two are one batch of eight,
 * so gradient accumulation sees the same text as the big batch. Windows are read from the memory-mapped file; the
 * corpus is never copied.
 */
public final class Batches {
    private final TokenFile tokens;
    private final int batch;
    private final int context;
    private final long seed;
    private long drawn;

    /**
     * @param tokens the split to draw from, at least {@code context + 1} tokens long
     * @param batch windows in a batch
     * @param context tokens in a window
     * @param seed the same seed draws the same windows
     * @throws KitException if the file is too short for one window
     */
    public Batches(TokenFile tokens, int batch, int context, long seed) {
        if (batch < 1 || context < 1) {
            throw new KitException(
                    "A batch of " + batch + " windows of " + context + " tokens is empty: both must be at least 1.");
        }
        checkLength(tokens, context);
        this.tokens = tokens;
        this.batch = batch;
        this.context = context;
        this.seed = seed;
    }

    /** {@return the next batch; moves the position on by the number of windows in it} */
    public Batch next() {
        long[] starts = new long[batch];
        for (int row = 0; row < batch; row++) {
            starts[row] = start(drawn++);
        }
        return Batch.read(tokens, starts, context);
    }

    /** {@return how many windows have been drawn so far} */
    public long position() {
        return drawn;
    }

    /**
     * Goes to a position that {@link #position()} returned before.
     *
     * @param windows windows drawn before
     */
    public void position(long windows) {
        drawn = windows;
    }

    private long start(long window) {
        long places = tokens.length() - context; // the last place still leaves room for the target of the last token
        return Long.remainderUnsigned(mix(mix(seed) + window), places);
    }

    /**
     * {@return what PyTorch's generator is seeded with for a step, the first being 0}
     *
     * @param seed of the training
     * @param step number of the step, from 0
     */
    public static long generatorSeed(long seed, long step) {
        return mix(seed ^ mix(step));
    }

    /**
     * The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit of the result depends on every bit of the
     * argument.
     */
    static long mix(long z) {
        z += 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /**
     * Where windows must start so that, side by side, they cover a whole split, each token being a target once.
     *
     * @param tokens the split
     * @param context tokens in a window
     * @param most at most this many windows, evenly spread over the split; the same ones at every call
     */
    static long[] covering(TokenFile tokens, int context, int most) {
        checkLength(tokens, context);
        long all = (tokens.length() - 1) / context;
        int count = (int) Math.min(all, Math.max(1, most));
        long[] starts = new long[count];
        Arrays.setAll(starts, i -> all * i / count * context);
        return starts;
    }

    static void checkLength(TokenFile tokens, int context) {
        if (tokens.length() < context + 1L) {
            throw new KitException("The token file holds " + tokens.length() + " tokens, too few for one window of "
                    + context + " tokens and the token after it: give more text or a context of at most "
                    + Math.max(0, tokens.length() - 1) + ".");
        }
    }
}
