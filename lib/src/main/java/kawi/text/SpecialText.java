package kawi.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/** Finds the special tokens in a text, leftmost first and of those the longest, and encodes what lies between them. */
final class SpecialText {

    private SpecialText() {}

    /**
     * The ids of a text.
     *
     * @param meant whether the character at an index may be part of a special token
     */
    static int[] encode(Tokenizer tokenizer, String text, IntPredicate meant) {
        List<String> longestFirst = tokenizer.specials().keySet().stream()
                .filter(special -> !special.isEmpty())
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        boolean[] begins = new boolean[Character.MAX_VALUE + 1];
        longestFirst.forEach(special -> begins[special.charAt(0)] = true);
        int[] ids = new int[0];
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            if (begins[text.charAt(at)]) {
                String special = at(longestFirst, text, at, meant);
                if (special != null) {
                    ids = join(ids, tokenizer.encode(text.substring(from, at)), tokenizer.id(special));
                    from = at + special.length();
                    at = from - 1;
                }
            }
        }
        return join(ids, tokenizer.encode(text.substring(from)), -1);
    }

    private static String at(List<String> specials, String text, int at, IntPredicate meant) {
        for (String special : specials) {
            boolean there = text.startsWith(special, at);
            for (int i = at; there && i < at + special.length(); i++) {
                there = meant.test(i);
            }
            if (there) {
                return special;
            }
        }
        return null;
    }

    /** First, then second, then the last id unless it is -1. */
    private static int[] join(int[] first, int[] second, int last) {
        int[] joined = Arrays.copyOf(first, first.length + second.length + (last >= 0 ? 1 : 0));
        System.arraycopy(second, 0, joined, first.length, second.length);
        if (last >= 0) joined[joined.length - 1] = last;
        return joined;
    }
}
