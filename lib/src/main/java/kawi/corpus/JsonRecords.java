package kawi.corpus;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * Reads the lines of one file of JSON records as people write them: an object a line, but also several on one, a list
 * of them, a list spread over lines, a comma too many, a byte-order mark. A line that is no record is set aside with
 * its number and the reason, and the others are read. Fields that nobody reads are said once, by {@link #end()}.
 */
public final class JsonRecords {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int NAMED = 12;
    private static final int MOST_NAMES = 10_000;

    private final String file;
    private final String textField;
    private final BiConsumer<String, String> aside;
    private final BiConsumer<String, String> noted;
    private final BiPredicate<String, JsonRecord> found;
    private final TreeSet<String> unread = new TreeSet<>();
    private boolean more; // fields that were not read than are told apart
    /** How the line at hand had to be decoded, until that is said; null where all was in order. */
    private String decoding;

    /**
     * A reading of one file whose texts have one of the usual names.
     *
     * @param file its name, for what is said of it
     * @param aside hears of what is no document: where, and why
     * @param noted hears of what was read otherwise than it was written, or in part: where, and how
     * @param found is given each record that has a text and where it stands; it answers whether it took it
     */
    public JsonRecords(
            String file,
            BiConsumer<String, String> aside,
            BiConsumer<String, String> noted,
            BiPredicate<String, JsonRecord> found) {
        this(file, null, aside, noted, found);
    }

    /**
     * A reading of one file.
     *
     * @param file its name, for what is said of it
     * @param textField the field that holds the text, or null for the usual names
     * @param aside hears of what is no document: where, and why
     * @param noted hears of what was read otherwise than it was written, or in part: where, and how
     * @param found is given each record that has a text and where it stands; it answers whether it took it
     */
    public JsonRecords(
            String file,
            String textField,
            BiConsumer<String, String> aside,
            BiConsumer<String, String> noted,
            BiPredicate<String, JsonRecord> found) {
        this.file = file;
        this.textField = textField;
        this.aside = aside;
        this.noted = noted;
        this.found = found;
    }

    /**
     * Reads a line.
     *
     * @param lines the file's lines, which gave it last: they know its number, and its length where it was too long
     * @param line the line, empty where it was too long
     */
    public void line(Lines lines, byte[] line) {
        line(lines.number(), lines.skippedBytes(), line);
    }

    /**
     * Reads a line of which the number and the length are known.
     *
     * @param number its number, from 1
     * @param skippedBytes its length where it was too long to take, else 0
     * @param line the line, empty where it was too long
     */
    public void line(long number, long skippedBytes, byte[] line) {
        String where = file + " line " + number;
        if (skippedBytes > 0) {
            aside.accept(where, "a line of " + skippedBytes + " bytes, more than " + Lines.LONGEST);
            return;
        }
        Decoded decoded = Decoded.of(line);
        decoding = decoded.note();
        // A record separator before each text is how RFC 7464 writes a sequence.
        text(where, decoded.text().replaceFirst("^[\\s\u001e]+", "").strip());
    }

    /**
     * {@return a parser of a whole file, in UTF-8}
     *
     * @param in the file
     * @throws IOException where it cannot be read
     */
    public static JsonParser parser(InputStream in) throws IOException {
        return JSON.createParser(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /**
     * Takes a value that was parsed elsewhere.
     *
     * @param where where it stands
     * @param value the value
     */
    public void value(String where, JsonNode value) {
        object(where, value);
    }

    /**
     * Adds the fields that were not read in a part of the file, so that {@link #end} says them once.
     *
     * @param part a reading of some lines of the same file
     */
    public void include(JsonRecords part) {
        unread(part.unread);
        more |= part.more;
    }

    /** Of names that are as many as the records, only the first are told apart. */
    private void unread(Set<String> names) {
        unread.addAll(names);
        while (unread.size() > MOST_NAMES) {
            unread.pollLast();
            more = true;
        }
    }

    /** Says which fields were not read. Call it after the last line. */
    public void end() {
        if (!unread.isEmpty()) {
            List<String> names = unread.stream().limit(NAMED).toList();
            noted.accept(
                    file,
                    (more ? "more than " : "")
                            + (unread.size() == 1 ? "1 field not read: " : unread.size() + " fields not read: ")
                            + String.join(", ", names)
                            + (unread.size() > NAMED ? ", ..." : ""));
        }
    }

    private void text(String where, String text) {
        if (text.isEmpty() || text.equals("[") || text.equals("]") || text.equals("],") || text.equals(",")) {
            return; // nothing, or the frame of a list that is written a record a line
        }
        List<JsonNode> values = new ArrayList<>();
        String problem = parse(text, values);
        if (problem != null) {
            List<JsonNode> listed = new ArrayList<>();
            if (parse(asList(text), listed) == null) {
                values = listed;
                problem = null;
            }
        }
        List<JsonNode> records = new ArrayList<>();
        values.forEach(value -> {
            if (value.isArray()) {
                value.forEach(records::add);
            } else {
                records.add(value);
            }
        });
        if (values.size() == 1 && values.get(0).isArray() && records.isEmpty()) {
            aside.accept(where, "an empty list");
        }
        int number = 0;
        for (JsonNode record : records) {
            number++;
            object(number == 1 ? where : where + " object " + number, record);
        }
        if (problem != null) {
            aside.accept(number == 0 ? where : where + " after object " + number, "not JSON: " + problem);
        }
    }

    /** A line out of a list that is spread over lines has a comma or a bracket too many. */
    private static String asList(String text) {
        String bare = text.startsWith("[") ? text.substring(1) : text.startsWith(",") ? text.substring(1) : text;
        bare = bare.endsWith("]") ? bare.substring(0, bare.length() - 1) : bare;
        return "[" + bare + "]";
    }

    /**
     * Adds the values that stand one after another in a text. {@return why it could not be read to its end, or null}
     */
    private static String parse(String text, List<JsonNode> values) {
        try (JsonParser parser = JSON.createParser(text)) {
            while (parser.nextToken() != null) {
                JsonNode value = parser.readValueAsTree();
                values.add(value);
            }
            return null;
        } catch (JsonProcessingException e) {
            return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void object(String where, JsonNode value) {
        if (!value.isObject()) {
            aside.accept(where, "not an object but " + (value.isNull() ? "null" : shortened(value)));
            return;
        }
        JsonRecord record = JsonRecord.of(value, textField);
        if (record.problem() != null) {
            aside.accept(where, record.problem());
        } else if (found.test(where, record)) {
            if (decoding != null) {
                noted.accept(where, decoding);
                decoding = null;
            }
            record.notes().forEach(note -> noted.accept(where, note));
            unread(record.unread());
        }
    }

    private static String shortened(JsonNode value) {
        String text = value.toString().replaceAll("\\s+", " ");
        return text.length() > 30 ? text.substring(0, 30) + "..." : text;
    }
}
