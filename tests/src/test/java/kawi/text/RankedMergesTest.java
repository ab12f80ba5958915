package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Neighbours are merged where their bytes together are a token, the lowest rank first and the left of equal ones,
 * whatever the ranks: held against the plain way to say so.
 */
class RankedMergesTest {
    @TempDir
    Path folder;

    /** Bytes in any order of rank among tokens of two letters, which overlap in every way. */
    private List<String> tokens(Random random) {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf((char) b));
        }
        while (tokens.size() < 256 + 60) {
            StringBuilder token = new StringBuilder();
            for (int n = 2 + random.nextInt(5); n > 0; n--) {
                token.append((char) ('a' + random.nextInt(2)));
            }
            if (!tokens.contains(token.toString())) {
                tokens.add(token.toString());
            }
        }
        Collections.shuffle(tokens, random);
        return tokens;
    }

    private static List<Integer> plainly(Map<String, Integer> ranks, String word) {
        if (ranks.containsKey(word)) {
            return List.of(ranks.get(word));
        }
        List<String> parts = new ArrayList<>();
        word.chars().forEach(c -> parts.add(String.valueOf((char) c)));
        while (true) {
            int best = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                Integer rank = ranks.get(parts.get(i) + parts.get(i + 1));
                if (rank != null && (best < 0 || rank < ranks.get(parts.get(best) + parts.get(best + 1)))) {
                    best = i;
                }
            }
            if (best < 0) {
                return parts.stream().map(ranks::get).toList();
            }
            parts.set(best, parts.get(best) + parts.remove(best + 1));
        }
    }

    @Test
    void whateverTheRanksTheIdsAreThoseOfThePlainWay() throws IOException {
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            List<String> tokens = tokens(random);
            Map<String, Integer> ranks = new HashMap<>();
            StringBuilder lines = new StringBuilder();
            for (int rank = 0; rank < tokens.size(); rank++) {
                ranks.put(tokens.get(rank), rank);
                byte[] bytes = tokens.get(rank).getBytes(StandardCharsets.ISO_8859_1);
                lines.append(Base64.getEncoder().encodeToString(bytes))
                        .append(' ')
                        .append(rank)
                        .append('\n');
            }
            Path file = Files.writeString(folder.resolve("any.tiktoken"), lines);
            Bpe bpe = ForeignTokenizers.tiktoken(file, Splitter.CL100K, Map.of());
            for (int i = 0; i < 200; i++) {
                StringBuilder word = new StringBuilder();
                for (int n = 1 + random.nextInt(i % 20 == 0 ? 200 : 20); n > 0; n--) {
                    word.append((char) ('a' + random.nextInt(2)));
                }
                List<Integer> found = new ArrayList<>();
                for (int id : bpe.encode(word.toString())) {
                    found.add(id);
                }
                assertEquals(plainly(ranks, word.toString()), found, word.toString());
            }
        }
    }
}
