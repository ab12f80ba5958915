package kawi.readers;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import kawi.corpus.Document;
import kawi.corpus.JsonRecord;
import kawi.corpus.JsonRecords;
import kawi.corpus.Lines;

/**
 * JSON of the reader's own: a file of one object a line, or a whole file that is a list of objects, objects one after
 * another, or one object with a single list of objects in it. An object is a document under the names that
 * {@link JsonRecord} lists, or with its text in the field that the source names; what it does not say, the catalog's
 * entry says for it.
 */
final class JsonTexts {
    private JsonTexts() {}

    static void lines(Source source, String name, Lines lines, Intake intake) throws IOException {
        JsonRecords records = records(source, name, intake);
        for (byte[] line; (line = lines.next()) != null; ) {
            records.line(lines, line);
        }
        records.end();
        OwnTexts.sayEnd(name, lines, intake);
    }

    static JsonRecords records(Source source, String name, Intake intake) {
        return new JsonRecords(name, source.textField(), intake::skipped, intake::repaired, (where, record) -> {
            intake.take(document(source, where, record));
            return true;
        });
    }

    /** Reads a whole file, an object of it at a time. */
    static void values(Source source, String name, InputStream in, Intake intake) throws IOException {
        JsonRecords records = records(source, name, intake);
        int number = 0;
        try (JsonParser parser = JsonRecords.parser(in)) {
            JsonToken token = parser.nextToken();
            boolean listed = token == JsonToken.START_ARRAY;
            if (listed) {
                token = parser.nextToken();
            }
            while (token != null && token != JsonToken.END_ARRAY) {
                JsonNode value = parser.readValueAsTree();
                for (JsonNode record : listed ? List.of(value) : inside(value)) {
                    number++;
                    records.value(name + " object " + number, record);
                }
                token = parser.nextToken();
            }
            if (number == 0) {
                intake.skipped(name, "no object in it");
            } else if (token != null && parser.nextToken() != null) {
                intake.skipped(name, "what follows its list is not read");
            }
        } catch (IOException e) {
            intake.skipped(name + " after object " + number, "not JSON: " + PlainText.reason(e));
        }
        records.end();
    }

    /** The objects of a value's only list of objects where it has no text of its own, else the value. */
    private static List<JsonNode> inside(JsonNode value) {
        if (!value.isObject() || JsonRecord.of(value).text() != null) {
            return List.of(value);
        }
        List<JsonNode> lists = new ArrayList<>();
        value.forEach(each -> {
            if (each.isArray() && !each.isEmpty() && each.get(0).isObject()) {
                lists.add(each);
            }
        });
        if (lists.size() != 1) {
            return List.of(value);
        }
        List<JsonNode> records = new ArrayList<>();
        lists.get(0).forEach(records::add);
        return records;
    }

    static Document document(Source source, String where, JsonRecord record) {
        return Document.collected(
                source.id(),
                where,
                record.title(),
                record.author(),
                record.year(),
                record.genre() == null ? source.genre() : record.genre(),
                record.licence() == null ? source.licence() : record.licence(),
                record.url() == null ? where : record.url(),
                record.text());
    }
}
