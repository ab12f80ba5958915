package kawi.readers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipException;
import kawi.corpus.JsonRecord;

/** The columns of a Parquet file, and which of them say something of a document. */
final class ParquetSchema {
    private static final int DEEPEST = 50;
    private static final int REPEATED = 2;
    /** Digits behind the point of a decimal: more say nothing, and billions of them take all memory. */
    private static final int LARGEST_SCALE = 1000;

    private static final JsonNode LISTED =
            JsonNodeFactory.instance.arrayNode().add(JsonNodeFactory.instance.objectNode());

    private final List<Thrift> elements;
    private final List<ParquetColumn> columns = new ArrayList<>();
    /** Columns that are not told, by their names: of lists in lists, of lists of objects; with a value like theirs. */
    private final Map<String, JsonNode> other = new TreeMap<>();

    private List<String> texts; // names of columns in which a text may stand, once that is asked
    private int at;
    private int leaves;

    private ParquetSchema(List<Thrift> elements) {
        this.elements = elements;
    }

    /** {@return the columns of a file by its list of elements, each before what is in it} */
    static ParquetSchema of(List<Thrift> elements) throws IOException {
        ParquetSchema schema = new ParquetSchema(elements);
        if (elements.isEmpty()) {
            throw new ZipException("damaged: it names no columns");
        }
        long children = schema.elements.get(schema.at++).number(5, 0);
        for (long i = 0; i < children; i++) {
            schema.element(new Place(List.of(), 0, 0, false, false), 0);
        }
        return schema;
    }

    /**
     * Where an element stands.
     *
     * @param inList whether the names of what is in it say nothing, as it is a list
     * @param manyFields whether it is a list of what has several parts
     */
    private record Place(List<String> path, int definition, int repetition, boolean inList, boolean manyFields) {}

    private void element(Place in, int depth) throws IOException {
        if (at >= elements.size() || depth > DEEPEST) {
            throw new ZipException("damaged: its columns do not fit one another");
        }
        Thrift element = elements.get(at++);
        long children = element.number(5, 0);
        long repeats = element.number(3, 0);
        List<String> path = new ArrayList<>(in.path());
        if (!in.inList()) {
            path.add(element.text(4));
        }
        int definition = in.definition() + (repeats == 0 ? 0 : 1);
        int repetition = in.repetition() + (repeats == REPEATED ? 1 : 0);
        if (!element.has(1)) {
            // What stands under the name of a list, and what repeats in it, have names that only make the list.
            boolean list = element.number(6, -1) == 3 || element.struct(10).has(3) || repeats == REPEATED;
            boolean many = in.manyFields() || repetition > 0 && children > 1;
            for (long i = 0; i < children; i++) {
                element(new Place(path, definition, repetition, (list || in.inList()) && !many, many), depth + 1);
            }
            return;
        }
        ParquetColumn.Type type = type(element.number(1, -1));
        ParquetColumn column = new ParquetColumn(
                List.copyOf(path),
                leaves++,
                type,
                (int) element.number(2, 0),
                meaning(element, type),
                scale(element),
                definition,
                repetition);
        if (repetition > 1 || in.manyFields()) {
            other.put(path.get(0), LISTED);
        } else if (column.meaning() == ParquetColumn.Meaning.OTHER) {
            other.put(column.name(), LongNode.valueOf(1));
        } else if (columns.stream().anyMatch(each -> each.path().equals(column.path()))) {
            other.put(column.name() + " (another column of that name)", LISTED);
        } else {
            columns.add(column);
        }
    }

    private static int scale(Thrift element) throws IOException {
        Thrift decimal = element.struct(10).struct(5);
        long scale = decimal.has(1) ? decimal.number(1, 0) : element.number(7, 0);
        if (scale < 0 || scale > LARGEST_SCALE) {
            throw new ZipException("damaged: a decimal with " + scale + " digits behind its point");
        }
        return (int) scale;
    }

    private static ParquetColumn.Type type(long number) throws IOException {
        if (number < 0 || number >= ParquetColumn.Type.values().length) {
            throw new ZipException("damaged: a column of no known type");
        }
        return ParquetColumn.Type.values()[(int) number];
    }

