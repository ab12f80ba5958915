package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.search.Plan.Request;
import kawi.search.PlanTiming.Gauges;
import kawi.train.Small;
import kawi.train.SmallTexts;
import kawi.train.Trainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which batch a plan takes and how many steps it has, on a machine whose seconds and megabytes are written. */
class PlanTimingTest extends SmallTexts {
    private LanguageModel model;

    @BeforeEach
    void create() {
        model = Small.model(1);
    }

    @AfterEach
    void free() {
        model.close();
    }

    /**
     * A machine on which a look at the clock takes a quarter of a second, and a pass, after which the memory is read.
     */
    private static final class Written extends Told {
        private final IntToDoubleFunction seconds;
        private final IntToDoubleFunction megabytes;
        private double now = 77;
        int passes;
        int batches;

        /** Seconds and megabytes of the n-th look at the memory, from 0. */
        Written(IntToDoubleFunction seconds, IntToDoubleFunction megabytes) {
            this.seconds = seconds;
            this.megabytes = megabytes;
        }

        /** A machine on which a pass takes as long as is written for the batch that is timed, the n-th from 0. */
        static Written byBatch(double... seconds) {
            Written[] self = new Written[1];
            self[0] = new Written(pass -> seconds[Math.min(self[0].batches, seconds.length - 1)], pass -> 300);
            return self[0];
        }

        Gauges gauges() {
            return new Gauges(
                    () -> {
                        now += 0.25;
                        return (long) (now * 1e9);
                    },
                    () -> {
                        now += seconds.applyAsDouble(passes);
                        return megabytes.applyAsDouble(passes++);
                    });
        }

        @Override
        public void update(long done, String note) {
            super.update(done, note);
            batches++;
        }
    }

    private Plan plan(Written machine, double minutes, int tokensPerStep) {
        return Plan.of(Trainer.of(model, train, null), minutes, 800, tokensPerStep, machine, machine.gauges());
    }

    @Test
    void asManyStepsArePlannedAsThereIsTimeForBesideTheEvaluations() {
        Written machine = Written.byBatch(1);
        String before = model.fingerprint();
        Trainer trainer = Trainer.of(model, train, validation);
        Plan plan = Plan.of(trainer, 10, 800, 256, machine, machine.gauges());
        Request request = new Request(model.parameterCount() + " parameters, " + trainer.optimizer(), 10, 800, 16, 256);
        // (600 - 21 x 0.25) / 1.25 = 475.8, to two digits
        assertEquals(new Plan(request, 16, 1, 470, 1.25, 0.25, 300, null), plan);
        assertEquals(List.of("timing a few steps, 6"), machine.of("begin"));
        // 16.5 s for the memory, 5 for the batch of 16, 8 for that of 8: then the 24 s that a plan may take are over
        assertEquals(List.of("1 batch 16: 205 tokens/s", "2 batch 8: 114 tokens/s"), machine.of("update"));
        assertEquals(List.of("470 steps of 256 tokens"), machine.of("end"));
        assertEquals(16, trainer.batch());
        assertEquals(before, model.fingerprint(), "the weights are put back");
    }

    @Test
    void aSmallerBatchIsTakenWhereItIsFasterByMoreThanThreePerCent() {
        Plan smaller = plan(Written.byBatch(10, 1, 1, 1, 1), 600, 256);
        assertEquals(List.of(8, 2), List.of(smaller.batch(), smaller.accumulate()));
        assertEquals(2.25, smaller.secondsPerStep());
        Written hardly = Written.byBatch(2, 0.9775);
        assertEquals(16, plan(hardly, 600, 256).batch(), "2.205 against 2.25 s is 2 % faster");
        assertEquals(5, hardly.of("update").size(), "down to a single window");
        assertTrue(hardly.of("update").get(4).startsWith("5 batch 1: "), hardly.lines.toString());
        assertEquals(8, plan(Written.byBatch(2, 0.95), 600, 256).batch(), "2.15 s is 4 % faster");
        assertEquals(1, plan(Written.byBatch(9, 4, 1.5, 0.5, 0.1), 600, 256).batch());
    }

