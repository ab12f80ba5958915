import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.model.ModernConfig;
import kawi.model.ParameterRole;
import kawi.model.RecurrentConfig;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Fit;
import kawi.train.Muon;
import kawi.train.Optimizer;
import kawi.train.Schedule;
import kawi.tune.Lora;
import kawi.tune.LoraAdapter;

/**
 * One whole training step of every family of models, as the kit takes it on this CPU: the weights before it, the
 * tokens, the loss, all gradients, their norm before they are clipped, the weights after it and the loss that they
 * give. The weights before it come of a few steps, so that none is zero any more.
 */
final class Steps {

    private static final int BATCH = 4;
    private static final int TIME = 32;
    private static final int VOCABULARY = 96;
    private static final int STEPS_BEFORE = 3;

    private final Torch torch;
    private final Path folder;
    private final ArrayNode families = new ObjectMapper().createArrayNode();

    private Steps(Torch torch, Path folder) {
        this.torch = torch;
        this.folder = folder;
    }

    static void write(Torch torch, Path folder) throws IOException {
        Steps steps = new Steps(torch, folder);
        GptConfig gpt =
                GptConfig.of(VOCABULARY).context(TIME).layers(2).heads(2).width(64);
        steps.family("gpt", gpt.create(torch, 1), AdamW.defaults(), Map.of("layers", 2, "heads", 2));
        ModernConfig modern = ModernConfig.all(gpt);
        steps.family("modern", modern.create(torch, 1), Muon.defaults(), Map.of("layers", 2, "heads", 2));
        for (RecurrentConfig.Cell cell : RecurrentConfig.Cell.values()) {
            RecurrentConfig config =
                    RecurrentConfig.of(cell, VOCABULARY).context(TIME).layers(2).width(64);
            steps.family(cell.name().toLowerCase(), config.create(torch, 1), AdamW.defaults(), Map.of("layers", 2));
        }
        LlamaConfig llama = new LlamaConfig(VOCABULARY, TIME, 2, 64, 160, 4, 2, 16, 10_000, 1e-5, true);
        Map<String, Object> sizes = Map.of(
                "layers",
                2,
                "heads",
                llama.heads(),
                "groups",
                llama.keyValueHeads(),
                "eps",
                llama.epsilon(),
                "base",
                llama.ropeBase());
        steps.family("llama", llama.create(torch, 1), AdamW.defaults(), sizes);
        Llama adapted = Llama.create(torch, llama, 1);
        Lora lora = Lora.rank(4);
        LoraAdapter adapter = LoraAdapter.create(adapted, lora, 1);
        adapted.adapter(adapter);
        Map<String, Object> more = new LinkedHashMap<>(sizes);
        more.put("scale", lora.alpha() / lora.rank());
        steps.family("lora", adapted, adapter.parameters(), Map.of(), AdamW.defaults(), more);
        Files.writeString(folder.resolve("steps.json"), steps.families.toString());
    }

    private void family(String name, LanguageModel model, Optimizer optimizer, Map<String, ?> sizes) {
        family(name, model, model.parameters(), model.roles(), optimizer, sizes);
    }

    private void family(
            String name,
            LanguageModel model,
            Map<String, NDArray> learned,
            Map<String, ParameterRole> roles,
            Optimizer optimizer,
            Map<String, ?> sizes) {
        try (NDManager work = torch.manager().newSubManager()) {
            SplittableRandom random = new SplittableRandom(3);
            Shape shape = new Shape(BATCH, TIME);
            NDArray ids = work.create(random.longs(shape.size(), 0, VOCABULARY).toArray(), shape);
            NDArray targets =
                    work.create(random.longs(shape.size(), 0, VOCABULARY).toArray(), shape);
            Fit.Loss loss = step -> model.loss(ids, targets);
            Map<String, NDArray> tensors = new LinkedHashMap<>(Map.of("ids", ids, "targets", targets));
            try (Fit before = Fit.of(torch, learned, roles, optimizer, Schedule.constant(STEPS_BEFORE))) {
                for (int i = 0; i < STEPS_BEFORE; i++) {
                    before.step(1, loss);
                }
            }
            Map<String, NDArray> all = new LinkedHashMap<>(model.parameters());
            all.putAll(learned);
            all.forEach((each, weight) -> tensors.put("before " + each, copy(work, weight)));
            ObjectNode told = families.addObject().put("family", name);
            told.set("sizes", new ObjectMapper().valueToTree(sizes));
            told.set("optimizer", new ObjectMapper().valueToTree(optimizer.settings()));
            told.set("learned", new ObjectMapper().valueToTree(learned.keySet()));
            ObjectNode named = told.putObject("roles");
            roles.forEach(
                    (each, role) -> named.put(each, role.hidden() ? role.name() : role.decays() ? "decays" : "plain"));
            try (Fit fit = Fit.of(torch, learned, roles, optimizer, Schedule.constant(1))) {
                List<NDArray> leaves = List.copyOf(learned.values());
                Supplier<List<NDArray>> gradients = () -> torch.ops().gradients(work, model.loss(ids, targets), leaves);
                List<NDArray> found = torch.training(gradients);
                int i = 0;
                for (String each : learned.keySet()) {
                    tensors.put("gradient " + each, found.get(i++));
                }
                Fit.Step step = fit.step(1, loss);
                told.put("loss", step.loss()).put("norm", step.gradientNorm());
            }
            learned.forEach((each, weight) -> tensors.put("after " + each, copy(work, weight)));
            told.put(
                    "loss after", torch.inference(() -> model.loss(ids, targets).getFloat()));
            SafeTensors.write(folder.resolve("step-" + name + ".safetensors"), tensors, Map.of());
        }
        model.close();
    }

    private NDArray copy(NDManager work, NDArray array) {
        return torch.inference(() -> torch.ops().copy(work, array));
    }
}
