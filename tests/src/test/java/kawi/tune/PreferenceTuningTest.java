package kawi.tune;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.model.Precision;
import kawi.torch.Torch;
import kawi.tune.PreferenceTuning.EncodedPair;
import kawi.tune.PreferenceTuning.PreferenceResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PreferenceTuningTest {
    static final Path FIXTURES = Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi");
    static final Lora LORA = Lora.rank(4).lastLayers(2);
    static final double LN2 = Math.log(2);
    static Torch torch;
    static Llama model;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
        torch.bf16(false); // figures are compared with others' in float32
        model = Llama.create(torch, new LlamaConfig(60, 24, 3, 32, 48, 4, 2, 8, 10000, 1e-5, true), 7)
                .trainable(false);
        model.parameters().get("model.embed_tokens.weight").muli(20);
    }

    @AfterEach
    void plain() {
        model.adapter(null);
    }

    @AfterAll
    static void close() {
        model.close();
        torch.close();
    }

    /**
     * The preferred answer is the prompt's last token plus five, in two tokens; the other is longer and another token.
     */
    static List<EncodedPair> lessons(int count, long seed) {
        Random random = new Random(seed);
        List<EncodedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = random.ints(4 + random.nextInt(6), 10, 60).toArray();
            int last = prompt.length - 1;
            prompt[last] = random.nextInt(4);
            int wrong = 5 + (prompt[last] + 1 + random.nextInt(3)) % 4;
            pairs.add(pair(prompt, new int[] {5 + prompt[last], 9}, new int[] {wrong, 4, 9}));
        }
        return pairs;
    }

    private static EncodedPair pair(int[] prompt, int[] chosen, int[] rejected) {
        return new EncodedPair(Encoded.of(prompt, chosen), Encoded.of(prompt, rejected));
    }

    static PreferenceTuning tuning() {
        return PreferenceTuning.of(
                        LoraTuning.of(LORA).rate(2e-2).epochs(3).batch(8).checks(2))
                .beta(0.5);
    }

    @Test
    void theLossIsThatOfACalculationByHand() {
        // The chosen answer went from e^-12 to e^-10, the rejected from e^-8 to e^-9: rewards of 0.5 * 2 and 0.5 * -1,
        // a margin of 1.5, and -ln(1 / (1 + e^-1.5)) = 0.201413. The second pair is the other way round: 1.701413.
        PreferenceScore first = PreferenceScore.of(
                new double[] {-10}, new double[] {-9}, new double[] {-12}, new double[] {-8}, 0.5, 0);
        assertEquals(new PreferenceScore(first.loss(), 1, -0.5, 1), first);
        assertEquals(0.201413, first.loss(), 1e-6);
        assertEquals(1.5, first.margin());
        PreferenceScore both = PreferenceScore.of(
                new double[] {-10, -9}, new double[] {-9, -10}, new double[] {-12, -8}, new double[] {-8, -12}, 0.5, 0);
        assertEquals((0.201413 + 1.701413) / 2, both.loss(), 1e-6);
        assertEquals(0.5, both.accuracy());
        PreferenceScore smoothed = PreferenceScore.of(
                new double[] {-10}, new double[] {-9}, new double[] {-12}, new double[] {-8}, 0.5, 0.1);
        assertEquals(0.9 * 0.201413 + 0.1 * 1.701413, smoothed.loss(), 1e-6);
        assertEquals(
                2000,
                PreferenceScore.of(new double[] {-4000}, new double[1], new double[1], new double[1], 0.5, 0)
                        .loss(),
                "no overflow");
        torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                NDArray margins = work.create(new float[] {3, -3, 8000, -8000});
                assertEquals(
                        (0.201413 + 1.701413 + 4000) / 4,
                        torch.ops().preferenceLoss(margins, 0.5, 0).getFloat(),
                        1e-3);
                NDArray one = work.create(new float[] {3});
                assertEquals(
                        smoothed.loss(),
                        torch.ops().preferenceLoss(one, 0.5, 0.1).getFloat(),
                        1e-6);
            }
            return null;
        });
    }

    @Test
    void lossRewardsAndGradientsAreThoseOfTrlWithAnAdapterOfPeft() throws Exception {
        JsonNode figures = new ObjectMapper()
                .readTree(FIXTURES.resolve("tune/dpo/trl.json").toFile());
        List<Encoded> answers = new ArrayList<>();
        for (JsonNode pair : figures.get("pairs")) {
            for (String side : List.of("chosen", "rejected")) {
                answers.add(Encoded.of(ints(pair.get("prompt")), ints(pair.get(side))));
            }
        }
        int[] all = IntStream.range(0, answers.size() / 2).toArray();
        Path folder = FIXTURES.resolve("model/hf/llama-shards-bf16");
        try (Llama base = (Llama) LanguageModel.load(torch, folder);
                LoraAdapter adapter = LoraAdapter.load(base.trainable(false), FIXTURES.resolve("tune/dpo"));
                FrozenPrefix prefix = FrozenPrefix.of(
                        base, 1, answers.stream().map(Encoded::input).toList(), Precision.FP32, Progress.NONE);
                AnswerLoss loss = new AnswerLoss(base, 1, prefix, answers, List.of())) {
            assertEquals(0.25, adapter.lora().dropout(), "as peft wrote it");
            for (JsonNode row : figures.get("rows")) {
                double beta = row.get("beta").asDouble();
                base.adapter(null);
                PreferenceLoss plain = new PreferenceLoss(base, loss, prefix, all.length, all.length, beta, 0);
                PreferenceLoss smoothed = new PreferenceLoss(
                        base,
                        loss,
                        prefix,
                        all.length,
                        all.length,
                        beta,
                        row.get("smoothing").asDouble());
                base.adapter(adapter);
                torch.trainingExact(() -> {
                    try (NDManager work = torch.manager().newSubManager()) {
                        assertEquals(
                                row.get("smoothed").asDouble(),
                                smoothed.loss(work, all).getFloat(),
                                1e-5);
                        NDArray value = plain.loss(work, all);
                        assertEquals(row.get("loss").asDouble(), value.getFloat(), 1e-5);
                        Map<String, NDArray> learned = adapter.parameters();
                        List<NDArray> gradients = torch.ops().gradients(work, value, List.copyOf(learned.values()));
                        int i = 0;
                        for (String name : learned.keySet()) {
                            JsonNode expected = row.get("gradients").get(name);
                            float[] found = gradients.get(i++).toFloatArray();
                            assertEquals(expected.size(), found.length, name);
                            for (int j = 0; j < found.length; j++) {
                                assertEquals(expected.get(j).asDouble(), found[j], 1e-5, name);
                            }
                        }
                    }
                    return null;
                });
                PreferenceScore score = plain.steps().get(0);
                assertEquals(row.get("chosen").asDouble(), score.chosen(), 1e-5);
                assertEquals(row.get("rejected").asDouble(), score.rejected(), 1e-5);
                assertEquals(row.get("margin").asDouble(), score.margin(), 1e-5);
                assertEquals(row.get("accuracy").asDouble(), score.accuracy());
            }
            base.adapter(null);
        }
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    @Test
    void recipesThatAreTriedTogetherGiveWhatEachGivesAlone() {
        List<PreferenceTuning> recipes = List.of(tuning(), tuning().beta(0.1), tuning().smoothing(0.1));
        List<EncodedPair> train = lessons(24, 1), judges = lessons(8, 2);
        List<String> begun = new ArrayList<>();
        List<PreferenceResult> together = PreferenceTuning.run(model, null, recipes, train, judges, recipe -> {
            begun.add(recipe.toString());
            return Progress.NONE;
        });
        assertEquals(recipes.stream().map(String::valueOf).toList(), begun);
        for (int i = 0; i < recipes.size(); i++) {
            PreferenceResult alone = recipes.get(i).run(model, null, train, judges, Progress.NONE);
            assertEquals(alone.steps(), together.get(i).steps());
            assertEquals(alone.heldOut(), together.get(i).heldOut());
            assertEquals(
                    alone.adapter().fingerprint(), together.get(i).adapter().fingerprint());
            alone.adapter().close();
        }
        together.forEach(result -> result.adapter().close());
        PreferenceTuning otherwise = PreferenceTuning.of(LoraTuning.of(LORA).frozen(Precision.INT8));
        for (List<PreferenceTuning> wrong : List.of(List.<PreferenceTuning>of(), List.of(tuning(), otherwise))) {
            assertThrows(
                    KitException.class,
                    () -> PreferenceTuning.run(model, null, wrong, train, judges, recipe -> Progress.NONE));
        }
    }

    @Test
    void theGradientIsTheSlopeOfTheLoss() {
        List<EncodedPair> pairs = lessons(6, 2);
        List<Encoded> answers = pairs.stream()
                .flatMap(pair -> List.of(pair.chosen(), pair.rejected()).stream())
                .toList();
        int[] all = IntStream.range(0, pairs.size()).toArray();
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 1);
                FrozenPrefix prefix = FrozenPrefix.of(
                        model, 1, answers.stream().map(Encoded::input).toList(), Precision.FP32, Progress.NONE);
                AnswerLoss loss = new AnswerLoss(model, 1, prefix, answers, List.of());
                NDManager work = torch.manager().newSubManager()) {
            PreferenceLoss objective = new PreferenceLoss(model, loss, prefix, all.length, all.length, 0.5, 0);
            model.adapter(adapter);
            adapter.parameters()
                    .forEach((name, array) -> torch.ops()
                            .assign(array, work.randomNormal(array.getShape()).muli(0.2f)));
            List<NDArray> leaves = List.copyOf(adapter.parameters().values());
            List<NDArray> gradients =
                    torch.trainingExact(() -> torch.ops().gradients(work, objective.loss(work, all), leaves));
            for (int leaf = 0; leaf < leaves.size(); leaf += 5) {
                float[] gradient = gradients.get(leaf).toFloatArray();
                int at = 0;
                for (int i = 1; i < gradient.length; i++) {
                    at = Math.abs(gradient[i]) > Math.abs(gradient[at]) ? i : at;
                }
                double slope = (moved(objective, all, leaves.get(leaf), at, 0.01f)
                                - moved(objective, all, leaves.get(leaf), at, -0.01f))
                        / 0.02;
                assertEquals(
                        slope,
                        gradient[at],
                        0.03 * Math.abs(slope) + 1e-3,
                        leaves.get(leaf).getName());
            }
        }
    }

    /** The loss with one number of a leaf moved; it is put back. */
    private static double moved(PreferenceLoss objective, int[] all, NDArray leaf, int at, float by) {
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                float[] before = leaf.toFloatArray();
                float[] after = before.clone();
                after[at] += by;
                torch.ops().assign(leaf, work.create(after, leaf.getShape()));
                double value = objective.loss(work, all).getFloat();
                torch.ops().assign(leaf, work.create(before, leaf.getShape()));
                return value;
            }
        });
    }

    @Test
    void itBeginsAtItsReferenceLearnsToPreferAndIsTheSameEachTime() {
        PreferenceResult outcome = tuning().run(model, null, lessons(80, 4), lessons(30, 5), Progress.NONE);
        assertEquals(LN2, outcome.steps().get(0).loss(), 1e-5);
        assertEquals(LN2, outcome.heldOut().get(0).loss(), 1e-5);
        assertEquals(7, outcome.heldOut().size());
        PreferenceScore last = outcome.heldOut().get(outcome.heldOut().size() - 1);
        assertTrue(last.loss() < 0.5 && last.accuracy() > 0.8 && last.margin() > 0.5, "held out " + last);
        assertEquals(outcome.steps().size(), 30);
        Map<String, float[]> bytes = numbers(outcome.adapter());
        PreferenceResult again = tuning().run(model, null, lessons(80, 4), lessons(30, 5), Progress.NONE);
        assertEquals(outcome.steps(), again.steps());
        assertEquals(outcome.heldOut(), again.heldOut());
        numbers(again.adapter()).forEach((name, array) -> assertArrayEquals(bytes.get(name), array, name));
        assertEquals(outcome.adapter().fingerprint(), again.adapter().fingerprint());
        again.adapter().close();
        outcome.adapter().close();
    }

    private static Map<String, float[]> numbers(LoraAdapter adapter) {
        Map<String, float[]> numbers = new java.util.LinkedHashMap<>();
        adapter.parameters().forEach((name, array) -> numbers.put(name, array.toFloatArray()));
        return numbers;
    }

    @Test
    void itBeginsAtItsReferenceAlsoWhereTheStepsAreInBfloat16() {
        torch.bf16(true); // changes nothing where the CPU has none
        try {
            List<PreferenceScore> steps = PreferenceTuning.of(
                            LoraTuning.of(LORA).batch(24))
                    .run(model, null, lessons(24, 1), List.of(), Progress.NONE)
                    .steps();
            assertEquals(LN2, steps.get(0).loss(), 1e-6);
        } finally {
            torch.bf16(false);
        }
    }

    @Test
    void fromALearnedAdapterThatOneIsTheReferenceAndStaysAsItIs() {
        List<Encoded> taught =
                lessons(40, 6).stream().map(EncodedPair::rejected).toList();
        try (LoraAdapter start = LoraTuning.of(LORA)
                .rate(2e-2)
                .run(model, taught, List.of(), Progress.NONE)
                .adapter()) {
            String before = start.fingerprint();
            PreferenceResult outcome = tuning().run(model, start, lessons(40, 4), lessons(20, 5), Progress.NONE);
            assertEquals(LN2, outcome.steps().get(0).loss(), 1e-5, "the reference is what it begins with");
            assertEquals(LN2, outcome.heldOut().get(0).loss(), 1e-5);
            assertTrue(outcome.heldOut().get(outcome.heldOut().size() - 1).loss() < LN2);
            assertEquals(before, start.fingerprint());
            assertNotEquals(before, outcome.adapter().fingerprint());
            assertSame(outcome.adapter(), model.adapter());
            outcome.adapter().close();
            PreferenceTuning other = PreferenceTuning.of(LoraTuning.of(LORA.alpha(3)));
            assertTrue(assertThrows(
                            KitException.class, () -> other.run(model, start, lessons(4, 4), List.of(), Progress.NONE))
                    .getMessage()
                    .contains("the same rank, alpha, layers and matrices"));
        }
    }

    @Test
    void whatIsKeptIsTheAdapterOfTheLowestHeldOutLoss() {
        List<EncodedPair> turned = lessons(24, 5).stream()
                .map(pair -> new EncodedPair(pair.rejected(), pair.chosen()))
                .toList(); // judged by pairs that are the wrong way round, it can only get worse
        PreferenceResult outcome = tuning().run(model, null, lessons(40, 4), turned, Progress.NONE);
        assertEquals(0, outcome.keptSteps(), "held out " + outcome.heldOut());
        assertTrue(outcome.steps().size() < 15, "it ends after an epoch without a lower loss");
        assertTrue(outcome.adapter().parameters().entrySet().stream()
                .filter(e -> e.getKey().contains("lora_B"))
                .allMatch(e -> e.getValue().abs().sum().getFloat() == 0));
        outcome.adapter().close();
    }

    @Test
    void whatCannotBeIsRefusedInASentence() {
        Example asked = Example.of("", "", "what", List.of("an answer"));
        refused("the same answer to 'what', 'so'", () -> new PreferencePair(asked, "so", " so\n"));
        refused("the rejected one is empty", () -> new PreferencePair(asked, "so", " "));
        refused("the chosen one is empty", () -> new PreferencePair(asked, "", "so"));
        refused("the same 1 tokens", () -> pair(new int[] {1}, new int[] {2}, new int[] {2}));
        refused(
                "different prompts",
                () -> new EncodedPair(
                        Encoded.of(new int[] {1}, new int[] {2}), Encoded.of(new int[] {3}, new int[] {2})));
        for (double beta : new double[] {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("A beta of " + beta, () -> tuning().beta(beta));
        }
        for (double smoothing : new double[] {-0.1, 0.5, Double.NaN}) {
            refused("A label smoothing of " + smoothing, () -> tuning().smoothing(smoothing));
        }
        refused("without labels", () -> PreferenceTuning.of(LoraTuning.of(LORA).labels(List.of(1, 2))));
        refused("no pairs", () -> tuning().run(model, null, List.of(), List.of(), Progress.NONE));
        EncodedPair longOne = pair(new int[24], new int[] {1}, new int[] {1, 2});
        refused(
                "Pair 3 has a prompt of 24 tokens and an answer of 2, more than this model's context of 24",
                () -> tuning().run(model, null, lessons(2, 1), List.of(longOne), Progress.NONE));
        refused(
                "four numbers each",
                () -> PreferenceScore.of(new double[1], new double[1], new double[1], new double[0], 1, 0));
    }

    private static void refused(String said, org.junit.jupiter.api.function.Executable work) {
        String message = assertThrows(KitException.class, work).getMessage();
        assertTrue(message.contains(said) && message.endsWith("."), message);
    }
}
