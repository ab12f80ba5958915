package kawi.tune;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Decoder;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.torch.NotFiniteException;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraTest extends WithSmallLlama {
    static final Lora LORA = Lora.rank(4).lastLayers(2);

    /**
     * The answer is the prompt's last token plus five: something that even a network of frozen random layers can be
     * taught.
     */
    static List<Encoded> lessons(int count, long seed) {
        Random random = new Random(seed);
        List<Encoded> lessons = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = random.ints(4 + random.nextInt(6), 10, 60).toArray();
            int last = prompt.length - 1;
            prompt[last] = random.nextInt(4);
            lessons.add(Encoded.of(prompt, new int[] {5 + prompt[last], 9}));
        }
        return lessons;
    }

    static float[] logits(Llama model, int[] ids) {
        return logitsOf(torch, model, ids);
    }

    static float[] logitsOf(Torch torch, Llama model, int[] ids) {
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                return model.logits(model.hidden(
                                work.create(Arrays.stream(ids).asLongStream().toArray(), new Shape(1, ids.length))))
                        .toFloatArray();
            }
        });
    }

    @Test
    void aNewAdapterChangesNothing() {
        float[] before = logits(model, new int[] {1, 2, 3});
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 1)) {
            assertEquals(
                    LORA.parameterCount(model.config()),
                    adapter.parameters().values().stream()
                            .mapToLong(NDArray::size)
                            .sum());
            model.adapter(adapter);
            assertArrayEquals(
                    before,
                    logits(model, new int[] {1, 2, 3}),
                    1e-6f); // the last bit may differ: with an adapter, the layers run one by one
            model.adapter(null);
        }
    }

    @Test
    void theLossThroughThePrefixIsThatOfEachExampleAlone() {
        List<Encoded> lessons = lessons(12, 3);
        try (FrozenPrefix prefix = FrozenPrefix.of(
                        model, 1, lessons.stream().map(Encoded::input).toList(), Precision.FP32, Progress.NONE);
                AnswerLoss loss = new AnswerLoss(model, 1, prefix, lessons, List.of())) {
            double sum = 0;
            for (Encoded lesson : lessons) {
                sum += torch.inference(() -> {
                    try (NDManager work = torch.manager().newSubManager()) {
                        long[] targets = new long[lesson.input().length];
                        for (int i = 0; i < targets.length; i++) {
                            targets[i] = i + 1 >= lesson.answer() ? lesson.ids()[i + 1] : -100;
                        }
                        NDArray ids = work.create(
                                Arrays.stream(lesson.input()).asLongStream().toArray(), new Shape(1, targets.length));
                        return (double) model.loss(ids, work.create(targets, new Shape(1, targets.length)))
                                .getFloat();
                    }
                });
            }
            int[] all = java.util.stream.IntStream.range(0, 12).toArray();
            assertEquals(sum / 12, loss.mean(all, 5), 1e-5);
            assertEquals(loss.mean(all, 1), loss.mean(all, 12), 1e-5);
        }
    }

    @Test
    void whatIsFrozenInATrainingIsMultipliedAsTrainingMultipliesAndElsewhereExactly() {
        List<int[]> texts = List.of(new int[] {3, 1, 4, 1, 5}, new int[] {9, 2, 6});
        boolean bf16 = torch.bf16();
        try (FrozenPrefix exact = FrozenPrefix.of(model, 2, texts, Precision.FP32, Progress.NONE);
                FrozenPrefix training = FrozenPrefix.inTraining(model, 2, texts, Precision.FP32, Progress.NONE);
                NDManager work = torch.manager().newSubManager()) {
            float[] expected = exact.batch(work, new int[] {0}).toFloatArray();
            float[] rounded = training.batch(work, new int[] {0}).toFloatArray();
            assertEquals(!bf16, Arrays.equals(expected, rounded));
            double most = 0;
            for (float value : expected) {
                most = Math.max(most, Math.abs(value));
            }
            assertArrayEquals(expected, rounded, (float) (0.02 * most));
        }
    }

    @Test
    void theLastLayerAtSomePlacesIsTheWholeLayerThereWithItsGradients() {
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 1);
                NDManager work = torch.manager().newSubManager()) {
            adapter.parameters()
                    .forEach((name, array) -> torch.ops().assign(array, work.randomNormal(array.getShape())));
            model.adapter(adapter);
            List<NDArray> leaves = List.copyOf(adapter.parameters().values());
            torch.trainingExact(() -> {
                NDArray x = work.randomNormal(new Shape(2, 6, 32)),
                        places = work.create(new long[] {3, 5, 0, 2}, new Shape(2, 2));
                NDArray whole = torch.ops().pick(model.layers(x, 1, 3), places), some = model.layersAt(x, 1, places);
                assertArrayEquals(whole.toFloatArray(), some.toFloatArray(), 1e-3f);
                List<NDArray> wanted = torch.ops()
                        .gradients(work, torch.ops().swiglu(whole, whole).sum(), leaves);
                List<NDArray> got = torch.ops()
                        .gradients(work, torch.ops().swiglu(some, some).sum(), leaves);
                for (int i = 0; i < leaves.size(); i++) {
                    assertArrayEquals(
                            wanted.get(i).toFloatArray(),
                            got.get(i).toFloatArray(),
                            1e-4f * Math.max(1, wanted.get(i).abs().max().getFloat()));
                }
                return null;
            });
        }
    }

    @Test
    void tuningLearnsAndIsTheSameEachTime() {
        // At 2e-2 the held-out loss goes up and down, and the last bits of the frozen layers decide when that ends it.
        LoraTuning tuning = LoraTuning.of(LORA).rate(1e-2).epochs(4).batch(8).seed(1);
        LoraTuning.TuningResult outcome = tuning.run(model, lessons(120, 4), lessons(30, 5), Progress.NONE);
        assertEquals(60, outcome.losses().size());
        assertEquals(5, outcome.heldOut().size());
        assertTrue(outcome.heldOut().get(0) > 4);
        assertTrue(outcome.heldOut().get(4) < 0.7, "held-out loss " + outcome.heldOut());
        LoraTuning.TuningResult again = tuning.run(model, lessons(120, 4), lessons(30, 5), Progress.NONE);
        assertEquals(outcome.losses(), again.losses());
    }

    @Test
    void whatIsKeptIsTheAdapterOfTheLowestHeldOutLoss() {
        List<Encoded> train = lessons(40, 4);
        List<Encoded> judges = lessons(30, 5);
        LoraTuning wild = LoraTuning.of(LORA).rate(0.3).epochs(12).batch(8).checks(2);
        LoraTuning.TuningResult outcome = wild.run(model, train, judges, Progress.NONE);
        double lowest = outcome.heldOut().stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
        int at = outcome.heldOut().indexOf(lowest);
        assertTrue(at < outcome.heldOut().size() - 1, "the rate is so high that the loss rises: " + outcome.heldOut());
        assertEquals(at + 2, outcome.heldOut().size() - 1, "it ends after an epoch without a lower loss");
        assertEquals(
                outcome.losses().size(),
                (outcome.heldOut().size() - 1) / 2 * 5 + (outcome.heldOut().size() - 1) % 2 * 3);
        try (FrozenPrefix prefix = FrozenPrefix.of(
                        model, 1, judges.stream().map(Encoded::input).toList(), Precision.FP32, Progress.NONE);
                AnswerLoss loss = new AnswerLoss(model, 1, prefix, judges, List.of())) {
            int[] all = java.util.stream.IntStream.range(0, judges.size()).toArray();
            assertEquals(lowest, loss.mean(all, 32), 1e-5, "the adapter in use has that loss");
        }
        LoraTuning.TuningResult whole = wild.run(model, train, List.of(), Progress.NONE);
        assertEquals(60, whole.losses().size());
        assertEquals(60, whole.keptSteps());
    }

    @Test
    void aTrainingThatOnlyHarmsKeepsTheModelAsItWas() {
        List<Encoded> wrong = new ArrayList<>();
        List<Encoded> own = new ArrayList<>(); // judged by what the model says by itself
        for (Encoded lesson : lessons(24, 4)) {
            int[] prompt = Arrays.copyOf(lesson.ids(), lesson.answer());
            float[] last = logits(model, prompt);
            int from = last.length - 60;
            int likeliest = 0;
            for (int i = 1; i < 60; i++) {
                likeliest = last[from + i] > last[from + likeliest] ? i : likeliest;
            }
            own.add(Encoded.of(prompt, new int[] {likeliest}));
            wrong.add(Encoded.of(prompt, new int[] {(likeliest + 1) % 60}));
        }
        LoraTuning.TuningResult kept = LoraTuning.of(LORA).rate(0.3).epochs(3).run(model, wrong, own, Progress.NONE);
        assertEquals(0, kept.keptSteps(), "losses " + kept.heldOut());
        assertTrue(kept.adapter().parameters().entrySet().stream()
                .filter(e -> e.getKey().contains("lora_B"))
                .allMatch(e -> e.getValue().abs().sum().getFloat() == 0));
    }

    @Test
    void lossAmongLabelsAndTheirProbabilitiesAgree() {
        List<Encoded> lessons = new ArrayList<>();
        for (Encoded lesson : lessons(40, 6)) {
            lessons.add(new Encoded(Arrays.copyOf(lesson.ids(), lesson.ids().length - 1), lesson.answer()));
        }
        List<Integer> labels = List.of(5, 6, 7, 8);
        LoraTuning.TuningResult outcome = LoraTuning.of(LORA)
                .rate(2e-2)
                .labels(labels)
                .frozen(Precision.INT8)
                .run(model, lessons, lessons, Progress.NONE);
        assertTrue(outcome.heldOut().get(1) < outcome.heldOut().get(0));
        double[][] p = LabelScorer.probabilities(
                model,
                lessons.stream().map(l -> Arrays.copyOf(l.ids(), l.answer())).toList(),
                labels,
                Progress.NONE);
        double nats = 0;
        for (int i = 0; i < p.length; i++) {
            nats -= Math.log(p[i][
                            labels.indexOf(lessons.get(i).ids()[lessons.get(i).answer()])])
                    / p.length;
        }
        assertEquals(outcome.heldOut().get(1), nats, 0.02);
        List<int[]> prompts =
                lessons.stream().map(l -> Arrays.copyOf(l.ids(), l.answer())).toList();
        SharedLayers.Shared shared = SharedLayers.of(model, LORA, prompts, Progress.NONE);
        model.adapter(outcome.adapter());
        double[][] same = SharedLayers.probabilities(shared, labels);
        for (int i = 0; i < p.length; i++) {
            assertArrayEquals(p[i], same[i], 1e-5, "layers that were read once give what reading all gives");
        }
        Lora fewer = Lora.rank(2).lastLayers(LORA.layers() - 1);
        SharedLayers.Shared most = SharedLayers.of(model, fewer, prompts, Progress.NONE);
        model.adapter(outcome.adapter());
        assertThrows(KitException.class, () -> SharedLayers.probabilities(most, labels));
        shared.prefix().close();
        most.prefix().close();
        assertThrows(
                KitException.class,
                () -> LoraTuning.of(LORA).labels(List.of(5, 6)).run(model, lessons, List.of(), Progress.NONE));
    }

    @Test
    void savedReadBackMergedAndDecodedItIsTheSame(@TempDir Path folder) throws Exception {
        LoraTuning.of(LORA)
                .rate(2e-2)
                .run(model, lessons(40, 7), List.of(), Progress.NONE)
                .adapter()
                .save(folder);
        int[] ids = {1, 20, 30, 40};
        float[] tuned = logits(model, ids);
        float[] last = Arrays.copyOfRange(tuned, tuned.length - 60, tuned.length);
        try (Decoder decoder = model.decoder(1, 8)) {
            assertArrayEquals(last, decoder.next(new int[][] {ids})[0], 1e-4f);
        }
        model.adapter(null);
        assertTrue(Math.abs(tuned[tuned.length - 1] - logits(model, ids)[tuned.length - 1]) > 1e-4);
        try (LoraAdapter adapter = LoraAdapter.load(model, folder);
                Llama copy = Llama.create(torch, model.config(), 7).trainable(false)) {
            copy.parameters().get("model.embed_tokens.weight").muli(20);
            assertEquals(LORA, adapter.lora());
            model.adapter(adapter);
            assertArrayEquals(tuned, logits(model, ids));
            adapter.mergeInto(copy);
            assertArrayEquals(tuned, logits(copy, ids), 1e-4f);
            model.adapter(null);
        }
        byte[] whole = Files.readAllBytes(folder.resolve("adapter_model.safetensors"));
        Files.write(folder.resolve("adapter_model.safetensors"), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(assertThrows(KitException.class, () -> LoraAdapter.load(model, folder))
                .getMessage()
                .endsWith("."));
    }

    /** An adapter as {@link #LORA} has it, saved, with its settings and tensors changed. */
    private static KitException refused(Path folder, String key, String json) throws Exception {
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 1)) {
            adapter.save(folder);
        }
        Path config = folder.resolve("adapter_config.json");
        ObjectNode settings = (ObjectNode) new ObjectMapper().readTree(config.toFile());
        settings.set(key, new ObjectMapper().readTree(json));
        Files.writeString(config, settings.toString());
        return assertThrows(KitException.class, () -> LoraAdapter.load(model, folder), key);
    }

    @Test
    void everySettingOfPeftIsUsedOrRefusedByName(@TempDir Path folder) throws Exception {
        String[][] wrong = {
            {"alpha_pattern", "{\"q_proj\": 64}"},
            {"rank_pattern", "{\"q_proj\": 64}"},
            {"modules_to_save", "[\"lm_head\"]"},
            {"bias", "\"all\""},
            {"bias", "\"lora_only\""},
            {"use_dora", "true"},
            {"use_qalora", "true"},
            {"lora_bias", "true"},
            {"fan_in_fan_out", "true"},
            {"exclude_modules", "[\"q_proj\"]"},
            {"layer_replication", "[[0, 4]]"},
            {"trainable_token_indices", "[1]"},
            {"target_parameters", "[\"mlp\"]"},
            {"init_lora_weights", "\"pissa\""},
            {"init_lora_weights", "\"olora\""},
            {"loftq_config", "{\"loftq_bits\": 4}"},
            {"corda_config", "{\"a\": 1}"},
            {"auto_mapping", "{\"a\": 1}"},
            {"alora_invocation_tokens", "[1]"},
            {"peft_type", "\"LOHA\""},
            {"task_type", "\"SEQ_CLS\""},
            {"a_key_of_next_year", "1"},
            {"r", "8"},
            {"r", "\"4\""},
            {"target_modules", "[\"q_proj\", \"lm_head\"]"},
            {"target_modules", "[\"q_proj\"]"},
            {"target_modules", "\".*layers.0.*\""},
            {"target_modules", "\"(\""},
            {"layers_to_transform", "[0, 1]"},
            {"layers_to_transform", "2"},
            {"layers_to_transform", "[\"2\"]"}
        };
        for (String[] each : wrong) {
            String said = refused(folder, each[0], each[1]).getMessage();
            boolean byName = said.contains(each[0]) || each[0].matches("r|target_modules|layers_to_transform");
            assertTrue(byName && said.endsWith("."), said);
        }
        Path config = folder.resolve("adapter_config.json");
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 1)) {
            adapter.save(folder);
        }
        ObjectNode peft = (ObjectNode) new ObjectMapper().readTree(config.toFile());
        peft.setAll((ObjectNode) new ObjectMapper().readTree("""
                {"alpha_pattern": {}, "rank_pattern": {}, "modules_to_save": null, "use_rslora": true, "use_dora": false,
                 "exclude_modules": null, "megatron_config": null, "megatron_core": "megatron.core", "loftq_config": {},
                 "init_lora_weights": true, "peft_version": "0.21.2", "qalora_group_size": 16, "revision": null,
                 "layers_pattern": null, "target_modules": "all-linear", "lora_dropout": 0.1}"""));
        Files.writeString(config, peft.toString());
        try (LoraAdapter adapter = LoraAdapter.load(model, folder)) {
            assertEquals(LORA.alpha() * 2, adapter.lora().alpha(), "rank-stabilised: over the root of the rank 4");
        }
    }

    @Test
    void everyTensorOfAnAdapterIsUsedOrRefusedByName(@TempDir Path folder) throws Exception {
        String matrix = "base_model.model.model.layers.2.self_attn.q_proj.";
        for (String name : new String[] {
            "base_model.model.lm_head.lora_A.weight",
            "base_model.model.model.embed_tokens.lora_embedding_A",
            "base_model.model.lm_head.modules_to_save.weight",
            "base_model.model.model.layers.2.input_layernorm.lora_A.weight",
            matrix + "lora_magnitude_vector",
            matrix + "lora_B.bias",
            matrix + "lora_A.default.weight",
            "base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight",
            "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
        }) {
            try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 1);
                    NDManager work = torch.manager().newSubManager()) {
                adapter.save(folder);
                Map<String, NDArray> tensors = new LinkedHashMap<>(adapter.parameters());
                tensors.put(name, work.ones(new Shape(4, 32)));
                SafeTensors.write(folder.resolve("adapter_model.safetensors"), tensors, Map.of());
            }
            String said = assertThrows(KitException.class, () -> LoraAdapter.load(model, folder))
                    .getMessage();
            assertTrue(said.contains(name) || said.contains("[0, 1, 2]") || said.contains("9]"), said);
        }
    }

    @Test
    void anAdapterNamesItsBaseAndIsRefusedOnOtherWeights(@TempDir Path folder) throws Exception {
        try (Llama other =
                        Llama.create(torch, model.config(), 8).trainable(false).named("other");
                Llama same = Llama.create(torch, model.config(), 7).trainable(false);
                LoraAdapter adapter = LoraAdapter.create(model.named("teacher"), LORA, 1)) {
            same.parameters().get("model.embed_tokens.weight").muli(20);
            adapter.save(folder);
            LoraAdapter.load(same, folder).close();
            String said = assertThrows(KitException.class, () -> LoraAdapter.load(other, folder))
                    .getMessage();
            assertTrue(said.contains("tuned on 'teacher'") && said.contains("the model here is 'other'"), said);
            assertThrows(KitException.class, () -> adapter.mergeInto(other));
            assertEquals(
                    "teacher",
                    new ObjectMapper()
                            .readTree(folder.resolve("adapter_config.json").toFile())
                            .get("base_model_name_or_path")
                            .asText());
            SafeTensors.write(
                    folder.resolve("adapter_model.safetensors"), adapter.parameters(), Map.of("format", "pt"));
            try (LoraAdapter ofPeft = LoraAdapter.load(other, folder)) {
                assertEquals(new LoraAdapter.Base("teacher", ""), ofPeft.base());
                assertTrue(ofPeft.base().toString().contains("not compared"), "what peft does not say is said");
            }
        }
    }

    @Test
    void labelsOfABrokenModelHaveNoProbability() {
        try (Llama broken = Llama.create(torch, model.config(), 7).trainable(false)) {
            broken.parameters().get("model.norm.weight").muli(Float.NaN);
            String said = assertThrows(
                            NotFiniteException.class,
                            () -> LabelScorer.probabilities(
                                    broken, List.of(new int[] {1, 2}), List.of(3, 4), Progress.NONE))
                    .getMessage();
            assertTrue(said.startsWith("The logits of the labels after prompt 0 hold NaN"), said);
        }
    }

    @Test
    void anInterruptStopsWithinAStepAndKeepsWhatWasLearned() {
        Thread.currentThread().interrupt();
        LoraTuning.TuningResult early = LoraTuning.of(LORA).run(model, lessons(20, 8), List.of(), Progress.NONE);
        assertTrue(early.interrupted() && early.losses().isEmpty());
        Progress third = new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {
                if (note.startsWith("loss") && done == 3) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void end(String note) {}
        };
        LoraTuning.TuningResult later = LoraTuning.of(LORA).epochs(3).run(model, lessons(20, 8), List.of(), third);
        assertTrue(later.interrupted());
        assertEquals(3, later.losses().size());
    }

    @Test
    void whatCannotBeIsRefusedInASentence() {
        assertThrows(KitException.class, () -> Lora.rank(0));
        assertThrows(KitException.class, () -> Lora.rank(4).matrices("self_attn.z_proj"));
        assertThrows(
                KitException.class, () -> LoraAdapter.create(model, Lora.rank(4).lastLayers(9), 1));
        assertThrows(KitException.class, () -> new Encoded(new int[] {1, 2}, 2));
        assertThrows(KitException.class, () -> LoraTuning.of(LORA).run(model, List.of(), List.of(), Progress.NONE));
    }

    @Test
    void anAdapterForPeftSaysWhereItsBaseIsToBeOpened(@TempDir Path folder) throws Exception {
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA, 3)) {
            adapter.save(folder, "models/base");
            ObjectNode config = (ObjectNode) new ObjectMapper()
                    .readTree(folder.resolve("adapter_config.json").toFile());
            assertEquals("models/base", config.get("base_model_name_or_path").asText());
            assertEquals("CAUSAL_LM", config.get("task_type").asText());
            try (LoraAdapter again =
                    LoraAdapter.load(model, folder)) { // its weights are compared, whatever it is called
                assertEquals("models/base", again.base().name());
                assertEquals(model.fingerprint(), again.base().weights());
            }
            assertThrows(KitException.class, () -> adapter.save(folder, " "));
        }
    }
}
