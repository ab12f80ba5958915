import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.LlamaConfig;
import kawi.model.ModelConfig;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;

/**
 * Saves a GPT and a Llama of the kit's own with what they say to some tokens: {@code Exchange DATA THREADS full|quick}.
 * exchange.py then opens both with transformers. The weights are drawn, and made larger, so that a layout that was read
 * wrongly could not go unseen.
 */
public class Exchange {

    public static void main(String[] args) {
        Map<String, ModelConfig> configs = new LinkedHashMap<>();
        configs.put("gpt", GptConfig.of(211).layers(3).heads(4).width(64).context(48));
        configs.put("llama", new LlamaConfig(211, 48, 3, 64, 160, 4, 2, 16, 10000, 1e-5, true));
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1)) {
            configs.forEach((name, config) -> {
                try (LanguageModel model = LanguageModel.create(torch, config, 7);
                        NDManager work = torch.manager().newSubManager()) {
                    torch.inference(() -> {
                        model.parameters().values().stream()
                                .filter(weight -> weight.getShape().dimension() == 2)
                                .forEach(weight ->
                                        torch.ops().assign(weight, torch.ops().scale(weight, 5)));
                        long[] ids = new long[2 * 40];
                        for (int i = 0; i < ids.length; i++) {
                            ids[i] = (i * 37 + 11) % 211;
                        }
                        NDArray tokens = work.create(ids, new Shape(2, 40));
                        NDArray logits = model.logits(model.hidden(tokens));
                        Path folder = Path.of(args[0], "exchange", name);
                        model.save(folder);
                        SafeTensors.write(folder.resolve("logits.safetensors"), Map.of("logits", logits), Map.of());
                        return null;
                    });
                }
            });
        }
        System.out.println("result saved " + configs.size());
    }
}
