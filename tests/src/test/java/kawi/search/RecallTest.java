package kawi.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;
import kawi.search.Recall.RecallSettings;
import kawi.stats.Interval;
import kawi.train.Small;
import org.junit.jupiter.api.Test;

/** The task of recall asks for what stands so far back, of everyone the same. */
class RecallTest {
    private static Map<String, ModelConfig> entrants(int context) {
        Map<String, ModelConfig> entrants = new LinkedHashMap<>();
        GptConfig gpt =
                GptConfig.of(Recall.VOCABULARY).layers(1).heads(2).width(16).context(context);
        entrants.put("GPT", gpt);
        entrants.put(
                "RNN",
                RecurrentConfig.of(RecurrentConfig.Cell.RNN, Recall.VOCABULARY)
                        .context(context)
                        .fit(gpt.parameterCount()));
        return entrants;
    }

    @Test
    void everyAnswerIsTheSymbolThatStandsSoFarBackAndStandsNowhereElse() {
        RecallSettings settings = new RecallSettings(List.of(3, 8), 2, 1, 1, 1, 1);
        assertEquals(10, settings.length());
        long[][] drawn = Recall.sequences(settings, new SplittableRandom(5), 40);
        for (int i = 0; i < 40; i++) {
            for (int t = 0; t < 10; t++) {
                long token = drawn[0][10 * i + t];
                int back = t >= 8 ? 8 : 3;
                boolean asked = t == 3 || t == 4 || t == 8 || t == 9;
                assertEquals(asked ? drawn[0][10 * i + t - back] : -100, drawn[1][10 * i + t]);
                assertTrue(t < 2 ? token < 16 : asked ? token == 24 : token >= 16 && token < 24, t + ": " + token);
            }
        }
        assertTrue(
                IntStream.range(0, 40)
                                .mapToLong(i -> drawn[0][10 * i])
                                .distinct()
                                .count()
                        > 8,
                "symbols are drawn");
    }

    @Test
    void whatWasLearnedIsJudgedByDistanceAndEachHasARateOfItsOwn() {
        List<String> told = new ArrayList<>();
        Recall recall = Recall.run(
                Small.TORCH, entrants(9), new RecallSettings(List.of(3, 8), 1, 120, 16, 2, 1), new Progress() {
                    @Override
                    public void begin(String what, long total) {
                        told.add(what + " " + total);
                    }

                    @Override
                    public void update(long done, String note) {
                        told.add(note);
                    }

                    @Override
                    public void end(String note) {
                        told.add(note);
                    }
                });
        assertEquals("recall over a distance 10", told.get(0));
        assertEquals("GPT, seed 1", told.get(4));
        assertEquals("GPT, seed 2", told.get(5));
        assertEquals("10 trainings of 120 steps", told.get(told.size() - 1));
        assertEquals(List.of(3, 8), recall.distances());
        assertEquals(6, recall.rates().trials().size());
        assertTrue(Recall.RATES.contains(recall.rates().best("GPT")));
        for (int distance : recall.distances()) {
            assertEquals(2, recall.shares("GPT", distance).length);
            assertTrue(
                    recall.right("GPT", distance).value() > 0.9,
                    distance + ": " + recall.right("GPT", distance) + " is not learned; guessing is 0.06");
            assertTrue(recall.right("RNN", distance).value() > 0.04);
        }
        Recall again = Recall.run(
                Small.TORCH,
                Map.of("GPT", entrants(9).get("GPT")),
                new RecallSettings(List.of(3, 8), 1, 120, 16, 2, 1),
                Progress.NONE);
        assertArrayEquals(recall.shares("GPT", 8), again.shares("GPT", 8), "the same seeds, the same answers");
    }

    @Test
    void theSharesOfRightAnswersAreCountedOverAllSymbolsAndDistances() {
        RecallSettings settings = new RecallSettings(List.of(2, 4), 2, 300, 16, 1, 3);
        Recall recall = Recall.run(Small.TORCH, Map.of("GPT", entrants(6).get("GPT")), settings, Progress.NONE);
        for (int distance : settings.distances()) {
            double share = recall.shares("GPT", distance)[0];
            assertTrue(share > 0.8 && share <= 1 + 1e-9, distance + ": " + share);
        }
    }

    @Test
    void whatIsJudgedIsNotWhatWasLearnedFrom() {
        RecallSettings settings = new RecallSettings(List.of(3, 8), 1, 5, 16, 2, 1);
        long[][] held = Recall.held(settings);
        assertArrayEquals(held[0], Recall.held(settings)[0], "the same for all");
        for (long seed = 1; seed <= 3; seed++) {
            long[] learned = Recall.sequences(settings, new SplittableRandom(seed), 256)[0];
            assertFalse(Arrays.equals(held[0], learned), "from the seed " + seed);
        }
    }

