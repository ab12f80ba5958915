package kawi.corpus;

import java.util.zip.ZipException;

/** Bytes of a file that are not what their format says, found by another exception, which is the cause. */
public final class DamagedException extends ZipException {
    private static final long serialVersionUID = 1;

    /**
     * Says what is wrong.
     *
     * @param what what of the file is damaged, as the end of a sentence that begins with "damaged:"
     * @param cause by which it was noticed
     */
    public DamagedException(String what, Exception cause) {
        super("damaged: " + what);
        initCause(cause);
    }
}
