package kawi.tune;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TimedTuningTest {
    static final List<Integer> LABELS = List.of(5, 6, 7, 8);
    static Torch torch;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    /** A clock that goes on by 10 ms whenever it is looked at. */
    private static LongSupplier clock() {
        long[] now = {0};
        return () -> now[0] += 10_000_000;
    }

    private static Llama model() {
        Llama model = Llama.create(torch, new LlamaConfig(60, 64, 3, 32, 48, 4, 2, 8, 10000, 1e-5, true), 7)
                .trainable(false);
        model.parameters().get("model.embed_tokens.weight").muli(20);
        return model;
    }

    private static List<Encoded> lessons(int count, long seed) {
        return LoraTest.lessons(count, seed).stream()
                .map(l -> new Encoded(Arrays.copyOf(l.ids(), l.ids().length - 1), l.answer()))
                .toList();
    }

    private static List<int[]> prompts(List<Encoded> lessons) {
        return lessons.stream().map(l -> Arrays.copyOf(l.ids(), l.answer())).toList();
    }

    private static Map<String, float[]> numbers(Llama model) {
        Map<String, float[]> numbers = new LinkedHashMap<>();
        model.parameters().forEach((name, array) -> numbers.put(name, array.toFloatArray()));
        return numbers;
    }

    @Test
    void whatAScopeNamesIsLearnedAndNothingElse() {
        Map<String, TuningScope> scopes = new LinkedHashMap<>();
        scopes.put(".*", TuningScope.full());
        scopes.put("model\\.layers\\.[12]\\..*", TuningScope.lastLayers(2));
        scopes.put("none", TuningScope.head());
        scopes.put("nothing", TuningScope.lora("LoRA", Lora.rank(2).lastLayers(1)));
        List<Encoded> lessons = lessons(40, 3);
        scopes.forEach((pattern, scope) -> {
            try (Llama model = model()) {
                Map<String, float[]> before = numbers(model);
                TimedTuning.TimedResult result = new TimedTuning(0.4, 8, LABELS, 1)
                        .run(model, scope, 1e-2, lessons, prompts(lessons), Progress.NONE, clock());
                Set<String> changed = new TreeSet<>();
                Set<String> named = new TreeSet<>();
                long trainable = 0;
                for (Map.Entry<String, float[]> each : numbers(model).entrySet()) {
                    if (!Arrays.equals(each.getValue(), before.get(each.getKey()))) {
                        changed.add(each.getKey());
                    }
                    if (each.getKey().matches(pattern)) {
                        named.add(each.getKey());
                        trainable += each.getValue().length;
                    }
                }
                assertEquals(named, changed, scope.name());
                trainable = scope.lora() != null
                        ? scope.lora().parameterCount(model.config())
                        : scope.headOnly() ? 4 * 32 : trainable;
                assertEquals(trainable, result.trainable(), scope.name());
                assertTrue(result.steps() >= 1 && Double.isFinite(result.loss()));
                assertEquals(result.steps() * 8 / 40.0, result.epochs(), 1e-9);
                assertNull(model.adapter());
                assertTrue(model.parameters().values().stream().noneMatch(each -> each.hasGradient()));
                List<Integer> right = new ArrayList<>();
                for (int i = 0; i < lessons.size(); i++) {
                    double[] p = result.probabilities()[i];
                    assertEquals(1, Arrays.stream(p).sum(), 1e-6);
                    right.add(labelled(lessons.get(i)));
                }
                assertEquals(40, right.size());
            }
        });
    }

    private static int labelled(Encoded lesson) {
        return LABELS.indexOf(lesson.ids()[lesson.answer()]);
    }

    @Test
    void whatWasLearnedIsWhatAnswers() {
        List<Encoded> lessons = lessons(40, 3);
        for (TuningScope scope : List.of(
                TuningScope.full(),
                TuningScope.lastLayers(2),
                TuningScope.head(),
                TuningScope.lora("LoRA", Lora.rank(4).lastLayers(2)))) {
            try (Llama model = model()) {
                double[][] plain = LabelScorer.probabilities(model, prompts(lessons), LABELS, Progress.NONE);
                // At a rate of next to nothing the answers are the untuned model's; one step of a high rate changes
                // them.
                double[][] still = new TimedTuning(0.2, 40, LABELS, 1)
                        .run(model, scope, 1e-12, lessons, prompts(lessons), Progress.NONE, clock())
                        .probabilities();
                double[][] moved = new TimedTuning(0.2, 40, LABELS, 1)
                        .run(model, scope, 0.02, lessons, prompts(lessons), Progress.NONE, clock())
                        .probabilities();
                double most = 0;
                for (int i = 0; i < plain.length; i++) {
                    assertArrayEquals(plain[i], still[i], 1e-4, scope.name());
                    for (int j = 0; j < LABELS.size(); j++) {
                        most = Math.max(most, Math.abs(plain[i][j] - moved[i][j]));
                    }
                }
                assertTrue(most > 1e-3, scope.name() + " moved by " + most);
            }
        }
    }

    @Test
    void whatCannotBeIsRefusedInASentence() {
        try (Llama model = model()) {
            TimedTuning tuning = new TimedTuning(0.2, 8, LABELS, 1);
            List<Encoded> lessons = lessons(4, 3);
            for (var wrong : List.<org.junit.jupiter.api.function.Executable>of(
                    () -> new TimedTuning(0, 8, LABELS, 1),
                    () -> new TimedTuning(Double.NaN, 8, LABELS, 1),
                    () -> new TimedTuning(1, 0, LABELS, 1),
                    () -> new TimedTuning(1, 8, List.of(5), 1),
                    () -> TuningScope.lastLayers(0),
                    () -> tuning.run(model, TuningScope.head(), 1e-3, List.of(), List.of(), Progress.NONE),
                    () -> tuning.run(model, TuningScope.lastLayers(4), 1e-3, lessons, List.of(), Progress.NONE),
                    () -> tuning.run(model, TuningScope.head(), -1, lessons, List.of(), Progress.NONE),
                    () -> new TimedTuning(0.2, 8, List.of(1, 2), 1)
                            .run(model, TuningScope.head(), 1e-3, lessons, List.of(), Progress.NONE))) {
                String said = assertThrows(KitException.class, wrong).getMessage();
                assertTrue(said.endsWith("."), said);
            }
        }
    }

    @Test
    void anInterruptIsSaidAndNothingIsReported() {
        List<Encoded> lessons = lessons(40, 3);
        for (TuningScope scope : List.of(TuningScope.full(), TuningScope.head())) {
            try (Llama model = model()) {
                Thread.currentThread().interrupt();
                String said = assertThrows(
                                KitException.class,
                                () -> new TimedTuning(0.2, 40, LABELS, 1)
                                        .run(model, scope, 0.02, lessons, prompts(lessons), Progress.NONE, clock()))
                        .getMessage();
                assertTrue(said.contains("interrupted"), said);
            } finally {
                Thread.interrupted();
            }
        }
    }
}
