package kawi.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts that tokenizers get wrong, and plain ones, made here. */
public final class Samples {

    private Samples() {}

    public static final List<String> AWKWARD = List.of(
            "",
            " ",
            "  ",
            "\n",
            "a",
            " a",
            "a ",
            "  a  b   ",
            "tabs\t\tand\r\nlines\n\n\n  indented",
            "I'm we'll they've you're he'd it's don't 'sure 'S I'LL",
            "it''s '' ' s",
            "2024 was 3,141.59 ½ ⅷ ²³ ٣٤ 12345",
            "x=1;y=22; z[333]",
            "naïve café Ångström e\u0301 ﬁ ß İ",
            "日本語のテキスト、中文。한국어",
            "emoji 👩‍👩‍👧‍👦 🇫🇷 👍🏽!",
            "\u00A0no-break\u2003em\u3000wide\u2028line\u0085next",
            "zero\u200Bwidth\uFEFFmark",
            "<|endoftext|> is text here",
            "<div class=\"a\">{@link Foo#bar(int)}</div>",
            "____----====....",
            "\u0000\u0001\u007F controls",
            "a".repeat(500),
            "ab ".repeat(300),
            " ".repeat(300) + "x",
            "ĠĊ are letters too");

    /** Random text of assigned characters from all planes, with the spaces and apostrophes that splitting hangs on. */
    public static String random(Random random, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int choice = random.nextInt(12);
            if (choice == 0) text.append(' ');
            else if (choice == 1) text.append("'s 'll\n\t  ".charAt(random.nextInt(10)));
            else if (choice < 5) text.appendCodePoint('a' + random.nextInt(26));
            else if (choice == 5) text.appendCodePoint('0' + random.nextInt(10));
            else text.appendCodePoint(assigned(random, choice < 9 ? 0x2FFF : 0x1FFFF));
        }
        return text.toString();
    }

    private static int assigned(Random random, int highest) {
        while (true) {
            int c = random.nextInt(highest + 1);
            int type = Character.getType(c);
            if (type != Character.UNASSIGNED && type != Character.SURROGATE && type != Character.PRIVATE_USE) return c;
        }
    }

    /** A few thousand words of made-up prose with frequencies like a language's. */
    public static List<String> prose(int documents) {
        Random random = new Random(7);
        List<String> words = new ArrayList<>();
        String[] syllables = {
            "ka", "wi", "lo", "ther", "an", "in", "qu", "est", "ing", "or", "re", "ti", "on", "s", "mo", "el", "th", "e"
        };
        for (int i = 0; i < 900; i++) {
            StringBuilder word = new StringBuilder();
            for (int n = 1 + random.nextInt(4); n > 0; n--) word.append(syllables[random.nextInt(syllables.length)]);
            words.add(word.toString());
        }
        List<String> texts = new ArrayList<>();
        for (int d = 0; d < documents; d++) {
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < 300; w++) {
                String word = words.get((int) (words.size() * Math.pow(random.nextDouble(), 3)));
                text.append(w % 12 == 0 ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : word);
                text.append(
                        w % 12 == 11
                                ? ".\n"
                                : w % 7 == 6 ? ", " : w % 31 == 30 ? " 19" + random.nextInt(100) + " it's " : " ");
            }
            texts.add(text.toString());
        }
        return texts;
    }
}
