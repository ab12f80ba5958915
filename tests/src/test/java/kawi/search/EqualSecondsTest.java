package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.search.EqualSeconds.Entrant;
import kawi.train.Muon;
import kawi.train.Schedule;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;

/** Who steps when, and when a training ends, by a clock that is written. */
class EqualSecondsTest extends SmallTexts {
    private static Entrant one() {
        return new Entrant("one", Small.CONFIG, 0.01);
    }

    private static Entrant other() {
        return new Entrant("other", Small.CONFIG.layers(1), 0.02);
    }

    private static Entrant wild() {
        return new Entrant("wild", Small.CONFIG, 1e30);
    }

    private EqualSeconds race(List<Entrant> entrants, double seconds, LongSupplier clock) {
        return new EqualSeconds(Small.TORCH, entrants, train, 4, seconds, 3, clock);
    }

    private Trial whole(Entrant entrant, long steps) {
        try (LanguageModel model = LanguageModel.create(Small.TORCH, entrant.config(), 3)) {
            Recipe recipe = new Recipe(
                    entrant.name(),
                    entrant.config(),
                    Muon.defaults().withRate(entrant.rate()),
                    EqualSeconds.schedule(steps),
                    4);
            return Trial.run(model, recipe, 1, train, new Trial.Judge(validation, 16, 8, 4), 3, () -> true);
        }
    }

    @Test
    void sixTenthsOfTheStepsAreThoseOfSixTenthsOfTheSecondsAndTwentyAreTheFewest() {
        for (int[] secondsAndSteps : new int[][] {{20, 20}, {30, 30}, {2, 20}, {25, 25}}) {
            try (EqualSeconds race = race(List.of(one()), secondsAndSteps[0], new Ticks(step -> 1))) {
                List<Double> losses = new ArrayList<>();
                race.train(() -> true, (name, seconds, loss) -> {
                    losses.add(loss);
                    assertEquals("one", name);
                    assertEquals(losses.size(), seconds, 1e-9, "a second for each step");
                });
                assertEquals(secondsAndSteps[1], losses.size());
                assertEquals(Math.log(64), losses.get(0), 0.5, "the loss before the first step");
                Trial trial = race.trial("one", validation, 8, 4);
                assertEquals(secondsAndSteps[1], trial.steps());
                assertEquals(secondsAndSteps[1], trial.seconds(), 1e-9);
                Trial whole = whole(one(), secondsAndSteps[1]);
                assertEquals(whole.loss(), trial.loss(), "the number of steps is all that the clock decides");
                assertEquals(whole.bitsPerByte(), trial.bitsPerByte());
                assertEquals(0, trial.divergedAt());
            }
        }
    }

    @Test
    void whoStepsNextIsWhoHasComeLeastFarAndBothEndTogether() {
        double seconds = 40;
        Map<String, Double> spent = new LinkedHashMap<>(Map.of("one", 0.0, "other", 0.0));
        Map<String, Integer> taken = new LinkedHashMap<>(Map.of("one", 0, "other", 0));
        Map<String, Integer> peak = new LinkedHashMap<>();
        List<String> order = new ArrayList<>();
        // the first steps of one take three times as long as those of the other, by how the two take turns
        try (EqualSeconds race = race(List.of(one(), other()), seconds, new Ticks(step -> step % 3 == 0 ? 3 : 1))) {
            race.train(() -> true, (name, now, loss) -> {
                String rival = name.equals("one") ? "other" : "one";
                assertTrue(
                        done(name, spent, taken, peak, seconds) <= done(rival, spent, taken, peak, seconds) + 1e-9,
                        name + " stepped before " + rival + " after " + order);
                order.add(name);
                spent.put(name, now);
                int steps = taken.merge(name, 1, Integer::sum);
                if (now >= 0.6 * seconds - 1e-9 && steps >= 12) {
                    peak.putIfAbsent(name, steps);
                }
            });
            for (Entrant each : List.of(one(), other())) {
                Trial trial = race.trial(each.name(), validation, 8, 4);
                assertEquals(Math.round(peak.get(each.name()) / 0.6), trial.steps());
                assertEquals(spent.get(each.name()), trial.seconds(), 1e-9);
                assertEquals(whole(each, trial.steps()).loss(), trial.loss());
            }
        }
        assertEquals("one", order.get(0), "where none is behind, the first steps");
        assertEquals("other", order.get(1));
    }

