package kawi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * A budget as JSON: the fields of {@link Budget} by their names. Nothing is guessed: a file that lacks a field, has one
 * that no budget has, or one twice, or a number that is none or not above 0, is refused by the field's name.
 */
final class BudgetFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private BudgetFile() {}

    static String json(Budget budget) {
        try {
            return JSON.writeValueAsString(budget) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a budget is numbers and a name: " + e, e);
        }
    }

    static Budget read(Path file) {
        JsonNode root;
        try {
            root = JSON.readTree(WholeFile.bytes(file, WholeFile.SETTINGS));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The budget " + file.getFileName() + " is not valid JSON at line " + WholeFile.line(e) + " ("
                            + e.getOriginalMessage().replaceAll("\\s+", " ")
                            + "): correct that line, or begin anew from Budget.lesson().json().",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the budget", file);
        }
        List<String> faults = new ArrayList<>();
        check(root, Budget.class, "", faults);
        if (!faults.isEmpty()) {
            throw new KitException("The budget " + file.getFileName() + " cannot be used: " + String.join("; ", faults)
                    + ". Budget.lesson().json() shows a whole one.");
        }
        try {
            return JSON.treeToValue(root, Budget.class);
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The budget " + file.getFileName() + " cannot be used: " + e.getOriginalMessage() + ".", e);
        }
    }

    private static void check(JsonNode node, Class<?> type, String path, List<String> faults) {
        if (!node.isObject()) {
            faults.add((path.isEmpty() ? "it" : path) + " is not an object with fields");
            return;
        }
        Set<String> unknown = new LinkedHashSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        for (RecordComponent each : type.getRecordComponents()) {
            unknown.remove(each.getName());
            String name = path.isEmpty() ? each.getName() : path + "." + each.getName();
            JsonNode value = node.get(each.getName());
            if (value == null) {
                faults.add(name + " is missing");
            } else if (each.getType().isRecord()) {
                check(value, each.getType(), name, faults);
            } else if (each.getType() == String.class) {
                if (!value.isTextual() || value.asText().isBlank()) {
                    faults.add(name + " is not a name");
                }
            } else if (!value.isNumber() || !(value.asDouble() > 0)) {
                faults.add(name + " is " + value + ", not a number above 0");
            } else if (each.getType() != double.class && !whole(value, each.getType())) {
                faults.add(name + " is " + value + ", not a whole number that fits");
            }
        }
        List<String> known = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        unknown.forEach(name -> faults.add((path.isEmpty() ? "" : path + ".") + name + " is no field of a budget ("
                + (path.isEmpty() ? "it" : path) + " has " + String.join(", ", known) + ")"));
    }

    private static boolean whole(JsonNode value, Class<?> type) {
        return value.isIntegralNumber() && (type == int.class ? value.canConvertToInt() : value.canConvertToLong());
    }
}
