package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes ids of a piece does so as its paper or its library says, also at the edges that few texts reach. */
class PieceModelsTest {

    private static List<Integer> ids(PieceModels.Model model, String piece) {
        List<Integer> ids = new ArrayList<>();
        model.encode(piece, ids::add);
        return ids;
    }

    private static Map<String, Integer> vocabulary(String... tokens) {
        Map<String, Integer> ids = new HashMap<>();
        for (String token : tokens) {
            ids.put(token, ids.size());
        }
        return ids;
    }

    private static List<String[]> pairs(String... merges) {
        List<String[]> pairs = new ArrayList<>();
        for (String merge : merges) {
            pairs.add(merge.split(" "));
        }
        return pairs;
    }

    @Test
    void aCharacterWithoutATokenIsItsBytesWhereAllOfThemHaveOne() {
        // é is C3 A9, and of ę, C4 99, the second byte is missing; the first byte token has the id 0
        Map<String, Integer> ids = vocabulary("<0xC3>", "<0xA9>", "<0xC4>", "a", "<unk>");
        PieceModels.Model bytes = new PieceModels.CharacterBpe(ids, pairs(), true, 4, false, false);
        assertEquals(List.of(3, 0, 1, 3), ids(bytes, "aéa"));
        assertEquals(List.of(3, 4, 0, 1), ids(bytes, "aęé"));
        PieceModels.Model none = new PieceModels.CharacterBpe(ids, pairs(), false, 4, false, false);
        assertEquals(List.of(3, 4, 3), ids(none, "aéa"));
        List<Integer> many = ids(bytes, "é".repeat(40));
        assertEquals(80, many.size());
        assertEquals(List.of(0, 1), many.subList(78, 80));
    }

    @Test
    void unknownCharactersAreOneTokenEachOrTogetherOrNone() {
        Map<String, Integer> ids = vocabulary("<unk>", "a");
        assertEquals(
                List.of(0, 0, 1, 0), ids(new PieceModels.CharacterBpe(ids, pairs(), false, 0, false, false), "xyax"));
        assertEquals(List.of(0, 1, 0), ids(new PieceModels.CharacterBpe(ids, pairs(), false, 0, true, false), "xyax"));
        assertEquals(List.of(1), ids(new PieceModels.CharacterBpe(ids, pairs(), false, -1, false, false), "xyax"));
        assertEquals(List.of(), ids(new PieceModels.CharacterBpe(ids, pairs(), false, -1, true, false), "😀"));
    }

    @Test
    void aPieceThatIsATokenIsThatTokenOnlyWhereTheMergesAreIgnored() {
        Map<String, Integer> ids = vocabulary("a", "b", "c", "ab", "abc");
        assertEquals(
                List.of(3, 2), ids(new PieceModels.CharacterBpe(ids, pairs("a b"), false, -1, false, false), "abc"));
        PieceModels.Model whole = new PieceModels.CharacterBpe(ids, pairs("a b"), false, -1, false, true);
        assertEquals(List.of(4), ids(whole, "abc"));
        assertEquals(List.of(3, 2, 2), ids(whole, "abcc"));
    }

    @Test
    void theMostLikelyCutWinsAndOfEqualOnesThatWhoseLastTokenBeginsFirst() {
        Map<String, Integer> ids = vocabulary("<unk>", "a", "b", "ab", "abc");
        assertEquals(List.of(3), ids(new PieceModels.Unigram(ids, new double[] {0, -1, -1, -2, -9}, 0, false), "ab"));
        assertEquals(
                List.of(1, 2), ids(new PieceModels.Unigram(ids, new double[] {0, -1, -1, -2.5, -9}, 0, false), "ab"));
        assertEquals(List.of(4), ids(new PieceModels.Unigram(ids, new double[] {0, -1, -1, -2, -9}, 0, false), "abc"));
        assertEquals(List.of(), ids(new PieceModels.Unigram(ids, new double[] {0, -1, -1, -2, -9}, 0, false), ""));
    }

    @Test
    void anUnknownCharacterIsTenLessLikelyThanTheLeastLikelyToken() {
        Map<String, Integer> ids = vocabulary("<unk>", "a", "ab", "bc");
        double[] scores = {0, -1, -10.5, -12};
        PieceModels.Model model = new PieceModels.Unigram(ids, scores, 0, false);
        assertEquals(List.of(2), ids(model, "ab")); // and not a with an unknown b: -23
        assertEquals(List.of(1, 3), ids(model, "abc"));
        scores[2] = -22.5; // the least likely token is so 22 below a; an unknown b 32.5
        assertEquals(List.of(2), ids(new PieceModels.Unigram(ids, scores, 0, false), "ab"));
    }

    @Test
    void unknownCharactersSideBySideAreOneTokenOrTheBytesOfAll() {
        Map<String, Integer> ids = vocabulary("<unk>", "a", "<0xC3>", "<0xA9>");
        double[] scores = {0, -1, -2, -2};
        assertEquals(List.of(0, 1, 0), ids(new PieceModels.Unigram(ids, scores, 0, false), "xyaé"));
        assertEquals(List.of(0, 1, 2, 3, 2, 3), ids(new PieceModels.Unigram(ids, scores, 0, true), "xyaéé"));
        assertEquals(List.of(0), ids(new PieceModels.Unigram(ids, scores, 0, true), "éx"));
        assertEquals(List.of(0, 1), ids(new PieceModels.Unigram(ids, scores, 0, false), "😀a"));
    }

    @Test
    void aWordIsItsLongestBeginningsOrUnknownAsAWhole() {
        Map<String, Integer> ids = vocabulary("[UNK]", "un", "u", "##n", "##aff", "##able", "##a", "##😀");
        PieceModels.Model model = new PieceModels.WordPiece(ids, 0, "##", 7);
        assertEquals(List.of(1, 4), ids(model, "unaff"));
        assertEquals(List.of(1, 5), ids(model, "unable"));
        assertEquals(List.of(2), ids(model, "u"));
        assertEquals(List.of(2, 6, 3), ids(model, "uan"));
        assertEquals(List.of(1, 7), ids(model, "un😀"));
        assertEquals(List.of(0), ids(model, "unx"));
        assertEquals(List.of(0), ids(model, "x"));
        assertEquals(List.of(), ids(model, ""));
    }

    @Test
    void aWordOfMoreCharactersThanTheModelTakesIsUnknown() {
        Map<String, Integer> ids = vocabulary("[UNK]", "a", "@a", "@😀");
        PieceModels.Model model = new PieceModels.WordPiece(ids, 0, "@", 3);
        assertEquals(List.of(1, 2, 3), ids(model, "aa😀"));
        assertEquals(List.of(0), ids(model, "aaa😀"));
    }
}
