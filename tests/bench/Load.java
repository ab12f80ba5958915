import java.nio.file.Path;
import kawi.model.Pretrained;
import kawi.torch.Torch;

/**
 * Reads SmolLM2-135M and its tokenizer from a GGUF file that the system has in memory: {@code Load DATA THREADS
 * full|quick}. Its peer is load.py.
 */
public class Load {

    public static void main(String[] args) {
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1)) {
            long start = System.nanoTime();
            try (Pretrained smol = Pretrained.load(torch, Path.of(args[0], "smollm2.gguf"))) {
                System.out.println("result seconds " + (System.nanoTime() - start) / 1e9);
                System.out.println("result weights_megabytes " + smol.model().parameterCount() * 4 / 1048576.0);
            }
        }
    }
}
