import java.nio.file.Path;
import java.util.Arrays;
import kawi.model.Gpt;
import kawi.model.GptConfig;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.Fit;
import kawi.train.Schedule;

/**
 * One optimizer step of a GPT-2 of 12.3 M parameters, forward, backward, clipping and AdamW: {@code GptStep DATA
 * THREADS full|quick fp32|bf16}. Its peer is gpt_step.py.
 */
public class GptStep {

    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        boolean quick = args[2].equals("quick");
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1)) {
            torch.bf16(args[3].equals("bf16"));
            if (args[3].equals("bf16") && !torch.bf16()) {
                System.out.println("skipped " + torch.describe());
                return;
            }
            GptConfig config =
                    GptConfig.of(4096).context(256).layers(6).heads(6).width(384);
            Batches batches = new Batches(TokenFile.open(data.resolve("pairs.train.tokens")), 8, config.context(), 1);
            double[] seconds = new double[quick ? 2 : 15];
            double loss = 0;
            try (Gpt model = Gpt.create(torch, config);
                    Fit fit = Fit.of(torch, model.parameters(), AdamW.defaults(), Schedule.cosine(100, 2000))) {
                for (int step = quick ? -1 : -4; step < seconds.length; step++) { // the first ones warm up
                    long start = System.nanoTime();
                    loss = fit.step(1, work -> {
                                Batch batch = batches.next();
                                return model.loss(batch.ids(work), batch.targets(work));
                            })
                            .loss();
                    seconds[Math.max(0, step)] = (System.nanoTime() - start) / 1e9;
                }
                System.out.println("result parameters " + model.parameterCount());
            }
            Arrays.sort(seconds);
            System.out.println("result seconds " + seconds[seconds.length / 2]);
            System.out.println("result loss " + loss);
        }
    }
}
