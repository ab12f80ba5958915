package kawi.readers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * A source of records, such as the questions of a benchmark: a file of one JSON object a line, in a package or on its
 * own. It must be whole, for a benchmark of which the end is missing is another benchmark.
 */
public final class RecordLines {
    private static final ObjectReader OBJECT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .readerFor(JsonNode.class);

    private RecordLines() {}

    /**
     * {@return the objects of a source, in the order of its lines}
     *
     * @param catalog the catalog
     * @param id a source with one file of JSON lines, or one package and the {@linkplain Source#part() part} of it that
     *     is such a file
     * @throws KitException where the source is unknown or not at hand, is no such file, has no line, or has one that is
     *     no whole JSON object, naming the line
     */
    public static List<JsonNode> read(Catalog catalog, String id) {
        List<Path> files = catalog.files(id);
        String part = catalog.source(id).part();
        if (files.size() != 1 || Files.isDirectory(files.get(0))) {
            throw new KitException("Source " + id + " is not one file, and records are read from one: name a file of"
                    + " JSON lines, or a package and its \"part\".");
        }
        Path file = files.get(0);
        if (part != null) {
            Archive.Entry entry = Archive.part(file, part);
            return read(id + " (" + entry.path() + ")", entry.text());
        }
        try {
            return read(id + " (" + file.getFileName() + ")", Decoded.of(WholeFile.bytes(file, WholeFile.DATA)));
        } catch (IOException e) {
            throw KitException.of(e, "reading source " + id, file);
        }
    }

    /**
     * {@return the texts of all test sets at hand that are such records, one text for each of their fields: what no
     * training text may hold}
     *
     * @param catalog the catalog; its sources of use {@code test} in JSON lines count
     * @throws KitException where one of them is not whole
     */
    public static List<String> testTexts(Catalog catalog) {
        List<String> texts = new ArrayList<>();
        for (Source source : catalog.sources()) {
            if (source.use().equals("test")
                    && source.part() != null
                    && source.part().endsWith(".jsonl")
                    && catalog.atHand(source.id())) {
                for (JsonNode record : read(catalog, source.id())) {
                    record.forEach(field -> add(field, texts));
                }
            }
        }
        return texts;
    }

    private static void add(JsonNode value, List<String> texts) {
        if (value.isTextual()) {
            texts.add(value.textValue());
        } else {
            value.forEach(each -> add(each, texts));
        }
    }

    private static List<JsonNode> read(String where, Decoded content) {
        List<JsonNode> records = new ArrayList<>();
        int number = 0;
        for (String line : content.text().split("\n", -1)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                JsonNode object = OBJECT.readValue(line);
                if (object == null || !object.isObject()) {
                    throw new KitException("Line " + number + " of " + where + " is no JSON object: give one a line.");
                }
                records.add(object);
            } catch (JsonProcessingException e) {
                throw new KitException(
                        "Line " + number + " of " + where + " is no whole JSON object ("
                                + WholeFile.fault(e) + "): the file was cut short or"
                                + " damaged; fetch it again, or correct that line.",
                        e);
            }
        }
        if (records.isEmpty()) {
            throw new KitException(where + " holds no record: fetch it again, or name another file.");
        }
        return records;
    }
}
