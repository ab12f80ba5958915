package kawi.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fields of one JSON object under their usual names: how a {@link JsonRecord} is read, and what of it is not. */
final class JsonFields {

    private static final List<String> TEXT = List.of("text", "content", "body");
    private static final List<String> TITLE = List.of("title", "headline", "subject");
    private static final List<String> AUTHOR = List.of("author", "authors", "creator", "byline");
    private static final List<String> YEAR = List.of(
            "year", "date", "published", "publicationdate", "datepublished", "created", "createdat", "timestamp");
    private static final List<String> GENRE = List.of("genre", "category");
    private static final List<String> LICENCE = licenceNames();
    /** Objects that hold what is said about a text. */
    private static final List<String> METADATA = List.of("metadata", "meta");

    private static final List<String> URL = List.of("url", "uri", "link", "permalink");
    /** Not said to be unread: the first two are read, and the kit makes ids of its own. */
    private static final Set<String> KEYS = Set.of("id", "source", "uuid");

    private static final Pattern LEADING_YEAR = Pattern.compile("\\s*(\\d{4})(?!\\d).*", Pattern.DOTALL);
    private static final Pattern ANY_YEAR = Pattern.compile("(?<!\\d)(\\d{4})(?!\\d)");
    private static final int LARGEST_YEAR = 9999;

    private final Map<String, JsonNode> fields = new LinkedHashMap<>();
    private final Map<String, String> spelled = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> unread = new TreeSet<>();
    private final Set<String> used = new LinkedHashSet<>();

    /** Under which the chosen text stands here; no field has a name with a sign of its own. */
    private static final String CHOSEN = "!text";

    private final List<String> texts;

    JsonFields(JsonNode object, String textField) {
        texts = textField == null ? TEXT : List.of(CHOSEN);
        object.properties().forEach(field -> {
            String name = plainName(field.getKey());
            String free = name;
            for (int i = 2; fields.containsKey(free); i++) { // the same name in another spelling
                free = name + " " + i;
            }
            fields.put(free, field.getValue());
            spelled.put(free, field.getKey());
        });
        if (textField != null) {
            chosen(object, textField);
        }
        for (String part : METADATA) { // of what is said about a text apart from it, its licence counts
            JsonNode about = fields.get(part);
            if (about != null && about.isObject()) {
                about.properties().forEach(field -> {
                    String name = plainName(field.getKey());
                    if (LICENCE.contains(name)) {
                        fields.put(name + " " + part, field.getValue());
                        spelled.put(name + " " + part, spelled.get(part) + "." + field.getKey());
                    }
                });
            }
        }
    }

    /** Two spellings, alone or with what of a licence stands there. */
    private static List<String> licenceNames() {
        List<String> names = new ArrayList<>(List.of("licence", "license", "rights", "licences", "licenses"));
        for (String part : List.of("url", "uri", "link", "name", "id", "type", "title", "spdx", "spdxid")) {
            names.addAll(List.of("licence" + part, "license" + part, "rights" + part));
        }
        names.addAll(List.of("spdx", "spdxid", "spdxlicense", "spdxlicence", "spdxlicenseidentifier"));
        for (String prefix : List.of("dc", "dcterms", "schema")) {
            names.addAll(List.of(prefix + "rights", prefix + "license", prefix + "licence"));
        }
        return List.copyOf(names);
    }

