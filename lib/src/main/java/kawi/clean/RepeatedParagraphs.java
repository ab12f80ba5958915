package kawi.clean;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of each document the paragraphs that stood in an earlier document: licence headers, the footers of mailing
 * lists, quoted mail, notices. A document of nothing else is dropped.
 *
 * <p>Paragraphs stand between blank lines; compared are their words, whatever their case, punctuation and line breaks.
 * Short ones, of fewer than {@code words} words, stay: two people may well say "Thank you very much."
 */
public final class RepeatedParagraphs implements Step {

    private static final Pattern GAP = Pattern.compile("\\n[ \\t]*\\n\\s*|\\z");

    private final int words;

    private RepeatedParagraphs(int words) {
        this.words = words;
    }

    /**
     * Takes out repeated paragraphs of {@code words} words or more.
     *
     * @param words fewest words of a paragraph that is compared
     * @return the step
     */
    public static RepeatedParagraphs of(int words) {
        return new RepeatedParagraphs(words);
    }

    @Override
    public String name() {
        return "repeated paragraphs";
    }

    @Override
    public Pass begin() {
        Map<Long, String> firstIn = new HashMap<>();
        return document -> {
            String text = document.text();
            StringBuilder kept = new StringBuilder(text.length());
            int taken = 0;
            Matcher gap = GAP.matcher(text);
            for (int from = 0; from < text.length() && gap.find(from); from = gap.end()) {
                WordHashes hashes = WordHashes.of(text, from, gap.start());
                String first = hashes.count() < words ? null : firstIn.putIfAbsent(hashes.all(), document.id());
                if (first == null || first.equals(document.id())) {
                    kept.append(text, from, gap.end());
                } else {
                    taken++;
                }
            }
            if (taken == 0) return new Verdict.Keep(document);
            String left = kept.toString().stripTrailing();
            return left.isBlank()
                    ? new Verdict.Drop("paragraphs of its own", 0, 1.0, null, taken + " repeated")
                    : new Verdict.Keep(document.withText(left));
        };
    }
}
