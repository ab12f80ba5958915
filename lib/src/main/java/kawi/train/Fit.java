package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.model.ParameterRole;
import kawi.text.TokenFile;
import kawi.torch.Ops;
import kawi.torch.Torch;

/**
 * Takes optimizer steps on a set of parameters, whatever the loss: gradients accumulated over parts, clipped by their
 * global norm, and given to the optimizer at the schedule's rate. The {@link Trainer} is a loop around it; so is every
 * fine-tuning.
 *
 * <pre>{@code
 * try (Fit fit = Fit.of(model, Muon.defaults(), Schedule.cosine(10, 200))) {
 *   while (!fit.done()) fit.step(1, step -> model.loss(ids(step), targets(step)));
 * }
 * }</pre>
 */
public final class Fit implements AutoCloseable {
    /**
     * A scalar loss, computed with gradients on; what it makes on the way belongs to {@code step}, which is closed
     * after the step.
     */
    @FunctionalInterface
    public interface Loss {
        /**
         * {@return the loss of the next part of the step}
         *
         * @param step owns what is made on the way
         */
        NDArray of(NDManager step);
    }

    /**
     * What one step did.
     *
     * @param number steps taken so far, this one included
     * @param loss mean loss of the parts, before the step
     * @param gradientNorm global norm of the mean gradient, before clipping
     * @param factor the schedule's factor that was used
     */
    public record Step(long number, double loss, double gradientNorm, double factor) {}

    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock(true);

    private final Torch torch;
    private final Map<String, NDArray> parameters;
    private final Schedule schedule;
    private final Ops ops;
    private final List<NDArray> weights;
    private final List<Boolean> trainable;
    private final Optimizer.State state;
    private double clip = 1.0;
    private double limit = Double.POSITIVE_INFINITY;
    private double dropout;
    private long dropoutSeed;
    private Supplier<String> advice = () -> "lower the learning rate and begin again";
    private long taken;
    private boolean looked; // whether the weights were seen to be finite before this fit's first step

    private Fit(
            Torch torch,
            Map<String, NDArray> parameters,
            Map<String, ParameterRole> roles,
            Optimizer optimizer,
            Schedule schedule) {
        this.torch = torch;
        this.parameters = parameters;
        this.schedule = schedule;
        this.ops = torch.ops();
        this.weights = List.copyOf(parameters.values());
        this.trainable = weights.stream().map(NDArray::hasGradient).toList();
        weights.forEach(weight -> weight.setRequiresGradient(true));
        try {
            this.state = optimizer.prepare(torch, parameters, roles);
        } catch (RuntimeException e) {
            asBefore();
            throw e;
        }
    }

    /**
     * Prepares a model's parameters for training.
     *
     * @param model is changed in place
     * @param optimizer the rule, with its peak rate
     * @param schedule its course, and the number of steps
     * @return a fit that has taken no step; the caller closes it
     * @throws KitException if the optimizer must know what each parameter is and the model does not say
     */
    public static Fit of(LanguageModel model, Optimizer optimizer, Schedule schedule) {
        return of(model.torch(), model.parameters(), model.roles(), optimizer, schedule);
    }

    /**
     * Prepares parameters of which nothing but their shapes is known.
     *
     * @param torch the engine that the parameters belong to
     * @param parameters fp32 tensors by name; they are changed in place, and nothing else is
     * @param optimizer the rule, with its peak rate
     * @param schedule its course, and the number of steps
     * @return a fit that has taken no step; the caller closes it
     * @throws KitException if the optimizer must know what each parameter is, as {@link Muon} must
     */
    public static Fit of(Torch torch, Map<String, NDArray> parameters, Optimizer optimizer, Schedule schedule) {
        return of(torch, parameters, Map.of(), optimizer, schedule);
    }

    /**
     * Prepares parameters for training.
     *
     * @param torch the engine that the parameters belong to
     * @param parameters fp32 tensors by name; they are changed in place, and nothing else is
     * @param roles what each of them is, as far as that is known
     * @param optimizer the rule, with its peak rate
     * @param schedule its course, and the number of steps
     * @return a fit that has taken no step; the caller closes it
     * @throws KitException if the optimizer must know more
     */
    public static Fit of(
            Torch torch,
            Map<String, NDArray> parameters,
            Map<String, ParameterRole> roles,
            Optimizer optimizer,
            Schedule schedule) {
        return new Fit(torch, new LinkedHashMap<>(parameters), roles, optimizer, schedule);
    }

