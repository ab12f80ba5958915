import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kawi.evidence.Progress;
import kawi.model.Export;
import kawi.model.Generation;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.readers.Catalog;
import kawi.template.ChatTemplate;
import kawi.text.TokenFile;
import kawi.torch.GgufType;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;
import kawi.tune.Lora;
import kawi.tune.Sentiment;
import kawi.tune.Tuned;

/**
 * Tunes SmolLM2 a little and writes what other programs are to open, with what the kit's model says: {@code Exports
 * DATA THREADS full|quick}. exports.py opens the base, the adapter and the merged model with transformers and peft,
 * exports_llama.py the GGUF files with llama.cpp.
 */
public class Exports {

    private static final int TOKENS = 96;
    private static final String QUESTION = "What is a tokenizer? Answer in one sentence.";

    private static Path place;

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]).toAbsolutePath();
        place = Files.createDirectories(data.resolve("export"));
        Catalog catalog = Catalog.open(Path.of(System.getenv("KAWI_HOME"), "datasets", "catalog.json"));
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1);
                Pretrained smol = Pretrained.load(torch, data.resolve("smollm2.gguf"));
                Tuned tuned = Tuned.learn(
                        smol,
                        new Sentiment(),
                        Sentiment.examples(catalog, 64, 8).train(),
                        Lora.rank(8).lastLayers(8),
                        Progress.NONE);
                TokenFile scored = TokenFile.open(data.resolve("scored.tokens"));
                NDManager work = torch.manager().newSubManager()) {
            long[] ids = Arrays.stream(scored.read(0, TOKENS)).asLongStream().toArray();
            NDArray tokens = work.create(ids, new Shape(1, TOKENS));
            Map<String, NDArray> said = new LinkedHashMap<>(Map.of("ids", tokens));
            smol.model().adapter(null); // the tuned model's stays in use after its training
            said.put("base", logits(smol, tokens));
            Path base = Export.of(smol).folder(place.resolve("base"));
            tuned.save(place.resolve("adapter"), base.toString());
            tuned.export().folder(place.resolve("tuned"));
            tuned.putInPlace();
            said.put("tuned", logits(smol, tokens));
            answer(smol, List.of(new ChatTemplate.Turn("user", QUESTION)));
            for (GgufType type : List.of(GgufType.F16, GgufType.Q8_0)) {
                Path file = tuned.export().gguf(place.resolve("tuned-" + type + ".gguf"), type);
                System.out.println("result " + type + "_megabytes " + Files.size(file) / 1e6);
                try (Pretrained again = Pretrained.load(torch, file)) {
                    said.put(type.toString(), logits(again, tokens));
                }
            }
            SafeTensors.write(place.resolve("logits.safetensors"), said, Map.of());
            NDArray change = said.get("tuned").sub(said.get("base")).abs().max();
            System.out.println("result tuning_changed " + change.getFloat());
        }
    }

    private static NDArray logits(Pretrained model, NDArray tokens) {
        return model.model()
                .torch()
                .inference(() -> model.model().logits(model.model().hidden(tokens)));
    }

    /** The question as the tuned model reads it, and what it says. */
    private static void answer(Pretrained model, List<ChatTemplate.Turn> turns) throws Exception {
        int[] prompt = model.chat().ids(model.tokenizer(), turns);
        Generation said = model.generator()
                .continueIds(List.of(prompt), Sampling.greedy(32), Progress.NONE)
                .get(0);
        Files.writeString(place.resolve("question.txt"), QUESTION);
        System.out.println("result prompt_ids " + commas(prompt));
        System.out.println("result answer_ids " + commas(said.ids()));
    }

    private static String commas(int[] ids) {
        return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }
}
