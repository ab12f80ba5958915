package kawi.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;

/**
 * Trains a language model on a token file: the settings of a run, and {@link #run} to do it. {@link TrainingLoop} is
 * the loop.
 *
 * <pre>{@code
 * Training training = Trainer.of(model, train, validation).batch(12).context(64).optimizer(AdamW.defaults())
 *     .schedule(Schedule.cosine(100, 2000)).checkpoints(folder).run(progress);
 * }</pre>
 *
 * <p>With a folder for checkpoints a run that was interrupted, killed or paused goes on where it stopped when
 * {@link #run} is called again with the same settings, in this process or another, and ends with the same bytes as one
 * that was never stopped.
 */
public final class Trainer {
    final LanguageModel model;
    final TokenFile train;
    final TokenFile validation;
    int batch = 8;
    int accumulate = 1;
    int context;
    Optimizer optimizer = AdamW.defaults();
    Schedule schedule = Schedule.cosine(50, 500);
    double clip = 1.0;
    long seed = 1;
    long evaluateEvery;
    int evaluationWindows = 64;
    int patience = Integer.MAX_VALUE;
    long pauseAt = Long.MAX_VALUE;
    Path checkpoints;
    Path energyCounters = Energy.COUNTERS;
    long sampleEvery = Long.MAX_VALUE;
    Supplier<String> sample;
    private Training finished;

    private Trainer(LanguageModel model, TokenFile train, TokenFile validation) {
        this.model = model;
        this.train = train;
        this.validation = validation;
        this.context = model.context();
    }

    /**
     * @param train the text to learn from
     * @param validation the text to be judged on; null for none, and then nothing is evaluated
     * @throws KitException if a token of the files is not in the model's vocabulary
     */
    public static Trainer of(LanguageModel model, TokenFile train, TokenFile validation) {
        for (TokenFile each : validation == null ? new TokenFile[] {train} : new TokenFile[] {train, validation}) {
            if (each.vocabularySize() > model.vocabularySize()) {
                throw new KitException("The token file was written with a vocabulary of " + each.vocabularySize()
                        + " but the model knows " + model.vocabularySize()
                        + " tokens: build the model with the tokenizer's size.");
            }
        }
        return new Trainer(model, train, validation);
    }

    /** {@return windows in one forward pass; 8 unless set} */
    public Trainer batch(int windows) {
        this.batch = windows;
        return this;
    }

    /**
     * Forward passes whose gradients are averaged for one step; 1 unless set.
     *
     * @throws KitException if fewer than 1
     */
    public Trainer accumulate(int passes) {
        if (passes < 1) {
            throw new KitException("Gradients cannot be accumulated over " + passes + " passes: give 1 or more.");
        }
        this.accumulate = passes;
        return this;
    }

    /**
     * {@return tokens in a window; the model's context unless set}
     *
     * @throws KitException if more than the model's context
     */
    public Trainer context(int tokens) {
        if (tokens > model.context()) {
            throw new KitException("Windows of " + tokens + " tokens are longer than the model's context of "
                    + model.context() + ": give at most that.");
        }
        this.context = tokens;
        return this;
    }

    /** {@return what turns a gradient into a step; {@link AdamW#defaults()} unless set} */
    public Trainer optimizer(Optimizer rule) {
        this.optimizer = rule;
        return this;
    }

    /** {@return the course of the learning rate, and with it the number of steps} */
    public Trainer schedule(Schedule course) {
        this.schedule = course;
        return this;
    }

    /** {@return the global gradient norm above which gradients are shortened; 1 unless set} */
    public Trainer clip(double norm) {
        this.clip = norm;
        return this;
    }

    /** {@return which windows are drawn, and every other chance} */
    public Trainer seed(long number) {
        this.seed = number;
        return this;
    }

    /** {@return steps between evaluations, and between checkpoints; a twentieth of the run unless set} */
    public Trainer evaluateEvery(long steps) {
        this.evaluateEvery = steps;
        return this;
    }

