package kawi.readers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import kawi.corpus.Archive;

/**
 * A reader of files inside packages. It says which paths it reads and what one of them holds; the archives, their
 * limits and whatever of them is damaged are dealt with here. A source of the reader's own that names a folder is read
 * in the same way: the folder's files and the archives in it. Of a source that names a {@linkplain Source#part() part}
 * that part alone is read.
 */
public abstract class ArchiveReader implements Reader {
    /** For readers of one kind of file. */
    protected ArchiveReader() {}

    /**
     * {@return whether this reader reads a file}
     *
     * @param path its path in the archive, or in the folder with the folder's name before it
     */
    protected abstract boolean wants(String path);

    /**
     * Reads one file into the intake; what it cannot use it sets aside there, and does not throw.
     *
     * @param source the source
     * @param parcel the package it comes from
     * @param entry its path and its content
     * @param intake where the documents go
     */
    protected abstract void read(Source source, Source.Parcel parcel, Archive.Entry entry, Intake intake);

    @Override
    public boolean readsParts() {
        return true;
    }

    @Override
    public final void read(Source source, List<Path> files, Intake intake) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            Source.Parcel parcel = source.parcel(i, file);
            if (Files.isDirectory(file)) {
                folder(source, parcel, file, intake);
            } else {
                archive(source, parcel, file, intake);
            }
        }
    }

    private void archive(Source source, Source.Parcel parcel, Path file, Intake intake) throws IOException {
        if (source.part() != null) {
            Archive.read(file, source.part(), intake::skipped, entry -> read(source, parcel, entry, intake));
            return;
        }
        Archive.Tally tally =
                Archive.read(file, this::wants, intake::skipped, entry -> read(source, parcel, entry, intake));
        if (tally.files() > 0 && tally.wanted() == 0) {
            intake.skipped(
                    file.getFileName().toString(),
                    "none of its " + tally.files() + " files is of the kind that " + source.format() + " reads");
        }
    }

    private void folder(Source source, Source.Parcel parcel, Path folder, Intake intake) throws IOException {
        OwnFiles.each(folder, intake::skipped, item -> {
            String path = folder.getFileName() + "/" + item.name();
            if (source.part() == null ? wants(path) : path.endsWith("/" + source.part())) {
                if (Files.size(item.file()) > Archive.LARGEST) {
                    intake.skipped(item.name(), "more than " + Archive.LARGEST + " bytes");
                } else {
                    read(source, parcel, new Archive.Entry(path, Files.readAllBytes(item.file())), intake);
                }
            } else if (item.name().toLowerCase(Locale.ROOT).matches(".*\\.(zip|jar|whl|tar|tgz|gz)")) {
                archive(source, parcel, item.file(), intake);
            } else {
                intake.skipped(item.name(), "not of the kind that " + source.format() + " reads");
            }
        });
    }
}
