import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.stream.IntStream;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.text.TokenFile;
import kawi.torch.Torch;

/**
 * SmolLM2-135M reads a text in windows of 512 tokens and says how likely each next token was: {@code Forward DATA
 * THREADS full|quick FP32|INT8}. Its peer is forward.py. One window at a time on both sides, and the mean loss over all
 * of them.
 */
public class Forward {

    private static final int WINDOW = 512;

    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1);
                TokenFile text = TokenFile.open(data.resolve("scored.tokens"));
                Pretrained smol = Pretrained.load(torch, data.resolve("smollm2.gguf"), Precision.valueOf(args[3]))) {
            Llama model = smol.model();
            System.out.println("note ours: " + model.arithmetic());
            int windows = args[2].equals("quick") ? 2 : (int) ((text.length() - 1) / WINDOW);
            nats(model, text, 0); // warms up
            long start = System.nanoTime();
            double nats = IntStream.range(0, windows)
                    .mapToDouble(window -> nats(model, text, window))
                    .average()
                    .orElseThrow();
            System.out.println("result tokens/s " + windows * WINDOW / ((System.nanoTime() - start) / 1e9));
            System.out.println("result nats " + nats);
            double bytesPerToken = text.bytes() / (text.length() - 1.0);
            System.out.println("result bits_per_byte " + nats / Math.log(2) / bytesPerToken);
        }
    }

    private static double nats(Llama model, TokenFile text, int window) {
        long[] ids = IntStream.of(text.read((long) window * WINDOW, WINDOW))
                .asLongStream()
                .toArray();
        long[] next = IntStream.of(text.read((long) window * WINDOW + 1, WINDOW))
                .asLongStream()
                .toArray();
        return model.torch().inference(() -> {
            try (NDManager work = model.torch().manager().newSubManager()) {
                Shape shape = new Shape(1, WINDOW);
                return (double) model.loss(work.create(ids, shape), work.create(next, shape))
                        .getFloat();
            }
        });
    }
}
