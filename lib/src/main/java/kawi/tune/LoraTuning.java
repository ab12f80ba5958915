package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
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
 */
public record LoraTuning(
        Lora lora, double rate, int epochs, int batch, List<Integer> labels, Precision frozen, long seed, int checks) {

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
     * @throws KitException if the rate, epochs, batch or checks is impossible
     */
    public LoraTuning {
        AdamW.defaults()
                .withRate(rate); // an impossible rate is refused now, not after the frozen layers have done their work
        labels = List.copyOf(labels);
        if (epochs < 1 || batch < 1 || checks < 1) {
            throw new KitException("LoRA tuning needs at least 1 epoch, 1 example a batch and 1 check an epoch, and was"
                    + " given " + epochs + ", " + batch + " and " + checks + "; give at least 1 of each.");
        }
    }

    /**
     * {@return one epoch at rate 1e-3 with 8 examples a step, frozen layers in float32}
     *
     * @param lora which matrices are changed, and how
     */
    public static LoraTuning of(Lora lora) {
        return new LoraTuning(lora, 1e-3, 1, 8, List.of(), Precision.FP32, 1, 1);
    }

    /**
     * {@return the same at another peak rate}
     *
     * @param value of AdamW, above 0
     */
    public LoraTuning rate(double value) {
        return new LoraTuning(lora, value, epochs, batch, labels, frozen, seed, checks);
    }

    /**
     * {@return the same with every example seen another number of times}
     *
     * @param number at least 1
     */
    public LoraTuning epochs(int number) {
        return new LoraTuning(lora, rate, number, batch, labels, frozen, seed, checks);
    }

    /**
     * {@return the same with other batches}
     *
     * @param examples a step, at least 1
     */
    public LoraTuning batch(int examples) {
        return new LoraTuning(lora, rate, epochs, examples, labels, frozen, seed, checks);
    }

    /**
     * {@return the same where answers are chosen among a few tokens}
     *
     * @param ids of these tokens
     */
    public LoraTuning labels(List<Integer> ids) {
        return new LoraTuning(lora, rate, epochs, batch, ids, frozen, seed, checks);
    }

    /**
     * {@return the same with the frozen layers in other numbers}
     *
     * @param precision what they multiply with
     */
    public LoraTuning frozen(Precision precision) {
        return new LoraTuning(lora, rate, epochs, batch, labels, precision, seed, checks);
    }

    /**
     * {@return the same from another seed}
     *
     * @param value of the first weights and of the order
     */
    public LoraTuning seed(long value) {
        return new LoraTuning(lora, rate, epochs, batch, labels, frozen, value, checks);
    }

    /**
     * {@return the same with the loss on held-out examples taken more often}
     *
     * @param number of times in each epoch, at least 1
     */
    public LoraTuning checks(int number) {
        return new LoraTuning(lora, rate, epochs, batch, labels, frozen, seed, number);
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
        return run(model, null, train, heldOut, progress);
    }

    /** The same, beginning with a copy of an adapter that was learned before; null begins with a new one. */
    TuningResult run(Llama model, LoraAdapter start, List<Encoded> train, List<Encoded> heldOut, Progress progress) {
        if (train.isEmpty()) {
            throw new KitException("There are no examples to tune on; give at least one.");
        }
        int first = lora.firstLayer(model.config());
        List<Encoded> all = new ArrayList<>(train);
        all.addAll(heldOut);
        return Fit.alone(() -> {
            // Only once the model is this training's alone: one that was interrupted may be ending its last step in it.
            Precision before = model.precision();
            model.precision(Precision.FP32).trainable(false).adapter(null);
            LoraAdapter adapter = start == null ? LoraAdapter.create(model, lora, seed) : start.copy(lora);
            try (FrozenPrefix prefix = FrozenPrefix.of(
                            model, first, all.stream().map(Encoded::input).toList(), frozen, progress);
                    AnswerLoss loss = new AnswerLoss(model, first, prefix, all, labels)) {
                model.adapter(adapter);
                if (!prefix.complete()) {
                    return new TuningResult(adapter, List.of(), List.of(), 0, prefix.seconds(), 0, true);
                }
                int[] judges = IntStream.range(train.size(), all.size()).toArray();
                return train(model, adapter, prefix, objective(loss, prefix, judges), train.size(), progress);
            } catch (RuntimeException e) {
                model.adapter(null);
                adapter.close();
                throw e;
            } finally {
                model.precision(before);
            }
        });
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

    private Objective objective(AnswerLoss loss, FrozenPrefix prefix, int[] judges) {
        return new Objective() {
            @Override
            public NDArray loss(NDManager step, int[] which) {
                return loss.of(step, which);
            }

            @Override
            public int length(int example) {
                return prefix.length(example);
            }

            @Override
            public OptionalDouble heldOut(int steps) {
                return judges.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(loss.mean(judges, 4 * batch));
            }

            @Override
            public String unit() {
                return "nats per answer token";
            }
        };
    }

    /** Steps on the adapter by this recipe; of its {@link #labels} the objective has to know. */
    TuningResult train(
            Llama model,
            LoraAdapter adapter,
            FrozenPrefix prefix,
            Objective objective,
            int examples,
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
        progress.begin("tuning " + adapter.parameters().size() / 2 + " matrices", steps);
        progress.axes("step", "loss (" + objective.unit() + ")");
        evaluate(objective, 0, heldOut, progress);
        try (Fit fit = Fit.of(
                model.torch(),
                adapter.parameters(),
                AdamW.defaults().withRate(rate),
                Schedule.cosine(Math.round(WARMUP * steps), steps))) {
            fit.dropout(lora.dropout(), seed);
            for (int epoch = 0; epoch < epochs && !interrupted && !worse; epoch++) {
                int inEpoch = 0;
                int checked = 0;
                for (int[] which : order(objective, examples, epoch)) {
                    if (Thread.interrupted()) {
                        interrupted = true;
                        break;
                    }
                    double nats =
                            fit.step(1, step -> objective.loss(step, which)).loss();
                    losses.add(nats);
                    progress.update(losses.size(), String.format(Locale.ROOT, "loss %.3f", nats));
                    progress.point("loss", losses.size(), nats);
                    inEpoch++;
                    if (!heldOut.isEmpty() && (long) inEpoch * checks / perEpoch > checked) {
                        checked = (int) ((long) inEpoch * checks / perEpoch);
                        evaluate(objective, losses.size(), heldOut, progress);
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

    private static void evaluate(Objective objective, int steps, List<Double> heldOut, Progress progress) {
        objective.heldOut(steps).ifPresent(nats -> {
            heldOut.add(nats);
            progress.point("held-out loss", steps, nats);
        });
    }

    /** Batches of similar length, in an order drawn for the epoch. */
    private List<int[]> order(Objective objective, int examples, int epoch) {
        Random random = new Random(seed * 31 + epoch);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, examples).boxed().toList());
        Collections.shuffle(order, random);
        order.sort(
                Comparator.comparingInt(objective::length)); // a stable sort: the shuffle decides among equal lengths
        List<int[]> batches = new ArrayList<>();
        for (int at = 0; at < examples; at += batch) {
            batches.add(order.subList(at, Math.min(examples, at + batch)).stream()
                    .mapToInt(Integer::intValue)
                    .toArray());
        }
        Collections.shuffle(batches, random);
        return batches;
    }
}
