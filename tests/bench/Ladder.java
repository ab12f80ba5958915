import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.search.CumulativeAblation;
import kawi.search.CumulativeAblation.AblationSettings;
import kawi.search.Recipe;
import kawi.text.TokenFile;
import kawi.torch.Torch;

/**
 * The kit's fastest recipe on Tiny Shakespeare's characters, at nanoGPT's size for a CPU (4 layers, 4 heads, width 128,
 * windows of 64), scored on the whole validation split: {@code Ladder DATA THREADS full|quick STEPS SEEDS
 * fastest|ladder TEXT}. Its peer is characters.py.
 *
 * <p>{@code fastest} trains {@link Recipe#fastest} for STEPS steps, a number settled before, so that the schedule ends
 * there: the mean seconds of training (evaluation left out), the mean loss and the largest. {@code ladder} trains all
 * rungs and notes each.
 */
public class Ladder {

    private static final int WARM_UP = 20;

    public static void main(String[] args) {
        Path data = Path.of(args[0]);
        boolean quick = args[2].equals("quick");
        long steps = quick ? 20 : Long.parseLong(args[3]);
        int seeds = quick ? 1 : Integer.parseInt(args[4]);
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1);
                TokenFile train = TokenFile.open(data.resolve(args[6] + ".train.tokens"));
                TokenFile validation = TokenFile.open(data.resolve(args[6] + ".validation.tokens"))) {
            torch.bf16(false);
            GptConfig config = GptConfig.of(train.vocabularySize())
                    .layers(4)
                    .heads(4)
                    .width(128)
                    .context(64);
            List<Recipe> rungs =
                    args[5].equals("ladder") ? Recipe.ladder(config, steps) : List.of(Recipe.fastest(config, steps));
            AblationSettings rules = new AblationSettings(seeds, 1, Integer.MAX_VALUE, config.context());
            CumulativeAblation.run(
                    torch,
                    List.of(Recipe.fastest(config, WARM_UP)),
                    train,
                    validation,
                    new AblationSettings(1, 0, 1, config.context()),
                    Progress.NONE);
            CumulativeAblation ladder = CumulativeAblation.run(torch, rungs, train, validation, rules, Progress.NONE);
            Recipe last = rungs.get(rungs.size() - 1);
            double[] losses = ladder.losses(last.name());
            System.out.println("result seconds " + ladder.seconds(last.name()));
            System.out.println("result steps " + last.schedule().steps());
            System.out.println("result loss " + Arrays.stream(losses).average().orElseThrow());
            System.out.println(
                    "result highest_loss " + Arrays.stream(losses).max().orElseThrow());
            for (CumulativeAblation.Run run : ladder.runs()) {
                System.out.println(String.format(
                        Locale.ROOT,
                        "note %s, seed %d: loss %.4f after %.1f s",
                        run.rung(),
                        run.seed(),
                        run.loss(),
                        run.seconds()));
            }
        }
    }
}
