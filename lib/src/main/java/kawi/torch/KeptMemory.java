package kawi.torch;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.util.function.Supplier;

/**
 * Keeps the memory that PyTorch frees, so that the next operator finds it ready.
 *
 * <p>Every operator allocates its result, and an operator some milliseconds later frees it. The C library hands blocks
 * of megabytes back to the system at once, and the system clears each page again when it is asked for the next time:
 * for an LSTM of width 256 these were 23,000 page faults a step and a quarter of its time. Here freed memory stays in
 * the process. What it costs is at most what was in use at the busiest moment, and some gaps between the blocks.
 *
 * <p>The three settings are glibc's (its manual, "Malloc Tunable Parameters"). A setting of the user's own stays.
 */
final class KeptMemory {

    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_TOP_PAD = -2;
    private static final int M_MMAP_THRESHOLD = -3;
    private static final int HEAP =
            64 << 20; // bytes; the pieces of which glibc makes the memory of a thread that is not the first

    private static final int OWN = 128 << 10; // bytes; glibc's own limit, from which on a block is the system's
    private static C kept; // null where glibc was left alone
    private static int sparing;

    /** The C library's allocator. */
    interface C extends Library {
        int mallopt(int what, int value);

        int malloc_trim(long pad);
    }

    private KeptMemory() {}

    static void keep() {
        if (Platform.isLinux()
                && System.getenv("GLIBC_TUNABLES") == null
                && System.getenv("MALLOC_TRIM_THRESHOLD_") == null) {
            try {
                C c = Native.load("c", C.class);
                c.mallopt(
                        M_MMAP_THRESHOLD,
                        HEAP); // smaller blocks come from these pieces, not from the system one by one
                c.mallopt(M_TRIM_THRESHOLD, 1 << 30); // a free end of a piece stays
                c.mallopt(M_TOP_PAD, HEAP); // a piece that is free as a whole stays
                kept = c;
            } catch (LinkageError | RuntimeException e) {
                return; // without it everything works, only slower
            }
        }
    }

    /**
     * Runs work that leaves large blocks behind for long, such as weights: meanwhile each large block is the system's
     * own and goes back to it at once, as if nothing had been set, and at the end goes back what was free before.
     */
    static <T> T sparing(Supplier<T> work) {
        spare(1);
        try {
            return work.get();
        } finally {
            spare(-1);
        }
    }

    private static synchronized void spare(int more) {
        sparing += more;
        if (kept != null) {
            kept.mallopt(M_MMAP_THRESHOLD, sparing > 0 ? OWN : HEAP);
            kept.malloc_trim(0);
        }
    }
}
