package kawi.text;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Makes equal what means the same: a chain of named steps over text, each of which can be looked at alone.
 *
 * <p>Which steps help depends on the task: a bag of words gains from {@link #lowerCase}, a language model that is to
 * write capitals loses by it.
 */
public final class Normalizer implements UnaryOperator<String> {

    private record Step(String name, UnaryOperator<String> work) {}

    private static final Pattern LINE_ENDS = Pattern.compile("\\r\\n?|[\\x0B\\f\u0085\u2028\u2029]");
    private static final Pattern SPACES = Pattern.compile("[\\p{Zs}\\t]+");
    private static final Pattern SPACE_AT_LINE_END = Pattern.compile(" +(?=\n|\\z)");
    private static final Pattern BLANK_LINES = Pattern.compile("\n{3,}");
    private static final Pattern ACCENTS = Pattern.compile("\\p{Mn}+");
    private static final Pattern PUNCTUATION = Pattern.compile("[\\p{P}\\p{S}]+");
    private static final String[][] PLAIN = {
        {"[\u2018\u2019\u201A\u201B\u2032]", "'"},
        {"[\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB]", "\""},
        {"[\u2010-\u2012\u2212]", "-"},
        {"[\u2013\u2014\u2015]", " - "},
        {"\u2026", "..."},
        {"[\u2022\u00B7\u25E6]", "*"}
    };

    private final List<Step> steps;

    private Normalizer(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    private static Normalizer step(String name, UnaryOperator<String> work) {
        return new Normalizer(List.of(new Step(name, work)));
    }

    /**
     * These steps, in order.
     *
     * @param parts steps or chains
     * @return the chain
     */
    public static Normalizer of(Normalizer... parts) {
        List<Step> steps = new ArrayList<>();
        for (Normalizer part : parts) steps.addAll(part.steps);
        return new Normalizer(steps);
    }

    /**
     * {@return what is safe for any prose that a model is to learn from: no invisible characters, composed ones, tidy
     * spaces}
     *
     * <p>Composed after the invisible ones went, for marks may have come together then.
     */
    public static Normalizer gentle() {
        return of(visible(), nfc(), spaces());
    }

    /**
     * {@return the same where indentation means something, as in code and verse: {@link #layout} for {@link #spaces}}
     */
    public static Normalizer faithful() {
        return of(visible(), nfc(), layout());
    }

    /**
     * Composes characters (Unicode NFC): e and a combining acute accent become é.
     *
     * @return the step
     */
    public static Normalizer nfc() {
        return step("composed (NFC)", text -> java.text.Normalizer.normalize(text, Form.NFC));
    }

    /**
     * Composes characters and replaces look-alikes (Unicode NFKC): ﬁ becomes fi, ² becomes 2. Some meaning is lost: 10²
     * becomes 102.
     *
     * @return the step
     */
    public static Normalizer nfkc() {
        return step("compatible (NFKC)", text -> java.text.Normalizer.normalize(text, Form.NFKC));
    }

    /**
     * Removes what nobody sees: controls, byte-order marks, soft hyphens, direction marks, stray selectors. Line ends
     * of every kind become {@code \n}. What changes how a word or an emoji is written stays: joiners between letters of
     * scripts that join and between emoji, zero-width spaces between Thai words, selectors after what they vary, flags.
     *
     * @return the step
     */
    public static Normalizer visible() {
        return step("no invisible characters", Invisible::removed);
    }

    /**
     * {@return line ends as {@code \n}; every run of spaces inside a line one space, the indentation kept; no space
     * before a line's end; at most one blank line in a row; nothing blank around the whole}
     */
    public static Normalizer layout() {
        return step("tidy layout", Normalizer::laidOut);
    }

    /**
     * {@return one space for a run of spaces, none at the end of a line, at most one blank line} Indentation is lost.
     */
    public static Normalizer spaces() {
        return step(
                "tidy spaces",
                text -> BLANK_LINES
                        .matcher(SPACE_AT_LINE_END
                                .matcher(SPACES.matcher(LINE_ENDS.matcher(text).replaceAll("\n"))
                                        .replaceAll(" "))
                                .replaceAll(""))
                        .replaceAll("\n\n")
                        .strip());
    }

    /**
     * Plain quotation marks, hyphens, dashes and dots for the typographer's.
     *
     * @return the step
     */
    public static Normalizer plainPunctuation() {
        return step("plain punctuation", text -> {
            String plain = text;
            for (String[] rule : PLAIN) plain = plain.replaceAll(rule[0], rule[1]);
            return plain;
        });
    }

    /**
     * Lower case, the same in every locale.
     *
     * @return the step
     */
    public static Normalizer lowerCase() {
        return step("lower case", text -> text.toLowerCase(Locale.ROOT));
    }

    /**
     * Letters without their accents: café becomes cafe.
     *
     * @return the step
     */
    public static Normalizer withoutAccents() {
        return step(
                "no accents",
                text -> java.text.Normalizer.normalize(
                        ACCENTS.matcher(java.text.Normalizer.normalize(text, Form.NFD))
                                .replaceAll(""),
                        Form.NFC));
    }

    /** {@return a space for each run of punctuation and symbols} */
    public static Normalizer withoutPunctuation() {
        return step("no punctuation", text -> PUNCTUATION.matcher(text).replaceAll(" "));
    }

    /**
     * Text for HTML: tags go, block tags leave a line break, entities become their characters. What is no tag of HTML,
     * such as {@code List<String>}, stays.
     *
     * @return the step
     */
    public static Normalizer html() {
        return step("no HTML", Markup::withoutHtml);
    }

    /**
     * Text for Javadoc: {@code {@link Foo#bar the label}} becomes its label, {@code {@code x}} becomes x, and so on.
     *
     * @return the step
     */
    public static Normalizer javadoc() {
        return step("no Javadoc markup", Markup::withoutJavadocTags);
    }

    /**
     * {@return the subject and the body of a text that begins with the headers of an e-mail (RFC 5322); another text as
     * it is}
     */
    public static Normalizer mail() {
        return step("no mail headers", Markup::withoutMailHeaders);
    }

    private static String laidOut(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean indent = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                continue;
            }
            if (c == '\n' || c >= '\u000B' && c <= '\r' || c == 0x85 || c == 0x2028 || c == 0x2029) {
                newLine(out);
                indent = true;
            } else if (c == ' ' || c == '\t' || c > 127 && Character.getType(c) == Character.SPACE_SEPARATOR) {
                if (indent) {
                    out.append(c == '\t' ? c : ' ');
                } else if (out.charAt(out.length() - 1) != ' ') {
                    out.append(' ');
                }
            } else {
                out.append(c);
                indent = false;
            }
        }
        return out.toString().strip();
    }

    private static void newLine(StringBuilder out) {
        int end = out.length();
        while (end > 0 && (out.charAt(end - 1) == ' ' || out.charAt(end - 1) == '\t')) {
            end--;
        }
        out.setLength(end);
        boolean second = end >= 2 && out.charAt(end - 1) == '\n' && out.charAt(end - 2) == '\n';
        if (!second) {
            out.append('\n');
        }
    }

    @Override
    public String apply(String text) {
        String now = text;
        for (Step step : steps) now = step.work.apply(now);
        return now;
    }

    /** {@return the names of its steps, in their order} */
    public List<String> names() {
        return steps.stream().map(Step::name).toList();
    }

    /**
     * {@return the text after each step, by the step's name, in order}
     *
     * @param text a text
     */
    public Map<String, String> trace(String text) {
        Map<String, String> after = new LinkedHashMap<>();
        String now = text;
        for (Step step : steps) after.put(step.name, now = step.work.apply(now));
        return after;
    }
}
