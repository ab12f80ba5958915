package kawi.readers;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import kawi.corpus.JsonRecord;
import kawi.corpus.JsonRecords;
import kawi.corpus.Lines;

/**
 * A whole file of JSON that is a list of objects, objects one after another, or one object with a single list of
 * objects in it. One object at a time is in memory, also of a list that lies in an object: where that is long, the
 * object is gone through twice, the first time for what it has.
 */
final class JsonValues {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** Characters of a longer text that tell whether it is one. */
    private static final int SHOWN = 100;

    /** A value is longer than is taken. */
    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLong() {
            super(null, null, false, false);
        }
    }

    private final String name;
    private final Content content;
    private final Intake intake;
    private final OwnRecords records;
    private long number;
    private int depth; // of the value at hand
    private long end; // where it must end

    private JsonValues(Source source, Content content, Intake intake) {
        this.name = content.name();
        this.content = content;
        this.intake = intake;
        this.records = new OwnRecords(source, name, intake);
    }

    static void read(Source source, Content content, Intake intake) throws IOException {
        new JsonValues(source, content, intake).read();
    }

    private void read() throws IOException {
        try (InputStream in = content.utf8(intake)) {
            read(in);
        }
        records.end();
    }

    private void read(InputStream in) {
        try (JsonParser parser = JsonRecords.parser(in)) {
            JsonToken token = parser.nextToken();
            boolean listed = token == JsonToken.START_ARRAY;
            if (listed) {
                token = parser.nextToken();
            }
            for (long index = 0; token != null && token != JsonToken.END_ARRAY; index++) {
                JsonNode value = next(parser);
                if (value != null) {
                    (listed ? List.of(value) : inside(value)).forEach(this::take);
                } else if (listed) {
                    tooLong();
                } else {
                    inLong(index);
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
    }

    private String where() {
        return name + " object " + number;
    }

    private void take(JsonNode record) {
        number++;
        records.value(where(), size(record), () -> record);
    }

    private static long size(JsonNode record) {
        long size = 0;
        for (JsonNode value : record) {
            size += value.isTextual() ? value.textValue().length() : 8;
        }
        return size;
    }

    private void tooLong() {
        number++;
        intake.skipped(where(), "more than " + Lines.LONGEST + " characters");
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

    /** The same for a value that is too long to be held. */
    private void inLong(long index) throws IOException {
        List<String> lists = new ArrayList<>();
        ObjectNode rest = NODES.objectNode();
        try (JsonParser parser = at(index)) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                shape(parser, lists, rest);
            }
        }
        if (lists.size() != 1 || JsonRecord.of(rest).text() != null) {
            tooLong();
            return;
        }
        try (JsonParser parser = at(index)) {
            while (!parser.nextFieldName().equals(lists.get(0))) {
                parser.nextToken();
                parser.skipChildren();
            }
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                JsonNode record = next(parser);
                if (record == null) {
                    tooLong();
                } else {
                    take(record);
                }
            }
        }
    }

    /** A parser that stands at one of the values of the file. */
    private JsonParser at(long index) throws IOException {
        JsonParser parser = JsonRecords.parser(content.utf8Again());
        parser.nextToken();
        for (long i = 0; i < index; i++) {
            parser.skipChildren();
            parser.nextToken();
        }
        return parser;
    }

    /** Goes over an object: the names of its lists of objects, and enough of all else to tell whether it has a text. */
    private static void shape(JsonParser parser, List<String> lists, ObjectNode rest) throws IOException {
        for (String field; (field = parser.nextFieldName()) != null; ) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY) {
                JsonToken first = parser.nextToken();
                if (first == JsonToken.START_OBJECT) {
                    lists.add(field);
                } else if (first == JsonToken.VALUE_STRING) {
                    rest.set(field, NODES.arrayNode().add(shown(parser)));
                }
                while (parser.currentToken() != JsonToken.END_ARRAY) {
                    parser.skipChildren();
                    parser.nextToken();
                }
            } else if (token == JsonToken.VALUE_STRING) {
                rest.put(field, shown(parser));
            } else {
                parser.skipChildren();
            }
        }
    }

    private static String shown(JsonParser parser) throws IOException {
        String text = parser.getText().strip();
        return text.substring(0, Math.min(SHOWN, text.length()));
    }

    /**
     * {@return the value at which a parser stands, or null where it is longer than is taken: the parser is behind it}
     */
    private JsonNode next(JsonParser parser) throws IOException {
        depth = 0;
        end = parser.currentTokenLocation().getCharOffset() + Lines.LONGEST;
        try {
            return node(parser);
        } catch (TooLong e) {
            while (depth > 0) {
                JsonToken token = parser.nextToken();
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return null;
        }
    }

    private JsonNode node(JsonParser parser) throws IOException {
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
        if (parser.currentLocation().getCharOffset() > end) {
            depth += parser.currentToken().isStructStart() ? 1 : 0;
            throw new TooLong();
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                depth++;
                for (String field; (field = parser.nextFieldName()) != null; ) {
                    parser.nextToken();
                    object.set(field, node(parser));
                }
                depth--;
                return object;
            }
            case START_ARRAY -> {
                ArrayNode list = NODES.arrayNode();
                depth++;
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(node(parser));
                }
                depth--;
                return list;
            }
            case VALUE_NUMBER_INT -> {
                return switch (parser.getNumberType()) {
                    case INT -> NODES.numberNode(parser.getIntValue());
                    case LONG -> NODES.numberNode(parser.getLongValue());
                    default -> NODES.numberNode(parser.getBigIntegerValue());
                };
            }
            case VALUE_NUMBER_FLOAT -> {
                return NODES.numberNode(parser.getDoubleValue());
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                return NODES.booleanNode(parser.getBooleanValue());
            }
            case VALUE_STRING -> {
                return NODES.textNode(text);
            }
            default -> {
                return NODES.nullNode();
            }
        }
    }
}
