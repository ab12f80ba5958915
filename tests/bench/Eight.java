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
 * SmolLM2-135M goes on with eight texts of different lengths at once, and with one of them alone, prompts read anew
 * each time: {@code Eight DATA THREADS full|quick FP32|INT8}. Its peer is eight.py.
 */
public class Eight {

    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        Sampling sampling = Sampling.greedy(args[2].equals("quick") ? 32 : 128);
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1);
                TokenFile file = TokenFile.open(data.resolve("scored.tokens"));
                Pretrained smol = Pretrained.load(torch, data.resolve("smollm2.gguf"), Precision.valueOf(args[3]))) {
            Generator generator = new Generator(smol.model(), smol.tokenizer());
            List<int[]> eight = IntStream.range(0, 8)
                    .mapToObj(i -> file.read(512L * i, 100 + 4 * i))
                    .toList();
            generator.continueIds(eight, sampling.maxTokens(16), Progress.NONE); // warms up
            generator.continueIds(eight.subList(0, 1), sampling.maxTokens(16), Progress.NONE);
            double alone = rate(generator, eight.subList(0, 1), sampling, false);
            double together = rate(generator, eight, sampling, true);
            System.out.println("result tokens/s " + together);
            System.out.println("result times_one " + together / alone);
        }
    }

    /** Tokens written in a second, of all texts together. */
    private static double rate(Generator generator, List<int[]> prompts, Sampling sampling, boolean told) {
        long began = System.nanoTime();
        List<Generation> texts = generator.continueIds(prompts, sampling, Progress.NONE);
        double seconds = (System.nanoTime() - began) / 1e9;
        if (told) {
            System.out.println("result ids "
                    + IntStream.of(texts.get(0).ids())
                            .limit(32)
                            .mapToObj(String::valueOf)
                            .collect(Collectors.joining(",")));
        }
        return texts.stream().mapToInt(text -> text.ids().length).sum() / seconds;
    }
}
