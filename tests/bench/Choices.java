import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import kawi.eval.ChoiceQuestion;
import kawi.eval.ChoiceTask;
import kawi.eval.Continuations;
import kawi.eval.MultipleChoice;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;
import kawi.torch.Torch;

/**
 * SmolLM2-135M answers the first 200 questions of PIQA and of OpenBookQA by the log-likelihood of each answer, zero
 * shot: {@code Choices DATA THREADS full|quick}. Its peer is choices.py, EleutherAI's harness on the folder that this
 * program exports the model to.
 */
public class Choices {

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        Path datasets = Path.of(System.getenv("KAWI_HOME")).resolve("datasets");
        Catalog catalog = Catalog.open(datasets.resolve("catalog.json"));
        int most = args[2].equals("quick") ? 8 : 200;
        try (Torch torch = Torch.open("cpu", Integer.parseInt(args[1]), 1);
                Pretrained smol = Pretrained.load(torch, data.resolve("smollm2.gguf"))) {
            Path exported = data.resolve("smollm2-kit");
            if (!Files.exists(exported.resolve("tokenizer.json"))) {
                smol.model().save(exported);
                smol.tokenizer().save(exported.resolve("tokenizer.json"));
            }
            Continuations scorer = Continuations.of(smol);
            double seconds = 0;
            double nats = 0;
            int answers = 0;
            for (String name : List.of("piqa", "openbookqa")) {
                ChoiceTask task = ChoiceTask.read(datasets.resolve("benchmarks/" + name + ".json"));
                List<ChoiceQuestion> questions =
                        task.questions(catalog).questions().subList(0, most);
                MultipleChoice.of(scorer, task, questions.subList(0, 4), List.of(), Progress.NONE); // warms up
                long start = System.nanoTime();
                MultipleChoice asked = MultipleChoice.of(scorer, task, questions, List.of(), Progress.NONE);
                seconds += (System.nanoTime() - start) / 1e9;
                List<String> said = new ArrayList<>();
                List<String> chosen = new ArrayList<>();
                for (int i = 0; i < most; i++) {
                    for (double each : asked.nats(i)) {
                        nats += each;
                        answers++;
                        said.add(String.format(Locale.ROOT, "%.5f", -each));
                    }
                    chosen.add(asked.choice(i, false) + "/" + asked.choice(i, true));
                }
                System.out.println("result " + name + "_log_likelihoods " + String.join(",", said));
                System.out.println("result " + name + "_choices " + String.join(",", chosen));
                System.out.println("result " + name + "_acc " + asked.acc().score());
                System.out.println(
                        "result " + name + "_acc_norm " + asked.accNorm().score());
            }
            System.out.println("result seconds " + seconds);
            System.out.println("result nats " + nats / answers);
        }
    }
}
