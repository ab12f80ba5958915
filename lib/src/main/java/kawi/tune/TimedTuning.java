package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.torch.Ops;
import kawi.torch.RoundedWeights;
import kawi.train.AdamW;
import kawi.train.Fit;
import kawi.train.Memory;
import kawi.train.Schedule;

/**
 * Tunes a model to choose among a few tokens for a given time, whatever part of it is changed ({@link TuningScope}): so
 * that ways to tune can be compared at equal seconds. The frozen layers' one run counts as time; the rate falls to zero
 * as the time ends. How many steps there are depends on the machine, so two runs differ a little.
 *
 * @param seconds for the frozen layers and the steps
 * @param batch examples a step
 * @param labels token ids among which the answer, then a single token, is chosen
 * @param seed of the first weights of an adapter, and of the order of the examples
 */
public record TimedTuning(double seconds, int batch, List<Integer> labels, long seed) {

    private static final int WARMUP = 10;

    /**
     * What came of it.
     *
     * @param probabilities {@code [example][label]} of the examples that were asked afterwards
     * @param steps steps taken
     * @param epochs how often each example was seen, on average
     * @param seconds time of the frozen layers and of the steps
     * @param trainable numbers that were learned
     * @param megabytes by how much the process's resident memory stood higher at its peak than when the tuning began,
     *     in units of 2^20 bytes, looked at once in every step while the layers' results are held; the model itself is
     *     not in it, for it was there before
     * @param loss mean loss of the last tenth of the steps, nats per answer
     */
    public record TimedResult(
            double[][] probabilities,
            int steps,
            double epochs,
            double seconds,
            long trainable,
            double megabytes,
            double loss) {
        /**
         * {@return the likeliest choice for each example that was asked}
         *
         * @param choices the task's, in their order
         */
        public List<String> answers(List<String> choices) {
            return LabelScorer.likeliest(probabilities, choices);
        }
    }

    /**
     * Checks the numbers.
     *
     * @param seconds for the frozen layers and the steps, above 0
     * @param batch examples a step, at least 1
     * @param labels at least two token ids
     * @param seed of the first weights and of the order
     * @throws KitException if one is outside its range
     */
    public TimedTuning {
        labels = List.copyOf(labels);
        if (!(seconds > 0) || Double.isInfinite(seconds) || batch < 1 || labels.size() < 2) {
            throw new KitException(
                    "A tuning for " + seconds + " s with " + batch + " examples a step and " + labels.size()
                            + " labels is none: give a time above 0, at least 1 example and at least 2 labels.");
        }
    }

    /**
     * Tunes a model to a task with choices and asks it, as {@link #run} does.
     *
     * @param base is changed, but for the head and for LoRA: a model that nobody else uses
     * @param task what it is asked, with choices
     * @param scope what may be changed
     * @param seconds for the frozen layers and the steps, above 0
     * @param rate peak learning rate of AdamW
     * @param train examples to learn from, 8 in a step
     * @param asked examples to be answered in the end
     * @param seed of the first weights and of the order
     * @param progress is told steps and losses
     * @return what came of it; the labels are the task's choices in their order
     * @throws KitException for no examples, a task without choices, or a scope that the model does not have
     */
    public static TimedResult tune(
            Pretrained base,
            Task task,
            TuningScope scope,
            double seconds,
            double rate,
            List<Example> train,
            List<Example> asked,
            long seed,
            Progress progress) {
        Tuned reader = Tuned.prompted(base, task);
        return new TimedTuning(seconds, 8, reader.choices(), seed)
                .run(base.model(), scope, rate, reader.encoded(train), reader.prompts(asked), progress);
    }

    /**
     * Tunes the model, asks it, and leaves it changed where the scope is of its own weights: give a model that nobody
     * else uses and close it afterwards. An interrupt ends it, and is said as a {@link KitException}.
     *
     * @param model is changed, but for the head and for LoRA
     * @param scope what may be changed
     * @param rate peak learning rate of AdamW
     * @param train examples to learn from, at least one
     * @param asked prompts to be answered in the end, token ids
     * @param progress is told steps and losses
     * @return what came of it
     * @throws KitException for no examples, or a scope that the model does not have
     */
    public TimedResult run(
            Llama model, TuningScope scope, double rate, List<Encoded> train, List<int[]> asked, Progress progress) {
        return run(model, scope, rate, train, asked, progress, System::nanoTime);
    }

