import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kawi.evidence.Progress;
import kawi.model.Generation;
import kawi.model.Generator;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.text.TokenFile;
import kawi.torch.Torch;

/**
 * SmolLM2-135M writes 128 tokens greedily after one prompt: {@code Decode DATA THREADS full|quick FP32|INT8}. Its peer
 * is decode.py.
 */
public class Decode {

    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        Sampling sampling = Sampling.greedy(args[2].equals("quick") ? 64 : 128);
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1);
                TokenFile file = TokenFile.open(data.resolve("prompt.tokens"));
                Pretrained smol = Pretrained.load(torch, data.resolve("smollm2.gguf"), Precision.valueOf(args[3]))) {
            Generator generator = new Generator(smol.model(), smol.tokenizer());
            List<int[]> prompt = List.of(file.read(0, (int) file.length()));
            generator.continueIds(prompt, sampling.maxTokens(16), Progress.NONE); // warms up
            Generation text =
                    generator.continueIds(prompt, sampling, Progress.NONE).get(0);
            System.out.println("result tokens/s " + text.ids().length / text.seconds());
            System.out.println("result ids "
                    + IntStream.of(text.ids())
                            .limit(64)
                            .mapToObj(String::valueOf)
                            .collect(Collectors.joining(",")));
        }
    }
}
