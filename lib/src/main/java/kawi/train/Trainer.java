package kawi.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import kawi.evidence.FolderLock;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.Precision;
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
 * {@link #run} is called again with the same settings, in this process or another, and ends on a CPU with the same
 * bytes as one that was never stopped. The same run is one of the same model configuration, weights at the beginning,
 * texts, optimizer, schedule, seed and everything else that is set here, a pause and samples excepted; another is
 * refused, and so is a second process in the folder. It keeps to the {@link kawi.torch.Arithmetic} that it began with.
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
    double dropout;
    long seed = 1;
    long evaluateEvery;
    int evaluationWindows = 64;
    int patience = Integer.MAX_VALUE;
    long pauseAt = Long.MAX_VALUE;
    Path checkpoints;
    Path energyCounters = Energy.COUNTERS;
    long sampleEvery = Long.MAX_VALUE;
    Supplier<String> sample;
    boolean otherArithmetic;
    String beganFrom; // SHA-256 of the weights before the first step of the latest run
    String leftWith; // and of those that it left in the model
    Rounds rounds; // null: the steps are taken here, one by one
    private Training finished;
    private Map<String, String> finishedAs; // the settings of that run
    private Path finishedIn; // and its folder

    private Trainer(LanguageModel model, TokenFile train, TokenFile validation) {
        this.model = model;
        this.train = train;
        this.validation = validation;
        this.context = model.context();
    }

    /**
     * @param model is changed while it is trained
     * @param train the text to learn from
     * @param validation the text to be judged on; null for none, and then nothing is evaluated
     * @return a trainer with the settings that its methods name
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

    /**
     * Sets the windows of one forward pass; 8 unless set.
     *
     * @param windows at least 1
     * @return this
     */
    public Trainer batch(int windows) {
        this.batch = (int) atLeast(1, windows, "The windows of a pass");
        return this;
    }

    /**
     * Sets the forward passes whose gradients are averaged for one step; 1 unless set.
     *
     * @param passes at least 1
     * @return this
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
     * Sets the tokens of a window; the model's context unless set.
     *
     * @param tokens at most the model's context
     * @return this
     * @throws KitException if more than the model's context
     */
    public Trainer context(int tokens) {
        atLeast(1, tokens, "The tokens of a window");
        if (tokens > model.context()) {
            throw new KitException("Windows of " + tokens + " tokens are longer than the model's context of "
                    + model.context() + ": give at most that.");
        }
        this.context = tokens;
        return this;
    }

    /**
     * Sets what turns a gradient into a step; {@link AdamW#defaults()} unless set.
     *
     * @param rule with its peak rate
     * @return this
     */
    public Trainer optimizer(Optimizer rule) {
        this.optimizer = rule;
        return this;
    }

    /**
     * Sets the course of the learning rate, and with it the number of steps; 500 steps unless set.
     *
     * @param course factors of the optimizer's rate
     * @return this
     */
    public Trainer schedule(Schedule course) {
        this.schedule = course;
        return this;
    }

    /**
     * Sets the global norm above which gradients are shortened to it; 1 unless set.
     *
     * @param norm 2-norm over all gradients, positive
     * @return this
     */
    public Trainer clip(double norm) {
        this.clip = norm;
        return this;
    }

    /**
     * Sets the share of a model's intermediate numbers that training sets to zero, drawn anew in each pass (Srivastava
     * et al. 2014); 0 unless set. It helps where a text is read many times, and costs time. The kit's GPTs drop of the
     * embedding and of what each sub-layer adds to the stream, its recurrent networks of the embedding and of the last
     * layer's states; evaluation and generation drop nothing.
     *
     * @param share from 0 to below 1
     * @return this
     * @throws KitException if it is not, here or, where the model has no place for it, as a run begins
     */
    public Trainer dropout(double share) {
        this.dropout = Fit.checked(share);
        return this;
    }

    /**
     * Sets which windows are drawn, and what PyTorch's generator gives in each step; 1 unless set.
     *
     * @param number any; the same number repeats the run
     * @return this
     */
    public Trainer seed(long number) {
        this.seed = number;
        return this;
    }

    /**
     * Sets the steps between evaluations, and between checkpoints; a twentieth of the run unless set.
     *
     * @param steps 0 for a twentieth of the run
     * @return this
     */
    public Trainer evaluateEvery(long steps) {
        this.evaluateEvery = atLeast(0, steps, "The steps between evaluations");
        return this;
    }

    /**
     * Sets how many windows of the validation text an evaluation scores at most, the same each time; 64 unless set.
     *
     * @param windows at least 1
     * @return this
     */
    public Trainer evaluationWindows(int windows) {
        this.evaluationWindows = (int) atLeast(1, windows, "The windows of an evaluation");
        return this;
    }

    /**
     * Stops when so many evaluations in a row brought no lower loss; never unless set.
     *
     * @param evaluations at least 1
     * @return this
     */
    public Trainer patience(int evaluations) {
        this.patience = (int) atLeast(1, evaluations, "The evaluations to wait for a lower loss");
        return this;
    }

    /**
     * Stops after this step, as if interrupted there: a later run without a pause goes on.
     *
     * @param step counted from the beginning of the run
     * @return this
     */
    public Trainer pauseAt(long step) {
        this.pauseAt = atLeast(0, step, "The steps before a pause");
        return this;
    }

    /**
     * Lets a run go on from its checkpoint although this machine does other arithmetic than the one that it began on:
     * the result then depends on where it was interrupted, and says so.
     *
     * @return this
     */
    public Trainer allowOtherArithmetic() {
        this.otherArithmetic = true;
        return this;
    }

    /**
     * Sets where the last and the best checkpoint are kept; none are kept unless set.
     *
     * @param folder is made where needed; null keeps none
     * @return this
     */
    public Trainer checkpoints(Path folder) {
        this.checkpoints = folder;
        return this;
    }

    /**
     * Shows a text of the model's every so many steps.
     *
     * @param everySteps steps between two texts
     * @param text is asked after the step; it is to leave the model as it is
     * @return this
     */
    public Trainer sample(long everySteps, Supplier<String> text) {
        this.sampleEvery = atLeast(1, everySteps, "The steps between two texts");
        this.sample = text;
        return this;
    }

    /**
     * Takes the steps of a run, many at once: in other processes than this one.
     *
     * <p>The trainer stays what decides when a round ends (at an evaluation, a sample, a pause), evaluates, keeps
     * checkpoints and tells of progress.
     */
    public interface Rounds {
        /**
         * Takes steps and leaves the weights, what the optimizer remembers and {@link Fit#taken} as they are after
         * them.
         *
         * @param fit the run, at the step after which the round begins
         * @param until the number of the last step of the round
         * @return what each of the steps did; none where the thread was interrupted, and then the run is as it was
         */
        List<Fit.Step> take(Fit fit, long until);
    }

    /**
     * Sets who takes the steps; null, as at first, for this process. It does not count among the settings of a run:
     * whoever takes the steps is to end with the same bytes.
     *
     * @param elsewhere who takes the steps, or null
     * @return this
     */
    public Trainer rounds(Rounds elsewhere) {
        this.rounds = elsewhere;
        return this;
    }

    /**
     * {@return the loss on this trainer's windows of a text, with its interval}
     *
     * @param split a text of the model's vocabulary
     */
    public Evaluation evaluate(TokenFile split) {
        return Evaluation.of(model, split, context, evaluationWindows, batch);
    }

    /**
     * Trains until the schedule ends, the patience does, or the thread is interrupted; in the last case within a pass,
     * with a checkpoint kept where there is a folder for it. A complete run with such a folder leaves the weights of
     * its best evaluation in the model; asked again with nothing changed, it only returns its result. Asked again after
     * a setting or the model's weights changed, it is a new run.
     *
     * @param progress is told of every step, and given the losses as points
     * @return what the run did
     * @throws DivergedException if the loss becomes NaN, infinite or larger than twice that of blind guessing, naming
     *     the step, the batch and the checkpoint to go back to
     * @throws KitException if the folder holds another run or another process has it, naming what differs; if this
     *     machine does other arithmetic than the run began with; if a text is too short; if a checkpoint cannot be
     *     written
     */
    public Training run(Progress progress) {
        if (checkpoints != null) {
            FolderLock.refuseBusy(checkpoints);
        }
        return Fit.alone(() -> runAlone(progress));
    }

    private Training runAlone(Progress progress) {
        if (model instanceof Llama llama && (llama.adapter() != null || llama.precision() != Precision.FP32)) {
            throw new KitException("A trainer trains a model's own float32 weights, and this one has "
                    + (llama.adapter() != null ? "an adapter" : "the precision " + llama.precision())
                    + ": take the adapter off and set FP32, or tune an adapter with LoraTuning.");
        }
        Map<String, String> settings = settings();
        String weights = model.fingerprint();
        if (finished != null
                && settings.equals(finishedAs)
                && Objects.equals(checkpoints, finishedIn)
                && weights.equals(leftWith)) {
            return finished;
        }
        finished = null;
        if (!weights.equals(leftWith)) {
            beganFrom = null;
        }
        try (FolderLock lock = checkpoints == null ? null : FolderLock.acquire(checkpoints)) {
            Training training = new TrainingLoop(this, progress, lock, settings, weights).run();
            if (training.end() != Training.End.PAUSED && training.end() != Training.End.INTERRUPTED) {
                finished = training;
                finishedAs = settings;
                finishedIn = checkpoints;
            }
            return training;
        } finally {
            leftWith = model.fingerprint();
        }
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

    /** {@return windows of one forward pass} */
    public int batch() {
        return batch;
    }

    /** {@return forward passes whose gradients are averaged for one step} */
    public int accumulate() {
        return accumulate;
    }

    /** {@return the course of the learning rate} */
    public Schedule schedule() {
        return schedule;
    }

    /** {@return the global norm above which gradients are shortened to it} */
    public double clip() {
        return clip;
    }

    /** {@return the share of a model's intermediate numbers that training sets to zero} */
    public double dropout() {
        return dropout;
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

    private static long atLeast(long least, long value, String what) {
        if (value < least) {
            throw new KitException(what + " are given as " + value + ": give " + least + " or more.");
        }
        return value;
    }

    /** {@return steps between evaluations} */
    public long evaluationInterval() {
        return evaluateEvery > 0 ? evaluateEvery : Math.max(1, schedule.steps() / 20);
    }

    /** Tokens learned from in one step. */
    long tokensPerStep() {
        return (long) batch * accumulate * context;
    }

    /** What must be the same for a run to go on from a checkpoint. */
    Map<String, String> settings() {
        return RunSettings.of(this);
    }

    @Override
    public String toString() {
        return "trainer of " + model.config().describe();
    }
}
