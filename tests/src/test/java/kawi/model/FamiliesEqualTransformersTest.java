package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.torch.Gguf;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Random tiny checkpoints of transformers' making, and GGUF files in llama.cpp's names, against what transformers
 * computes by them (tests/oracles/families.py).
 */
class FamiliesEqualTransformersTest {
    static final Path FAMILIES =
            Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi/model/families");
    static final float NEAR = 1e-4f;
    static Torch torch;
    static JsonNode figures;
    static int[] ids;
    static int[] other;

    @BeforeAll
    static void open() throws IOException {
        torch = Torch.open("cpu", 1, 7);
        figures = new ObjectMapper().readTree(FAMILIES.resolve("figures.json").toFile());
        ids = new ObjectMapper().convertValue(figures.get("ids"), int[].class);
        other = new ObjectMapper().convertValue(figures.get("other"), int[].class);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    @TestFactory
    Stream<DynamicTest> everyFamilyGivesTheLogitsAndTheGreedyTokensOfTransformers() {
        List<DynamicTest> tests = new ArrayList<>();
        figures.get("families").properties().forEach(family -> {
            String name = family.getKey();
            tests.add(DynamicTest.dynamicTest(name, () -> {
                try (LanguageModel model = LanguageModel.load(torch, FAMILIES.resolve(name))) {
                    same(model, family.getValue());
                }
            }));
            if (family.getValue().get("gguf").asBoolean()) {
                tests.add(DynamicTest.dynamicTest(name + ".gguf", () -> {
                    try (Gguf file = Gguf.open(FAMILIES.resolve(name + ".gguf"));
                            LanguageModel model = GgufFamilies.read(torch, file)) {
                        same(model, family.getValue());
                    }
                }));
            }
        });
        return tests.stream();
    }

    static void same(LanguageModel model, JsonNode wanted) {
        float[][] logits = new ObjectMapper().convertValue(wanted.get("logits"), float[][].class);
        int[] greedy = new ObjectMapper().convertValue(wanted.get("greedy"), int[].class);
        float[] otherLast = new ObjectMapper().convertValue(wanted.get("other"), float[].class);
        float[][] found = all(model, ids);
        for (int t = 0; t < ids.length; t++) {
            assertArrayEquals(logits[t], found[t], NEAR, "position " + t);
        }
        int vocabulary = logits[0].length;
        float[][] both = all(model, ids, other);
        assertArrayEquals(found[ids.length - 1], both[ids.length - 1], 1e-5f, "batch and single");
        assertArrayEquals(otherLast, both[2 * ids.length - 1], NEAR, "the other row of a batch");
        try (Decoder decoder = model.decoder(1, 40);
                Decoder pair = model.decoder(2, 40);
                Decoder slow = model.decoder(1, 40)) {
            float[] next = decoder.next(new int[][] {ids})[0];
            float[][] two = pair.next(new int[][] {ids, other});
            assertArrayEquals(logits[ids.length - 1], next, NEAR, "read at once into a cache");
            assertArrayEquals(next, two[0], 1e-5f, "read beside another");
            assertArrayEquals(otherLast, two[1], NEAR);
            for (int t = 0; t < ids.length; t++) {
                assertArrayEquals(logits[t], slow.next(new int[][] {{ids[t]}})[0], NEAR, "one by one, " + t);
            }
            int[] text = Arrays.copyOf(ids, ids.length + greedy.length);
            for (int i = 0; i < greedy.length; i++) {
                int best = 0;
                for (int id = 0; id < vocabulary; id++) {
                    best = next[id] > next[best] ? id : best;
                }
                assertEquals(greedy[i], best, "greedy token " + i);
                text[ids.length + i] = best;
                next = decoder.next(new int[][] {{best}})[0];
                two = pair.next(new int[][] {{best}, {best}});
                assertArrayEquals(next, two[0], 1e-5f, "decoded beside another");
            }
            float[][] whole = all(model, text);
            assertArrayEquals(whole[text.length - 1], next, NEAR, "with a cache and without");
        }
    }

    static float[][] all(LanguageModel model, int[]... rows) {
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                NDArray input = work.create(
                        Stream.of(rows)
                                .flatMapToInt(Arrays::stream)
                                .asLongStream()
                                .toArray(),
                        new Shape(rows.length, rows[0].length));
                NDArray hidden = model.hidden(input);
                float[] flat = model.logits(hidden).toFloatArray();
                float[][] logits = new float[rows.length * rows[0].length][];
                int vocabulary = flat.length / logits.length;
                for (int t = 0; t < logits.length; t++) {
                    logits[t] = Arrays.copyOfRange(flat, t * vocabulary, (t + 1) * vocabulary);
                }
                return logits;
            }
        });
    }

    @Test
    void theLossIsThatOfTheLogitsAlsoWithACapAndAHeadWithABias() {
        for (String name : List.of("gemma2", "phi", "qwen3")) {
            try (LanguageModel model = LanguageModel.load(torch, FAMILIES.resolve(name))) {
                double nats = 0;
                float[][] logits = all(model, ids);
                for (int t = 0; t + 1 < ids.length; t++) {
                    double sum = 0;
                    for (float each : logits[t]) {
                        sum += Math.exp(each);
                    }
                    nats += Math.log(sum) - logits[t][ids[t + 1]];
                }
                double wanted = nats / (ids.length - 1);
                double found = torch.inference(() -> {
                    try (NDManager work = torch.manager().newSubManager()) {
                        long[] text = Arrays.stream(ids).asLongStream().toArray();
                        NDArray in = work.create(Arrays.copyOf(text, text.length - 1), new Shape(1, text.length - 1));
                        NDArray out = work.create(Arrays.copyOfRange(text, 1, text.length), in.getShape());
                        return (double) model.loss(in, out).getFloat();
                    }
                });
                assertEquals(wanted, found, 1e-4, name);
            }
        }
    }

    @Test
    void whatIsOnlyReadIsNotTrainedAndSaysSo() {
        try (LanguageModel model = LanguageModel.load(torch, FAMILIES.resolve("qwen2"));
                NDManager work = torch.manager().newSubManager()) {
            GptTest.sentence("not for training", () -> torch.training(() -> model.hidden(work.create(new long[1][2]))));
            GptTest.sentence("copy those", () -> model.save(Path.of("nowhere")));
            GptTest.sentence("read and not trained", () -> model.config().create(torch, 1));
            assertThrows(KitException.class, () -> model.decoder(1, 40).next(new int[][] {{40}}));
        }
    }
}
