package kawi.readers;

import java.util.List;
import java.util.Map;
import kawi.corpus.Document;
import kawi.corpus.Skipped;

/**
 * What reading one source gave.
 *
 * @param source the source
 * @param documents the documents, in the source's order
 * @param offered documents the source had, before the sample was taken
 * @param repaired what was kept but read otherwise than it was written, or in part: another encoding than stated, a
 *     field that did not fit, fields that were not read
 * @param skipped entries that could not be used, with the reason
 * @param omitted what stood on pages and not in their text, by reason; empty where the source has no pages
 */
public record Reading(
        Source source,
        List<Document> documents,
        long offered,
        List<Skipped> repaired,
        List<Skipped> skipped,
        Map<String, Omission> omitted) {
    /**
     * A reading of a source without pages.
     *
     * @param source the source
     * @param documents the documents, in the source's order
     * @param offered documents the source had, before the sample was taken
     * @param repaired what was kept but read otherwise than it was written, or in part
     * @param skipped entries that could not be used, with the reason
     */
    public Reading(
            Source source, List<Document> documents, long offered, List<Skipped> repaired, List<Skipped> skipped) {
        this(source, documents, offered, repaired, skipped, Map.of());
    }

    /** {@return length of all texts in UTF-8 bytes} */
    public long bytes() {
        return documents.stream().mapToLong(Document::bytes).sum();
    }
}
