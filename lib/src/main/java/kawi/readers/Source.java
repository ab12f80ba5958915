package kawi.readers;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.stream.Stream;

/**
 * One entry of the catalog: what a set of data is, under which licence, and which files hold it.
 *
 * @param id short name, used everywhere
 * @param title title for people
 * @param description what is inside and why the kit wants it
 * @param licence SPDX identifier, {@code public-domain}, or {@code LicenseRef-...} where no public licence exists
 * @param note what a careful reader should know about that licence
 * @param language ISO 639-1 code of the text, or several separated by commas
 * @param genre genre of the text
 * @param use {@code corpus} (text to learn from), {@code task}, {@code test} (never learn from it) or {@code model}
 * @param byDefault whether the kit takes it without being asked
 * @param format which {@link Reader} turns its files into documents, or null where none does
 * @param packages package files from a registry
 * @param files single files, by address or from a mirror folder
 * @param path a file or folder of the reader's own, instead of packages and files
 */
public record Source(
        String id,
        String title,
        String description,
        String licence,
        String note,
        String language,
        String genre,
        String use,
        @JsonProperty("default") boolean byDefault,
        String format,
        List<Parcel> packages,
        List<Parcel> files,
        String path) {

    /** Fills what three lines of a reader's own entry leave out. */
    public Source {
        title = title == null ? id : title;
        licence = licence == null ? "LicenseRef-unstated" : licence;
        language = language == null ? "en" : language;
        genre = genre == null ? "own" : genre;
        use = use == null ? "corpus" : use;
        byDefault = byDefault || path != null;
        format = format == null && path != null ? "text" : format;
        packages = packages == null ? List.of() : List.copyOf(packages);
        files = files == null ? List.of() : List.copyOf(files);
    }

    /** {@return all files of the source} */
    public List<Parcel> parcels() {
        return Stream.concat(packages.stream(), files.stream()).toList();
    }

    /** {@return bytes to fetch} */
    public long bytes() {
        return parcels().stream().mapToLong(Parcel::bytes).sum();
    }

    /**
     * A file of a source, pinned by its hash.
     *
     * @param registry pypi, npm or maven for a package file, else null
     * @param name name of the package in its registry
     * @param version version of the package
     * @param file file name in the cache
     * @param url address of a single file, or null where only a mirror has it
     * @param sha256 SHA-256 of the file, 64 hexadecimal digits
     * @param bytes size of the file
     * @param licence its own licence where it differs from the source's, or null
     */
    public record Parcel(
            String registry,
            String name,
            String version,
            String classifier,
            String file,
            String url,
            String sha256,
            long bytes,
            String licence) {

        /** {@return where a text inside this file was found: a package URL, or the address of the file} */
        public String locate(String entry) {
            String base = registry == null
                    ? (url == null ? file : url)
                    : "pkg:" + registry + "/" + name.replace(':', '/') + "@" + version;
            return entry == null ? base : base + "#" + entry;
        }
    }
}
