package kawi.clean;

import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import kawi.text.WordBoundaries;

/**
 * What the rules measure of one text, computed when first asked for. Words are what white space separates, and in
 * languages that are written without spaces what a dictionary finds ({@link WordBoundaries#words(String, String)});
 * shares run from 0 to 1; n-grams are told apart by 64-bit hashes.
 */
public final class TextFeatures {
    private final String text;
    private final String language;
    private String[] words;
    private List<String> lines;
    private long[] wordHashes;
    private long letters;

    /**
     * Features of this text, whose words are what white space separates.
     *
     * @param text a text
     */
    public TextFeatures(String text) {
        this(text, null);
    }

    /**
     * Features of this text, whose words are cut as its language demands.
     *
     * @param text a text
     * @param language ISO 639-1 or 639-3 code, or null where it is not known
     */
    public TextFeatures(String text, String language) {
        this.text = text;
        this.language = language;
    }

    /** {@return the text itself} */
    public String text() {
        return text;
    }

    /** {@return the words} */
    public String[] words() {
        if (words == null) {
            String stripped = text.strip();
            words = WordBoundaries.unspaced(language)
                    ? WordBoundaries.words(text, language).toArray(String[]::new)
                    : stripped.isEmpty() ? new String[0] : stripped.split("\\s+");
        }
        return words;
    }

    /**
     * Mean number of characters in a word.
     *
     * @return UTF-16 units a word; 0 for a text without words
     */
    public double meanWordLength() {
        return words().length == 0
                ? 0
                : (double) Arrays.stream(words()).mapToLong(String::length).sum() / words().length;
    }

    /**
     * Number of {@code #}.
     *
     * @return their number
     */
    public long hashes() {
        return text.chars().filter(c -> c == '#').count();
    }

    /**
     * Number of ellipses, as three dots or one character.
     *
     * @return their number
     */
    public long ellipses() {
        long count = 0;
        for (int i = 0; (i = text.indexOf("...", i)) >= 0; i += 3) {
            count++;
        }
        return count + text.chars().filter(c -> c == '\u2026').count();
    }

    /**
     * Share of the non-blank lines that have a property.
     *
     * @param property holds for a line that counts; it comes without the spaces around it
     * @return the share, 0 to 1; 0 for a text without lines
     */
    public double lines(Predicate<String> property) {
        return lines().isEmpty()
                ? 0
                : (double) lines().stream().filter(property).count() / lines().size();
    }

    /**
     * Share of the words that have a property.
     *
     * @param property holds for a word that counts
     * @return the share, 0 to 1; 0 for a text without words
     */
    public double wordShare(Predicate<String> property) {
        return words().length == 0
                ? 0
                : (double) Arrays.stream(words()).filter(property).count() / words().length;
    }

    /**
     * Share of the non-blank lines, or of their characters, that repeat an earlier line.
     *
     * @param byCharacters whether lines are weighed by their length
     * @return the share, 0 to 1
     */
    public double repeatedLines(boolean byCharacters) {
        return repeated(lines(), byCharacters);
    }

    /**
     * Share of the paragraphs (cut at blank lines), or of their characters, that repeat an earlier one.
     *
     * @param byCharacters whether paragraphs are weighed by their length
     * @return the share, 0 to 1
     */
    public double repeatedParagraphs(boolean byCharacters) {
        return repeated(
                Arrays.stream(text.split("\\n\\s*\\n"))
                        .map(String::strip)
                        .filter(p -> !p.isEmpty())
                        .toList(),
                byCharacters);
    }

    /**
     * Share of the words' characters that lie in the most frequent n-gram of words, where it occurs more than once.
     *
     * @param n words in an n-gram
     * @return the share, 0 to 1
     */
    public double topNGram(int n) {
        long[] grams = grams(n);
        long[] sorted = grams.clone();
        Arrays.sort(sorted);
        int best = 1;
        Set<Long> most = new HashSet<>();
        for (int from = 0, to; from < sorted.length; from = to) {
            for (to = from; to < sorted.length && sorted[to] == sorted[from]; ) {
                to++;
            }
            if (to - from > best) {
                best = to - from;
                most.clear();
            }
            if (to - from == best && best > 1) {
                most.add(sorted[from]);
            }
        }
        int length = 0;
        for (int i = 0; i < grams.length && !most.isEmpty(); i++) {
            if (most.contains(grams[i])) {
                length = Math.max(length, length(i, n));
            }
        }
        return letters == 0 ? 0 : Math.min(1, (double) length * best / letters);
    }

    /**
     * Share of the words' characters that lie in n-grams of words seen before in the text, each character counted once.
     *
     * @param n words in an n-gram
     * @return the share, 0 to 1
     */
    public double repeatedNGrams(int n) {
        long[] grams = grams(n);
        LongSet seen = new LongSet(grams.length);
        long covered = 0;
        int upTo = 0;
        for (int i = 0; i < grams.length; i++) {
            if (!seen.add(grams[i])) {
                for (int word = Math.max(i, upTo); word < i + n; word++) {
                    covered += words[word].length();
                }
                upTo = i + n;
            }
        }
        return letters == 0 ? 0 : (double) covered / letters;
    }

    private List<String> lines() {
        if (lines == null) {
            lines = text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
        return lines;
    }

    private int length(int from, int n) {
        int length = 0;
        for (int i = from; i < from + n; i++) {
            length += words[i].length();
        }
        return length;
    }

    private long[] grams(int n) {
        if (wordHashes == null) {
            wordHashes = Arrays.stream(words())
                    .mapToLong(Hashing.komihash5_0()::hashCharsToLong)
                    .toArray();
            letters = Arrays.stream(words()).mapToLong(String::length).sum();
        }
        long[] grams = new long[Math.max(0, wordHashes.length - n + 1)];
        for (int i = 0; i < grams.length; i++) {
            long hash = n;
            for (int j = i; j < i + n; j++) {
                hash = (hash ^ wordHashes[j]) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 32;
            }
            grams[i] = hash;
        }
        return grams;
    }

    private static double repeated(List<String> parts, boolean byCharacters) {
        Set<String> seen = new HashSet<>();
        long whole = 0;
        long again = 0;
        for (String part : parts) {
            long weight = byCharacters ? part.length() : 1;
            whole += weight;
            again += seen.add(part) ? 0 : weight;
        }
        return whole == 0 ? 0 : (double) again / whole;
    }
}
