package elsewhere;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import kawi.eval.Classification;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.model.Pretrained;
import kawi.model.SpecialTokens;
import kawi.stats.PairedComparison;
import kawi.text.Bpe;
import kawi.text.Tokenizer;
import kawi.torch.Torch;
import kawi.tune.Example;
import kawi.tune.Examples;
import kawi.tune.Lora;
import kawi.tune.LoraTuning;
import kawi.tune.Predictions;
import kawi.tune.Predictor;
import kawi.tune.Task;
import kawi.tune.Tuned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that the library does not know are written outside it, and go all the way that the library's tasks go. */
class OwnTaskTest {
    private static final List<String> ANIMALS = List.of("cat", "dog", "cow", "hen", "fox", "owl");
    private static final List<String> PLACES =
            List.of("house", "field", "wood", "yard", "barn", "road", "hill", "lane");

    /** Whether an animal is told of in the day or at night. */
    private record TimeOfDay() implements Task {
        @Override
        public String name() {
            return "time-of-day";
        }

        @Override
        public String prompt(Example example) {
            return example.input() + " Time:";
        }

        @Override
        public String instruction(Example example) {
            return prompt(example);
        }

        @Override
        public String completion(String answer) {
            return " " + answer;
        }

        @Override
        public List<String> choices() {
            return List.of("day", "night");
        }

        @Override
        public int answerTokens() {
            return 1;
        }

        @Override
        public LoraTuning recipe(Lora lora) {
            return LoraTuning.of(lora).epochs(12).rate(0.01);
        }
    }

    /** Names the animal, as free text. */
    private record NameTheAnimal() implements Task {
        @Override
        public String name() {
            return "animal";
        }

        @Override
        public String prompt(Example example) {
            return example.input() + " Who?";
        }

        @Override
        public String instruction(Example example) {
            return "Which animal is it? " + example.input();
        }

        @Override
        public String completion(String answer) {
            return " " + answer + "\n";
        }

        @Override
        public int answerTokens() {
            return 3;
        }

        @Override
        public LoraTuning recipe(Lora lora) {
            return LoraTuning.of(lora);
        }
    }

    private static List<Example> sentences() {
        List<Example> all = new ArrayList<>();
        for (String animal : ANIMALS) {
            for (String place : PLACES) {
                boolean night = (ANIMALS.indexOf(animal) + PLACES.indexOf(place)) % 2 == 0;
                all.add(Example.of(
                        place,
                        "",
                        "The " + animal + " of the " + place + (night ? " sleeps." : " eats."),
                        List.of(night ? "night" : "day")));
            }
        }
        return all;
    }

    private static Tokenizer tokenizer() {
        List<String> texts = new ArrayList<>();
        sentences().forEach(e -> texts.add(e.input() + " Time: " + e.answer() + " Who? " + e.input()));
        return Bpe.train(texts, 400, Progress.NONE);
    }

    @Test
    void anOwnTaskIsSplitLearnedAskedScoredAndKept(@TempDir Path folder) {
        // sentences that differ in a word are near-duplicates of each other by their words: told apart by place
        Examples examples = Examples.split(sentences(), 30, 12, e -> e.input().replaceAll("The (\\w+) of the", "$1"));
        assertTrue(examples.train().size() >= 20 && examples.test().size() >= 8, examples.toString());
        Predictor baseline = asked -> Collections.nCopies(asked.size(), "day");
        Task task = new TimeOfDay();
        Tokenizer tokenizer = tokenizer();
        try (Torch torch = Torch.open("cpu", 1, 1);
                Pretrained base =
                        new Pretrained("tiny", model(torch, tokenizer), tokenizer, SpecialTokens.of(tokenizer), null);
                Tuned tuned = Tuned.learn(base, task, examples.train(), Lora.rank(4), Progress.NONE)) {
            List<String> gold = examples.test().stream().map(Example::answer).toList();
            List<String> before = Tuned.untouched(base, task).predict(examples.test());
            List<String> after = tuned.predict(examples.test());
            List<String> classic = baseline.predict(examples.test());
            Classification untuned = Classification.of(gold, before);
            Classification scored = Classification.of(gold, after);
            assertTrue(task.choices().containsAll(before) && task.choices().containsAll(after), after.toString());
            assertTrue(scored.accuracy().interval(1).defined());
            assertEquals(
                    gold.size(),
                    PairedComparison.mcnemar("accuracy", untuned.right(), scored.right(), 1)
                            .examples());
            double[] night = new double[gold.size()];
            double[][] probabilities = tuned.probabilities(examples.test());
            for (int i = 0; i < night.length; i++) {
                night[i] = probabilities[i][1];
                assertEquals(night[i] >= 0.5 ? "night" : "day", after.get(i));
            }
            List<Predictions.Row> rows = Predictions.rows(examples.test(), before, after, classic, night);
            Predictions.write(folder.resolve("predictions.jsonl"), rows);
            assertEquals(rows, Predictions.read(folder.resolve("predictions.jsonl")));
            tuned.save(folder);
            try (Tuned again = Tuned.load(base, task, folder)) {
                assertArrayEquals(probabilities[0], again.probabilities(examples.test())[0], 1e-6);
            }
        }
    }

    @Test
    void anOwnTaskWithFreeAnswersIsLearnedAndAsked() {
        List<Example> lessons = sentences().stream()
                .map(e -> Example.of(e.slice(), "", e.input(), List.of(e.input().split(" ")[1])))
                .toList();
        Tokenizer tokenizer = tokenizer();
        try (Torch torch = Torch.open("cpu", 1, 1);
                Pretrained base =
                        new Pretrained("tiny", model(torch, tokenizer), tokenizer, SpecialTokens.of(tokenizer), null);
                Tuned tuned = Tuned.learn(base, new NameTheAnimal(), lessons, Lora.rank(4), Progress.NONE)) {
            List<String> answers = tuned.predict(lessons.subList(0, 5));
            assertEquals(5, answers.size());
            assertEquals(answers, tuned.predict(lessons.subList(0, 5)));
        }
    }

    private static Llama model(Torch torch, Tokenizer tokenizer) {
        return Llama.create(torch, new LlamaConfig(tokenizer.size(), 64, 2, 32, 48, 4, 2, 8, 10000, 1e-5, true), 3)
                .trainable(false);
    }
}
