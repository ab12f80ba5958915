package kawi.readers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Turns the files of a source into documents. A reader never stops at bad content: it sets it aside in the intake, with
 * the reason, and goes on.
 *
 * <p>A reader of one's own implements this (or extends {@link ArchiveReader}, where the files are packages) and is
 * given its name by {@link Catalog#with}; a catalog entry whose {@code format} is that name is then read by it.
 */
public interface Reader {

    /**
     * Reads all files of the source into the intake.
     *
     * @param source the source
     * @param files the source's files, each verified, in the order of {@link Source#parcels()}; for a source that names
     *     a path, that file or folder alone
     * @param intake where the documents go
     * @throws IOException where the medium fails; what was taken until then is kept, and the failure is noted
     */
    void read(Source source, List<Path> files, Intake intake) throws IOException;

    /** {@return whether it looks at {@link Source#part()}; a source with a part is refused by one that does not} */
    default boolean readsParts() {
        return false;
    }
}
