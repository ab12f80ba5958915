package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.OptionalDouble;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.train.AdamW;

/**
 * Learns a {@link Lora} with as little work as there can be: the frozen layers run once ({@link FrozenPrefix}),
 * examples of equal length go together, and logits are taken only where the answer's tokens are predicted, only of the
 * possible answers where these are known.
 *
 * @param lora what is learned
 * @param rate peak learning rate of AdamW
 * @param epochs times that every example is seen
 * @param batch examples a step
 * @param labels token ids among which the answer, then a single token, is chosen; empty where it is free text
 * @param frozen what the frozen layers multiply with
 * @param seed of the adapter's first weights and of the order of the examples
 * @param checks how often in each epoch the loss on held-out examples is taken, where there are some
 * @param hold weight of the term that holds the model to what it said before, where something is replayed
 */
public record LoraTuning(
        Lora lora,
        double rate,
        int epochs,
        int batch,
        List<Integer> labels,
        Precision frozen,
        long seed,
        int checks,
        double hold) {

    /**
     * What came of it.
     *
     * @param adapter the learned adapter, in use in the model
     * @param losses mean loss of each step, nats per answer token
     * @param heldOut loss on the held-out examples before the first step and at each check; empty where none were given
     * @param keptSteps steps after which the adapter was as it is kept: where the held-out loss was lowest, 0 where it
     *     never fell; without held-out examples all steps
     * @param prefixSeconds time of the frozen layers
     * @param seconds time of the training after that
     * @param interrupted whether an interrupt ended it early; the adapter is as far as it came
     */
    public record TuningResult(
            LoraAdapter adapter,
            List<Double> losses,
            List<Double> heldOut,
            int keptSteps,
            double prefixSeconds,
            double seconds,
            boolean interrupted) {}

    /**
     * Checks the numbers before any work is done.
     *
     * @param lora what is learned
     * @param rate peak learning rate of AdamW
     * @param epochs times that every example is seen
     * @param batch examples a step
     * @param labels token ids among which the answer, then a single token, is chosen; empty where it is free text
     * @param frozen what the frozen layers multiply with
     * @param seed of the adapter's first weights and of the order of the examples
     * @param checks how often in each epoch the loss on held-out examples is taken, where there are some
     * @param hold weight of the term that holds the model to what it said before, where something is replayed
     * @throws KitException if the rate, epochs, batch, checks or weight is impossible
     */
    public LoraTuning {
        AdamW.defaults()
                .withRate(rate); // an impossible rate is refused now, not after the frozen layers have done their work
        labels = List.copyOf(labels);
        if (epochs < 1 || batch < 1 || checks < 1) {
            throw new KitException("LoRA tuning needs at least 1 epoch, 1 example a batch and 1 check an epoch, and was"
                    + " given " + epochs + ", " + batch + " and " + checks + "; give at least 1 of each.");
        }
        if (!(hold >= 0) || Double.isInfinite(hold)) {
            throw new KitException("A tuning cannot be held to its base with the weight " + hold
                    + ": give 0, which does not hold it, or a positive number such as 1.");
        }
    }

    /**
     * {@return one epoch at rate 1e-3 with 8 examples a step, frozen layers in float32 and multiplied as the others
     * are}
     *
     * @param lora which matrices are changed, and how
     */
    public static LoraTuning of(Lora lora) {
        return new LoraTuning(lora, 1e-3, 1, 8, List.of(), Precision.FP32, 1, 1, 0);
    }

    /**
     * {@return the same at another peak rate}
     *
     * @param value of AdamW, above 0
     */
    public LoraTuning rate(double value) {
        return new LoraTuning(lora, value, epochs, batch, labels, frozen, seed, checks, hold);
    }

    /**
     * {@return the same with every example seen another number of times}
     *
     * @param number at least 1
     */
    public LoraTuning epochs(int number) {
        return new LoraTuning(lora, rate, number, batch, labels, frozen, seed, checks, hold);
    }

    /**
     * {@return the same with other batches}
     *
     * @param examples a step, at least 1
     */
    public LoraTuning batch(int examples) {
        return new LoraTuning(lora, rate, epochs, examples, labels, frozen, seed, checks, hold);
    }

    /**
     * {@return the same where answers are chosen among a few tokens}
     *
     * @param ids of these tokens
     */
    public LoraTuning labels(List<Integer> ids) {
        return new LoraTuning(lora, rate, epochs, batch, ids, frozen, seed, checks, hold);
    }

    /**
     * {@return the same with the frozen layers in other numbers}
     *
     * @param precision what they multiply with
     */
    public LoraTuning frozen(Precision precision) {
        return new LoraTuning(lora, rate, epochs, batch, labels, precision, seed, checks, hold);
    }

    /**
     * {@return the same from another seed}
     *
     * @param value of the first weights and of the order
     */
    public LoraTuning seed(long value) {
        return new LoraTuning(lora, rate, epochs, batch, labels, frozen, value, checks, hold);
    }

    /**
     * {@return the same with the loss on held-out examples taken more often}
     *
     * @param number of times in each epoch, at least 1
     */
    public LoraTuning checks(int number) {
        return new LoraTuning(lora, rate, epochs, batch, labels, frozen, seed, number, hold);
    }

    /**
     * {@return the same, held to what the base said before} Each step then has as many replayed examples beside its own
     * as {@link #batch} says, and its loss is that of its own examples plus {@code weight} times the Kullback-Leibler
     * divergence of the tuned model's next token from the base's at the replayed answers, both in nats a token:
     * learning without forgetting (Li and Hoiem 2016), by rehearsal of the model's own answers (Robins 1995, see
     * {@link Replay}).
     *
     * @param weight 0 for none; 1 counts a nat of departure as much as a nat of the task's loss
     */
    public LoraTuning hold(double weight) {
        return new LoraTuning(lora, rate, epochs, batch, labels, frozen, seed, checks, weight);
    }

    /**
     * Learns from {@code train}; the loss on {@code heldOut} (which may be empty) is taken before the first step and
     * {@link #checks} times in each epoch. The adapter that is kept is that of the lowest held-out loss, and the
     * training ends once that loss has not fallen for a whole epoch.
     *
     * @param model the base; its own weights stay
     * @param train examples to learn from, at least one
     * @param heldOut examples to judge by, or none
     * @param progress is told steps and losses
     * @return the adapter, in use in the model, and the losses
     */
    public TuningResult run(Llama model, List<Encoded> train, List<Encoded> heldOut, Progress progress) {
        return run(model, train, heldOut, List.of(), progress);
    }

    /**
     * The same, with examples that are not learned but replayed: {@link #hold}.
     *
     * @param model the base; its own weights stay
     * @param train examples to learn from, at least one
     * @param heldOut examples to judge by, or none
     * @param replayed questions with what the base says to them; none where {@link #hold} is 0, and at least one else
     * @param progress is told steps, losses, and how far the model is from its base
     * @return the adapter, in use in the model, and the losses, without the term that holds it
     * @throws KitException where there is nothing to learn from, or a weight without a replay or the other way round
     */
    public TuningResult run(
            Llama model, List<Encoded> train, List<Encoded> heldOut, List<Encoded> replayed, Progress progress) {
        return run(model, null, train, heldOut, replayed, progress);
    }

    /** The same, beginning with a copy of an adapter that was learned before; null begins with a new one. */
    TuningResult run(
            Llama model,
            LoraAdapter start,
            List<Encoded> train,
            List<Encoded> heldOut,
            List<Encoded> replayed,
            Progress progress) {
        if (replayed.isEmpty() != (hold == 0)) {
            throw new KitException("A tuning that is held to its base with the weight " + hold + " was given "
                    + replayed.size() + " examples to replay: "
                    + (replayed.isEmpty() ? "give a replay, or the weight 0." : "give it a weight above 0 too."));
        }
        return TuningsTogether.run(model, start, List.of(this), train, heldOut, replayed, recipe -> progress)
                .get(0);
    }

    /** What the steps make small: all that they need to know of it. */
    interface Objective {
        /** The mean loss of some examples, a scalar; what is made on the way belongs to {@code step}. */
        NDArray loss(NDManager step, int[] which);

        /** Tokens of an example: those of similar length go together. */
        int length(int example);

        /** The loss on what is held out, with the adapter as it is after so many steps; none where nothing is. */
        OptionalDouble heldOut(int steps);

        /** Of the loss, in words. */
        String unit();
    }

    /** Steps on the adapter by this recipe; of its {@link #labels} the objective has to know. */
    TuningResult train(
            Llama model,
            LoraAdapter adapter,
            FrozenPrefix prefix,
            Objective objective,
            int examples,
            Progress progress) {
        if (hold > 0) {
            throw new KitException("A tuning with an objective of its own cannot be held to its base with the weight "
                    + hold + ": give its recipe the weight 0.");
        }
        return new TuningLoop(this, model, adapter, prefix, null).run(objective, examples, progress);
    }
}
