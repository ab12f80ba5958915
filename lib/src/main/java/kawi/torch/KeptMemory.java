package kawi.torch;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

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

    /** The C library's allocator. */
    interface C extends Library {
        int mallopt(int what, int value);
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
            } catch (LinkageError | RuntimeException e) {
                return; // without it everything works, only slower
            }
        }
    }
}
