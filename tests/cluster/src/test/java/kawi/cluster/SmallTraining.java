package kawi.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Schedule;
import kawi.train.Trainer;
import kawi.train.Training;

/** A training of a second, for tests that do something to the workers meanwhile. */
final class SmallTraining {
    static final GptConfig CONFIG =
            GptConfig.of(64).context(16).layers(2).heads(2).width(32);

    private final Torch torch;
    private final TokenFile train;
    private final TokenFile validation;
    private final int steps;

    SmallTraining(Torch torch, Path folder, int steps) {
        this.torch = torch;
        this.train = text(folder.resolve("train.tokens"), 5000, 1);
        this.validation = text(folder.resolve("validation.tokens"), 1000, 2);
        this.steps = steps;
    }

    static Torch engine() {
        Torch torch = Torch.open("cpu", 1, 7);
        torch.bf16(false);
        return torch;
    }

    static TokenFile text(Path file, int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] ids = new int[length];
        for (int i = 1; i < length; i++) {
            ids[i] = (ids[i - 1] * 5 + 3 + random.nextInt(4)) % 64;
        }
        try (var writer = TokenFile.writer(file, 64)) {
            writer.document(ids, 3L * length).finish();
        }
        return TokenFile.open(file);
    }

    LanguageModel model() {
        return CONFIG.create(torch, 3);
    }

    Trainer trainer(LanguageModel model) {
        return Trainer.of(model, train, validation)
                .batch(2)
                .accumulate(2)
                .schedule(Schedule.cosine(2, steps))
                .evaluateEvery(4)
                .seed(5);
    }

    /** What a run ended in. */
    record Outcome(String weights, List<Double> losses) {
        static Outcome of(LanguageModel model, Training training) {
            return new Outcome(
                    model.fingerprint(),
                    training.history().stream().map(Training.Point::loss).toList());
        }
    }

    Outcome alone() {
        try (LanguageModel model = model()) {
            return Outcome.of(model, trainer(model).run(Progress.NONE));
        }
    }

    Outcome on(Cluster cluster) {
        try (LanguageModel model = model()) {
            return Outcome.of(
                    model, DistributedTrainer.of(trainer(model), cluster).run(Progress.NONE));
        }
    }

    void close() {
        train.close();
        validation.close();
    }
}
