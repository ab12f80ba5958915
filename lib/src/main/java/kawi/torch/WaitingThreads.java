package kawi.torch;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Makes PyTorch's worker threads sleep when they have waited a while for each other, instead of turning in circles.
 *
 * <p>OpenMP lets them spin for milliseconds by default. Where other programs want the same cores, the thread that is
 * waited for cannot run while the others spin, and a step was seen to take ten times as long. To sleep at once is no
 * better: between two products of a small model lie some hundred microseconds, and waking a thread takes as long as the
 * product (decoding was a third slower). So threads spin over such a gap, about half a millisecond, and then sleep. The
 * setting is read from the environment when the library is loaded, so it is put there before; a setting of the user's
 * own stays.
 */
final class WaitingThreads {

    private static final String SPINS = "GOMP_SPINCOUNT";
    private static final String ENOUGH = "10000";

    /** The C library's environment, which Java cannot change. */
    interface C extends Library {
        int setenv(String name, String value, int overwrite);
    }

    private WaitingThreads() {}

    static void sleepSoon() {
        if (Platform.isLinux() && System.getenv("OMP_WAIT_POLICY") == null && System.getenv(SPINS) == null) {
            try {
                Native.load("c", C.class).setenv(SPINS, ENOUGH, 0);
            } catch (LinkageError | RuntimeException e) {
                return; // without it everything works, only slower on a busy machine
            }
        }
    }
}
