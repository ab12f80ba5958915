package kawi.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** Python's methods on texts and maps, and Jinja's filters and tests, as far as chat templates use them. */
final class JinjaMethods {

    /** What a method of a text may be given, in order; by name only what Python takes by name. */
    private static final int MOST_INDENT = 100;

    private static final Map<String, List<String>> OF_TEXTS = Map.ofEntries(
            Map.entry("strip", List.of("")),
            Map.entry("lstrip", List.of("")),
            Map.entry("rstrip", List.of("")),
            Map.entry("split", List.of("sep", "maxsplit")),
            Map.entry("startswith", List.of("")),
            Map.entry("endswith", List.of("")),
            Map.entry("replace", List.of("", "")),
            Map.entry("find", List.of("")),
            Map.entry("count", List.of("")),
            Map.entry("join", List.of("")));

    /** The same of a filter; one that is not here takes nothing. */
    private static final Map<String, List<String>> OF_FILTERS = Map.of(
            "trim", List.of("chars"),
            "join", List.of("d"),
            "default", List.of("default_value", "boolean"),
            "d", List.of("default_value", "boolean"),
            "replace", List.of("old", "new"),
            "int", List.of("default"),
            "selectattr", List.of("", "", ""),
            "rejectattr", List.of("", "", ""));

    /** Settings of JSON that say, where they are false, what is done anyway. */
    private static final Set<String> JSON_AS_IT_IS = Set.of("ensure_ascii", "separators", "sort_keys");

    private JinjaMethods() {}

    /**
     * The arguments in order, also those given by name.
     *
     * @throws kawi.evidence.KitException if there are more than are known here, for what they would change would be
     *     missing
     */
    private static List<Object> inOrder(
            String what, List<String> parameters, List<Object> arguments, Map<String, Object> named) {
        List<Object> all = new ArrayList<>(arguments);
        if (all.size() > parameters.size()) {
            throw unknown("gives " + what + " " + all.size() + " values, of which this kit knows " + parameters.size());
        }
        named.forEach((name, value) -> {
            int at = name.isEmpty() ? -1 : parameters.indexOf(name);
            if (at < arguments.size()) {
                throw unknown("gives " + what + " the value '" + name + "', which this kit does not know");
            }
            while (all.size() <= at) {
                all.add(null);
            }
            all.set(at, value);
        });
        return all;
    }

    static Object call(Object of, String name, List<Object> arguments, Map<String, Object> named) {
        if (of instanceof MarkedText text) {
            return onText(
                    text, name, inOrder("." + name + "()", OF_TEXTS.getOrDefault(name, List.of()), arguments, named));
        } else if (of instanceof Map<?, ?>) {
            Map<String, Object> map = JinjaValues.map(of);
            if (map.get(name) instanceof Jinja.Callable called) {
                return called.call(arguments, named);
            }
            return onMap(
                    map,
                    name,
                    inOrder("." + name + "()", name.equals("get") ? List.of("", "") : List.of(), arguments, named));
        }
        throw unknown("calls ." + name + "() on "
                + (of instanceof Jinja.Undefined u
                        ? u.name() + ", which is not" + " defined"
                        : "a value that has no such method"));
    }

    private static Object onText(MarkedText text, String name, List<Object> arguments) {
        String first = arguments.isEmpty() || arguments.get(0) == null || arguments.get(0) instanceof List<?>
                ? null
                : JinjaValues.text(arguments.get(0));
        switch (name) {
            case "strip":
                return text.strip(first, true, true);
            case "lstrip":
                return text.strip(first, true, false);
            case "rstrip":
                return text.strip(first, false, true);
            case "split":
                return text.split(first, arguments.size() > 1 ? (Long) arguments.get(1) : -1);
            case "startswith":
            case "endswith":
                List<Object> ends = arguments.get(0) instanceof List<?> several
                        ? JinjaValues.items(several)
                        : List.of(arguments.get(0));
                return ends.stream()
                        .map(JinjaValues::text)
                        .anyMatch(end -> name.equals("startswith")
                                ? text.text().startsWith(end)
                                : text.text().endsWith(end));
            case "replace":
                return text.replace(first, (MarkedText) arguments.get(1));
            case "find":
                int found = text.text().indexOf(first);
                return found < 0 ? -1L : (long) text.text().codePointCount(0, found);
            case "count":
                return (long) text.split(first, -1).size() - 1;
            case "join":
                return join(arguments.get(0), text);
            case "splitlines":
                return text.lines();
            default:
                return inCase(text, name);
        }
    }

