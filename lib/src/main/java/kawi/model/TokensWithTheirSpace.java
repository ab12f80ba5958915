package kawi.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import kawi.text.Tokenizer;

/**
 * A tokenizer some of whose tokens take the white space behind them with them, as those of Phi-3's conversations do. A
 * GGUF file does not say so; llama.cpp knows it by the model's name ({@code llama-vocab.cpp}).
 */
final class TokensWithTheirSpace implements Tokenizer {

    /** Behind these, white space is text. */
    private static final Set<String> PLAIN = Set.of("<unk>", "<s>", "<|endoftext|>");

    private final Tokenizer inner;
    private final List<String> always; // longest first
    private final List<String> meantOnes;

    /**
     * @param inner turns the rest into ids
     * @param found tokens that are found in any text; the others are specials, and found where they are meant
     */
    TokensWithTheirSpace(Tokenizer inner, Set<String> found) {
        this.inner = inner;
        this.always = longestFirst(found);
        Set<String> all = new TreeSet<>(found);
        all.addAll(inner.specials().keySet());
        this.meantOnes = longestFirst(all);
    }

    private static List<String> longestFirst(Set<String> tokens) {
        return tokens.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    @Override
    public int[] encode(String text) {
        int[] kept = kept(text, always, at -> true);
        return inner.encode(text(text, kept));
    }

    @Override
    public int[] encodeWithSpecials(String text, IntPredicate meant) {
        int[] kept = kept(text, meantOnes, meant);
        return inner.encodeWithSpecials(text(text, kept), at -> meant.test(kept[at]));
    }

    /** Places of the characters that are no white space behind one of the tokens. */
    private int[] kept(String text, List<String> tokens, IntPredicate meant) {
        int[] kept = new int[text.length()];
        int count = 0;
        for (int at = 0; at < text.length(); ) {
            String token = token(text, at, tokens, meant);
            int end = at + (token == null ? 1 : token.length());
            while (at < end) {
                kept[count++] = at++;
            }
            while (token != null && !PLAIN.contains(token) && at < text.length() && space(text.charAt(at))) {
                at++;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private String token(String text, int at, List<String> tokens, IntPredicate meant) {
        for (String token : tokens) {
            boolean there = text.startsWith(token, at);
            for (int i = at; there && !always.contains(token) && i < at + token.length(); i++) {
                there = meant.test(i);
            }
            if (there) {
                return token;
            }
        }
        return null;
    }

    private static boolean space(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static String text(String text, int[] kept) {
        StringBuilder rest = new StringBuilder(kept.length);
        for (int at : kept) {
            rest.append(text.charAt(at));
        }
        return rest.toString();
    }

    @Override
    public int size() {
        return inner.size();
    }

    @Override
    public byte[] bytes(int id) {
        return inner.bytes(id);
    }

    @Override
    public String decode(int[] ids) {
        return inner.decode(ids);
    }

    @Override
    public Map<String, Integer> specials() {
        return inner.specials();
    }

    @Override
    public void save(Path tokenizerJson) {
        inner.save(tokenizerJson);
    }

    @Override
    public String toString() {
        return inner.toString();
    }
}