    /** The same by another clock, in nanoseconds: tests are not to be judged by the machine's. */
    TimedResult run(
            Llama model,
            TuningScope scope,
            double rate,
            List<Encoded> train,
            List<int[]> asked,
            Progress progress,
            LongSupplier clock) {
        if (train.isEmpty()) {
            throw new KitException("There are no examples to tune on; give at least one.");
        }
        AdamW optimizer = AdamW.defaults().withRate(rate);
        int first = scope.firstLayer(model.config());
        return Fit.alone(() -> {
            Precision before = model.precision();
            double megabytes = Memory.megabytes();
            long start = clock.getAsLong();
            model.precision(Precision.FP32).trainable(false).adapter(null);
            RoundedWeights kept = model.torch().ops().rounded(model.matrices(first));
            try (kept;
                    NDManager own = model.torch().manager().newSubManager();
                    LoraAdapter adapter = scope.lora() == null ? null : LoraAdapter.create(model, scope.lora(), seed);
                    FrozenPrefix prefix = scope.whole()
                            ? null
                            : FrozenPrefix.inTraining(
                                    model,
                                    first,
                                    train.stream().map(Encoded::input).toList(),
                                    Precision.FP32,
                                    progress)) {
                if (prefix != null && !prefix.complete()) {
                    throw interrupted("before its first step");
                }
                NDArray rows = model.torch()
                        .inference(() -> model.torch().ops().copy(own, LabelScorer.rows(own, model, labels)));
                model.adapter(adapter);
                Map<String, NDArray> learned = learned(model, scope, adapter, rows);
                Steps steps = new Steps(model, scope, first, train, prefix, rows, learned, megabytes, start, clock);
                steps.take(optimizer, progress);
                model.adapter(adapter); // inference takes an adapter as it was when it was put there
                NDArray asHead =
                        scope.whole() ? model.torch().inference(() -> LabelScorer.rows(own, model, labels)) : rows;
                double[][] probabilities = LabelScorer.probabilities(model, asked, asHead, progress);
                if (Arrays.asList(probabilities).contains(null)) {
                    throw interrupted("before all examples were asked");
                }
                return new TimedResult(
                        probabilities,
                        steps.losses.size(),
                        (double) steps.losses.size() * batch / train.size(),
                        steps.seconds,
                        learned.values().stream().mapToLong(NDArray::size).sum(),
                        steps.peak - megabytes,
                        steps.last());
            } finally {
                model.trainable(false).adapter(null);
                model.precision(before);
            }
        });
    }

    /** The tensors that the scope lets learn. */
    private static Map<String, NDArray> learned(Llama model, TuningScope scope, LoraAdapter adapter, NDArray rows) {
        if (adapter != null) {
            return adapter.parameters();
        }
        if (scope.headOnly()) {
            return Map.of("head", rows);
        }
        Map<String, NDArray> learned = new LinkedHashMap<>();
        int first = scope.firstLayer(model.config());
        model.parameters().forEach((name, weight) -> {
            if (scope.whole() || name.startsWith("model.layers.") && Integer.parseInt(name.split("\\.")[2]) >= first) {
                learned.put(name, weight);
            }
        });
        return learned;
    }

    /** The steps of one tuning. */
    private final class Steps {
        final Llama model;
        final TuningScope scope;
        final int first;
        final List<Encoded> train;
        final FrozenPrefix prefix; // null where nothing is frozen
        final NDArray rows;
        final Map<String, NDArray> learned;
        final long start;
        final LongSupplier clock;
        final List<Double> losses = new ArrayList<>();
        double peak;
        double seconds;

