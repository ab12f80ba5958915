package kawi.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * Pairs of sentences that differ in nothing but the person: what a model says of one it should say of the other (Kusner
 * et al. 2017; Garg et al. 2019). The sets' weaknesses: few groups, made-up sentences, names read as stereotypes.
 */
public final class Counterfactuals {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern WORD = Pattern.compile("\\p{L}+\\.?");
    private static final Pattern OWNED = Pattern.compile(
            "^ (?!(?:a|an|the|and|or|but|as|to|in|into|on|at|of|off|out|up|by|for|from|with|when|while|if|that|"
                    + "this|is|was|so|then)\\b)\\p{L}");

    /**
     * A pair.
     *
     * @param axis what is swapped, such as "gender"
     * @param firstGroup whom the first sentence is about, such as "women"
     * @param secondGroup whom the second is about
     * @param label what the sentence says: positive, negative or neutral
     * @param first the first sentence
     * @param second the same about the second group
     * @param template what both were made from; pairs of one template resemble each other
     * @param persons the two who are swapped, such as "she / he"; so do pairs of the same two
     */
    public record Swap(
            String axis,
            String firstGroup,
            String secondGroup,
            String label,
            String first,
            String second,
            String template,
            String persons) {}

    /**
     * One sentence with "she" and with "he", about an occupation. {@link kawi.audit.Pronouns} counts such words in a
     * text that people wrote; these are texts that differ in the word alone.
     *
     * @param occupation such as "nurse"; "person" for comparison
     * @param she the sentence with "she"
     * @param he the same with "he"
     */
    public record Pronouns(String occupation, String she, String he) {}

    private final JsonNode root;
    private final Map<String, String> opposite = new LinkedHashMap<>();

    private Counterfactuals(JsonNode root) {
        this.root = root;
        for (JsonNode pair : root.path("words")) {
            opposite.putIfAbsent(pair.get(0).asText(), pair.get(1).asText());
            opposite.putIfAbsent(pair.get(1).asText(), pair.get(0).asText());
        }
        opposite.put("his", "her");
        opposite.put("him", "her");
    }

    /**
     * Reads a set.
     *
     * @param json a file such as {@code datasets/counterfactuals/swaps.json}
     * @return the set
     * @throws KitException if the file cannot be read or lacks a part
     */
    public static Counterfactuals read(Path json) {
        JsonNode root;
        try {
            root = JSON.readTree(WholeFile.bytes(json, WholeFile.SETTINGS));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The counterfactuals in " + json.getFileName() + " are not whole JSON (" + WholeFile.fault(e)
                            + "): restore the file from the repository.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the counterfactuals", json);
        }
        for (String part : List.of("axes", "templates", "words", "occupations", "frames")) {
            if (!root.path(part).isArray() || root.path(part).isEmpty()) {
                throw new KitException(
                        json.getFileName() + " has no '" + part + "': restore the file from the repository.");
            }
        }
        root.get("axes").forEach(axis -> {
            if (!text(axis.path("name")) || !two(axis.path("groups"))) {
                throw lacking(json, "axes", "a name and two groups on each axis");
            }
            if (axis.path("terms").isEmpty()) {
                throw lacking(json, "axes", "terms on each axis");
            }
            for (String part : List.of("terms", "taught", "words")) {
                axis.path(part).forEach(pair -> pair(json, "axes." + part, pair));
            }
        });
        for (String part : List.of("templates", "taught")) {
            root.path(part).forEach(template -> {
                if (!text(template.path("label")) || !text(template.path("text"))) {
                    throw lacking(json, part, "a label and a text in each");
                }
            });
        }
        root.get("words").forEach(pair -> pair(json, "words", pair));
        for (String part : List.of("occupations", "frames")) {
            root.get(part).forEach(each -> {
                if (!text(each)) {
                    throw lacking(json, part, "texts alone");
                }
            });
        }
        return new Counterfactuals(root);
    }

    private static boolean text(JsonNode value) {
        return value.isTextual() && !value.asText().isBlank();
    }

    private static boolean two(JsonNode value) {
        return value.isArray() && value.size() == 2 && text(value.get(0)) && text(value.get(1));
    }

    private static void pair(Path json, String part, JsonNode pair) {
        if (!two(pair)) {
            throw lacking(json, part, "pairs of two texts");
        }
    }

    private static KitException lacking(Path json, String part, String wanted) {
        return new KitException(json.getFileName() + " has not in '" + part + "' what belongs there, " + wanted
                + ": restore the file from the repository.");
    }

    /**
     * {@return pairs drawn at random, as many of each axis as of any other, in the axes' order} Within an axis each
     * template and each two persons occur about equally often, for it is their number that makes a result sure.
     *
     * @param most pairs in all, at least 1; every axis has one at least, and no more than there are
     * @param seed the same seed gives the same pairs
     * @throws KitException for less than one pair
     */
    public List<Swap> swaps(int most, long seed) {
        if (most < 1) {
            throw new KitException(most + " counterfactual pairs cannot be drawn: ask for at least one.");
        }
        List<Swap> chosen = new ArrayList<>();
        int axes = root.get("axes").size();
        for (JsonNode axis : root.get("axes")) {
            List<JsonNode> persons = shuffled(axis.get("terms"), seed);
            List<JsonNode> templates = shuffled(root.get("templates"), seed + 1);
            int all = persons.size() * templates.size();
            int round = all
                    / BigInteger.valueOf(persons.size())
                            .gcd(BigInteger.valueOf(templates.size()))
                            .intValue();
            for (int i = 0; i < Math.min(all, Math.max(1, most / axes)); i++) {
                // both lists are gone round; after a common multiple of their lengths, a step to the side
                JsonNode two = persons.get(i % persons.size());
                JsonNode template = templates.get((i + i / round) % templates.size());
                chosen.add(swap(axis, template, two));
            }
        }
        return chosen;
    }