    /** A family that writes down its seeds; models of one of them lose their way at their third step. */
    private static ModelConfig watched(ModelConfig family, List<Long> seeds, long astray) {
        return (ModelConfig) Proxy.newProxyInstance(
                ModelConfig.class.getClassLoader(), new Class<?>[] {ModelConfig.class}, (self, method, given) -> {
                    if (!method.getName().equals("create")) {
                        return method.invoke(family, given);
                    }
                    seeds.add((Long) given[1]);
                    Object model = method.invoke(family, given);
                    return (Long) given[1] == astray ? astray((LanguageModel) model) : model;
                });
    }

    private static LanguageModel astray(LanguageModel model) {
        int[] steps = {0};
        return (LanguageModel) Proxy.newProxyInstance(
                LanguageModel.class.getClassLoader(), new Class<?>[] {LanguageModel.class}, (self, method, given) -> {
                    Object made = method.invoke(model, given);
                    return method.getName().equals("loss") && ++steps[0] > 2 ? ((NDArray) made).mul(Float.NaN) : made;
                });
    }

    @Test
    void everySeedIsTheNextOneAndATrainingThatDivergedIsNamedAndHasNoShare() {
        List<Long> seeds = new ArrayList<>();
        Map<String, ModelConfig> both = new LinkedHashMap<>();
        both.put("GPT", watched(entrants(9).get("GPT"), seeds, 6));
        both.put("sound", entrants(9).get("GPT"));
        Recall recall = Recall.run(Small.TORCH, both, new RecallSettings(List.of(3, 8), 1, 20, 4, 2, 5), Progress.NONE);
        assertEquals(
                List.of(7L, 7L, 7L, 5L, 6L), seeds, "three rates from a seed that is not judged, then two that are");
        for (int distance : List.of(3, 8)) {
            double[] shares = recall.shares("GPT", distance);
            assertTrue(shares[0] >= 0 && shares[0] <= 1 && Double.isNaN(shares[1]), Arrays.toString(shares));
            Interval right = recall.right("GPT", distance);
            assertFalse(right.defined());
            assertTrue(Double.isNaN(right.value()));
            assertEquals("diverged at step 3 (seed 6)", right.reason());
            assertTrue(recall.right("sound", distance).value() >= 0);
            assertTrue(recall.shares("sound", distance)[1] >= 0);
        }
    }

    @Test
    void theFirstDistanceAndAllGapsMayBeAsLargeAsTheNumberOfSymbols() {
        assertEquals(12, new RecallSettings(List.of(4, 8), 4, 1, 1, 1, 1).length());
    }

    @Test
    void whatCannotBeAskedIsRefusedInASentence() {
        for (RecallCase each : List.of(
                new RecallCase(List.of(8, 3), 1, 5, "ascending"),
                new RecallCase(List.of(3), 4, 5, "ascending"),
                new RecallCase(List.of(), 1, 5, "ascending"),
                new RecallCase(List.of(4, 6), 4, 5, "ascending"),
                new RecallCase(List.of(4), 4, 0, "in 0 steps"))) {
            KitException refused = assertThrows(
                    KitException.class, () -> new RecallSettings(each.distances, each.symbols, each.steps, 1, 1, 1));
            assertTrue(refused.getMessage().contains(each.says), refused.getMessage());
        }
        RecallSettings fine = new RecallSettings(List.of(12), 1, 5, 1, 1, 1);
        KitException shortOne =
                assertThrows(KitException.class, () -> Recall.run(Small.TORCH, entrants(10), fine, Progress.NONE));
        assertTrue(
                shortOne.getMessage().contains("'GPT'") && shortOne.getMessage().contains("sequences of 13"));
        Map<String, ModelConfig> foreign = Map.of("other", GptConfig.of(64).context(32));
        KitException tokens =
                assertThrows(KitException.class, () -> Recall.run(Small.TORCH, foreign, fine, Progress.NONE));
        assertTrue(tokens.getMessage().contains("knows 64 tokens"), tokens.getMessage());
        Recall none = Recall.run(Small.TORCH, Map.of(), fine, Progress.NONE);
        assertThrows(KitException.class, () -> none.shares("GPT", 12));
    }

    private record RecallCase(List<Integer> distances, int symbols, long steps, String says) {}
}
