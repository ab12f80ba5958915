package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SplitterTest {

    /** The published pattern; Java's {@code \s} is told to mean Unicode's white space. */
    private static final String SPACE = "\\p{IsWhite_Space}";

    private static final Pattern PUBLISHED = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" + SPACE
            + "\\p{L}\\p{N}]+|" + SPACE + "+(?!" + "[^" + SPACE + "])|" + SPACE + "+");

    private static List<String> published(String text) {
        return PUBLISHED.matcher(text).results().map(MatchResult::group).toList();
    }

    @Test
    void theHandScannedSplitEqualsThePublishedPattern() {
        for (String text : Samples.AWKWARD) assertEquals(published(text), Splitter.GPT2.split(text));
        Random random = new Random(11);
        for (int i = 0; i < 3000; i++) {
            String text = Samples.random(random, 80);
            assertEquals(published(text), Splitter.GPT2.split(text));
        }
    }

    @Test
    void contractionsAreThoseOfThePatternAlsoAtTheEndOfAText() {
        for (String end :
                List.of("s", "t", "m", "d", "re", "ve", "ll", "r", "v", "l", "re've'l", "rx", "lx", "", "'l")) {
            for (String text : List.of("it'" + end, "it'" + end + " is", "it'" + end + "lel")) {
                assertEquals(published(text), Splitter.GPT2.split(text));
            }
        }
    }

    @Test
    void soItIsWithTheNewerPatternsWhoseContractionsAreOfAnyCase() {
        List<String> ends = List.of(
                "s", "S", "ſ", "t", "M", "d", "re", "Re", "rE", "VE", "ll", "lL", "r", "L", "\u017e", "", "Ã", "[", "{",
                "@", "`");
        for (Splitter splitter : List.of(Splitter.LLAMA3, Splitter.QWEN2)) {
            Pattern pattern = Pattern.compile(splitter.regex()
                    .replace("(?i:", "(?iu:")
                    .replace("\\s", SPACE)
                    .replace("\\S", "[^" + SPACE + "]"));
            List<String> texts = new ArrayList<>(Samples.AWKWARD);
            for (String end : ends) {
                texts.addAll(List.of("it'" + end, "it'" + end + " is", "it'" + end + "x", "'" + end + "'" + end + "a"));
            }
            texts.addAll(
                    List.of("\n  a", "\n\n  a", " \r\n  a", "\n", "  \n  ", "!\r\n\n a", "12345 6", "\t a", "a\n b"));
            Random random = new Random(13);
            for (int i = 0; i < 2000; i++) {
                texts.add(Samples.random(random, 80));
            }
            for (String text : texts) {
                assertEquals(
                        pattern.matcher(text).results().map(MatchResult::group).toList(), splitter.split(text), text);
            }
        }
    }

    /** As tiktoken has it, with possessive quantifiers and the end of the text. */
    private static final String CL100K =
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+"
                    + "|\\s++\\z|\\s*[\\r\\n]|\\s+(?!\\S)|\\s";

    private static final String O200K = String.join(
            "|",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            "\\p{N}{1,3}",
            " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*",
            "\\s*[\\r\\n]+",
            "\\s+(?!\\S)",
            "\\s+");

    @Test
    void soItIsWithThoseOfTiktoken() {
        for (Map.Entry<Splitter, String> each :
                Map.of(Splitter.CL100K, CL100K, Splitter.O200K, O200K).entrySet()) {
            Splitter splitter = each.getKey();
            for (String regex : List.of(each.getValue(), splitter.regex())) {
                Pattern pattern = unicode(regex);
                List<String> texts = new ArrayList<>(Samples.AWKWARD);
                Random random = new Random(17);
                for (int i = 0; i < 4000; i++) {
                    texts.add(i % 2 == 0 ? Samples.random(random, 80) : cased(random));
                }
                for (String text : texts) {
                    List<String> wanted = pattern.matcher(text)
                            .results()
                            .map(MatchResult::group)
                            .toList();
                    assertEquals(wanted, splitter.split(text), text);
                }
            }
        }
        assertEquals(O200K, Splitter.O200K.regex());
        assertNotEquals(Splitter.LLAMA3.split("a\n  "), Splitter.CL100K.split("a\n  "));
    }

    private static Pattern unicode(String regex) {
        return Pattern.compile(
                regex.replace("(?i:", "(?iu:").replace("\\s", SPACE).replace("\\S", "[^" + SPACE + "]"));
    }

    /** Capitals, small letters, letters without a case, marks, and what words and lines end with. */
    private static String cased(Random random) {
        String[] parts = {
            "a", "b", "A", "B", "\u01c5", "\u02b0", "\u00aa", "日", "本", "e\u0301", "\u0301", "\u0903", "\u20dd", "'s",
            "'LL", "'ſ", "'", " ", "  ", "\n", "\r", "\t", "/", "//", "!", "_", "1", "12", "½", "\u00a0", "ß", "É", "😀"
        };
        StringBuilder text = new StringBuilder();
        for (int n = 1 + random.nextInt(12); n > 0; n--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    @Test
    void piecesJoinedAreTheText() {
        Random random = new Random(12);
        for (Splitter splitter : Splitter.values()) {
            for (int i = 0; i < 500; i++) {
                String text = Samples.random(random, 80);
                assertEquals(text, String.join("", splitter.split(text)));
            }
        }
    }

    @Test
    void smolLmSetsEveryDigitApart() {
        assertEquals(List.of("in", " ", "2", "0", "2", "4", " it", "'s"), Splitter.SMOLLM.split("in 2024 it's"));
        assertEquals(List.of("a", "  ", "5"), Splitter.SMOLLM.split("a  5"));
        assertEquals(List.of("in", " 2024", " it", "'s"), Splitter.GPT2.split("in 2024 it's"));
    }
}