    /** {@return how many windows of the validation text an evaluation scores, the same each time; 64 unless set} */
    public Trainer evaluationWindows(int windows) {
        this.evaluationWindows = windows;
        return this;
    }

    /** Stops when so many evaluations in a row brought no lower loss. */
    public Trainer patience(int evaluations) {
        this.patience = evaluations;
        return this;
    }

    /** Stops after this step, as if interrupted there: a later run without a pause goes on. */
    public Trainer pauseAt(long step) {
        this.pauseAt = step;
        return this;
    }

    /** {@return where the last and the best checkpoint are kept; none are kept unless set} */
    public Trainer checkpoints(Path folder) {
        this.checkpoints = folder;
        return this;
    }

    /** Shows a text of the model's every so many steps. */
    public Trainer sample(long everySteps, Supplier<String> text) {
        this.sampleEvery = everySteps;
        this.sample = text;
        return this;
    }

    /** {@return the loss on this trainer's windows of a text, with its interval} */
    public Evaluation evaluate(TokenFile split) {
        return Evaluation.of(model, split, context, evaluationWindows, batch);
    }

    /**
     * Trains until the schedule ends, the patience does, or the thread is interrupted; in the last case within a pass,
     * with a checkpoint kept where there is a folder for it. A complete run leaves the weights of its best evaluation
     * in the model; asked again, it only returns its result.
     *
     * @throws KitException if the loss becomes NaN, infinite or larger than twice that of blind guessing, naming the
     *     step, the batch and the checkpoint to go back to; if a text is too short; if a checkpoint cannot be written
     */
    public Training run(Progress progress) {
        return Fit.alone(() -> runAlone(progress));
    }

    private Training runAlone(Progress progress) {
        if (finished == null) {
            Training training = new TrainingLoop(this, progress).run();
            if (training.end() == Training.End.PAUSED || training.end() == Training.End.INTERRUPTED) {
                return training;
            }
            finished = training;
        }
        return finished;
    }

    /** {@return the optimizer that is set} */
    public Optimizer optimizer() {
        return optimizer;
    }

    /** {@return the model that is trained} */
    public LanguageModel model() {
        return model;
    }

    /** {@return the text to learn from} */
    public TokenFile train() {
        return train;
    }

    /** {@return the text to be judged on; null for none} */
    public TokenFile validation() {
        return validation;
    }

    /** {@return tokens in a window} */
    public int context() {
        return context;
    }

    /** {@return which windows are drawn, and every other chance} */
    public long seed() {
        return seed;
    }

    /** {@return how many windows of the validation text an evaluation scores} */
    public int evaluationWindows() {
        return evaluationWindows;
    }

    /** {@return where checkpoints are kept; null where none are} */
    public Path checkpoints() {
        return checkpoints;
    }

    long evaluationInterval() {
        return evaluateEvery > 0 ? evaluateEvery : Math.max(1, schedule.steps() / 20);
    }

    /** Tokens learned from in one step. */
    long tokensPerStep() {
        return (long) batch * accumulate * context;
    }

    /** What must be the same for a run to go on from a checkpoint. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", model.config().describe());
        settings.put("parameters", Long.toString(model.parameterCount()));
        settings.put("train text", text(train));
        settings.put("validation text", text(validation));
        settings.put("batch", Integer.toString(batch));
        settings.put("accumulate", Integer.toString(accumulate));
        settings.put("context", Integer.toString(context));
        settings.put("optimizer", Objects.toString(optimizer));
        settings.put("schedule", Objects.toString(schedule));
        settings.put("clip", Double.toString(clip));
        settings.put("seed", Long.toString(seed));
        settings.put("evaluate every", Long.toString(evaluationInterval()));
        settings.put("evaluation windows", Integer.toString(evaluationWindows));
        return settings;
    }

    private static String text(TokenFile file) {
        return file == null
                ? "none"
                : String.format(Locale.ROOT, "%d tokens, CRC-32C %08x", file.length(), file.checksum());
    }
}