    private static ParquetColumn.Meaning meaning(Thrift element, ParquetColumn.Type type) {
        Thrift logical = element.struct(10);
        int converted = (int) element.number(6, -1);
        if (converted == 5 || logical.has(5)) {
            return ParquetColumn.Meaning.DECIMAL;
        }
        if (logical.has(11)) {
            return ParquetColumn.Meaning.TEXT; // of nulls alone, whatever their type
        }
        if (logical.has(7) || logical.has(15) || converted == 7 || converted == 8) {
            return ParquetColumn.Meaning.OTHER; // hours of a day, and numbers of two bytes
        }
        if (converted == 0 || converted == 4 || converted == 19) {
            return ParquetColumn.Meaning.TEXT;
        }
        if (logical.has(1) || logical.has(4) || logical.has(12)) {
            return ParquetColumn.Meaning.TEXT;
        }
        if (logical.has(8)) {
            Thrift unit = logical.struct(8).struct(2);
            return unit.has(1)
                    ? ParquetColumn.Meaning.MILLIS
                    : unit.has(2) ? ParquetColumn.Meaning.MICROS : ParquetColumn.Meaning.NANOS;
        }
        boolean bytes = type == ParquetColumn.Type.BYTE_ARRAY || type == ParquetColumn.Type.FIXED_LEN_BYTE_ARRAY;
        return switch (converted) {
            case 6 -> ParquetColumn.Meaning.DAYS;
            case 9 -> ParquetColumn.Meaning.MILLIS;
            case 10 -> ParquetColumn.Meaning.MICROS;
            default ->
                logical.has(6)
                        ? ParquetColumn.Meaning.DAYS
                        : bytes && converted >= 0 ? ParquetColumn.Meaning.OTHER : ParquetColumn.Meaning.PLAIN;
        };
    }

    /** How many columns the file has, those among them that are not told. */
    int size() {
        return leaves;
    }

    /** {@return what a row says with an example in each of these columns} */
    private static ObjectNode example(List<ParquetColumn> columns) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        columns.forEach(column -> put(
                row,
                column,
                column.repetition() > 0
                        ? JsonNodeFactory.instance.arrayNode().add(column.example())
                        : column.example()));
        return row;
    }

    /** Puts a value into a row where its column stands. */
    static void put(ObjectNode row, ParquetColumn column, JsonNode value) {
        ObjectNode in = row;
        List<String> path = column.path();
        for (String each : path.subList(0, path.size() - 1)) {
            JsonNode inner = in.get(each);
            in = inner instanceof ObjectNode ? (ObjectNode) inner : in.putObject(each);
        }
        in.set(path.get(path.size() - 1), value);
    }

    /** {@return why no row is a document, or null where a column has the text} */
    String problem(String textField) {
        ObjectNode row = example(columns);
        other.forEach(row::set);
        JsonRecord record = JsonRecord.of(row, textField);
        return record.problem();
    }

    /**
     * {@return the columns that say something of a document} They are those that a JSON object's fields of their names
     * would be read for; of several names for one thing each, as a row may lack one.
     */
    List<ParquetColumn> read(String textField) {
        List<ParquetColumn> read = new ArrayList<>();
        List<ParquetColumn> left = new ArrayList<>(columns);
        while (!left.isEmpty()) {
            Set<String> unread = JsonRecord.of(example(left), textField).unread();
            List<ParquetColumn> used = left.stream()
                    .filter(column -> !unread.contains(column.path().get(0)) || statesLicence(column, textField))
                    .toList();
            if (used.isEmpty()) {
                break;
            }
            read.addAll(used);
            left.removeAll(used);
        }
        return read;
    }

    /** {@return whether a row has a value in none of the columns that a text may stand in} */
    boolean saysNoText(ObjectNode row, List<ParquetColumn> read, String textField) {
        if (texts == null) {
            texts = read.stream()
                    .filter(column ->
                            JsonRecord.of(example(List.of(column)), textField).text() != null)
                    .map(column -> column.path().get(0))
                    .toList();
        }
        return texts.stream().noneMatch(row::has);
    }

    /**
     * {@return whether no row can be read without a column: one in which the text may stand, or which says under what
     * licence it is}
     */
    static boolean needs(ParquetColumn column, String textField) {
        JsonRecord record = JsonRecord.of(example(List.of(column)), textField);
        return record.text() != null || record.licence() != null;
    }

    /** Of an object that is not read otherwise, what it says of the licence is. */
    private static boolean statesLicence(ParquetColumn column, String textField) {
        return column.path().size() > 1
                && JsonRecord.of(example(List.of(column)), textField).licence() != null;
    }

    /** {@return the names of the columns that are not among those} */
    Set<String> unread(List<ParquetColumn> read) {
        Set<String> names = new TreeSet<>(other.keySet());
        columns.stream().filter(column -> !read.contains(column)).forEach(column -> names.add(column.name()));
        return names;
    }
}
