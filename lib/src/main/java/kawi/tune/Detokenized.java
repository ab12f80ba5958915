package kawi.tune;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Text that a tokenizer took apart by blanks, as a person would write it: {@code "Earth ' s ( see"} is {@code "Earth's
 * (see"}.
 */
final class Detokenized {
    private record Rule(Pattern pattern, String replacement) {}

    private static final List<Rule> RULES = List.of(
            rule(" ([.,;:!?%)\\]}])", "$1"),
            rule("([(\\[{$£]) ", "$1"),
            rule(" ' (s|t|re|ve|ll|d|m)\\b", "'$1"),
            rule(" (n't)\\b", "$1"),
            rule("(?<=[\\p{L}\\p{N}_]) ([-–—/]) (?=[\\p{L}\\p{N}_])", "$1"),
            rule("(?<=[0-9]), (?=[0-9]{3}\\b)", ","),
            rule("(?<=[0-9])\\. (?=[0-9])", "."),
            rule("\" ([^\"]*) \"", "\"$1\""));

    private Detokenized() {}

    private static Rule rule(String pattern, String replacement) {
        return new Rule(Pattern.compile(pattern), replacement);
    }

    static String of(String text) {
        String joined = text.strip();
        for (Rule rule : RULES) {
            joined = rule.pattern().matcher(joined).replaceAll(rule.replacement());
        }
        return joined;
    }
}
