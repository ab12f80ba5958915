package kawi.evidence;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An error a reader can act on: its message is one sentence that says what happened, where, and what to do.
 *
 * <p>It has a stack trace and a cause like any other exception, for programs, logs and debuggers. Only to the shell
 * behind a notebook's cell, which would print both, it shows neither, so that a cell that fails shows the sentence and
 * nothing else. {@code KitException.last().printStackTrace()} in the next cell prints what was left out.
 */
public class KitException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String SHELL =
            "jdk.jshell."; // by its classes or heirs of them every Java kernel runs its cells

    private static volatile KitException last;

    /**
     * An error that was noticed here.
     *
     * @param sentence what happened, where, and what to do
     */
    public KitException(String sentence) {
        this(sentence, null);
    }

    /**
     * An error that comes from another one.
     *
     * @param sentence what happened, where, and what to do
     * @param cause what it comes from; null where there is nothing
     */
    public KitException(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    /** {@return the error that a cell showed last, with its trace and cause; null where none did} */
    public static KitException last() {
        return last;
    }

    /** {@return where it was thrown; nothing where a notebook's shell asks} */
    @Override
    public StackTraceElement[] getStackTrace() {
        return askedByShell() ? new StackTraceElement[0] : super.getStackTrace();
    }

    /** {@return what it comes from; null where there is nothing, and where a notebook's shell asks} */
    @Override
    public Throwable getCause() {
        if (askedByShell()) {
            last = this;
            return null;
        }
        return super.getCause();
    }

    /** Whether the method that calls this one was called by the shell, or by a kernel's own kind of it. */
    private static boolean askedByShell() {
        Class<?> caller = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.skip(2)
                        .findFirst()
                        .<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                        .orElse(null));
        while (caller != null && !caller.getName().startsWith(SHELL)) {
            caller = caller.getSuperclass();
        }
        return caller != null;
    }

    /**
     * {@return the sentence for a file operation that failed}
     *
     * @param failure why it failed; it is the cause
     * @param doing what was being done, as a participle with its object: "writing the tokenizer"
     * @param file the file it was done to
     */
    public static KitException of(IOException failure, String doing, Path file) {
        return new KitException("Failed " + doing + " (" + file.getFileName() + "): " + reason(failure, file), failure);
    }

    /** Whether a file operation failed for want of space, by the words of Linux, macOS and Windows. */
    static boolean fullDisk(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        return text.contains("No space left") || text.contains("not enough space") || text.contains("quota");
    }

    /** What to do about it, with the space that is left where the file was to be. */
    static String fullDisk(Path file) {
        return "the disk is full; free some space and run the cell again (" + free(file.toAbsolutePath())
                + "), what was finished before is untouched.";
    }

    private static String free(Path place) {
        Path there = place;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return free((there == null ? place : there).toFile().getUsableSpace());
    }

    static String free(long bytes) {
        return bytes < 1000
                ? bytes + " bytes are free"
                : bytes < 1_000_000
                        ? bytes / 1000 + " kB are free"
                        : String.format(Locale.ROOT, "%,d MB are free", bytes / 1_000_000);
    }

    private static String reason(IOException failure, Path file) {
        String text = String.valueOf(failure.getMessage());
        if (fullDisk(failure)) {
            return fullDisk(file);
        }
        if (failure instanceof CharacterCodingException) {
            return "it is not text in UTF-8; save it in that encoding, or take the file anew.";
        }
        if (failure instanceof NoSuchFileException) {
            return "the file is not there.";
        }
        if (failure instanceof AccessDeniedException
                || text.contains("Permission denied")
                || text.contains("Read-only")) {
            return "this user may not write or read there; change the folder's permissions or choose another clone.";
        }
        if (failure instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason() + ".";
        }
        return text.endsWith(".") ? text : text + ".";
    }
}