        Steps(
                Llama model,
                TuningScope scope,
                int first,
                List<Encoded> train,
                FrozenPrefix prefix,
                NDArray rows,
                Map<String, NDArray> learned,
                double megabytes,
                long start,
                LongSupplier clock) {
            this.clock = clock;
            this.model = model;
            this.scope = scope;
            this.first = first;
            this.train = train;
            this.prefix = prefix;
            this.rows = rows;
            this.learned = learned;
            this.peak = megabytes;
            this.start = start;
        }

        /** The share of the time that has passed; 1 where none is left. */
        double passed() {
            return Math.min(1, (clock.getAsLong() - start) / 1e9 / TimedTuning.this.seconds);
        }

        void take(AdamW optimizer, Progress progress) {
            double begun = passed();
            Schedule falling = new Schedule() {
                @Override
                public long steps() {
                    return Long.MAX_VALUE;
                }

                @Override
                public double factor(long step) {
                    double left = (1 - passed()) / Math.max(1e-9, 1 - begun);
                    return Math.min(1, (step + 1.0) / WARMUP) * left;
                }
            };
            progress.begin("tuning: " + scope.name(), -1);
            progress.axes("step", "loss (nats per answer)");
            try (Fit fit = Fit.of(model.torch(), learned, optimizer, falling)) {
                fit.dropout(scope.lora() == null ? 0 : scope.lora().dropout(), seed);
                for (int epoch = 0; passed() < 1 && !Thread.currentThread().isInterrupted(); epoch++) {
                    for (int[] which : TuningLoop.order(
                            i -> train.get(i).ids().length, 0, train.size(), batch, seed * 31 + epoch)) {
                        if (passed() >= 1 || Thread.currentThread().isInterrupted()) {
                            break;
                        }
                        double nats = fit.step(1, step -> loss(step, which)).loss();
                        losses.add(nats);
                        peak = Math.max(peak, Memory.megabytes());
                        progress.update(losses.size(), String.format(Locale.ROOT, "loss %.3f", nats));
                        progress.point("loss", losses.size(), nats);
                    }
                }
                peak = Math.max(peak, Memory.megabytes());
            }
            seconds = (clock.getAsLong() - start) / 1e9;
            progress.end(losses.size() + " steps");
            if (losses.isEmpty() && Thread.currentThread().isInterrupted()) {
                throw interrupted("before its first step");
            }
            if (losses.isEmpty()) {
                throw new KitException("In " + TimedTuning.this.seconds + " s there was no time for one step of '"
                        + scope.name() + "': give more.");
            }
        }

        private NDArray loss(NDManager step, int[] which) {
            Ops ops = model.torch().ops();
            long[] places = new long[which.length];
            long[] targets = new long[which.length];
            for (int row = 0; row < which.length; row++) {
                Encoded example = train.get(which[row]);
                places[row] = example.answer() - 1; // the position before the answer predicts it
                targets[row] = labels.indexOf(example.ids()[example.answer()]);
                if (targets[row] < 0) {
                    throw new KitException("An example's answer is token " + example.ids()[example.answer()]
                            + ", which is not among the labels " + labels + "; give answers of one label each.");
                }
            }
            NDArray x = prefix != null
                    ? prefix.batch(step, which)
                    : model.embed(Padded.of(
                                    step,
                                    IntStream.of(which)
                                            .mapToObj(i -> train.get(i).input())
                                            .toList())
                            .ids()); // (batch, time, width)
            NDArray at = step.create(places, new Shape(which.length, 1));
            NDArray y = first == model.config().layers() ? ops.pick(x, at) : model.layersAt(x, first, at);
            NDArray chosen =
                    model.norm(y.reshape(new Shape(which.length, model.config().width())));
            NDArray head = scope.whole()
                    ? ops.embedding(
                            model.head(),
                            step.create(labels.stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray()))
                    : rows;
            NDArray loss = ops.crossEntropy(ops.linear(chosen, head, null), step.create(targets));
            peak = Math.max(peak, Memory.megabytes()); // here the layers' results are held for the gradients
            return loss;
        }

        double last() {
            int from = losses.size() - Math.max(1, losses.size() / 10);
            return losses.subList(from, losses.size()).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow();
        }
    }

    private static KitException interrupted(String when) {
        return new KitException("The tuning was interrupted " + when + ": run the cell again.");
    }
}
