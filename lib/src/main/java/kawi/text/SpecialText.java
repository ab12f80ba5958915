package kawi.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the special tokens in a text, leftmost first and of those the longest, and encodes what lies between them. */
final class SpecialText {

    private SpecialText() {}

    static int[] encode(Tokenizer tokenizer, String text) {
        if (tokenizer.specials().isEmpty()) return tokenizer.encode(text);
        String longestFirst = tokenizer.specials().keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        Matcher special = Pattern.compile(longestFirst).matcher(text);
        int[] ids = new int[0];
        int from = 0;
        while (special.find()) {
            ids = join(ids, tokenizer.encode(text.substring(from, special.start())), tokenizer.id(special.group()));
            from = special.end();
        }
        return join(ids, tokenizer.encode(text.substring(from)), -1);
    }

    /** First, then second, then the last id unless it is -1. */
    private static int[] join(int[] first, int[] second, int last) {
        int[] joined = Arrays.copyOf(first, first.length + second.length + (last >= 0 ? 1 : 0));
        System.arraycopy(second, 0, joined, first.length, second.length);
        if (last >= 0) joined[joined.length - 1] = last;
        return joined;
    }
}
