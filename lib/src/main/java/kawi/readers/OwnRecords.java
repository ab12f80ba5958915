package kawi.readers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kawi.corpus.JsonRecords;
import kawi.corpus.Lines;

/** The records of one file of the reader's own: each becomes a document on whichever core is free. */
final class OwnRecords {
    /** About as many bytes as a byte of a record needs while it is read. */
    private static final int TIMES_ITS_SIZE = 4;

    private final Source source;
    private final String file;
    private final Intake intake;
    private final JsonRecords all;

    OwnRecords(Source source, String file, Intake intake) {
        this.source = source;
        this.file = file;
        this.intake = intake;
        this.all = records(intake);
    }

    private JsonRecords records(Intake into) {
        return new JsonRecords(file, source.textField(), into::skipped, into::repaired, (where, record) -> {
            into.take(JsonTexts.document(source, where, record));
            return true;
        });
    }

    /** Reads a line, which these lines gave last. */
    void line(Lines lines, byte[] line) {
        long number = lines.number();
        long skipped = lines.skippedBytes();
        apart(file + " line " + number, line.length, records -> records.line(number, skipped, line));
    }

    /**
     * Reads a value.
     *
     * @param size about how long it is
     * @param value gives it, on any thread
     */
    void value(String where, long size, Supplier<JsonNode> value) {
        apart(where, size, records -> records.value(where, value.get()));
    }

    private void apart(String where, long size, Consumer<JsonRecords> work) {
        intake.apart(where, TIMES_ITS_SIZE * size, own -> {
            JsonRecords part = records(own);
            work.accept(part);
            own.then(intake, () -> all.include(part));
        });
    }

    /** Says which fields were not read. Call it after the last record. */
    void end() {
        intake.finish();
        all.end();
    }
}
