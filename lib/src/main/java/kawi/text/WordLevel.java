package kawi.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/** A tokenizer of whole pieces: each piece that was frequent enough has an id, all others share the unknown one. */
abstract sealed class WordLevel implements Tokenizer permits CharacterTokenizer, WordTokenizer {

    /** What a piece outside the vocabulary decodes to. */
    static final String UNKNOWN = "<|unknown|>";

    private final List<String> vocabulary;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Integer> specials;
    private final int unknown;

    WordLevel(List<String> vocabulary) {
        this.vocabulary = List.copyOf(vocabulary);
        for (int id = 0; id < vocabulary.size(); id++) ids.put(vocabulary.get(id), id);
        if (!ids.containsKey(UNKNOWN))
            throw new KitException("A vocabulary of whole pieces needs the token " + UNKNOWN + " for all others.");
        unknown = ids.get(UNKNOWN);
        specials = ids.containsKey(END_OF_TEXT) ? Map.of(END_OF_TEXT, ids.get(END_OF_TEXT)) : Map.of();
    }

    /** Counts pieces, for a vocabulary of the most frequent. */
    static final class Counts {
        private final Map<String, long[]> counts = new HashMap<>();

        void add(List<String> pieces) {
            for (String piece : pieces) counts.computeIfAbsent(piece, p -> new long[1])[0]++;
        }

        /**
         * The specials and the most frequent pieces, {@code size} in all; equally frequent ones in alphabetical order.
         */
        List<String> vocabulary(int size) {
            List<String> vocabulary = new ArrayList<>(List.of(END_OF_TEXT, UNKNOWN));
            counts.entrySet().stream()
                    .filter(e -> !vocabulary.contains(e.getKey()))
                    .sorted(Comparator.<Map.Entry<String, long[]>>comparingLong(e -> -e.getValue()[0])
                            .thenComparing(Map.Entry::getKey))
                    .limit(Math.max(0, size - 2))
                    .forEach(e -> vocabulary.add(e.getKey()));
            return vocabulary;
        }
    }

    abstract List<String> split(String text);

    /** The share of a text's UTF-8 bytes that lie in pieces outside the vocabulary, 0 to 1. */
    public double unknownShare(String text) {
        long all = 0;
        long lost = 0;
        for (String piece : split(text)) {
            int bytes = piece.getBytes(StandardCharsets.UTF_8).length;
            all += bytes;
            if (idOf(piece) == unknown) lost += bytes;
        }
        return all == 0 ? 0 : (double) lost / all;
    }

    private int idOf(String piece) {
        return piece.equals(END_OF_TEXT) ? unknown : ids.getOrDefault(piece, unknown);
    }

    @Override
    public int[] encode(String text) {
        int[] found = new int[16];
        int count = 0;
        for (String piece : split(text)) {
            if (count == found.length) found = Arrays.copyOf(found, count * 2);
            found[count++] = idOf(piece);
        }
        return Arrays.copyOf(found, count);
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    /**
     * The tokenizer of the same training with fewer ids: the first {@code size}, at least the two that are no pieces.
     */
    public abstract WordLevel first(int size);

    /** The pieces in order of id. */
    public List<String> vocabulary() {
        return vocabulary;
    }

    @Override
    public byte[] bytes(int id) {
        check(id);
        return vocabulary.get(id).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Map<String, Integer> specials() {
        return new LinkedHashMap<>(specials);
    }

    @Override
    public void save(Path tokenizerJson) {
        TokenizerJson.write(this, tokenizerJson);
    }
}