    @Test
    void theBetterOfTwoStepsCountsAndThenTheMeanOfSomeMore() {
        // one window: looks 0 and 1 are for the memory, 2 the step that warms up, 3 and 4 those that are timed
        double[] seconds = {1, 1, 100, 3, 2, 4, 5, 6, 7};
        IntToDoubleFunction cost = pass -> pass < seconds.length ? seconds[pass] : 1.75;
        Written brief = new Written(cost, pass -> pass == 3 ? 350 : 300);
        Plan plan = plan(brief, 1, 16);
        assertEquals(6, brief.passes, "one step more takes longer than the second that is allowed");
        assertEquals(4.25, plan.secondsPerStep());
        assertEquals(14, plan.steps());
        assertEquals(350, plan.residentMegabytes());
        assertEquals(List.of("1 batch 1: 7 tokens/s"), brief.of("update"), "16 tokens in 2.25 s");
        Written longer = new Written(pass -> 1.75, pass -> pass == 20 ? 400 : pass == 3 ? 350 : 300);
        plan = plan(longer, 50, 16);
        assertEquals(5 + 30, longer.passes, "thirty steps of two seconds are the minute that is allowed");
        assertEquals(2, plan.secondsPerStep());
        assertEquals(400, plan.residentMegabytes());
        assertEquals(1500, plan.steps());
        Written longest = new Written(pass -> 1.75, pass -> 300);
        plan(longest, 500, 16);
        assertEquals(5 + 40, longest.passes);
        Written settling = new Written(cost, pass -> 300);
        plan = plan(settling, 10, 16);
        assertEquals(3 * 1.0, settling.passes - 5, "4.25, 5.25 and 6.25 are the 12 that are allowed, and more");
        assertEquals((4.25 + 5.25 + 6.25) / 3, plan.secondsPerStep(), 1e-12);
    }

    @Test
    void aFurtherBatchIsTimedWhileNoMoreThanAFewPerCentOfTheTimeAreGone() {
        // of 50 minutes two may go: 11 looks at the clock take 2.75 s, 8 passes the rest
        assertEquals(2, timed(110.25, 50));
        assertEquals(1, timed(110.5, 50));
        assertEquals(2, timed(0.1 - 7 * 0.1, 0.01), "two seconds in any case");
        assertEquals(1, timed(2, 0.01));
    }

    private int timed(double first, double minutes) {
        Written machine = new Written(pass -> pass == 0 ? Math.max(0, first) : minutes < 1 ? -0.25 : 1, pass -> 300);
        plan(machine, minutes, 32);
        return machine.of("update").size();
    }

    @Test
    void fewerThanTenStepsAreNotPlanned() {
        assertEquals(10, plan(Written.byBatch(100), 1, 256).steps());
    }

    @Test
    void theMemoryBeforeTheFirstStepCounts() {
        Written machine = new Written(pass -> 1, pass -> pass == 0 ? 900 : 300);
        assertEquals(
                "A training in 800 MB was asked for, and with a single window in a pass this process holds 900 MB: "
                        + "allow more memory, or take a smaller model.",
                assertThrows(KitException.class, () -> plan(machine, 1, 16)).getMessage());
    }

    @Test
    void theMemoryOfTwoPassesIsThatOfAStepThatHasSeveral() {
        List<Integer> looks = new ArrayList<>();
        Written machine = new Written(pass -> 100, pass -> {
            looks.add(pass);
            return pass == 4 ? 900 : 300; // two passes of one window each, then the first of two windows
        });
        assertEquals(1, plan(machine, 1, 64).batch());
        Written whole = new Written(pass -> 100, pass -> pass == 5 ? 900 : 300);
        assertEquals(1, plan(whole, 1, 64).batch(), "the second pass of two windows, of which a step has two");
        assertEquals(
                2,
                plan(new Written(pass -> 100, pass -> pass == 5 ? 900 : 300), 1, 32)
                        .batch());
    }

    @Test
    void interruptedItSaysSoAndPutsTheWeightsBack() {
        String before = model.fingerprint();
        Written machine = new Written(
                pass -> {
                    if (pass == 6) {
                        Thread.currentThread().interrupt();
                    }
                    return 1;
                },
                pass -> 300);
        assertEquals(
                "The plan was interrupted before it was measured: run the cell again.",
                assertThrows(KitException.class, () -> plan(machine, 10, 32)).getMessage());
        assertTrue(Thread.interrupted());
        assertEquals(before, model.fingerprint());
    }

    @Test
    void memoryThatIsJustAllowedIsEnough() {
        assertEquals(1, PlanTiming.largest(new Request("a model", 1, 350, 64, 64), batch -> 350));
        assertEquals(2, PlanTiming.largest(new Request("a model", 1, 350, 64, 128), batch -> 349 + batch / 2));
        assertEquals(
                4,
                PlanTiming.largest(new Request("a model", 1, 700, 64, 2048), batch -> 300 + 100 * batch),
                "400, 500, and 700 as it was foretold");
        assertEquals(1, PlanTiming.largest(new Request("a model", 1, 700, 64, 2048), batch -> batch == 1 ? 300 : 701));
    }

    @Test
    void moreThanThirtyTwoWindowsAreNeverTried() {
        assertEquals(32, PlanTiming.largest(new Request("a model", 1, 700, 64, 8192), batch -> 300));
    }

    @Test
    void progressIsNotNeeded() {
        Written machine = Written.byBatch(1);
        assertEquals(
                16,
                Plan.of(Trainer.of(model, train, null), 10, 800, 256, Progress.NONE, machine.gauges())
                        .batch());
    }
}
