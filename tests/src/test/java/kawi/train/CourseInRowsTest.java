package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.LongStream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** A long course is shown in a handful of rows, its ends among them. */
class CourseInRowsTest {
    private static Training course(int points, int validatedEach) {
        List<Training.Point> history = LongStream.rangeClosed(1, points)
                .mapToObj(step -> new Training.Point(
                        step,
                        5.0 / step,
                        null,
                        step % validatedEach == 0 ? 6.0 / step : null,
                        null,
                        0.1,
                        1,
                        100,
                        null,
                        50,
                        null))
                .toList();
        return new Training(Training.End.COMPLETE, points, points, null, 0, 1, 1, 1, history, List.of());
    }

    private static List<Long> steps(Training training, int most) {
        return training.table(most).longColumn("step").asList();
    }

    @Test
    void firstAndLastAndBetweenThemEvaluatedStepsAreShown() {
        assertEquals(List.of(1L, 25L, 50L, 75L, 100L), steps(course(100, 5), 5));
        assertEquals(List.of(1L, 100L), steps(course(100, 5), 2));
    }

    @Test
    void whereFewWereEvaluatedOthersFillTheRows() {
        assertEquals(List.of(1L, 4L, 7L, 10L), steps(course(10, 100), 4));
        assertEquals(List.of(1L, 2L, 3L), steps(course(3, 2), 9));
        assertEquals(List.of(1L), steps(course(1, 2), 9));
    }

    @Test
    void aTableOfOneRowHasNoTwoEnds() {
        KitException refused =
                assertThrows(KitException.class, () -> course(3, 2).table(1));
        assertEquals("A course cannot be shown in 1 rows: give 2 or more.", refused.getMessage());
    }
}
