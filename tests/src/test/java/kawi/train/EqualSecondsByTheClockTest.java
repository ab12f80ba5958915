package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.function.LongSupplier;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training by the clock takes the steps that its seconds hold, and its rate goes through its course meanwhile. */
class EqualSecondsByTheClockTest {
    private static final Schedule COURSE = Schedule.cosine(5, 100);

    /** Each step, two readings of the clock, takes the seconds of the next number; the last stays. */
    private static LongSupplier clock(double... seconds) {
        double[] now = {0};
        int[] readings = {0};
        return () -> {
            int step = readings[0] / 2;
            now[0] += readings[0]++ % 2 == 0 ? 0 : seconds[Math.min(step, seconds.length - 1)];
            return Math.round(now[0] * 1e9);
        };
    }

    private static String trained(LanguageModel model, TokenFile text, double[] factors) {
        Batches batches = new Batches(text, 2, 16, 1);
        Schedule told = new Schedule() {
            @Override
            public long steps() {
                return factors.length;
            }

            @Override
            public double factor(long step) {
                return factors[(int) Math.min(step, factors.length - 1)];
            }
        };
        try (Fit fit = Fit.of(model, AdamW.defaults(), told)) {
            while (!fit.done()) {
                fit.step(2, step -> {
                    Batch batch = batches.next();
                    return model.loss(batch.ids(step), batch.targets(step));
                });
            }
        }
        return model.fingerprint();
    }

    private static TimedTraining timed(LanguageModel model, TokenFile text, LongSupplier clock) {
        return TimedTraining.run(
                model, AdamW.defaults(), COURSE, new Batches(text, 2, 16, 1), 2, 1, Progress.NONE, clock);
    }

    @Test
    void itTakesAsManyStepsAsTheSecondsHoldAtTheRatesOfTheirShare(@TempDir Path folder) {
        try (TokenFile text = Small.text(folder.resolve("text"), 4000, 1);
                LanguageModel byClock = Small.model(1);
                LanguageModel byHand = Small.model(1)) {
            TimedTraining training = timed(byClock, text, clock(0.5, 0.25, 0.125));
            assertEquals(4, training.steps());
            assertEquals(4 * 4 * 16, training.tokens());
            assertEquals(1, training.seconds(), 1e-9);
            double[] factors = {
                COURSE.factor(0), COURSE.factor(50), COURSE.factor(75), COURSE.factor(87),
            };
            assertEquals(trained(byHand, text, factors), byClock.fingerprint());
        }
    }

    @Test
    void aSlowerMachineTakesFewerStepsInTheSameSeconds(@TempDir Path folder) {
        try (TokenFile text = Small.text(folder.resolve("text"), 4000, 1);
                LanguageModel one = Small.model(1);
                LanguageModel other = Small.model(1)) {
            assertTrue(timed(one, text, clock(0.25)).steps()
                    < timed(other, text, clock(0.125)).steps());
        }
    }

    @Test
    void noSecondsAreRefused(@TempDir Path folder) {
        try (TokenFile text = Small.text(folder.resolve("text"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Batches batches = new Batches(text, 4, 16, 1);
            KitException refused = assertThrows(
                    KitException.class,
                    () -> TimedTraining.run(model, AdamW.defaults(), COURSE, batches, 1, 0, Progress.NONE));
            assertTrue(refused.getMessage().contains("above 0"), refused.getMessage());
        }
    }
}
