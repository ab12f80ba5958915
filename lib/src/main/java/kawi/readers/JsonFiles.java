package kawi.readers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.JsonLines;
import kawi.corpus.JsonRecord;

/** A reader of packages whose texts are JSON files, one object each; one document a file. */
abstract class JsonFiles extends ArchiveReader {
    private static final ObjectReader WHOLE = JsonLines.JSON
            .readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    /** Takes a file whose object has a text. */
    abstract void take(
            Source source, Archive.Entry entry, String url, JsonNode object, JsonRecord record, Intake intake);

    @Override
    protected final void read(Source source, Source.Parcel parcel, Archive.Entry entry, Intake intake) {
        String url = parcel.locate(entry.path().substring(entry.path().indexOf('/') + 1));
        Decoded decoded = entry.text();
        if (decoded.text().isBlank()) {
            intake.skipped(url, "empty");
            return;
        }
        try {
            JsonNode object = WHOLE.readValue(decoded.text());
            if (object == null || !object.isObject()) {
                intake.skipped(url, "not a JSON object");
                return;
            }
            JsonRecord record = JsonRecord.of(object);
            if (record.problem() != null) {
                intake.skipped(url, record.problem());
                return;
            }
            intake.repaired(url, decoded);
            record.notes().forEach(note -> intake.repaired(url, note));
            take(source, entry, url, object, record, intake);
        } catch (JsonProcessingException e) {
            intake.skipped(
                    url,
                    "not JSON: "
                            + String.valueOf(e.getOriginalMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse(""));
        }
    }

    /** {@return a field that is a text, or null where it is missing or no text, which is noted} */
    static String text(JsonNode object, String field, String url, Intake intake) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            intake.repaired(url, value.isMissingNode() || value.isNull() ? "no " + field : field + " is no text");
        }
        return value.textValue();
    }
}
