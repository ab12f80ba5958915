package kawi.eval;

import java.util.ArrayList;
import java.util.List;

/** What the standard scorers call a word: a run of characters without white space, in Python's sense of white space. */
final class WhitespaceTokens {

    private WhitespaceTokens() {}

    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < text.length(); i++) {
            if (space(text.charAt(i))) {
                if (start >= 0) {
                    words.add(text.substring(start, i));
                }
                start = -1;
            } else if (start < 0) {
                start = i;
            }
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }

    /**
     * White space as {@code str.split()} sees it: Unicode's, the separators 1C to 1F and the no-break spaces included.
     */
    static boolean space(char c) {
        return c >= '\t' && c <= '\r' || c >= 0x1c && c <= ' ' || c == 0x85 || c > 0x85 && Character.isSpaceChar(c);
    }

    static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && space(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
