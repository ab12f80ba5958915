package kawi.readers;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
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
 * @param part path inside the source's archive of the one thing that is read, as {@code tables/tweets.txt} or, in an
 *     archive inside the archive, {@code sets.tar.gz!/tables/tweets.txt}; null where the reader takes all it knows
 * @param textField name of the field or column that holds the text, in files of records; a dot leads into an object, as
 *     in {@code message.content}; null where it has one of the usual names
 */
public record Source(
        String id,
        String title,
        String description,
        @JsonAlias("license") String licence,
        String note,
        String language,
        String genre,
        String use,
        @JsonProperty("default") boolean byDefault,
        String format,
        List<Parcel> packages,
        List<Parcel> files,
        String path,
        String part,
        String textField) {

    /**
     * A source of which no part is singled out. What is null is filled as in the catalog.
     *
     * @param id short name
     * @param title title for people, or null
     * @param description what is inside, or null
     * @param licence SPDX identifier, or null where none is stated
     * @param note what to know of the licence, or null
     * @param language ISO 639-1 code, or null
     * @param genre genre, or null
     * @param use {@code corpus}, {@code task}, {@code test} or {@code model}, or null
     * @param byDefault whether the kit takes it without being asked
     * @param format which reader reads it, or null
     * @param packages package files, or null
     * @param files single files, or null
     * @param path a file or folder of the reader's own, or null
     */
    public Source(
            String id,
            String title,
            String description,
            String licence,
            String note,
            String language,
            String genre,
            String use,
            boolean byDefault,
            String format,
            List<Parcel> packages,
            List<Parcel> files,
            String path) {
        this(
                id,
                title,
                description,
                licence,
                note,
                language,
                genre,
                use,
                byDefault,
                format,
                packages,
                files,
                path,
                null,
                null);
    }

    /**
     * Fills what three lines of a reader's own entry leave out.
     *
     * @param id short name
     * @param title title for people, or null
     * @param description what is inside, or null
     * @param licence SPDX identifier, or null where none is stated
     * @param note what to know of the licence, or null
     * @param language ISO 639-1 code, or null
     * @param genre genre, or null
     * @param use {@code corpus}, {@code task}, {@code test} or {@code model}, or null
     * @param byDefault whether the kit takes it without being asked
     * @param format which reader reads it, or null
     * @param packages package files, or null
     * @param files single files, or null
     * @param path a file or folder of the reader's own, or null
     * @param part path of the one thing that is read, or null
     * @param textField name of the field that holds the text, or null
     */
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

    /**
     * {@return what the catalog says of the file that a reader was given} A file of the reader's own is known by its
     * name alone.
     *
     * @param index its place in the list of files
     */
    Parcel parcel(int index, Path file) {
        return path == null
                ? parcels().get(index)
                : new Parcel(null, null, null, null, file.getFileName().toString(), null, null, 0, null);
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
     * @param classifier which of a Maven package's files, such as {@code sources}, or null
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
            @JsonAlias("license") String licence) {

        /**
         * {@return where a text inside this file was found: a package URL, or the address of the file}
         *
         * @param entry path inside the file, or null for the file itself
         */
        public String locate(String entry) {
            String base = registry == null
                    ? (url == null ? file : url)
                    : "pkg:" + registry + "/" + name.replace(':', '/') + "@" + version;
            return entry == null ? base : base + "#" + entry;
        }
    }
}