    /**
     * Runs a whole training with no other beside it. A kernel calls a cell interrupted as soon as it has asked its
     * thread to stop, while the thread still finishes its step and its checkpoint; a cell run again at once waits here
     * until that is done.
     *
     * @param <T> what the training gives
     * @param training all of it
     * @return what it gave
     */
    public static <T> T alone(Supplier<T> training) {
        ONE_AT_A_TIME.lock();
        try {
            return training.get();
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    /**
     * Sets the largest global norm of the gradient that is used as it is; longer gradients are shortened to it. 1
     * unless changed.
     *
     * @param norm 2-norm over all gradients
     * @return this
     * @throws KitException if it is not positive
     */
    public Fit clip(double norm) {
        if (!(norm > 0)) {
            throw new KitException("The gradient norm to clip at is " + norm + ": give a positive number, such as 1.");
        }
        this.clip = norm;
        return this;
    }

    /**
     * Sets the share of a model's intermediate numbers that each part of a step sets to zero; 0 unless set. What is
     * dropped follows from the seed, the step and the part alone: an interrupted training goes on as it would have, and
     * several processes drop what one would.
     *
     * @param share from 0 to below 1; the models say where it applies, see {@link Ops#dropout}
     * @param seed of what is drawn
     * @return this
     * @throws KitException if the share is not from 0 to below 1
     */
    public Fit dropout(double share, long seed) {
        this.dropout = checked(share);
        this.dropoutSeed = seed;
        return this;
    }

    /** A share of numbers to drop, as it may be set here or on a trainer. */
    static double checked(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new KitException("A dropout of " + share + " is no share of numbers that can be dropped: give 0 or"
                    + " more and less than 1, such as 0.1.");
        }
        return share;
    }

    /**
     * Stops the training as diverged at a loss above so many nats; unlimited unless set.
     *
     * @param nats positive
     * @return this
     */
    public Fit limit(double nats) {
        this.limit = nats;
        return this;
    }

    /**
     * Sets the end of the sentence that stops a diverged run: where to go on from.
     *
     * @param text is asked when the run diverges; without a full stop
     * @return this
     */
    public Fit advice(Supplier<String> text) {
        this.advice = text;
        return this;
    }

    /**
     * Takes one step. Parts are computed and differentiated one after the other, so memory is that of one part; the
     * gradient is their mean. Where {@code loss} throws, or is not a finite number, the weights and the optimizer stay
     * as they were.
     *
     * @param parts how many times {@code loss} is asked
     * @param loss the mean loss of a part, in nats per token or what else is to be made small
     * @return what the step did
     * @throws DivergedException if, after at least one step, the loss or its gradient is NaN or infinite or the loss is
     *     above the limit; or if the last step of the schedule leaves weights that are NaN or infinite
     * @throws KitException if that is so before the first step, when nothing was learned yet; or if the schedule's
     *     factor is negative or not finite
     */
    public Step step(int parts, Loss loss) {
        double factor = begin();
        try (NDManager step = torch.manager().newSubManager()) {
            double sum = 0;
            List<NDArray> gradients = List.of();
            for (int part = 0; part < parts; part++) {
                Part each = part(step, loss, 1.0 / parts, taken * parts + part);
                sum += each.nats / parts;
                if (part == 0) {
                    gradients = each.gradients;
                } else {
                    ops.add(gradients, each.gradients);
                    each.gradients.forEach(NDArray::close);
                }
            }
            return finish(step, gradients, sum, factor);
        }
    }

    /** The parts of a step that several processes take together, each a copy of the same weights. */
    public interface Shared {
        /** {@return the parts of the whole step, wherever they are computed} */
        int parts();

        /** {@return the first of them that this process computes, among those of all processes; 0 for one alone} */
        int first();

        /** {@return how many of them are computed by this process; they follow each other} */
        int here();

        /**
         * Adds up what all processes computed, in the order of the parts, which is the order of {@link #step(int,
         * Loss)}: every process then takes the step that one process would take with as many parts.
         *
         * @param nats the losses of this process's parts
         * @param gradients their gradients, each divided by {@link #parts}
         * @return the sum over all parts; may be arrays of {@code gradients}
         */
        List<NDArray> sum(List<Double> nats, List<List<NDArray>> gradients);
    }

    /**
     * Takes one step together with other processes, which take it as well.
     *
     * @param shared how the step is shared out
     * @param loss is asked for the parts of this process
     * @return what the step did; its loss is the mean of this process's parts
     * @throws KitException as {@link #step(int, Loss)} does
     */
    public Step step(Shared shared, Loss loss) {
        double factor = begin();
        try (NDManager step = torch.manager().newSubManager()) {
            double mean = 0;
            List<Double> nats = new ArrayList<>();
            List<List<NDArray>> gradients = new ArrayList<>();
            for (int part = 0; part < shared.here(); part++) {
                Part each = part(step, loss, 1.0 / shared.parts(), taken * shared.parts() + shared.first() + part);
                mean += each.nats / shared.here();
                nats.add(each.nats);
                gradients.add(each.gradients);
            }
            return finish(step, shared.sum(nats, gradients), mean, factor);
        }
    }

    /** What comes before a step: its factor, and a look at the weights before the first. */
    private double begin() {
        double factor = schedule.factor(taken);
        if (!(factor >= 0) || Double.isInfinite(factor)) {
            throw new KitException("The schedule " + schedule + " gives the factor " + factor + " for step "
                    + (taken + 1) + ": a factor is a number from 0 to 1.");
        }
        if (!looked) {
            String broken = notFinite();
            if (broken != null) {
                throw new KitException("The weight '" + broken
                        + "' holds NaN or infinite numbers before the step is taken: create or load the model again.");
            }
            looked = true;
        }
        return factor;
    }

    /** What the mean gradient of a step does. */
    private Step finish(NDManager step, List<NDArray> gradients, double loss, double factor) {
        double norm = ops.clip(step, gradients, clip).getFloat();
        check("gradient norm", norm, Double.POSITIVE_INFINITY);
        Map<String, NDArray> named = named(gradients);
        torch.inference(() -> {
            state.step(named, factor);
            return null;
        });
        taken++;
        String broken = done() ? notFinite() : null;
        if (broken != null) {
            throw new DivergedException(
                    taken,
                    "Training diverged at step " + taken + ": it left NaN or infinite numbers in '" + broken + "'; "
                            + advice.get() + ".");
        }
        return new Step(taken, loss, norm, factor);
    }

    /** The loss of one part, and its share of the gradient, which belongs to {@code step}. */
    private record Part(double nats, List<NDArray> gradients) {}

    private Part part(NDManager step, Loss loss, double share, long number) {
        if (dropout > 0) {
            torch.generator(Batches.generatorSeed(dropoutSeed, number));
        }
        try (NDManager part = torch.manager().newSubManager()) {
            return torch.training(dropout, () -> {
                NDArray value = loss.of(part);
                value.attach(part);
                double nats = value.getFloat();
                check("loss", nats, limit);
                return new Part(nats, ops.gradients(step, share == 1 ? value : ops.scale(value, share), weights));
            });
        }
    }

    /** The first parameter that holds NaN or infinite numbers; null where none does. */
    private String notFinite() {
        return torch.inference(() -> {
            for (Map.Entry<String, NDArray> each : parameters.entrySet()) {
                try (NDArray sum = each.getValue().sum()) {
                    if (!Float.isFinite(sum.getFloat())) {
                        return each.getKey();
                    }
                }
            }
            return null;
        });
    }

    private Map<String, NDArray> named(List<NDArray> gradients) {
        Map<String, NDArray> named = new LinkedHashMap<>();
        int i = 0;
        for (String name : parameters.keySet()) {
            named.put(name, gradients.get(i++));
        }
        return named;
    }

    /**
     * {@return the loss of the model that was trained here on a text that it was not trained on; see
     * {@link Evaluation#of}}
     *
     * @param model whose parameters are trained here
     * @param split the text
     * @param context tokens in a window
     * @param windows at most this many windows
     * @param batch windows scored at once
     * @throws DivergedException if it is NaN, infinite or above the limit after steps were taken
     */
    public Evaluation score(LanguageModel model, TokenFile split, int context, int windows, int batch) {
        Evaluation score = Evaluation.measured(model, split, context, windows, batch);
        checkAfter("validation loss", score.nats());
        return score;
    }

    /**
     * Refuses a loss that was measured after the last step as one inside a step is refused.
     *
     * @param what its name in the sentence, such as "validation loss"
     * @throws DivergedException if it is NaN, infinite or above the limit after steps were taken
     * @throws KitException if it is so before the first
     */
    void checkAfter(String what, double nats) {
        check(taken, what, nats, limit);
    }

    private void check(String what, double value, double most) {
        check(taken + 1, what, value, most);
    }

    private void check(long step, String what, double value, double most) {
        if (Double.isFinite(value) && value <= most) {
            return;
        }
        String found =
                "the " + what + " is " + (float) value + (Double.isFinite(value) ? ", above " + (float) most : "");
        if (taken == 0) {
            throw new KitException("Training cannot begin: " + found
                    + " before the first step, when nothing was learned yet; look for the cause in the model's weights "
                    + "or in what it is trained on.");
        }
        throw new DivergedException(
                step, "Training diverged at step " + step + ": " + found + "; " + advice.get() + ".");
    }

    /** {@return the end of the sentence that would stop this run now, were it to diverge} */
    public String advice() {
        return advice.get();
    }

    /** {@return steps taken so far} */
    public long taken() {
        return taken;
    }

    /** {@return whether all of the schedule's steps are taken} */
    public boolean done() {
        return taken >= schedule.steps();
    }

    /** {@return the parameters that are trained, by name} */
    public Map<String, NDArray> parameters() {
        return parameters;
    }

    /** {@return what the optimizer remembers, by name, the live arrays} */
    public Map<String, NDArray> averages() {
        return state.tensors();
    }

    /**
     * Goes on as after this many steps; weights and averages are the caller's to restore.
     *
     * @param steps number of steps taken, 0 or more
     */
    public void taken(long steps) {
        taken = steps;
    }

    /** Frees the optimizer's state; the parameters stay as trained, asking for gradients only where they did before. */
    @Override
    public void close() {
        state.close();
        asBefore();
    }

    private void asBefore() {
        for (int i = 0; i < weights.size(); i++) {
            weights.get(i).setRequiresGradient(trainable.get(i));
        }
    }

    @Override
    public String toString() {
        return "fit after " + taken + " of " + schedule.steps() + " steps";
    }
}
