package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.search.SuccessiveHalving.Candidate;
import kawi.search.SuccessiveHalving.SearchResult;
import kawi.search.SuccessiveHalving.Standing;
import kawi.text.TokenFile;
import kawi.train.Muon;
import kawi.train.Schedule;
import org.junit.jupiter.api.Test;

/** Who is asked to train how far, and what follows from the losses, with trainings whose outcome is written down. */
class SuccessiveHalvingByStepsTest {
    private static final GptConfig CONFIG =
            GptConfig.of(64).context(16).layers(2).heads(2).width(32);

    /** Gives each training the loss that is written for its rate; NaN for one that diverges. */
    private static final class Written implements Trials, Trials.Session {
        final ToDoubleFunction<Asked> losses;
        final List<List<Asked>> asked = new ArrayList<>();
        final List<Double> dropped = new ArrayList<>();
        int interruptedIn = Integer.MAX_VALUE;
        boolean closed;

        Written(ToDoubleFunction<Asked> losses) {
            this.losses = losses;
        }

        @Override
        public Session begin(TokenFile train, TokenFile validation) {
            return this;
        }

        @Override
        public String where() {
            return "nowhere";
        }

        @Override
        public List<Outcome> run(List<Asked> all, BiConsumer<Asked, Outcome> done) {
            asked.add(List.copyOf(all));
            List<Outcome> outcomes = new ArrayList<>();
            for (Asked each : asked.size() >= interruptedIn ? all.subList(0, all.size() - 1) : all) {
                double loss = losses.applyAsDouble(each);
                outcomes.add(new Outcome(each.until(), 0.5, loss, loss / 2, Double.isNaN(loss) ? 3 : 0));
                done.accept(each, outcomes.get(outcomes.size() - 1));
            }
            return outcomes;
        }

