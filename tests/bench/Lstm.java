import java.nio.file.Path;
import java.util.Arrays;
import kawi.model.Recurrent;
import kawi.model.RecurrentConfig;
import kawi.model.RecurrentConfig.Cell;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.Fit;
import kawi.train.Schedule;

/**
 * One optimizer step of an LSTM of 2 layers and width 256 over characters, 16 windows of 128, in float32: {@code Lstm
 * DATA THREADS full|quick}. Its peer is lstm.py.
 */
public class Lstm {

    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        boolean quick = args[2].equals("quick");
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1);
                TokenFile text = TokenFile.open(data.resolve("characters.train.tokens"))) {
            torch.bf16(false);
            RecurrentConfig config = RecurrentConfig.of(Cell.LSTM, text.vocabularySize())
                    .layers(2)
                    .width(256)
                    .context(128);
            Batches batches = new Batches(text, 16, config.context(), 1);
            double[] seconds = new double[quick ? 3 : 40];
            double loss = 0;
            try (Recurrent model = Recurrent.create(torch, config);
                    Fit fit = Fit.of(torch, model.parameters(), AdamW.defaults(), Schedule.cosine(100, 2000))) {
                for (int step = quick ? -1 : -10; step < seconds.length; step++) { // the first ones warm up
                    long start = System.nanoTime();
                    loss = fit.step(1, work -> {
                                Batch batch = batches.next();
                                return model.loss(batch.ids(work), batch.targets(work));
                            })
                            .loss();
                    seconds[Math.max(0, step)] = (System.nanoTime() - start) / 1e9;
                }
            }
            Arrays.sort(seconds);
            System.out.println("result seconds " + seconds[seconds.length / 2]);
            System.out.println("result loss " + loss);
        }
    }
}
