package kawi.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/**
 * What a JSON object says of a document, under whatever usual names it says it. Case, hyphens, underscores, colons and
 * dots in names do not matter; of several names for one thing the first in this list that has a usable value counts:
 *
 * <ul>
 *   <li>text: text, content, body
 *   <li>title: title, headline, subject
 *   <li>author: author, authors, creator, byline
 *   <li>year: year, date, published, publication_date, date_published, created, created_at, timestamp
 *   <li>genre: genre, category
 *   <li>licence: licence, license, rights, licences, licenses, each also with url, uri, link, name, id, type, title or
 *       spdx behind it, and spdx or dc before it; also inside an object metadata or meta
 *   <li>url: url, uri, link, permalink
 *   <li>id and source: read from the kit's own files; elsewhere the kit gives both
 * </ul>
 *
 * <p>A field that is not of its type is left out, or read as far as it can be, and noted; it never takes the document
 * with it. Two licences that differ both hold ({@code A AND B}, as SPDX writes it), and one that cannot be read is
 * {@value #UNREAD_LICENCE}, so that no policy takes the document by the licence of its source.
 *
 * @param id its id, or null
 * @param source id of its source, or null
 * @param text the text, or null where there is none
 * @param title title, or null
 * @param author author, several between commas, or null
 * @param year year of writing, or null
 * @param genre genre, or null
 * @param licence SPDX identifier or expression, or null where it states none
 * @param url where it was found, or null
 * @param problem why this is no document, in a clause, or null where it has a text
 * @param notes what did not fit, a clause each
 * @param unread names of the fields that were not read
 */
public record JsonRecord(
        String id,
        String source,
        String text,
        String title,
        String author,
        Integer year,
        String genre,
        String licence,
        String url,
        String problem,
        List<String> notes,
        Set<String> unread) {
    /** The licence of a record that has one which cannot be read. */
    public static final String UNREAD_LICENCE = "LicenseRef-unread";

    /**
     * {@return what an object says}
     *
     * @param object a JSON object
     */
    public static JsonRecord of(JsonNode object) {
        return of(object, null);
    }

    /**
     * {@return what an object says whose text stands in a field of another name}
     *
     * @param object a JSON object
     * @param textField the field's name; a dot leads into an object in it; null for the usual names
     */
    public static JsonRecord of(JsonNode object, String textField) {
        return new JsonFields(object, textField).record();
    }
}
