package kawi.readers;

import com.fasterxml.jackson.databind.JsonNode;
import kawi.corpus.Archive;
import kawi.corpus.Document;
import kawi.corpus.JsonRecord;

/** Moby-Dick: one JSON file a chapter, with number, title and text; one document each. */
final class Chapters extends JsonFiles {
    @Override
    protected boolean wants(String path) {
        return path.matches(".*/data/(chapter_\\d+|epilogue|etymology|extracts)\\.json");
    }

    @Override
    void take(Source source, Archive.Entry entry, String url, JsonNode object, JsonRecord record, Intake intake) {
        String title = record.title();
        if (title == null) {
            intake.repaired(url, "no title");
            title = entry.path().replaceAll(".*/|\\.json$", "");
        }
        intake.take(Document.collected(
                source.id(),
                entry.path(),
                "Moby-Dick: " + title,
                "Herman Melville",
                1851,
                source.genre(),
                source.licence(),
                url,
                record.text()));
    }
}
