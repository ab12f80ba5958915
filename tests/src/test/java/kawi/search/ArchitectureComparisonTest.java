package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;
import kawi.search.RateGrid.RateTrial;
import kawi.train.AdamW;
import kawi.train.DivergedException;
import kawi.train.Schedule;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is compared is compared fairly: equal seconds, a rate of its own for each. */
class ArchitectureComparisonTest extends SmallTexts {
    private static Map<String, ModelConfig> entrants() {
        Map<String, ModelConfig> entrants = new LinkedHashMap<>();
        entrants.put("GPT", Small.CONFIG);
        entrants.put(
                "LSTM",
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 64).context(16).fit(Small.CONFIG.parameterCount()));
        return entrants;
    }

    private ArchitectureComparison compare(double seconds, int seeds, Map<String, Double> rates) {
        return ArchitectureComparison.run(
                Small.TORCH,
                entrants(),
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, seconds, seeds, 1, rates),
                Progress.NONE);
    }

    @Test
    void eachEntrantRunsFromEachSeedWithARateThatWasFoundForIt() {
        try (ArchitectureComparison contest = compare(0.3, 2, Map.of())) {
            ComparedRuns read = contest.equalSeconds();
            assertEquals(
                    List.of("GPT 1", "LSTM 1", "GPT 2", "LSTM 2"),
                    read.runs().stream()
                            .map(run -> run.name() + " " + run.seed())
                            .toList());
            read.runs().forEach(run -> {
                assertTrue(ArchitectureComparison.RATES.contains(run.rate()), "rate " + run.rate());
                assertEquals(contest.rates().get(run.name()), run.rate());
                assertTrue(run.loss() < Math.log(64), run.name() + " learned nothing: " + run.loss());
                assertEquals(run.steps() * 4 * 16, run.tokens());
            });
            assertEquals(2, read.table().rowCount());
            RateGrid grid = contest.rateGrid();
            for (String name : List.of("GPT", "LSTM")) {
                List<RateTrial> own = grid.trials().stream()
                        .filter(trial -> trial.name().equals(name))
                        .toList();
                assertEquals(
                        ArchitectureComparison.RATES,
                        own.stream().map(RateTrial::rate).toList());
                assertEquals(
                        4, own.stream().map(RateTrial::loss).distinct().count(), "every rate was trained with: " + own);
                double least = own.stream().mapToDouble(RateTrial::loss).min().orElseThrow();
                assertEquals(
                        contest.rates().get(name),
                        own.stream()
                                .filter(trial -> trial.loss() == least)
                                .findFirst()
                                .orElseThrow()
                                .rate());
            }
            assertEquals(
                    List.of("architecture", "loss at 0.003", "loss at 0.01", "loss at 0.03", "loss at 0.1", "taken"),
                    grid.table().columnNames());
        }
    }

    @Test
    void aRateIsTriedForTheSecondsOfTheRunsThatItIsChosenFor() {
        List<Double> toldBy = new ArrayList<>();
        try (EqualSeconds trial = new EqualSeconds(
                        Small.TORCH,
                        List.of(new EqualSeconds.Entrant("GPT", Small.CONFIG, 0.01)),
                        train,
                        4,
                        0.4,
                        3,
                        System::nanoTime);
                ArchitectureComparison contest = compare(0.4, 1, Map.of())) {
            trial.train(() -> true, (name, seconds, loss) -> toldBy.add(seconds));
            long plateau =
                    toldBy.stream().filter(seconds -> seconds < 0.6 * 0.4).count() + 1;
            long most = Math.max(12, plateau); // on a machine that is busy the fewest steps outlast the seconds
            assertEquals(Math.round(most / 0.6), toldBy.size(), "six tenths of the steps are those of the seconds");
            assertTrue(contest.rateGrid().trials().stream().allMatch(each -> each.steps() >= 20));
        }
    }

    @Test
    void whoStepsNextIsWhoHasComeLeastFar() {
        Map<String, Double> spent = new LinkedHashMap<>();
        Map<String, ModelConfig> unequal = new LinkedHashMap<>();
        unequal.put("small", Small.CONFIG);
        unequal.put("large", Small.CONFIG.layers(4).width(64));
        double seconds = 1;
        double[] furthest = {0};
        double[] longest = {0};
        try (EqualSeconds race = new EqualSeconds(
                Small.TORCH,
                unequal.entrySet().stream()
                        .map(each -> new EqualSeconds.Entrant(each.getKey(), each.getValue(), 0.01))
                        .toList(),
                train,
                4,
                seconds,
                1,
                System::nanoTime)) {
            race.train(() -> true, (name, now, loss) -> {
                double step = now - spent.getOrDefault(name, 0.0);
                longest[0] = Math.max(longest[0], step);
                spent.put(name, now);
                if (spent.size() == 2 && now < 0.6 * seconds) {
                    furthest[0] = Math.max(furthest[0], Math.abs(spent.get("small") - spent.get("large")));
                }
            });
            assertTrue(furthest[0] <= longest[0], "never further apart than one step: " + furthest[0]);
        }
    }

    @Test
    void aRunIsRepeatedByItsNumberOfStepsAndNotByTheClock() {
        try (ArchitectureComparison contest = compare(0.3, 1, Map.of("GPT", 0.01, "LSTM", 0.01))) {
            for (ComparedRuns.Run run : contest.equalSeconds().runs()) {
                ComparedRuns.Run again = contest.repeat(run);
                assertEquals(run.steps(), again.steps());
                assertEquals(run.loss(), again.loss(), run.name() + ": the same weights have the same loss");
            }
        }
    }

    @Test
    void equalStepsAndEqualTokensAreReadOfTheSameSeedsAndRates() {
        Map<String, ModelConfig> entrants = entrants();
        entrants.put("short", Small.CONFIG.context(8));
        Map<String, Double> rates = Map.of("GPT", 0.01, "LSTM", 0.02, "short", 0.01);
        try (ArchitectureComparison contest = ArchitectureComparison.run(
                Small.TORCH,
                entrants,
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, 0.3, 2, 1, rates),
                Progress.NONE)) {
            ComparedRuns seconds = contest.equalSeconds();
            ComparedRuns steps = contest.equalSteps(Progress.NONE);
            ComparedRuns tokens = contest.equalTokens(Progress.NONE);
            for (long seed = 1; seed <= 2; seed++) {
                long of = seed;
                List<ComparedRuns.Run> own =
                        steps.runs().stream().filter(run -> run.seed() == of).toList();
                long least = seconds.runs().stream()
                        .filter(run -> run.seed() == of)
                        .mapToLong(ComparedRuns.Run::steps)
                        .min()
                        .orElseThrow();
                assertTrue(own.size() == 3 && own.stream().allMatch(run -> run.steps() == least), own.toString());
                assertTrue(own.stream().anyMatch(seconds.runs()::contains), "who had the fewest is not trained again");
                long[] read = tokens.runs().stream()
                        .filter(run -> run.seed() == of)
                        .mapToLong(ComparedRuns.Run::tokens)
                        .sorted()
                        .toArray();
                assertTrue(read[2] - read[0] < 4 * 16, "less than a step apart: " + read[0] + " and " + read[2]);
            }
            steps.runs().forEach(run -> assertEquals(rates.get(run.name()), run.rate()));
        }
    }

    @Test
    void aRunThatDivergesLeavesTheOthersAndHasNoModel() {
        StringBuilder said = new StringBuilder();
        try (ArchitectureComparison contest = ArchitectureComparison.run(
                Small.TORCH,
                entrants(),
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, 0.3, 2, 1, Map.of("GPT", 0.01, "LSTM", 1e30)),
                ended(said))) {
            ComparedRuns read = contest.equalSeconds();
            assertEquals("GPT", read.winner());
            assertTrue(
                    read.verdict("LSTM").matches("diverged at step \\d+ \\(seed 1\\), at step \\d+ \\(seed 2\\)"),
                    read.verdict("LSTM"));
            assertTrue(contest.model("GPT").parameterCount() > 0);
            assertThrows(KitException.class, () -> contest.model("LSTM"));
            assertEquals("4 runs, of which 2 diverged", said.toString());
            StringBuilder anew = new StringBuilder();
            assertEquals(read.runs(), contest.equalSteps(ended(anew)).runs(), "and shortens no other run");
            assertEquals("4 runs, of which 0 were trained for it", anew.toString(), "none is counted as trained");
        }
    }

    @Test
    void aBadInputEndsASearchAndIsNoDivergence() {
        GptConfig tooFew = new GptConfig(32, 16, 1, 2, 32); // the text has 64 tokens
        for (Executable search : List.<Executable>of(
                () -> ArchitectureComparison.run(
                        Small.TORCH,
                        Map.of("few", tooFew),
                        train,
                        validation,
                        new ArchitectureComparison.ComparisonSettings(4, 0.2, 1, 1, Map.of("few", 0.01)),
                        Progress.NONE),
                () -> SuccessiveHalving.run(
                        Small.TORCH,
                        List.of(
                                new SuccessiveHalving.Candidate(Small.CONFIG, 0.01),
                                new SuccessiveHalving.Candidate(tooFew, 0.01)),
                        train,
                        validation,
                        4,
                        0.2,
                        1,
                        Progress.NONE),
                () -> CumulativeAblation.run(
                        Small.TORCH,
                        List.of(new Recipe("few", tooFew, AdamW.defaults(), Schedule.constant(5), 4)),
                        train,
                        validation,
                        new CumulativeAblation.AblationSettings(1, 1, 8, 16),
                        Progress.NONE),
                () -> {
                    try (LanguageModel model = LanguageModel.create(Small.TORCH, tooFew, 1)) {
                        RateFinder.run(model, train, 4, AdamW.defaults(), 1e-4, 1, 10, 1, Progress.NONE);
                    }
                })) {
            KitException failure = assertThrows(KitException.class, search);
            assertFalse(failure instanceof DivergedException, failure.getMessage());
            assertTrue(failure.getMessage().contains("vocabulary of 32"), failure.getMessage());
        }
    }

    @Test
    void ratesOfAContestBeforeAreTakenAsTheyAre() {
        Map<String, Double> rates = Map.of("GPT", 0.0042, "LSTM", 0.0077);
        try (ArchitectureComparison contest = compare(0.2, 1, rates)) {
            assertEquals(rates, contest.rates());
            assertTrue(contest.rateGrid().trials().isEmpty());
            contest.equalSeconds().runs().forEach(run -> assertEquals(rates.get(run.name()), run.rate()));
        }
    }
}
