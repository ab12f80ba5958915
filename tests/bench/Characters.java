import java.nio.file.Path;
import kawi.evidence.Progress;
import kawi.model.Gpt;
import kawi.model.GptConfig;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Evaluation;
import kawi.train.Schedule;
import kawi.train.Trainer;
import kawi.train.Training;

/**
 * nanoGPT's recipe for a CPU on Tiny Shakespeare's characters, by the kit's own trainer, then the loss on the whole
 * validation split: {@code Characters DATA THREADS full|quick SEED TEXT}. Its peer is characters.py. 4 layers, 4 heads,
 * width 128, windows of 64, batches of 12, 2,000 steps, rate 1e-3 after 100 steps of warm-up and then by a cosine to
 * 1e-4, betas 0.9 and 0.99, decay 0.1 of matrices, clipping at 1, no dropout.
 */
public class Characters {

    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        int steps = args[2].equals("quick") ? 100 : 2000;
        long seed = Long.parseLong(args[3]);
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), seed);
                TokenFile train = TokenFile.open(data.resolve(args[4] + ".train.tokens"));
                TokenFile validation = TokenFile.open(data.resolve(args[4] + ".validation.tokens"))) {
            torch.bf16(false);
            GptConfig config = GptConfig.of(train.vocabularySize())
                    .layers(4)
                    .heads(4)
                    .width(128)
                    .context(64);
            try (Gpt model = Gpt.create(torch, config)) {
                long start = System.nanoTime();
                Training training = Trainer.of(model, train, null)
                        .batch(12)
                        .optimizer(new AdamW(1e-3, 0.9, 0.99, 1e-8, 0.1))
                        .schedule(Schedule.cosine(Math.min(100, steps / 2), steps))
                        .seed(seed)
                        .run(Progress.NONE);
                System.out.println("result seconds " + (System.nanoTime() - start) / 1e9);
                System.out.println("result steps " + training.steps());
                Evaluation whole = Evaluation.of(model, validation, config.context(), Integer.MAX_VALUE, 64);
                System.out.println("result loss " + whole.nats());
            }
        }
    }
}
