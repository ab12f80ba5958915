package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/**
 * Tokens are found in a text leftmost first, the longest of those, and by their rules; the parts are the whole text.
 */
class AddedTokensTest {
    private static final IntPredicate ALL = at -> true;

    private static AddedTokens.Token token(String content, int id, String rules) {
        return new AddedTokens.Token(
                content,
                id,
                rules.contains("special"),
                false,
                rules.contains("left"),
                rules.contains("right"),
                rules.contains("word"));
    }

    private static String parts(String text, IntPredicate special, AddedTokens.Token... tokens) {
        StringBuilder said = new StringBuilder();
        for (AddedTokens.Part part : new AddedTokens(List.of(tokens)).split(text, special)) {
            said.append(part.token() == null ? "" : part.token().id())
                    .append('[')
                    .append(text, part.from(), part.to())
                    .append(']');
        }
        return said.toString();
    }

    @Test
    void theLeftmostTokenIsFoundAndOfThoseTheLongest() {
        AddedTokens.Token[] tokens = {token("ab", 1, ""), token("abc", 2, ""), token("bcd", 3, ""), token("b", 4, "")};
        assertEquals("2[abc][d]", parts("abcd", ALL, tokens));
        assertEquals("[x]1[ab]3[bcd]", parts("xabbcd", ALL, tokens));
        assertEquals("[x]", parts("x", ALL, tokens));
        assertEquals("", parts("", ALL, tokens));
        assertEquals("4[b]4[b]", parts("bb", ALL, tokens));
    }

    @Test
    void whiteSpaceBesideATokenIsItsOwnWhereItsRuleSaysSo() {
        assertEquals("[a]1[\u3000 <x>][ b]", parts("a\u3000 <x> b", ALL, token("<x>", 1, "left")));
        assertEquals("[a ]1[<x> \n][b]", parts("a <x> \nb", ALL, token("<x>", 1, "right")));
        assertEquals("1[ <x> ]", parts(" <x> ", ALL, token("<x>", 1, "left right")));
        assertEquals("2[y ]1[<x>]", parts("y <x>", ALL, token("<x>", 1, "left"), token("y", 2, "right")));
    }

    @Test
    void aTokenThatIsAWordIsNotFoundWithinOne() {
        AddedTokens.Token the = token("the", 1, "word");
        assertEquals("1[the]", parts("the", ALL, the));
        assertEquals("[a ]1[the][ b]", parts("a the b", ALL, the));
        assertEquals("[(]1[the][)]", parts("(the)", ALL, the));
        for (String beside : List.of("a", "é", "1", "_", "\u0301", "\u0903", "\u20dd", "\u200d", "日", "𝒳")) {
            assertEquals("[the" + beside + "]", parts("the" + beside, ALL, the));
            assertEquals("[" + beside + "the]", parts(beside + "the", ALL, the));
        }
        assertEquals("[thethe ]1[the]", parts("thethe the", ALL, the));
    }

    @Test
    void aSpecialTokenIsFoundOnlyWhereAllOfItIsMeant() {
        AddedTokens.Token special = token("<x>", 1, "special");
        assertEquals("1[<x>][<x>]", parts("<x><x>", at -> at < 3, special));
        assertEquals("[<x>]1[<x>]", parts("<x><x>", at -> at > 2, special));
        assertEquals("[<x>]", parts("<x>", at -> at != 1, special));
        assertEquals("[<x>]", parts("<x>", at -> at != 2, special));
        assertEquals("2[<x>]", parts("<x>", at -> false, token("<x>", 2, "")));
        assertEquals("3[<][x>]", parts("<x>", at -> false, special, token("<", 3, "")));
    }

    @Test
    void aTokenIsPlainWhereItIsSpecialAndHasNoRules() {
        assertEquals(true, token("a", 0, "special").plain());
        for (String rules : List.of("", "special left", "special right", "special word")) {
            assertEquals(false, token("a", 0, rules).plain(), rules);
        }
    }
}