        @Override
        public void drop(List<Asked> all) {
            all.forEach(each -> dropped.add(rate(each)));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static double rate(Trials.Asked asked) {
        return asked.recipe().optimizer().rate();
    }

    private static List<Candidate> candidates(double... rates) {
        List<Candidate> candidates = new ArrayList<>();
        for (double rate : rates) candidates.add(new Candidate(CONFIG, rate));
        return candidates;
    }

    private static SearchResult search(Trials trials, List<Candidate> candidates, Progress progress) {
        return SuccessiveHalving.run(trials, candidates, null, null, 4, 5L, 7, progress);
    }

    @Test
    void eachRungTrainsTwiceAsManyStepsOfTheBetterHalf() {
        Written trials = new Written(asked -> 1 + rate(asked) + 1.0 / asked.until());
        Told told = new Told();
        SearchResult found = search(trials, candidates(0.4, 0.1, 0.3, 0.2, 0.5), told);
        assertEquals(
                List.of(List.of(5L, 5L, 5L, 5L, 5L), List.of(15L, 15L)),
                trials.asked.stream()
                        .map(rung -> rung.stream().map(Trials.Asked::until).toList())
                        .toList());
        assertEquals(List.of(0.3, 0.4, 0.5, 0.2), trials.dropped);
        assertEquals(0.1, found.best().rate());
        assertEquals(1 + 0.1 + 1.0 / 15, found.loss(), 1e-12);
        assertEquals(
                List.of(
                        "1 0.1 true",
                        "1 0.2 true",
                        "1 0.3 false",
                        "1 0.4 false",
                        "1 0.5 false",
                        "2 0.1 true",
                        "2 0.2 false"),
                found.standings().stream()
                        .map(each -> each.rung() + " " + each.candidate().rate() + " " + each.goesOn())
                        .toList());
        Standing last = found.standings().get(6);
        assertEquals(15, last.steps());
        assertEquals(0.5, last.seconds());
        String rung2 = "rung 2: " + CONFIG.describe();
        assertEquals(List.of("6 " + rung2, "7 " + rung2), told.of("update").subList(5, 7));
        assertEquals("1 rung 1: " + CONFIG.describe(), told.of("update").get(0));
        assertEquals(List.of("successive halving of 5 candidates, -1"), told.of("begin"));
        assertEquals(List.of("place in the rung | validation loss (nats per token)"), told.of("axes"));
        assertEquals("rung 1 1.0 " + (1 + 0.1 + 1.0 / 5), told.of("point").get(0));
        assertEquals("rung 2 2.0 " + (1 + 0.2 + 1.0 / 15), told.of("point").get(6));
        assertEquals(List.of(CONFIG.describe()), told.of("end"));
        assertEquals(true, trials.closed);
    }

    @Test
    void aTrainingIsAskedForWithAllThatItDependsOn() {
        Written trials = new Written(asked -> 1);
        assertEquals(0.2, search(trials, candidates(0.2), Progress.NONE).best().rate(), "one alone is the best");
        Recipe recipe = new Recipe(
                CONFIG.describe() + " at the rate of 0.2",
                CONFIG,
                Muon.defaults().withRate(0.2),
                new Schedule.Constant(10, 1_000_000),
                4);
        assertEquals(List.of(List.of(new Trials.Asked(recipe, 1, 7, 5, 16, 64, 4))), trials.asked);
    }

    @Test
    void oneThatDivergesIsLastAndNamedAndWhereAllDoTheSearchIsRefused() {
        Written trials = new Written(asked -> rate(asked) > 0.15 ? Double.NaN : 2);
        Told told = new Told();
        SearchResult found = search(trials, candidates(0.2, 0.3, 0.1, 0.4), told);
        assertEquals(0.1, found.best().rate());
        assertEquals(2, found.loss());
        assertEquals(4, found.standings().size());
        assertEquals(
                List.of("goes on", "diverged at step 3", "diverged at step 3", "diverged at step 3"),
                found.standings().stream().map(Standing::verdict).toList());
        assertEquals(
                CONFIG.describe() + " at the rate of 0.2: diverged at step 3",
                told.of("sample").get(0));
        assertEquals(3, told.of("sample").size());
        assertEquals(1, told.of("point").size());
        Written wild = new Written(asked -> Double.NaN);
        assertEquals(
                "Every candidate that was left in rung 1 diverged: give lower rates.",
                assertThrows(KitException.class, () -> search(wild, candidates(0.1, 0.2), Progress.NONE))
                        .getMessage());
        assertEquals(true, wild.closed);
    }

    @Test
    void interruptedItGivesTheBestOfTheLastWholeRungIfThereIsOne() {
        Written trials = new Written(asked -> rate(asked) + 1.0 / asked.until());
        trials.interruptedIn = 2;
        Told told = new Told();
        SearchResult found = search(trials, candidates(0.2, 0.1, 0.4, 0.3), told);
        assertEquals(0.1, found.best().rate());
        assertEquals(0.1 + 0.2, found.loss(), 1e-12);
        assertEquals(4, found.standings().size());
        assertEquals(List.of("interrupted in rung 2"), told.of("end"));
        Written later = new Written(asked -> rate(asked) + 1.0 / asked.until());
        later.interruptedIn = 3;
        found = search(later, candidates(0.2, 0.1, 0.4, 0.3, 0.5, 0.6, 0.7, 0.8), Progress.NONE);
        assertEquals(0.1 + 1.0 / 15, found.loss(), 1e-12, "of the second rung, not the first");
        Written first = new Written(asked -> 1);
        first.interruptedIn = 1;
        assertEquals(
                "The search was interrupted in its first rung: run the cell again.",
                assertThrows(KitException.class, () -> search(first, candidates(0.1, 0.2), Progress.NONE))
                        .getMessage());
    }

    @Test
    void aSearchOfNothingIsRefused() {
        Written trials = new Written(asked -> 1);
        assertThrows(KitException.class, () -> search(trials, List.of(), Progress.NONE));
        String said = assertThrows(
                        KitException.class,
                        () -> SuccessiveHalving.run(trials, candidates(0.1), null, null, 4, 0L, 7, Progress.NONE))
                .getMessage();
        assertEquals("A search over 1 candidates in rungs of 0 steps finds nothing: give at least one of each.", said);
        assertEquals(
                1,
                SuccessiveHalving.run(trials, candidates(0.1), null, null, 4, 1L, 7, Progress.NONE)
                        .loss());
    }

    @Test
    void candidatesAreDrawnOnceEachFromThoseThatFitAndBySeed() {
        GptConfig base = GptConfig.of(64);
        List<SuccessiveHalving.Candidate> all = SuccessiveHalving.draw(
                base, new int[] {1, 2}, new int[] {2, 3}, new int[] {32, 48}, new double[] {0.1, 0.2}, 100, 1);
        assertEquals(12, all.size(), "3 heads do not divide a width of 32");
        assertEquals(12, all.stream().distinct().count());
        assertTrue(all.stream().allMatch(each -> each.config().width() % ((GptConfig) each.config()).heads() == 0));
        List<SuccessiveHalving.Candidate> few = SuccessiveHalving.draw(
                base, new int[] {1, 2}, new int[] {2, 3}, new int[] {32, 48}, new double[] {0.1, 0.2}, 5, 1);
        assertEquals(all.subList(0, 5), few);
        assertNotEquals(
                few,
                SuccessiveHalving.draw(
                        base, new int[] {1, 2}, new int[] {2, 3}, new int[] {32, 48}, new double[] {0.1, 0.2}, 5, 2));
    }
}
