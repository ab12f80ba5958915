package kawi.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * The keys of a model's description, each handed out once it is asked for: {@link #done} refuses what nobody asked for.
 *
 * <p>So a key that this kit has never heard of cannot be overlooked: it is refused by its name, and a model whose
 * arithmetic it would change is never computed without it. A key that holds null says nothing and counts as absent.
 */
public final class Settings {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final double SAME = 1e-6; // relative: a default written as float32 is still the default

    private final String file;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Set<String> nulls = new LinkedHashSet<>();
    private final Set<String> asked = new LinkedHashSet<>();
    private final List<Settings> parts = new ArrayList<>();
    private final String within;

    private Settings(String file, String within, Map<String, ?> values) {
        this.file = file;
        this.within = within;
        values.forEach((key, value) -> {
            if (value != null) {
                this.values.put(key, value);
            } else {
                nulls.add(key);
            }
        });
    }

    /**
     * {@return the keys of a map, which a file of this name holds: numbers, booleans, texts, lists and maps}
     *
     * @param file name of the file, for what is said of it
     * @param values what it says, by key
     */
    public static Settings of(String file, Map<String, ?> values) {
        return new Settings(file, "", values);
    }

    /**
     * {@return the keys of a parsed JSON object}
     *
     * @param file name of the file, for what is said of it
     * @param json the object
     * @throws KitException if it is not an object
     */
    public static Settings of(String file, JsonNode json) {
        if (json == null || !json.isObject()) {
            throw new KitException(file + " does not hold one JSON object: fetch or make the file again.");
        }
        return of(file, JSON.convertValue(json, new TypeReference<Map<String, Object>>() {}));
    }

    /**
     * {@return the keys of a JSON file}
     *
     * @param path the file
     * @throws KitException if it cannot be read, is not one JSON object, or names a key twice
     */
    public static Settings read(Path path) {
        try {
            return of(path.getFileName().toString(), JSON.readTree(WholeFile.bytes(path, WholeFile.SETTINGS)));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    path.getFileName() + " is not valid JSON (" + WholeFile.fault(e)
                            + "): fetch or make the file again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading a model's settings", path);
        }
    }

    /**
     * {@return whether a key is there and holds something}
     *
     * @param key a key of this object
     */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** Whether a key is there and holds null: where that turns off what holds when it is absent. */
    boolean holdsNull(String key) {
        return nulls.contains(key);
    }

    /** {@return the keys that hold something} */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /**
     * {@return a whole number}
     *
     * @param key a key of this object
     * @throws KitException if it is missing or something else
     */
    public int whole(String key) {
        if (!has(key)) {
            throw new KitException(file + " lacks the whole number '" + name(key) + "': fetch the file again.");
        }
        return whole(key, 0);
    }

    /**
     * {@return a whole number, or {@code otherwise} where the key is absent}
     *
     * @param key a key of this object
     * @param otherwise what holds where it is absent
     */
    public int whole(String key, int otherwise) {
        Object value = ask(key);
        if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            if (number == (int) number) {
                return (int) number;
            }
        }
        return absent(key, value, otherwise, "a whole number");
    }

    /**
     * {@return a number, or {@code otherwise} where the key is absent}
     *
     * @param key a key of this object
     * @param otherwise what holds where it is absent
     */
    public double real(String key, double otherwise) {
        Object value = ask(key);
        return value instanceof Number number && Double.isFinite(number.doubleValue())
                ? number.doubleValue()
                : absent(key, value, otherwise, "a number");
    }

    /**
     * {@return true or false, or {@code otherwise} where the key is absent}
     *
     * @param key a key of this object
     * @param otherwise what holds where it is absent
     */
    public boolean flag(String key, boolean otherwise) {
        Object value = ask(key);
        return value instanceof Boolean flag ? flag : absent(key, value, otherwise, "true or false");
    }

    /**
     * {@return a text, or {@code otherwise} where the key is absent}
     *
     * @param key a key of this object
     * @param otherwise what holds where it is absent
     */
    public String text(String key, String otherwise) {
        Object value = ask(key);
        return value instanceof String text ? text : absent(key, value, otherwise, "a text");
    }

    /**
     * {@return a list of any values, empty where the key is absent}
     *
     * @param key a key of this object
     */
    public List<?> list(String key) {
        Object value = ask(key);
        return value instanceof List<?> list ? list : absent(key, value, List.of(), "a list");
    }

    /**
     * {@return a list of texts, empty where the key is absent}
     *
     * @param key a key of this object
     */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Object each : list(key)) {
            texts.add(each instanceof String text ? text : absent(key, each, "", "a list of texts"));
        }
        return texts;
    }

    /**
     * {@return the keys of an object inside this one, none where it is absent; {@link #done} looks at them too}
     *
     * @param key a key of this object
     */
    public Settings part(String key) {
        Object value = ask(key);
        Map<String, Object> inner = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> inner.put(String.valueOf(name), each));
        } else {
            absent(key, value, inner, "an object");
        }
        Settings part = new Settings(file, name(key) + ".", inner);
        parts.add(part);
        return part;
    }

    /**
     * Accepts a key that is absent or holds what the kit computes with anyway.
     *
     * @param key a key of this object
     * @param have what the kit has, in words: "this kit's Llama has no biases"
     * @param accepted the values that say the same; numbers may differ in the sixth digit
     * @throws KitException if it holds something else
     */
    public void only(String key, String have, Object... accepted) {
        Object value = ask(key);
        if (value != null && Arrays.stream(accepted).noneMatch(each -> same(each, value))) {
            throw new KitException(
                    file + " says " + name(key) + " = " + shown(value) + ", and " + have + ": take another model.");
        }
    }

    /**
     * Accepts keys whatever they hold: what stands there changes no result.
     *
     * @param harmless whether a key may hold anything
     */
    public void skip(Predicate<String> harmless) {
        values.keySet().stream().filter(harmless).forEach(asked::add);
    }

    /**
     * Refuses what was not asked for.
     *
     * @throws KitException if a key is left over, by its name and value
     */
    public void done() {
        for (Map.Entry<String, Object> each : values.entrySet()) {
            if (!asked.contains(each.getKey()) && !nothing(each.getValue())) {
                throw new KitException("The key '" + name(each.getKey()) + "' of " + file + " with the value "
                        + shown(each.getValue()) + " is not understood: what it would change in the model would be"
                        + " missing, so take a model without it, or a kit that knows it.");
            }
        }
        parts.forEach(Settings::done);
    }

    private Object ask(String key) {
        asked.add(key);
        return values.get(key);
    }

    private <T> T absent(String key, Object value, T otherwise, String wanted) {
        if (value != null) {
            throw new KitException(file + " says " + name(key) + " = " + shown(value) + ", which is not " + wanted
                    + ": fetch the file again.");
        }
        return otherwise;
    }

    private String name(String key) {
        return within + key;
    }

    private static boolean nothing(Object value) {
        return value instanceof Collection<?> list && list.isEmpty() || value instanceof Map<?, ?> map && map.isEmpty();
    }

    private static boolean same(Object wanted, Object value) {
        if (wanted instanceof Number a && value instanceof Number b) {
            return Math.abs(a.doubleValue() - b.doubleValue()) <= SAME * Math.abs(a.doubleValue());
        }
        return wanted.equals(value);
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    @Override
    public String toString() {
        return "settings of " + file;
    }
}
