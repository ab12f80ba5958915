package kawi.readers;

import java.io.IOException;
import kawi.corpus.Document;
import kawi.corpus.JsonRecord;
import kawi.corpus.Lines;

/**
 * JSON of the reader's own: a file of one object a line; {@link JsonValues} reads whole files. An object is a document
 * under the names that {@link JsonRecord} lists, or with its text in the field that the source names; what it does not
 * say, the catalog's entry says for it.
 */
final class JsonTexts {
    private JsonTexts() {}

    static void lines(Source source, String name, Lines lines, Intake intake) throws IOException {
        OwnRecords records = new OwnRecords(source, name, intake);
        for (byte[] line; (line = lines.next()) != null; ) {
            records.line(lines, line);
        }
        records.end();
        OwnTexts.sayEnd(name, lines, intake);
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
