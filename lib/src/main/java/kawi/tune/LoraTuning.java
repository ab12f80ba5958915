package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Fit;
import kawi.train.Schedule;

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
        Lora lora, double rate, int epochs, int batch, List<Integer> labels, Precision frozen, long seed, int checks, double hold) {

    private static final double WARMUP = 0.06;

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
     * {@return one epoch at rate 1e-3 with 8 examples a step, frozen layers in float32}
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
     * divergence of the tuned model's next token from the base's at the replayed answers, both in nats a token: learning
     * without forgetting (Li and Hoiem 2016), by rehearsal of the model's own answers (Robins 1995, see {@link Replay}).
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
        if (train.isEmpty()) {
            throw new KitException("There are no examples to tune on; give at least one.");
        }
        if (replayed.isEmpty() != (hold == 0)) {
            throw new KitException("A tuning that is held to its base with the weight " + hold + " was given "
                    + replayed.size() + " examples to replay: "
                    + (replayed.isEmpty() ? "give a replay, or the weight 0." : "give it a weight above 0 too."));
        }
        int first = lora.firstLayer(model.config());
        List<Encoded> all = new ArrayList<>(train);
        all.addAll(heldOut);
        all.addAll(replayed);
        return Fit.alone(() -> {
            // Only once the model is this training's alone: one that was interrupted may be ending its last step in it.
            Precision before = model.precision();
            model.precision(Precision.FP32).trainable(false).adapter(null);
            LoraAdapter adapter = LoraAdapter.create(model, lora, seed);
            try (FrozenPrefix prefix = FrozenPrefix.of(
                            model, first, all.stream().map(Encoded::input).toList(), frozen, progress);
                    AnswerLoss loss = new AnswerLoss(model, first, prefix, all, labels);
                    HeldToBase held = HeldToBase.of(model, first, prefix, all, train.size() + heldOut.size())) {
                model.adapter(adapter);
                if (!prefix.complete()) {
                    return new TuningResult(adapter, List.of(), List.of(), 0, prefix.seconds(), 0, true);
                }
                return train(model, adapter, prefix, loss, held, train.size(), train.size() + heldOut.size(), progress);
            } catch (RuntimeException e) {
                model.adapter(null);
                adapter.close();
                throw e;
            } finally {
                model.precision(before);
            }
        });
    }

    private TuningResult train(
            Llama model,
            LoraAdapter adapter,
            FrozenPrefix prefix,
            AnswerLoss loss,
            HeldToBase held,
            int examples,
            int judged,
            Progress progress) {
        long start = System.nanoTime();
        int perEpoch = (examples + batch - 1) / batch;
        int steps = perEpoch * epochs;
        List<Double> losses = new ArrayList<>();
        List<Double> heldOut = new ArrayList<>();
        Map<String, float[]> best = values(adapter);
        int bestCheck = 0;
        int keptSteps = 0;
        boolean interrupted = false;
        boolean worse = false;
        Iterator<int[]> replayed = held.batches(batch, seed);
        progress.begin("tuning " + adapter.parameters().size() / 2 + " matrices", steps);
        progress.axes("step", "loss (nats per answer token)");
        evaluate(loss, examples, judged, 0, heldOut, progress);
        try (Fit fit = Fit.of(
                model.torch(),
                adapter.parameters(),
                AdamW.defaults().withRate(rate),
                Schedule.cosine(Math.round(WARMUP * steps), steps))) {
            for (int epoch = 0; epoch < epochs && !interrupted && !worse; epoch++) {
                int inEpoch = 0;
                int checked = 0;
                for (int[] which : order(prefix, 0, examples, batch, seed * 31 + epoch)) {
                    if (Thread.interrupted()) {
                        interrupted = true;
                        break;
                    }
                    double[] departed = new double[1];
                    double nats = fit.step(1, step -> {
                                NDArray own = loss.of(step, which);
                                if (!replayed.hasNext()) {
                                    return own;
                                }
                                NDArray away = model.torch().ops().scale(held.of(step, replayed.next()), hold);
                                departed[0] = away.getFloat();
                                return own.add(away);
                            })
                            .loss()
                            - departed[0];
                    losses.add(nats);
                    progress.update(losses.size(), String.format(Locale.ROOT, "loss %.3f", nats));
                    progress.point("loss", losses.size(), nats);
                    if (hold > 0) {
                        progress.point("divergence from the base", losses.size(), departed[0] / hold);
                    }
                    inEpoch++;
                    if (!heldOut.isEmpty() && (long) inEpoch * checks / perEpoch > checked) {
                        checked = (int) ((long) inEpoch * checks / perEpoch);
                        evaluate(loss, examples, judged, losses.size(), heldOut, progress);
                        int last = heldOut.size() - 1;
                        if (heldOut.get(last) < heldOut.get(bestCheck)) {
                            bestCheck = last;
                            keptSteps = losses.size();
                            best = values(adapter);
                        }
                        worse = last - bestCheck >= checks;
                    }
                    if (worse) {
                        break;
                    }
                }
            }
        }
        if (heldOut.isEmpty() || interrupted) { // what an interrupted one learned since the last check is not judged
            keptSteps = losses.size();
        } else if (keptSteps < losses.size()) {
            restore(model.torch(), adapter, best);
        }
        progress.end(
                interrupted
                        ? "interrupted after " + losses.size() + " of " + steps + " steps"
                        : keptSteps < losses.size() ? "kept as it was after " + keptSteps + " steps" : "");
        return new TuningResult(
                adapter,
                List.copyOf(losses),
                List.copyOf(heldOut),
                keptSteps,
                prefix.seconds(),
                (System.nanoTime() - start) / 1e9,
                interrupted);
    }

    private static Map<String, float[]> values(LoraAdapter adapter) {
        Map<String, float[]> values = new HashMap<>();
        adapter.parameters().forEach((name, array) -> values.put(name, array.toFloatArray()));
        return values;
    }

    /** Puts back what {@link #values} took. */
    private static void restore(Torch torch, LoraAdapter adapter, Map<String, float[]> values) {
        try (NDManager work = torch.manager().newSubManager()) {
            torch.inference(() -> {
                adapter.parameters()
                        .forEach((name, array) ->
                                torch.ops().assign(array, work.create(values.get(name), array.getShape())));
                return null;
            });
        }
    }

    private void evaluate(AnswerLoss loss, int from, int to, int step, List<Double> heldOut, Progress progress) {
        if (to > from) {
            double nats = loss.mean(IntStream.range(from, to).toArray(), 4 * batch);
            heldOut.add(nats);
            progress.point("held-out loss", step, nats);
        }
    }

    /** Batches of similar length of the examples from one to another, in an order drawn by the seed. */
    static List<int[]> order(FrozenPrefix prefix, int from, int to, int batch, long seed) {
        Random random = new Random(seed);
        List<Integer> order =
                new ArrayList<>(IntStream.range(from, to).boxed().toList());
        Collections.shuffle(order, random);
        order.sort(Comparator.comparingInt(prefix::length)); // a stable sort: the shuffle decides among equal lengths
        List<int[]> batches = new ArrayList<>();
        for (int at = 0; at < order.size(); at += batch) {
            batches.add(order.subList(at, Math.min(order.size(), at + batch)).stream()
                    .mapToInt(Integer::intValue)
                    .toArray());
        }
        Collections.shuffle(batches, random);
        return batches;
    }
}
