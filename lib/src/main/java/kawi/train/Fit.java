package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kawi.evidence.KitException;
import kawi.torch.Ops;
import kawi.torch.Torch;

/**
 * Takes optimizer steps on a set of parameters, whatever the loss: gradients accumulated over parts, clipped by their
 * global norm, and given to the optimizer at the schedule's rate. The {@link Trainer} is a loop around it; so is every
 * fine-tuning.
 *
 * <pre>{@code
 * try (Fit fit = Fit.of(torch, lora.parameters(), AdamW.defaults(), Schedule.cosine(10, 200))) {
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
    private Supplier<String> advice = () -> "lower the learning rate and begin again";
    private long taken;

    private Fit(Torch torch, Map<String, NDArray> parameters, Optimizer optimizer, Schedule schedule) {
        this.torch = torch;
        this.parameters = parameters;
        this.schedule = schedule;
        this.ops = torch.ops();
        this.weights = List.copyOf(parameters.values());
        this.trainable = weights.stream().map(NDArray::hasGradient).toList();
        weights.forEach(weight -> weight.setRequiresGradient(true));
        this.state = optimizer.prepare(torch, parameters);
    }

    /**
     * Prepares the parameters for training.
     *
     * @param parameters fp32 tensors by name; they are changed in place, and nothing else is
     */
    public static Fit of(Torch torch, Map<String, NDArray> parameters, Optimizer optimizer, Schedule schedule) {
        return new Fit(torch, new LinkedHashMap<>(parameters), optimizer, schedule);
    }

    /**
     * Runs a whole training with no other beside it. A kernel calls a cell interrupted as soon as it has asked its
     * thread to stop, while the thread still finishes its step and its checkpoint; a cell run again at once waits here
     * until that is done.
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
     * {@return the largest global gradient norm that is used as it is; longer gradients are shortened to it} 1 unless
     * changed.
     */
    public Fit clip(double norm) {
        if (!(norm > 0)) {
            throw new KitException("The gradient norm to clip at is " + norm + ": give a positive number, such as 1.");
        }
        this.clip = norm;
        return this;
    }

    /** {@return a loss above {@code nats} stops the training as exploded; unlimited unless set} */
    public Fit limit(double nats) {
        this.limit = nats;
        return this;
    }

    /** {@return the end of the sentence that stops a diverged run: where to go on from} */
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
     * @throws KitException if the loss or its gradient is NaN or infinite, or the loss is above the limit
     */
    public Step step(int parts, Loss loss) {
        double factor = schedule.factor(taken);
        try (NDManager step = torch.manager().newSubManager()) {
            double sum = 0;
            List<NDArray> gradients = List.of();
            for (int part = 0; part < parts; part++) {
                Part each = part(step, loss, 1.0 / parts);
                sum += each.nats / parts;
                if (part == 0) {
                    gradients = each.gradients;
                } else {
                    ops.add(gradients, each.gradients);
                    each.gradients.forEach(NDArray::close);
                }
            }
            double norm = ops.clip(step, gradients, clip).getFloat();
            check("gradient norm", norm, Double.POSITIVE_INFINITY);
            state.step(named(gradients), factor);
            taken++;
            return new Step(taken, sum, norm, factor);
        }
    }

    /** The loss of one part, and its share of the gradient, which belongs to {@code step}. */
    private record Part(double nats, List<NDArray> gradients) {}

    private Part part(NDManager step, Loss loss, double share) {
        try (NDManager part = torch.manager().newSubManager()) {
            return torch.training(() -> {
                NDArray value = loss.of(part);
                value.attach(part);
                double nats = value.getFloat();
                check("loss", nats, limit);
                return new Part(nats, ops.gradients(step, share == 1 ? value : ops.scale(value, share), weights));
            });
        }
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
     * Refuses a loss that was measured after the last step as one inside a step is refused.
     *
     * @param what its name in the sentence, such as "validation loss"
     * @throws KitException if it is NaN, infinite or above the limit
     */
    void checkAfter(String what, double nats) {
        check(taken, what, nats, limit);
    }

    private void check(String what, double value, double most) {
        check(taken + 1, what, value, most);
    }

    private void check(long step, String what, double value, double most) {
        if (!Double.isFinite(value) || value > most) {
            throw new KitException("Training diverged at step " + step + ": the " + what + " is " + (float) value
                    + (Double.isFinite(value) ? ", above " + (float) most : "") + "; " + advice.get() + ".");
        }
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

    /** The optimizer's averages by name, the live arrays. */
    Map<String, NDArray> averages() {
        return state.tensors();
    }

    /** Goes on as after this many steps; weights and averages are the caller's to restore. */
    void taken(long steps) {
        taken = steps;
    }

    /** Frees the optimizer's state; the parameters stay as trained, asking for gradients only where they did before. */
    @Override
    public void close() {
        state.close();
        for (int i = 0; i < weights.size(); i++) {
            weights.get(i).setRequiresGradient(trainable.get(i));
        }
    }
}
