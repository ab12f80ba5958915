package kawi.corpus;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;
import kawi.evidence.Hash;

/**
 * One text with what must be known about it: where it came from, who wrote it and when, and under which licence.
 *
 * @param id first 16 hexadecimal digits of SHA-256 over source, path and text as they were at collection; cleaning
 *     changes the text and keeps the id, so a document can be followed from the source to the model
 * @param source id of the source in the catalog
 * @param title title, or null
 * @param author author where the source names a public one, or null; senders of e-mails are left out on purpose
 * @param year year of writing, or null where the source does not say
 * @param genre genre, for example {@code speech} or {@code drama}
 * @param licence SPDX identifier, or {@code public-domain}
 * @param url where the text was found: an address, or a package URL ({@code pkg:npm/name@version#path})
 * @param text the text itself
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Document(
        String id,
        String source,
        String title,
        String author,
        Integer year,
        String genre,
        String licence,
        String url,
        String text) {

    /**
     * {@return a document at its collection: the id is made here}
     *
     * @param source id of the source in the catalog
     * @param path tells apart equal texts of one source
     * @param title title, or null
     * @param author author, or null
     * @param year year of writing, or null
     * @param genre genre
     * @param licence SPDX identifier, or {@code public-domain}
     * @param url where the text was found
     * @param text the text itself
     */
    public static Document collected(
            String source,
            String path,
            String title,
            String author,
            Integer year,
            String genre,
            String licence,
            String url,
            String text) {
        String id = Hash.of(source + '\n' + path + '\n' + text).substring(0, 16);
        return new Document(id, source, title, author, year, genre, licence, url, text);
    }

    /**
     * {@return the same document with another text; the id stays}
     *
     * @param other the text
     */
    public Document withText(String other) {
        return new Document(id, source, title, author, year, genre, licence, url, other);
    }

    /** {@return length of the text in UTF-8 bytes} */
    public long bytes() {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** {@return the part of the data this document belongs to, decided by its id alone} */
    public Split split() {
        return Split.of(id);
    }

    /** {@return the decade, for example 1860, or null where the year is not known} */
    public Integer decade() {
        return year == null ? null : Math.floorDiv(year, 10) * 10;
    }
}
