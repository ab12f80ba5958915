package kawi.evidence;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * An error a reader can act on: its message is one sentence that says what happened, where, and what to do. It carries
 * no stack trace, so that a notebook cell shows the sentence and nothing else; the cause keeps its own.
 */
public class KitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public KitException(String sentence) {
        this(sentence, null);
    }

    public KitException(String sentence, Throwable cause) {
        super(sentence, cause, false, false);
    }

    /**
     * {@return the sentence for a file operation that failed}
     *
     * @param doing what was being done, as a participle with its object: "writing the tokenizer"
     * @param file the file it was done to
     */
    public static KitException of(IOException failure, String doing, Path file) {
        return new KitException("Failed " + doing + " (" + file.getFileName() + "): " + reason(failure), failure);
    }

    private static String reason(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        if (text.contains("No space left") || text.contains("not enough space") || text.contains("quota")) {
            return "the disk is full; free some space and run the cell again, what was finished before is untouched.";
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