    private static String plainName(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_ :.]", "");
    }

    private void chosen(JsonNode object, String textField) {
        JsonNode value = object.get(textField);
        String top = textField;
        if (value == null) {
            value = object;
            for (String name : textField.split("\\.", -1)) {
                value = value.path(name);
            }
            top = textField.replaceFirst("\\..*", "");
        }
        if (!value.isMissingNode()) {
            String name = top;
            fields.keySet().removeIf(key -> spelled.get(key).equals(name));
            fields.put(CHOSEN, value);
            spelled.put(CHOSEN, textField);
        }
    }

    /** The names under which fields stand here: each also in its other spellings. */
    private List<String> spellings(List<String> names) {
        return names.stream()
                .flatMap(name ->
                        fields.keySet().stream().filter(field -> field.equals(name) || field.startsWith(name + " ")))
                .toList();
    }

    JsonRecord record() {
        String id = plain("id");
        String source = plain("source");
        String text = text();
        String title = first(TITLE, this::words);
        String author = first(AUTHOR, this::names);
        Integer year = first(YEAR, this::year);
        String genre = first(GENRE, this::words);
        String licence = licence();
        String url = first(URL, this::words);
        fields.forEach((name, value) -> {
            if (!used.contains(name) && !KEYS.contains(name) && !value.isNull()) {
                unread.add(spelled.get(name));
            }
        });
        String problem = text == null ? noText() : null;
        return new JsonRecord(
                id,
                source,
                text,
                title,
                author,
                year,
                genre,
                licence,
                url,
                problem,
                List.copyOf(notes),
                Collections.unmodifiableSet(unread));
    }

    private interface Conversion<T> {
        /** Null where the value is absent or does not fit; then a note was made. */
        T of(String name, JsonNode value);
    }

    private <T> T first(List<String> names, Conversion<T> conversion) {
        List<String> there = spellings(names);
        for (String name : there) {
            JsonNode value = fields.get(name);
            if (value == null || value.isNull()) {
                continue;
            }
            used.add(name);
            T converted = conversion.of(name, value);
            if (converted != null) {
                // Another name for the same thing that says the same is no loss; one that differs is said.
                for (String other : there) {
                    JsonNode rest = fields.get(other);
                    if (rest != null && rest.equals(value)) {
                        used.add(other);
                    }
                }
                return converted;
            }
        }
        return null;
    }

    private String text() {
        return first(texts, (name, value) -> {
            if (value.isTextual()) {
                return value.textValue().isBlank() ? null : string(value);
            }
            String joined = joined(value, "\n\n");
            note(name, joined == null ? "is " + kind(value) + ", left out" : "is a list of texts, joined");
            return joined;
        });
    }

    /** Why there is no text: what stands where it should, or what there is instead. */
    private String noText() {
        for (String name : spellings(texts)) {
            JsonNode value = fields.get(name);
            if (value != null && !value.isNull()) {
                return value.isTextual() ? "empty" : "no text: " + quoted(name) + " is " + kind(value);
            }
        }
        List<String> names = spelled.values().stream().limit(6).toList();
        return names.isEmpty()
                ? "no text: an object without fields"
                : "no text, only " + String.join(", ", names) + (spelled.size() > names.size() ? ", ..." : "");
    }

    private String words(String name, JsonNode value) {
        if (value.isTextual() || value.isNumber() || value.isBoolean()) {
            String text = value.isTextual() ? string(value) : value.asText();
            return text.isBlank() ? null : text;
        }
        String joined = joined(value, ", ");
        note(name, joined == null ? "is " + kind(value) + ", left out" : "is a list, joined");
        return joined;
    }

    private String names(String name, JsonNode value) {
        if (value.isObject() && value.path("name").isTextual()) {
            note(name, "is an object, of which the name was read");
            return string(value.path("name"));
        }
        if (value.isArray() && !value.isEmpty()) {
            List<String> names = new ArrayList<>();
            for (JsonNode each : value) {
                JsonNode one = each.isObject() ? each.path("name") : each;
                if (!one.isTextual()) {
                    note(name, "is a list of " + kind(each).replaceFirst("^an? ", "") + "s, left out");
                    return null;
                }
                names.add(string(one));
            }
            if (names.size() > 1 || value.get(0).isObject()) {
                note(name, "is a list, joined");
            }
            return String.join(", ", names);
        }
        return words(name, value);
    }

    private Integer year(String name, JsonNode value) {
        Integer year = value.isNumber() ? ofNumber(name, value) : value.isTextual() ? ofText(value.asText()) : null;
        if (year == null && !(value.isTextual() && value.asText().isBlank())) {
            String shown = value.isValueNode() ? value.asText() : kind(value);
            note(name, "names no year (" + shown.substring(0, Math.min(20, shown.length())) + "), left out");
        }
        return year;
    }

    /** A year, a day as 20240131, or a moment in seconds or milliseconds since 1970. */
    private static Integer ofNumber(String name, JsonNode value) {
        double number = value.doubleValue();
        if (number != Math.rint(number) && Math.abs(number) < 1e8) {
            return null;
        }
        if (Math.abs(number) <= LARGEST_YEAR) {
            return (int) number;
        }
        long whole = (long) number;
        if (name.equals("year") || whole < 0) {
            return null;
        }
        if (whole >= 1000_01_01 && whole <= 9999_12_31) {
            try {
                return LocalDate.of((int) (whole / 10_000), (int) (whole / 100 % 100), (int) (whole % 100))
                        .getYear();
            } catch (DateTimeException e) {
                // Not a day; perhaps a moment.
            }
        }
        if (whole >= 100_000_000L && whole < 100_000_000_000L) {
            return Instant.ofEpochSecond(whole).atOffset(ZoneOffset.UTC).getYear();
        }
        return whole >= 100_000_000_000L && whole < 100_000_000_000_000L
                ? (Integer) Instant.ofEpochMilli(whole).atOffset(ZoneOffset.UTC).getYear()
                : null;
    }

    private static Integer ofText(String text) {
        Matcher leading = LEADING_YEAR.matcher(text);
        if (leading.matches()) {
            return Integer.valueOf(leading.group(1));
        }
        Matcher any = ANY_YEAR.matcher(text);
        Set<String> years = new LinkedHashSet<>();
        while (any.find()) {
            years.add(any.group(1));
        }
        return years.size() == 1 ? Integer.valueOf(years.iterator().next()) : null;
    }

    private String licence() {
        Set<String> stated = new LinkedHashSet<>();
        Set<String> known = new LinkedHashSet<>(); // the same licence by its name and its address is one
        List<String> names = new ArrayList<>();
        boolean unreadable = false;
        for (String name : spellings(LICENCE)) {
            JsonNode value = fields.get(name);
            if (value == null
                    || value.isNull()
                    || value.isTextual() && value.asText().isBlank()) {
                continue;
            }
            used.add(name);
            List<String> found = licences(value);
            unreadable |= found == null;
            if (found == null) {
                note(name, "is " + kind(value) + ", not a licence");
            } else {
                names.add(quoted(name));
                found.stream().filter(each -> known.add(LicenceName.of(each))).forEach(stated::add);
            }
        }
        if (unreadable) {
            return JsonRecord.UNREAD_LICENCE;
        }
        if (stated.size() > 1) {
            notes.add(
                    names.size() > 1
                            ? String.join(" and ", names) + " name different licences; both hold"
                            : "several licences; all hold");
        }
        return stated.size() > 1
                ? String.join(" AND ", known)
                : stated.isEmpty() ? null : stated.iterator().next();
    }

    private List<String> licences(JsonNode value) {
        if (value.isTextual()) {
            return List.of(string(value).strip());
        }
        if (value.isObject()) {
            List<String> all = new ArrayList<>();
            for (String name : List.of("spdx", "spdx_id", "id", "name", "title", "url", "uri")) {
                if (value.path(name).isTextual() && !value.path(name).asText().isBlank()) {
                    all.add(string(value.path(name)).strip());
                }
            }
            // Of a licence's own names those that mean one count, whatever else it is called.
            List<String> meant = all.stream()
                    .filter(each -> !LicenceName.of(each).equals(each) || each.matches("(?=.*[A-Za-z])[A-Za-z0-9.+-]+"))
                    .toList();
            return all.isEmpty() ? null : meant.isEmpty() ? all.subList(0, 1) : meant;
        }
        if (!value.isArray() || value.isEmpty()) {
            return null;
        }
        List<String> all = new ArrayList<>();
        for (JsonNode each : value) {
            List<String> one = each.isArray() ? null : licences(each);
            if (one == null) {
                return null;
            }
            all.addAll(one);
        }
        return all;
    }

    private String plain(String name) {
        JsonNode value = fields.get(name);
        if (value == null || !value.isValueNode() || value.isNull()) {
            return null;
        }
        return value.isTextual() ? string(value) : value.asText();
    }

    private String string(JsonNode value) {
        String text = Decoded.wellFormed(value.textValue());
        if (!text.equals(value.textValue())) {
            notes.add("half of a surrogate pair, replaced by U+FFFD");
        }
        return text;
    }

    private String joined(JsonNode value, String between) {
        if (!value.isArray() || value.isEmpty()) {
            return null;
        }
        List<String> all = new ArrayList<>();
        for (JsonNode each : value) {
            if (!each.isTextual()) {
                return null;
            }
            all.add(string(each));
        }
        return String.join(between, all);
    }

    private void note(String name, String what) {
        notes.add(quoted(name) + " " + what);
    }

    private String quoted(String name) {
        return "\"" + spelled.get(name) + "\"";
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> value.isEmpty() ? "an empty list" : "a list";
            case OBJECT -> "an object";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            default -> "text";
        };
    }
}