    private static MarkedText inCase(MarkedText text, String name) {
        String plain = text.text();
        return switch (name) {
            case "upper" -> text.as(plain.toUpperCase(Locale.ROOT));
            case "lower" -> text.as(plain.toLowerCase(Locale.ROOT));
            case "capitalize" ->
                plain.isEmpty()
                        ? text
                        : text.as(plain.substring(0, 1).toUpperCase(Locale.ROOT)
                                + plain.substring(1).toLowerCase(Locale.ROOT));
            case "title" -> title(text, c -> !Character.isLetter(c));
            default -> throw unknown("calls ." + name + "() on a text");
        };
    }

    /**
     * The first character after each that stands between words is a capital; the filter and the method differ in these.
     */
    private static MarkedText title(MarkedText text, IntPredicate between) {
        StringBuilder out = new StringBuilder();
        boolean inWord = false;
        for (char c : text.text().toCharArray()) {
            out.append(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
            inWord = !between.test(c);
        }
        return text.as(out.toString());
    }

    private static Object onMap(Map<String, Object> map, String name, List<Object> arguments) {
        switch (name) {
            case "get":
                String key = JinjaValues.text(arguments.get(0));
                return map.containsKey(key) ? map.get(key) : arguments.size() > 1 ? arguments.get(1) : null;
            case "items":
                List<Object> pairs = new ArrayList<>();
                map.forEach((each, value) ->
                        pairs.add(new ArrayList<>(java.util.Arrays.asList(MarkedText.template(each), value))));
                return pairs;
            case "keys":
                return JinjaValues.items(map);
            case "values":
                return new ArrayList<>(map.values());
            default:
                throw unknown("calls ." + name + "() on a map");
        }
    }

    static Object filter(Object of, String name, List<Object> given, Map<String, Object> named) {
        boolean ownNames = name.equals("tojson") || name.equals("map");
        List<Object> arguments = ownNames
                ? given
                : inOrder("the filter '" + name + "'", OF_FILTERS.getOrDefault(name, List.of()), given, named);
        switch (name) {
            case "trim":
                return JinjaValues.printed(of)
                        .strip(arguments.isEmpty() ? null : JinjaValues.text(arguments.get(0)), true, true);
            case "title":
                return title(JinjaValues.printed(of), c -> Character.isWhitespace(c) || "-({[<".indexOf(c) >= 0);
            case "upper":
            case "lower":
            case "capitalize":
                return inCase(JinjaValues.printed(of), name);
            case "safe":
            case "string":
                return JinjaValues.printed(of);
            case "length":
            case "count":
                return (long) JinjaValues.items(of).size();
            case "list":
                return JinjaValues.items(of);
            case "first":
            case "last":
                List<Object> items = JinjaValues.items(of);
                return items.isEmpty()
                        ? new Jinja.Undefined(name)
                        : items.get(name.equals("first") ? 0 : items.size() - 1);
            case "reverse":
                List<Object> turned = JinjaValues.items(of);
                Collections.reverse(turned);
                return turned;
            case "join":
                return join(of, arguments.isEmpty() ? MarkedText.template("") : JinjaValues.printed(arguments.get(0)));
            case "default":
            case "d":
                boolean absent = of instanceof Jinja.Undefined
                        || arguments.size() > 1 && JinjaValues.truth(arguments.get(1)) && !JinjaValues.truth(of);
                boolean empty = given.isEmpty() && !named.containsKey("default_value");
                return absent ? (empty ? MarkedText.template("") : arguments.get(0)) : of;
            case "replace":
                return JinjaValues.printed(of)
                        .replace(JinjaValues.text(arguments.get(0)), JinjaValues.printed(arguments.get(1)));
            case "int":
                return number(of, arguments.isEmpty() ? 0L : arguments.get(0));
            case "items":
                return onMap(JinjaValues.map(of), "items", arguments);
            case "tojson":
                named.forEach((key, value) -> {
                    if (!key.equals("indent") && (!JSON_AS_IT_IS.contains(key) || JinjaValues.truth(value))) {
                        throw unknown("writes JSON with '" + key + "'");
                    }
                });
                if (!given.isEmpty()) {
                    throw unknown("gives the filter 'tojson' a value without its name");
                }
                Object indent = named.get("indent");
                if (indent != null && !(indent instanceof Long spaces && spaces >= 0 && spaces <= MOST_INDENT)) {
                    throw unknown("indents JSON by " + indent);
                }
                return json(of, indent == null ? -1 : (int) (long) (Long) indent);
            case "map":
                boolean attribute = named.containsKey("attribute");
                if (given.size() != (attribute ? 0 : 1) || named.size() != (attribute ? 1 : 0)) {
                    throw unknown("gives the filter 'map' other values than a filter's name or an attribute");
                }
                List<Object> fields = new ArrayList<>();
                JinjaValues.items(of)
                        .forEach(each -> fields.add(
                                attribute
                                        ? JinjaValues.item(each, named.get("attribute"))
                                        : filter(each, JinjaValues.text(arguments.get(0)), List.of(), Map.of())));
                return fields;
            case "selectattr":
            case "rejectattr":
                List<Object> chosen = new ArrayList<>();
                for (Object each : JinjaValues.items(of)) {
                    Object field = JinjaValues.item(each, arguments.get(0));
                    boolean passes = arguments.size() == 1
                            ? JinjaValues.truth(field)
                            : test(
                                    field,
                                    JinjaValues.text(arguments.get(1)),
                                    arguments.size() > 2 ? arguments.get(2) : null);
                    if (passes == name.equals("selectattr")) {
                        chosen.add(each);
                    }
                }
                return chosen;
            default:
                throw unknown("uses the filter '" + name + "'");
        }
    }

    static boolean test(Object of, String name, Object argument) {
        return switch (name) {
            case "defined" -> !(of instanceof Jinja.Undefined);
            case "undefined" -> of instanceof Jinja.Undefined;
            case "none" -> of == null;
            case "string" -> of instanceof MarkedText;
            case "mapping" -> of instanceof Map<?, ?>;
            case "sequence", "iterable" -> of instanceof List<?> || of instanceof MarkedText || of instanceof Map<?, ?>;
            case "number" -> of instanceof Number || of instanceof Boolean;
            case "integer" -> of instanceof Long;
            case "boolean" -> of instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(of);
            case "false" -> Boolean.FALSE.equals(of);
            case "callable" -> of instanceof Jinja.Callable;
            case "odd" -> (Long) of % 2 != 0;
            case "even" -> (Long) of % 2 == 0;
            case "divisibleby" -> (Long) of % (Long) argument == 0;
            case "equalto", "eq" -> JinjaValues.equal(of, argument);
            case "ne" -> !JinjaValues.equal(of, argument);
            case "in" -> JinjaValues.compared("in", of, argument);
            default -> throw unknown("uses the test '" + name + "'");
        };
    }

    /** A whole number, or what stands for one where it is none. */
    private static Object number(Object of, Object otherwise) {
        if (of instanceof Number number) {
            return number.longValue();
        }
        MarkedText text = JinjaValues.printed(of);
        if (text.marks().indexOf(MarkedText.SAID) >= 0) {
            throw unknown("makes a number of what was said, which could then no more be told from its own text");
        }
        try {
            return Long.parseLong(text.text().strip());
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static MarkedText join(Object items, MarkedText between) {
        MarkedText out = MarkedText.template("");
        boolean first = true;
        for (Object each : JinjaValues.items(items)) {
            out = (first ? out : out.plus(between)).plus(JinjaValues.printed(each));
            first = false;
        }
        return out;
    }

    /** As Python's {@code json.dumps(ensure_ascii=False)} writes it. */
    private static MarkedText json(Object value, int indent) {
        return json(value, indent, 0);
    }

    private static MarkedText json(Object value, int indent, int depth) {
        if (value instanceof MarkedText text) {
            StringBuilder out = new StringBuilder("\"");
            for (char c : text.text().toCharArray()) {
                int at = "\"\\\n\r\t\b\f".indexOf(c);
                out.append(
                        at >= 0
                                ? "\\" + "\"\\nrtbf".charAt(at)
                                : c < 0x20 ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
            return text.as(out.append('"').toString());
        } else if (value instanceof List<?> || value instanceof Map<?, ?>) {
            boolean list = value instanceof List<?>;
            Map<String, Object> entries = new LinkedHashMap<>();
            if (list) {
                JinjaValues.items(value).forEach(each -> entries.put(String.valueOf(entries.size()), each));
            } else {
                entries.putAll(JinjaValues.map(value));
            }
            MarkedText out = MarkedText.template(list ? "[" : "{");
            int count = 0;
            for (Map.Entry<String, Object> each : entries.entrySet()) {
                String comma = count++ == 0 ? "" : indent < 0 ? ", " : ",";
                out = out.plus(MarkedText.template(comma + line(indent, depth + 1)));
                if (!list) {
                    out = out.plus(json(MarkedText.template(each.getKey()), -1, 0))
                            .plus(MarkedText.template(": "));
                }
                out = out.plus(json(each.getValue(), indent, depth + 1));
            }
            return out.plus(MarkedText.template((count == 0 ? "" : line(indent, depth)) + (list ? "]" : "}")));
        }
        return MarkedText.template(value == null ? "null" : String.valueOf(value));
    }

    private static String line(int indent, int depth) {
        return indent < 0 ? "" : "\n" + " ".repeat(indent * depth);
    }

    private static RuntimeException unknown(String what) {
        return Jinja.refused(0, what);
    }
}
