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
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Fit;
import kawi.train.Schedule;

/** The steps of a {@link LoraTuning}: batches, losses, checks, and which adapter is kept. */
final class TuningLoop {
    private static final double WARMUP = 0.06;

    private final LoraTuning recipe;
    private final Llama model;
    private final LoraAdapter adapter;
    private final FrozenPrefix prefix;
    private final HeldToBase held; // null where nothing is replayed

    TuningLoop(LoraTuning recipe, Llama model, LoraAdapter adapter, FrozenPrefix prefix, HeldToBase held) {
        this.recipe = recipe;
        this.model = model;
        this.adapter = adapter;
        this.prefix = prefix;
        this.held = held;
    }

    /**
     * Runs all steps.
     *
     * @param objective what they make small
     * @param examples those before this index are learned
     * @param progress is told steps and losses
     */
    LoraTuning.TuningResult run(LoraTuning.Objective objective, int examples, Progress progress) {
        long start = System.nanoTime();
        int perEpoch = (examples + recipe.batch() - 1) / recipe.batch();
        int steps = perEpoch * recipe.epochs();
        List<Double> losses = new ArrayList<>();
        List<Double> heldOut = new ArrayList<>();
        Map<String, float[]> best = values(adapter);
        int bestCheck = 0;
        int keptSteps = 0;
        boolean interrupted = false;
        boolean worse = false;
        Iterator<int[]> replayed =
                held == null ? Collections.emptyIterator() : held.batches(recipe.batch(), recipe.seed());
        progress.begin("tuning " + adapter.parameters().size() / 2 + " matrices", steps);
        progress.axes("step", "loss (" + objective.unit() + ")");
        evaluate(objective, 0, heldOut, progress);
        try (Fit fit = Fit.of(
                model.torch(),
                adapter.parameters(),
                AdamW.defaults().withRate(recipe.rate()),
                Schedule.cosine(Math.round(WARMUP * steps), steps))) {
            fit.dropout(recipe.lora().dropout(), recipe.seed());
            for (int epoch = 0; epoch < recipe.epochs() && !interrupted && !worse; epoch++) {
                int inEpoch = 0;
                int checked = 0;
                for (int[] which : order(objective::length, 0, examples, recipe.batch(), recipe.seed() * 31 + epoch)) {
                    if (Thread.interrupted()) {
                        interrupted = true;
                        break;
                    }
                    double[] departed = new double[1];
                    double nats = fit.step(1, step -> {
                                        NDArray own = objective.loss(step, which);
                                        if (!replayed.hasNext()) {
                                            return own;
                                        }
                                        NDArray away = model.torch()
                                                .ops()
                                                .scale(held.of(step, replayed.next()), recipe.hold());
                                        departed[0] = away.getFloat();
                                        return own.add(away);
                                    })
                                    .loss()
                            - departed[0];
                    losses.add(nats);
                    progress.update(losses.size(), String.format(Locale.ROOT, "loss %.3f", nats));
                    progress.point("loss", losses.size(), nats);
                    if (recipe.hold() > 0) {
                        progress.point("divergence from the base", losses.size(), departed[0] / recipe.hold());
                    }
                    inEpoch++;
                    if (!heldOut.isEmpty() && (long) inEpoch * recipe.checks() / perEpoch > checked) {
                        checked = (int) ((long) inEpoch * recipe.checks() / perEpoch);
                        evaluate(objective, losses.size(), heldOut, progress);
                        int last = heldOut.size() - 1;
                        if (heldOut.get(last) < heldOut.get(bestCheck)) {
                            bestCheck = last;
                            keptSteps = losses.size();
                            best = values(adapter);
                        }
                        worse = last - bestCheck >= recipe.checks();
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
        return new LoraTuning.TuningResult(
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

    private static void evaluate(LoraTuning.Objective objective, int steps, List<Double> heldOut, Progress progress) {
        objective.heldOut(steps).ifPresent(nats -> {
            heldOut.add(nats);
            progress.point("held-out loss", steps, nats);
        });
    }

    /** Batches of similar length of the examples from one to another, in an order drawn by the seed. */
    static List<int[]> order(IntUnaryOperator length, int from, int to, int batch, long seed) {
        Random random = new Random(seed);
        List<Integer> order = new ArrayList<>(IntStream.range(from, to).boxed().toList());
        Collections.shuffle(order, random);
        order.sort(
                Comparator.comparingInt(length::applyAsInt)); // a stable sort: the shuffle decides among equal lengths
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
