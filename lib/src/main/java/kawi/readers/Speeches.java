package kawi.readers;

import com.fasterxml.jackson.databind.JsonNode;
import kawi.corpus.Archive;
import kawi.corpus.Document;
import kawi.corpus.JsonRecord;

/** State of the Union addresses: one JSON file an address, with year, name, party and text; one document each. */
final class Speeches extends JsonFiles {
    @Override
    protected boolean wants(String path) {
        return path.matches(".*/data/\\d{4}_.*\\.json");
    }

    @Override
    void take(Source source, Archive.Entry entry, String url, JsonNode object, JsonRecord record, Intake intake) {
        String president = text(object, "name", url, intake);
        String party = text(object, "party", url, intake);
        if (record.year() == null) {
            intake.repaired(url, "no year");
        }
        intake.take(Document.collected(
                source.id(),
                entry.path(),
                "State of the Union " + (record.year() == null ? "of an unknown year" : record.year()) + " ("
                        + (party == null ? "none" : party) + ")",
                president,
                record.year(),
                source.genre(),
                source.licence(),
                url,
                record.text()));
    }
}
