package kawi.clean;

import java.util.List;
import java.util.Locale;
import kawi.text.Sentences;

/** The lines of a page by the rules of C4, see {@link Quality#c4} and {@link Quality#c4Lines}. */
final class C4 implements Step {
    private static final int WORDS = 5;
    private static final List<String> NOTICES = List.of(
            "javascript",
            "terms of use",
            "privacy policy",
            "cookie policy",
            "uses cookies",
            "use of cookies",
            "use cookies");

    @Override
    public String name() {
        return "C4 lines";
    }

    @Override
    public String settings() {
        return "";
    }

    @Override
    public boolean independent() {
        return true;
    }

    @Override
    public Pass begin() {
        return document -> {
            List<String> lines = document.text().lines().toList();
            List<String> stay = lines.stream().filter(C4::stays).toList();
            return stay.size() == lines.size()
                    ? Verdict.keep(document)
                    : Verdict.change(document, String.join("\n", stay));
        };
    }

    static boolean stays(String line) {
        String stripped = line.strip();
        String lower = stripped.toLowerCase(Locale.ROOT);
        return ends(stripped)
                && stripped.split("\\s+").length >= WORDS
                && NOTICES.stream().noneMatch(lower::contains);
    }

    private static boolean ends(String line) {
        return !line.isEmpty() && ".!?\"\u201D".indexOf(line.charAt(line.length() - 1)) >= 0 && !line.endsWith("...");
    }

    static double sentences(TextFeatures features) {
        return features.text()
                .lines()
                .filter(C4::stays)
                .mapToInt(line -> Sentences.in(line).size())
                .sum();
    }
}