    private static Swap swap(JsonNode axis, JsonNode template, JsonNode two) {
        return new Swap(
                axis.get("name").asText(),
                axis.get("groups").get(0).asText(),
                axis.get("groups").get(1).asText(),
                template.get("label").asText(),
                fill(template, two.get(0)),
                fill(template, two.get(1)),
                template.get("text").asText(),
                two.get(0).asText() + " / " + two.get(1).asText());
    }

    /**
     * {@return the pairs that a remedy may learn from: neither their templates nor their persons are among
     * {@link #swaps}, so that what it does to these shows whether it learned more than a list} Words such as "old" are
     * in both, for they are what the axis is about.
     *
     * @param axis its name
     * @throws KitException for an axis that the set has not
     */
    public List<Swap> taught(String axis) {
        JsonNode node = axis(axis);
        List<Swap> pairs = new ArrayList<>();
        for (JsonNode two : node.path("taught")) {
            for (JsonNode template : root.path("taught")) {
                pairs.add(swap(node, template, two));
            }
        }
        return pairs;
    }

    /** {@return the names of the axes, in the set's order} */
    public List<String> axes() {
        List<String> names = new ArrayList<>();
        root.get("axes").forEach(axis -> names.add(axis.get("name").asText()));
        return names;
    }

    private JsonNode axis(String name) {
        for (JsonNode axis : root.get("axes")) {
            if (axis.get("name").asText().equals(name)) {
                return axis;
            }
        }
        throw new KitException(
                "The counterfactuals have no axis '" + name + "': give one of " + String.join(", ", axes()) + ".");
    }

    /**
     * {@return the text with the words of one axis exchanged, word by word, such as "old" and "young"} The lists know
     * words and the names of {@link #taught}, and no name that {@link #swaps} asks about. An axis without a list of its
     * own takes that of gendered words, {@link #exchangeGender}.
     *
     * @param axis its name
     * @param text English text
     * @throws KitException for an axis that the set has not
     */
    public String exchange(String axis, String text) {
        JsonNode words = axis(axis).path("words");
        if (words.isEmpty()) {
            return exchangeGender(text);
        }
        Map<String, String> other = new LinkedHashMap<>();
        for (JsonNode pair : words) {
            other.putIfAbsent(pair.get(0).asText(), pair.get(1).asText());
            other.putIfAbsent(pair.get(1).asText(), pair.get(0).asText());
        }
        Matcher matcher = WORD.matcher(text);
        StringBuilder swapped = new StringBuilder();
        while (matcher.find()) {
            String word = matcher.group();
            String exchanged = other.get(word);
            if (exchanged == null) {
                exchanged = other.get(word.toLowerCase(Locale.ROOT));
                exchanged = exchanged == null ? word : capital(exchanged);
            }
            matcher.appendReplacement(swapped, Matcher.quoteReplacement(exchanged));
        }
        return matcher.appendTail(swapped).toString();
    }

    private static List<JsonNode> shuffled(JsonNode array, long seed) {
        List<JsonNode> nodes = new ArrayList<>();
        array.forEach(nodes::add);
        Collections.shuffle(nodes, new Random(seed));
        return nodes;
    }

    private static String fill(JsonNode template, JsonNode person) {
        return capital(template.get("text").asText().replace("{person}", person.asText()));
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** {@return every occupation in every frame; the occupation "person" comes first, for comparison} */
    public List<Pronouns> pronouns() {
        List<String> occupations = new ArrayList<>(List.of("person"));
        root.get("occupations").forEach(node -> occupations.add(node.asText()));
        List<Pronouns> all = new ArrayList<>();
        for (String occupation : occupations) {
            for (JsonNode frame : root.get("frames")) {
                String text = frame.asText().replace("{occupation}", occupation);
                all.add(new Pronouns(occupation, text.replace("{pronoun}", "she"), text.replace("{pronoun}", "he")));
            }
        }
        return all;
    }

    /** Tells whether a text speaks of an axis's first or second group, as far as the axis's list of words knows. */
    Predicate<String> mentions(String axis, boolean first) {
        JsonNode words = axis(axis).path("words");
        Set<String> group = new HashSet<>();
        for (JsonNode pair : words.isEmpty() ? root.get("words") : words) {
            group.add(pair.get(first ? 0 : 1).asText());
        }
        return text -> WORD.matcher(text)
                .results()
                .map(MatchResult::group)
                .anyMatch(word -> group.contains(word) || group.contains(word.toLowerCase(Locale.ROOT)));
    }

    /**
     * {@return the text with its gendered words exchanged, word by word} "Her" becomes "his" before a word that can be
     * owned and "him" elsewhere, which is sometimes wrong; names are left alone.
     *
     * @param text English text
     */
    public String exchangeGender(String text) {
        Matcher matcher = WORD.matcher(text);
        StringBuilder swapped = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(
                    swapped, Matcher.quoteReplacement(exchange(matcher.group(), text, matcher.end())));
        }
        return matcher.appendTail(swapped).toString();
    }

    private String exchange(String word, String text, int end) {
        String stop = word.endsWith(".") && !opposite.containsKey(word.toLowerCase(Locale.ROOT)) ? "." : "";
        String bare = word.substring(0, word.length() - stop.length());
        String lower = bare.toLowerCase(Locale.ROOT);
        String other = opposite.get(lower);
        if (lower.equals("her")) {
            other = stop.isEmpty() && OWNED.matcher(text.substring(end)).find() ? "his" : "him";
        }
        if (other == null) {
            return word;
        }
        return (Character.isUpperCase(bare.charAt(0)) ? capital(other) : other) + stop;
    }
}
