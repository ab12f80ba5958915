package kawi.train;

import java.nio.file.Path;
import kawi.evidence.Progress;
import kawi.text.TokenFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests that train: a folder, a text to learn from, and one to be judged on. */
public abstract class SmallTexts {
    @TempDir
    protected Path folder;

    protected TokenFile train;
    protected TokenFile validation;

    @BeforeEach
    protected void write() {
        train = Small.text(folder.resolve("train.bin"), 4000, 1);
        validation = Small.text(folder.resolve("validation.bin"), 600, 2);
    }

    /** A listener that keeps how work ended. */
    public static Progress ended(StringBuilder said) {
        return new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {}

            @Override
            public void end(String note) {
                said.append(note);
            }
        };
    }

    @AfterEach
    protected void close() {
        train.close();
        validation.close();
    }
}