    private static double done(
            String name,
            Map<String, Double> spent,
            Map<String, Integer> taken,
            Map<String, Integer> peak,
            double seconds) {
        if (!peak.containsKey(name)) {
            return Math.min(0.6, spent.get(name) / seconds);
        }
        long all = Math.round(peak.get(name) / 0.6);
        return 0.6 + 0.4 * (taken.get(name) - peak.get(name)) / (all - peak.get(name));
    }

    @Test
    void oneThatDivergesStepsNoMoreAndLeavesTheOtherItsTime() {
        try (EqualSeconds race = race(List.of(wild(), other()), 20, new Ticks(step -> 1))) {
            List<String> order = new ArrayList<>();
            race.train(() -> true, (name, seconds, loss) -> order.add(name));
            Trial wild = race.trial("wild", validation, 8, 4);
            long sound = order.stream().filter("wild"::equals).count();
            assertTrue(wild.diverged() && Double.isNaN(wild.loss()) && Double.isNaN(wild.bitsPerByte()));
            assertEquals(sound, wild.steps());
            assertEquals(sound + 1, wild.seconds(), 1e-9, "the step that diverged took its time too");
            assertEquals(20, order.stream().filter("other"::equals).count());
        }
    }

    @Test
    void oneThatDivergesOnlyWhenItIsScoredDivergedAndTwiceAsked() {
        try (EqualSeconds race = race(List.of(wild()), 20, new Ticks(step -> 1))) {
            int[] asked = {0};
            race.train(() -> asked[0]++ < 1, (name, seconds, loss) -> {});
            Trial wild = race.trial("wild", validation, 8, 4);
            assertEquals(1, wild.steps(), "told to stop after a step");
            assertTrue(wild.diverged() && Double.isNaN(wild.loss()), wild.toString());
            assertEquals(wild, race.trial("wild", validation, 8, 4));
            race.train(() -> true, (name, seconds, loss) -> {
                throw new AssertionError("it steps no more");
            });
        }
    }

    @Test
    void aModelThatIsTakenIsTheOneThatWasTrained() {
        try (EqualSeconds race = race(List.of(one(), other()), 20, new Ticks(step -> 1))) {
            race.train(() -> true, (name, seconds, loss) -> {});
            Trial trial = race.trial("other", validation, 8, 4);
            LanguageModel taken = race.take("other");
            race.close();
            try (taken) {
                assertEquals(other().config(), taken.config());
                assertTrue(
                        Float.isFinite(
                                taken.parameters().values().iterator().next().toFloatArray()[0]),
                        "it stays open when the others are closed");
                assertEquals(whole(other(), trial.steps()).loss(), trial.loss());
            }
        }
    }

    @Test
    void theRateOfAShortTrainingRisesFallsAndEndsNearNought() {
        Schedule schedule = EqualSeconds.schedule(50);
        assertEquals(Schedule.warmupStableDecay(10, 50, 0.4), schedule);
        assertEquals(Schedule.warmupStableDecay(6, 6, 0.4), EqualSeconds.schedule(6));
    }

    @Test
    void aTextThatIsTooShortForOneOfThemIsRefused() {
        Entrant broad = new Entrant("broad", Small.CONFIG.context(8000), 0.01);
        assertThrows(KitException.class, () -> race(List.of(one(), broad), 20, new Ticks(step -> 1)));
    }
}
