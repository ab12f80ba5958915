package kawi.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * What makes ids of a piece of text where pieces are made of characters and not of bytes: byte-pair encoding with bytes
 * as the last resort (Llama 2, Gemma), the most likely cut (Unigram, Kudo 2018), and the longest match (WordPiece).
 * Each is as Hugging Face's {@code tokenizers} computes it.
 */
final class PieceModels {

    /** Makes ids of a piece. */
    interface Model {
        void encode(String piece, IntConsumer ids);
    }

    /** A token that is one byte: {@code <0x0A>}. */
    static String byteToken(int unsigned) {
        return String.format("<0x%02X>", unsigned);
    }

    private PieceModels() {}

    /** Ids of the bytes of a text, null where one of them has no token. */
    private static int[] bytes(String text, int[] byteIds) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            ids[i] = byteIds[utf8[i] & 0xff];
            if (ids[i] < 0) {
                return null;
            }
        }
        return ids;
    }

    private static int[] byteIds(Map<String, Integer> ids, boolean wanted) {
        int[] byteIds = new int[256];
        for (int b = 0; b < 256; b++) {
            byteIds[b] = wanted ? ids.getOrDefault(byteToken(b), -1) : -1;
        }
        return byteIds;
    }

    /** Byte-pair encoding over characters. */
    static final class CharacterBpe implements Model {
        private final Map<String, Integer> ids;
        private final Merges merges;
        private final int[] byteIds;
        private final int unknown;
        private final boolean fuse;
        private final boolean whole;

        /**
         * @param pairs left and right of each merge, in order of rank; their joined text is in the vocabulary
         * @param unknown id for what has none, -1 for none
         * @param fuse whether several unknown characters side by side are one token
         * @param whole whether a piece that is a token is that token, whatever the merges make of it
         */
        CharacterBpe(
                Map<String, Integer> ids,
                List<String[]> pairs,
                boolean byteFallback,
                int unknown,
                boolean fuse,
                boolean whole) {
            this.ids = ids;
            this.merges = new Merges(pairs.size());
            for (int rank = 0; rank < pairs.size(); rank++) {
                String[] pair = pairs.get(rank);
                merges.put(rank, ids.get(pair[0]), ids.get(pair[1]), ids.get(pair[0] + pair[1]));
            }
            this.byteIds = byteIds(ids, byteFallback);
            this.unknown = unknown;
            this.fuse = fuse;
            this.whole = whole;
        }

        @Override
        public void encode(String piece, IntConsumer out) {
            if (whole && ids.containsKey(piece)) {
                out.accept(ids.get(piece));
                return;
            }
            int[] symbols = new int[Math.max(16, piece.length())];
            int count = 0;
            boolean after = false; // an unknown character
            for (int at = 0; at < piece.length(); ) {
                String character = piece.substring(at, at + Character.charCount(piece.codePointAt(at)));
                at += character.length();
                Integer id = ids.get(character);
                int[] several = id != null ? new int[] {id} : bytes(character, byteIds);
                if (several == null) {
                    several = unknown < 0 || after && fuse ? new int[0] : new int[] {unknown};
                    after = true;
                } else {
                    after = false;
                }
                if (count + several.length > symbols.length) {
                    symbols = Arrays.copyOf(symbols, 2 * symbols.length);
                }
                System.arraycopy(several, 0, symbols, count, several.length);
                count += several.length;
            }
            symbols = Arrays.copyOf(symbols, count);
            int left = count < 2 ? count : merges.apply(symbols);
            for (int i = 0; i < left; i++) {
                out.accept(symbols[i]);
            }
        }
    }

    /** The cut of a piece whose tokens' log probabilities add up to most. */
    static final class Unigram implements Model {
        private static final double UNKNOWN = 10; // so much less likely than the least likely token

        private final Map<String, Integer> ids;
        private final double[] scores;
        private final int[] byteIds;
        private final int unknown;
        private final double unknownScore;
        private final int longest;

        Unigram(Map<String, Integer> ids, double[] scores, int unknown, boolean byteFallback) {
            this.ids = ids;
            this.longest = ids.keySet().stream().mapToInt(String::length).max().orElse(0);
            this.scores = scores;
            this.byteIds = byteIds(ids, byteFallback);
            this.unknown = unknown;
            this.unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN;
        }

        @Override
        public void encode(String piece, IntConsumer out) {
            int n = piece.length();
            double[] best = new double[n + 1];
            int[] from = new int[n + 1];
            int[] token = new int[n + 1];
            Arrays.fill(from, -1);
            for (int at = 0; at < n; ) {
                int next = at + Character.charCount(piece.codePointAt(at));
                for (int to = next; to <= n && to - at <= longest; ) {
                    Integer id = ids.get(piece.substring(at, to));
                    if (id != null) {
                        better(best, from, token, at, to, scores[id], id);
                    }
                    to += to < n ? Character.charCount(piece.codePointAt(to)) : 1;
                }
                better(best, from, token, at, next, unknownScore, unknown); // a token of that character is likelier
                at = next;
            }
            List<int[]> cuts = new ArrayList<>(); // from, to, token; the last first
            for (int to = n; to > 0; to = from[to]) {
                int[] last = cuts.isEmpty() ? null : cuts.get(cuts.size() - 1);
                if (token[to] == unknown && last != null && last[2] == unknown) {
                    last[0] = from[to]; // unknown characters side by side are one
                } else {
                    cuts.add(new int[] {from[to], to, token[to]});
                }
            }
            for (int i = cuts.size() - 1; i >= 0; i--) {
                int[] cut = cuts.get(i);
                String text = piece.substring(cut[0], cut[1]);
                int[] bytes = ids.containsKey(text) ? new int[] {ids.get(text)} : bytes(text, byteIds);
                if (bytes == null) {
                    out.accept(unknown);
                } else {
                    Arrays.stream(bytes).forEach(out);
                }
            }
        }

        private static void better(double[] best, int[] from, int[] token, int at, int to, double score, int id) {
            if (from[to] < 0 || best[at] + score > best[to]) {
                best[to] = best[at] + score;
                from[to] = at;
                token[to] = id;
            }
        }
    }

    /** The longest token that a word begins with, then the longest of the rest, which is written with a prefix. */
    static final class WordPiece implements Model {
        private final Map<String, Integer> ids;
        private final int unknown;
        private final String prefix;
        private final int most;

        WordPiece(Map<String, Integer> ids, int unknown, String prefix, int most) {
            this.ids = ids;
            this.unknown = unknown;
            this.prefix = prefix;
            this.most = most;
        }

        @Override
        public void encode(String piece, IntConsumer out) {
            if (piece.codePointCount(0, piece.length()) > most) {
                out.accept(unknown);
                return;
            }
            List<Integer> found = new ArrayList<>();
            for (int at = 0; at < piece.length(); ) {
                int to = piece.length();
                Integer id = null;
                while (to > at && id == null) {
                    id = ids.get(at == 0 ? piece.substring(at, to) : prefix + piece.substring(at, to));
                    if (id == null) {
                        to -= Character.charCount(piece.codePointBefore(to));
                    }
                }
                if (id == null) {
                    out.accept(unknown);
                    return;
                }
                found.add(id);
                at = to;
            }
            found.forEach(out::accept);
        }
    }
}
