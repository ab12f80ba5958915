package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Where each range of the rule for invisible characters begins and ends, and what a character's neighbours decide. */
class EveryRangeOfInvisibleCharactersTest {
    private static final Pattern LINE_END = Pattern.compile("[\\n\\x0B\\f\\r\\x85\\u2028\\u2029]");
    private static final Pattern SEPARATOR = Pattern.compile("[\\x1C-\\x1F]");
    private static final Pattern SELECTOR =
            Pattern.compile("[\\uFE00-\\uFE0F\\x{E0100}-\\x{E01EF}\\u180B-\\u180D\\u180F]");
    private static final Pattern WRITING = Pattern.compile(
            "[\\t\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\x{110BD}\\x{110CD}\\x{13430}-\\x{1343F}]");
    private static final Pattern GOES = Pattern.compile("[\\p{Cc}\\p{Cf}]");

    private static void becomes(String expected, String text) {
        assertEquals(expected, Invisible.removed(text), () -> escaped(text));
    }

    private static void stays(String text) {
        becomes(text, text);
    }

    private static String of(int c) {
        return Character.toString(c);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.append(String.format("U+%04X ", c)));
        return out.toString();
    }

    /** The rule in regular expressions, for a character that has nothing to stay for but itself. */
    private static String alone(int c, boolean varies) {
        String text = of(c);
        if (LINE_END.matcher(text).matches()) return "\n";
        if (SEPARATOR.matcher(text).matches()) return " ";
        if (SELECTOR.matcher(text).matches()) return varies ? text : "";
        return GOES.matcher(text).matches() && !WRITING.matcher(text).matches() ? "" : text;
    }

    @Test
    void everyCharacterStaysOrGoesByTheRangeThatItIsIn() {
        for (int c = 0; c <= 0xF0100; c = c == 0x2FFFF ? 0xE0000 : c + 1) {
            if (c >= 0xD800 && c <= 0xDFFF) continue;
            becomes("a" + alone(c, true) + "b", "a" + of(c) + "b");
            becomes(alone(c, false) + "b", of(c) + "b");
            becomes(" " + alone(c, false), " " + of(c));
        }
    }

    @Test
    void aTextOfWhichNothingGoesIsNotCopied() {
        for (String text :
                new String[] {"", "plain\n\ttext", "a\u00A0b", "caf\u00E9 \u4E2D\u6587", "\uD83D\uDE00", "\u0915\u094D"
                }) {
            assertSame(text, Invisible.removed(text));
        }
    }

    @Test
    void numberSignsEndAWordAndMayBeVaried() {
        int[] signs = {0x600, 0x601, 0x604, 0x605, 0x6DD, 0x70F, 0x8E2, 0x110BD, 0x110CD};
        for (int sign : signs) {
            becomes("\u0647" + of(sign) + "\u0647", "\u0647\u200C" + of(sign) + "\u0647");
            stays("a" + of(sign) + "\uFE0F");
        }
        becomes("\u0647\u200C\u0647", "\u0647\u200C\u2060\u0647"); // a word joiner is looked through
        becomes("\u0647\u200C\u0647", "\u0647\u200C\u061C\u0647");
        stays("a\uFE0Fb");
        becomes("a\uFE0Fb", "a\u200D\uFE0Fb"); // what a joiner leaves that goes itself is varied
        becomes("\u0647\u200D", "\u0647\u200D\uFE0F"); // nor can a joiner be varied
    }

    @Test
    void aJoinerThatFollowsNothingJoinsNothing() {
        becomes("a \u0647", "a \u200C\u0647");
        becomes("\u0647", "\u200C\u0647");
        stays("a \u200D\u0647");
        stays("\u0647\u200D\u200C\u0647");
        becomes("a", "a\u200C");
        becomes("a\u0301", "a\u200C\u0301");
        becomes("\u0647", "\u0647\u200C");
        becomes("\u0647 ", "\u0647\u200C ");
    }

    @Test
    void aSkinToneIsLookedThroughAndItsNeighboursAreNot() {
        for (int tone = 0x1F3FB; tone <= 0x1F3FF; tone++) {
            stays("\uD83D\uDC69" + of(tone) + "\u200D\uD83D\uDD2C");
            becomes("a" + of(tone) + "\uD83D\uDD2C", "a" + of(tone) + "\u200D\uD83D\uDD2C");
        }
        for (int picture : new int[] {0x1F3FA, 0x1F400}) {
            stays("a" + of(picture) + "\u200D\uD83D\uDD2C");
        }
        stays("\uD83D\uDC69\u20E3\u200D\uD83D\uDD2C");
        becomes("1\u20E3\uD83D\uDD2C", "1\u20E3\u200D\uD83D\uDD2C");
    }

    @Test
    void arrowsAndTheBlocksOfEmojiAreWhatAPictureMayBe() {
        for (int c : new int[] {0x2190, 0x21FF, 0x1F000, 0x1FAFF, 0x2764, 0x2B50}) {
            stays("\uD83D\uDE42\u200D" + of(c));
            stays(of(c) + "\u200D\uD83D\uDE42");
        }
        for (int c : new int[] {0x203C, 0x218F, 0x2200, 0x1FBF0, 'a', '1', 0xAC}) {
            becomes("\uD83D\uDE42" + of(c), "\uD83D\uDE42\u200D" + of(c));
        }
    }

    @Test
    void aFlagIsOfDigitsAndSmallLettersAndHasOneAtLeast() {
        String flag = "\uD83C\uDFF4";
        String end = of(0xE007F);
        for (char letter : "09az".toCharArray()) {
            stays(flag + of(0xE0000 + letter) + end + "!");
        }
        for (char other : "/:`{ A~".toCharArray()) {
            becomes(flag + "!", flag + of(0xE0000 + other) + end + "!");
        }
        becomes(flag + "!", flag + end + "!");
        StringBuilder six = new StringBuilder();
        for (int i = 0; i < 6; i++) six.appendCodePoint(0xE0061 + i);
        stays(flag + six + end);
        becomes(flag, flag + six + of(0xE0067) + end);
        becomes(flag, flag + six);
    }
}
