package kawi.torch;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Makes PyTorch's worker threads sleep while they wait for each other, instead of turning in circles.
 *
 * <p>OpenMP lets them spin for milliseconds by default. Where other programs want the same cores, the thread that is waited for cannot
 * run while the others spin, and a step was seen to take ten times as long. The setting is read from the environment when the
 * library is loaded, so it is put there before; a setting of the user's own stays.
 */
final class WaitingThreads {

  private static final String SPINS = "GOMP_SPINCOUNT";
  private static final String FEW = "1000";

  /** The C library's environment, which Java cannot change. */
  interface C extends Library {
    int setenv(String name, String value, int overwrite);
  }

  private WaitingThreads() {}

  static void sleepSoon() {
    if (Platform.isLinux() && System.getenv("OMP_WAIT_POLICY") == null && System.getenv(SPINS) == null) {
      try {
        Native.load("c", C.class).setenv(SPINS, FEW, 0);
      } catch (LinkageError | RuntimeException e) {
        return;   // without it everything works, only slower on a busy machine
      }
    }
  }
}
