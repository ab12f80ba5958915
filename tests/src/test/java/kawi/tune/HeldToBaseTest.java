package kawi.tune;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Generation;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.model.Smol;
import kawi.template.ChatTemplate;
import org.junit.jupiter.api.Test;

class HeldToBaseTest extends WithSmallLlama {
    static final Lora LORA = Lora.rank(4).lastLayers(2);

    /** Prompts that no lesson of {@link LoraTest} has, each with an answer of one to four tokens. */
    static List<Encoded> replayed(int count) {
        Random random = new Random(9);
        List<Encoded> replayed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replayed.add(Encoded.of(
                    random.ints(3 + random.nextInt(5), 10, 60).toArray(),
                    random.ints(1 + i % 4, 0, 60).toArray()));
        }
        return replayed;
    }

    static List<double[]> predictions(Encoded example) {
        int[] ids = example.input();
        float[] logits = torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                NDArray input = work.create(Arrays.stream(ids).asLongStream().toArray(), new Shape(1, ids.length));
                return model.logits(model.hidden(input)).toFloatArray();
            }
        });
        List<double[]> all = new ArrayList<>();
        for (int at = example.answer() - 1; at < example.input().length; at++) {
            double sum = 0;
            double[] p = new double[60];
            for (int i = 0; i < 60; i++) {
                sum += p[i] = Math.exp(logits[at * 60 + i]);
            }
            for (int i = 0; i < 60; i++) {
                p[i] /= sum;
            }
            all.add(p);
        }
        return all;
    }

    /** Mean over all answer tokens of the sum of p ln (p / q). */
    static double divergence(List<Encoded> examples, LoraAdapter adapter) {
        double sum = 0;
        int tokens = 0;
        for (Encoded example : examples) {
            model.adapter(null);
            List<double[]> base = predictions(example);
            model.adapter(adapter);
            List<double[]> tuned = predictions(example);
            for (int t = 0; t < base.size(); t++, tokens++) {
                for (int i = 0; i < 60; i++) {
                    sum += base.get(t)[i] * Math.log(base.get(t)[i] / tuned.get(t)[i]);
                }
            }
        }
        return sum / tokens;
    }

    @Test
    void theDivergenceIsThatByHand() {
        try (NDManager work = torch.manager().newSubManager()) {
            // p = (1/2, 1/2), q = (1/4, 3/4): 1/2 ln 2 + 1/2 ln 2/3; and two equal rows, which add nothing
            NDArray held = work.create(new float[] {0, 0, 1, 2}, new Shape(2, 2));
            NDArray logits = work.create(new float[] {0, (float) Math.log(3), 1, 2}, new Shape(2, 2));
            double wanted = (0.5 * Math.log(2) + 0.5 * Math.log(2 / 3.0)) / 2;
            assertEquals(wanted, torch.ops().divergence(held, logits).getFloat(), 1e-6);
            assertEquals(0, torch.ops().divergence(held, held).getFloat(), 1e-7);
        }
    }

    @Test
    void theTermIsTheMeanDivergenceFromTheBaseAtTheReplayedAnswers() {
        List<Encoded> all = new ArrayList<>(LoraTest.lessons(3, 1));
        all.addAll(replayed(20));
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 3);
                FrozenPrefix prefix = FrozenPrefix.of(
                        model, 1, all.stream().map(Encoded::input).toList(), Precision.FP32, Progress.NONE);
                HeldToBase held = HeldToBase.of(model, 1, prefix, all, 3);
                NDManager work = torch.manager().newSubManager()) {
            int[] some = {4, 9, 22, 15};
            model.adapter(adapter);
            assertEquals(0, held.of(work, some).getFloat(), 1e-6, "a new adapter changes nothing");
            Random random = new Random(2);
            torch.inference(() -> {
                adapter.parameters().forEach((name, array) -> {
                    float[] values = new float[(int) array.size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) random.nextGaussian() / 4;
                    }
                    torch.ops().assign(array, work.create(values, array.getShape()));
                });
                return null;
            });
            double found = held.of(work, some).getFloat();
            double wanted = divergence(Arrays.stream(some).mapToObj(all::get).toList(), adapter);
            assertTrue(wanted > 0.05, wanted + ": else nothing is shown");
            assertEquals(wanted, found, 1e-4 * wanted);
        }
    }

    @Test
    void everyRoundReplaysEachExampleOnceAndNoOther() {
        List<Encoded> all = new ArrayList<>(LoraTest.lessons(5, 1));
        all.addAll(replayed(11));
        try (FrozenPrefix prefix = FrozenPrefix.of(
                        model, 1, all.stream().map(Encoded::input).toList(), Precision.FP32, Progress.NONE);
                HeldToBase held = HeldToBase.of(model, 1, prefix, all, 5);
                HeldToBase none = HeldToBase.of(model, 1, prefix, all, all.size())) {
            Iterator<int[]> batches = held.batches(4, 1);
            List<List<int[]>> rounds = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                List<int[]> taken = List.of(batches.next(), batches.next(), batches.next()); // 4 + 4 + 3
                assertArrayEquals(
                        IntStream.range(5, 16).toArray(),
                        taken.stream().flatMapToInt(Arrays::stream).sorted().toArray());
                rounds.add(taken);
            }
            assertFalse(Arrays.deepEquals(rounds.get(0).toArray(), rounds.get(1).toArray()), "another order");
            assertFalse(none.batches(4, 1).hasNext());
        }
    }

    @Test
    void aTuningThatIsHeldLearnsItsTaskAndStaysNearerToItsBase() {
        LoraTuning free = LoraTuning.of(LORA).rate(1e-2).epochs(6);
        List<Encoded> replayed = replayed(24);
        List<Encoded> lessons = LoraTest.lessons(64, 1);
        double freely;
        try (LoraAdapter adapter =
                free.run(model, lessons, List.of(), Progress.NONE).adapter()) {
            freely = divergence(replayed, adapter);
        }
        LoraTuning.TuningResult held =
                free.hold(3).run(model, lessons, LoraTest.lessons(16, 2), replayed, Progress.NONE);
        try (LoraAdapter adapter = held.adapter()) {
            double near = divergence(replayed, adapter);
            assertTrue(near < freely / 3, near + " of " + freely);
            List<Double> judged = held.heldOut();
            assertTrue(judged.get(judged.size() - 1) < judged.get(0) / 2, judged.toString());
            // the loss that is reported is the task's own, which the first step has as the held-out one has
            assertEquals(judged.get(0), held.losses().get(0), 0.5 * judged.get(0));
        }
    }

    @Test
    void freeAndHeldTogetherAreWhatEachIsAlone() {
        LoraTuning free = LoraTuning.of(LORA).rate(1e-2);
        List<Encoded> lessons = LoraTest.lessons(24, 1), judges = LoraTest.lessons(8, 2), replayed = replayed(12);
        List<LoraTuning.TuningResult> together = TuningsTogether.run(
                model, null, List.of(free, free.hold(3)), lessons, judges, replayed, recipe -> Progress.NONE);
        List<LoraTuning.TuningResult> alone = List.of(
                free.run(model, lessons, judges, Progress.NONE),
                free.hold(3).run(model, lessons, judges, replayed, Progress.NONE));
        for (int i = 0; i < 2; i++) {
            assertEquals(alone.get(i).losses().size(), together.get(i).losses().size());
            for (int step = 0; step < alone.get(i).losses().size(); step++) { // batches of the prefix differ in size
                assertEquals(
                        alone.get(i).losses().get(step),
                        together.get(i).losses().get(step),
                        1e-4);
            }
            assertEquals(
                    alone.get(i).heldOut().get(1), together.get(i).heldOut().get(1), 1e-4);
            alone.get(i).adapter().close();
            together.get(i).adapter().close();
        }
        assertNotEquals(
                together.get(0).losses().get(2), together.get(1).losses().get(2));
    }

    @Test
    void anInterruptOfOneOfSeveralIsSaidAndOfOneAloneKept() {
        LoraTuning free = LoraTuning.of(LORA).rate(1e-2);
        List<Encoded> lessons = LoraTest.lessons(24, 1);
        Thread.currentThread().interrupt();
        String said = assertThrows(
                        KitException.class,
                        () -> TuningsTogether.run(
                                model,
                                null,
                                List.of(free, free.rate(1e-3)),
                                lessons,
                                List.of(),
                                List.of(),
                                recipe -> Progress.NONE))
                .getMessage();
        assertTrue(said.contains("interrupted in the training 1 of 2"), said);
        assertFalse(Thread.interrupted());
        Thread.currentThread().interrupt();
        try (LoraAdapter kept =
                free.run(model, lessons, List.of(), Progress.NONE).adapter()) {
            assertFalse(kept.parameters().isEmpty());
        }
        assertFalse(Thread.interrupted());
    }

    @Test
    void aHoldWithoutAReplayAndAReplayWithoutAHoldAreRefused() {
        LoraTuning plain = LoraTuning.of(LORA);
        for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertTrue(assertThrows(KitException.class, () -> plain.hold(weight))
                    .getMessage()
                    .contains("with the weight " + weight + ": give 0"));
        }
        List<Encoded> lessons = LoraTest.lessons(4, 1);
        assertTrue(assertThrows(
                        KitException.class,
                        () -> plain.hold(1).run(model, lessons, List.of(), List.of(), Progress.NONE))
                .getMessage()
                .endsWith("was given 0 examples to replay: give a replay, or the weight 0."));
        assertTrue(
                assertThrows(KitException.class, () -> plain.run(model, lessons, List.of(), replayed(2), Progress.NONE))
                        .getMessage()
                        .endsWith("was given 2 examples to replay: give it a weight above 0 too."));
    }

    @Test
    void whatIsReplayedIsTheBasesOwnLikeliestAnswerWhateverAdapterIsInPlace() {
        try (Pretrained smol = Pretrained.load(torch, Smol.file());
                LoraAdapter adapter =
                        LoraAdapter.create(smol.model(), Lora.rank(2).lastLayers(2), 1)) {
            torch.inference(() -> {
                adapter.parameters().values().forEach(array -> array.addi(1)); // says nothing sensible any more
                return null;
            });
            smol.model().adapter(adapter);
            List<String> questions = List.of("What is the capital of France?", "Why is the sky blue?");
            Replay replay = Replay.of(smol, questions, 8, Progress.NONE);
            assertEquals(
                    questions,
                    replay.exchanges().stream().map(Replay.Exchange::question).toList());
            assertEquals(
                    "The capital of France is Paris.", replay.exchanges().get(0).answer());
            assertEquals(
                    List.of(true, false),
                    replay.exchanges().stream().map(Replay.Exchange::whole).toList());
            List<Encoded> encoded = replay.encoded(smol);
            for (int i = 0; i < 2; i++) {
                int[] prompt =
                        smol.chat().ids(smol.tokenizer(), List.of(new ChatTemplate.Turn("user", questions.get(i))));
                Generation said = smol.generator()
                        .continueIds(List.of(prompt), Sampling.greedy(8), Progress.NONE)
                        .get(0);
                int[] ids = encoded.get(i).ids();
                assertArrayEquals(prompt, Arrays.copyOf(ids, encoded.get(i).answer()));
                assertArrayEquals(
                        said.ids(), Arrays.copyOfRange(ids, encoded.get(i).answer(), ids.length));
            }
            assertThrows(KitException.class, () -> Replay.of(smol, questions, 0, Progress.NONE));
            assertThrows(KitException.class, () -> Replay.asked(smol, 0, 8, 1, Progress.NONE));
            Replay own = Replay.asked(smol, 6, 4, 1, Progress.NONE);
            assertFalse(own.exchanges().isEmpty());
            assertEquals(own, Replay.asked(smol, 6, 4, 1, Progress.NONE));
        }
    }
}
