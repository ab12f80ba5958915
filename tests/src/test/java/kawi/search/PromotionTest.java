package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Who goes on in successive halving, and how often: arithmetic that needs no training. */
class PromotionTest {

    @Test
    void theBetterHalfGoesOnAndNoneThatDiverged() {
        int[][] table = {{8, 8, 4}, {5, 5, 2}, {3, 3, 1}, {2, 2, 1}, {1, 1, 1}, {8, 3, 3}, {8, 1, 1}, {2, 1, 1}};
        for (int[] row : table) {
            assertEquals(row[2], SuccessiveHalving.kept(row[0], row[1]), row[1] + " sound ones of " + row[0]);
        }
    }

    @Test
    void theRungsAreAsManyAsThePromotionsToOne() {
        for (int candidates = 1; candidates <= 100; candidates++) {
            int rungs = 1;
            for (int left = SuccessiveHalving.kept(candidates, candidates); left > 1; rungs++) {
                left = SuccessiveHalving.kept(left, left);
            }
            assertEquals(rungs, SuccessiveHalving.rungs(candidates), candidates + " candidates");
        }
    }
}
