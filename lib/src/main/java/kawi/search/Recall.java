package kawi.search;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.search.RateGrid.RateTrial;
import kawi.stats.Interval;
import kawi.torch.Torch;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Muon;

/**
 * How far back architectures remember: a task of recall over a distance, as Hochreiter and Schmidhuber (1997) asked it
 * of the LSTM. A sequence begins with some symbols, each one of {@link #SYMBOLS}, noise follows, and so many tokens
 * after each symbol stands a question mark, at which it is to be said. Nothing but these answers is learned or judged.
 * The answers themselves do not stand in the sequence, so that each goes the whole way back.
 *
 * <p>Every architecture takes as many steps on the same sequences, at the rate that was best for it: each rate is tried
 * on the same schedule, from a seed that is not judged.
 */
public final class Recall {
    /** Different symbols to be remembered; who guesses is right once in so many times. */
    public static final int SYMBOLS = 16;

    /** Different tokens of noise. */
    static final int NOISE = 8;

    /** Tokens that a model of this task knows: symbols, noise and the question mark. */
    public static final int VOCABULARY = SYMBOLS + NOISE + 1;

    /** Peak rates of which each architecture gets the best. */
    public static final List<Double> RATES = List.of(0.003, 0.01, 0.03);

    private static final int QUESTION = VOCABULARY - 1;
    private static final int JUDGED = 256;

    /**
     * What is held equal.
     *
     * @param distances tokens from a symbol to the questions about it, ascending, the first and all gaps at least as
     *     large as the number of symbols
     * @param symbols to be remembered
     * @param steps of each training
     * @param batch sequences in a step
     * @param seeds trainings of each architecture
     * @param firstSeed the first of them; the others follow by one, and the one after the last is that of the trainings
     *     in search of a rate
     */
    public record RecallSettings(
            List<Integer> distances, int symbols, long steps, int batch, int seeds, long firstSeed) {
        /**
         * Checks the numbers.
         *
         * @param distances tokens from a symbol to the questions about it
         * @param symbols to be remembered
         * @param steps of each training
         * @param batch sequences in a step
         * @param seeds trainings of each architecture
         * @param firstSeed the first of them
         * @throws KitException where a number is below 1, or the distances do not ascend by the number of symbols
         */
        public RecallSettings {
            distances = List.copyOf(distances);
            boolean ascending = !distances.isEmpty() && distances.get(0) >= symbols;
            for (int i = 1; i < distances.size(); i++) {
                ascending &= distances.get(i) - distances.get(i - 1) >= symbols;
            }
            if (!ascending || symbols < 1 || steps < 1 || batch < 1 || seeds < 1) {
                throw new KitException("Recall of " + symbols + " symbols over the distances " + distances + " in "
                        + steps + " steps of " + batch
                        + " sequences from " + seeds
                        + " seeds cannot be trained: give ascending distances, each at least as many tokens on as there"
                        + " are symbols, and 1 or more of the others.");
            }
        }

        /** {@return tokens of a sequence, the last question among them} */
        public int length() {
            return distances.get(distances.size() - 1) + symbols;
        }
    }

    /** Shares of right answers by distance, of one architecture and seed; NaN for all where it diverged. */
    private record Judged(String name, long seed, double[] right, long divergedAt) {}

    private final Torch torch;
    private final Map<String, ModelConfig> entrants;
    private final RecallSettings settings;
    private final List<RateTrial> trials = new ArrayList<>();
    private final List<Judged> judged = new ArrayList<>();

    private Recall(Torch torch, Map<String, ? extends ModelConfig> entrants, RecallSettings settings) {
        this.torch = torch;
        this.entrants = new LinkedHashMap<>(entrants);
        this.settings = settings;
        this.entrants.forEach((name, config) -> {
            if (config.vocabularySize() != VOCABULARY || config.context() < settings.length()) {
                throw new KitException("The model '" + name + "' knows " + config.vocabularySize()
                        + " tokens and reads "
                        + config.context() + " at once: this task has " + VOCABULARY + " tokens and sequences of "
                        + settings.length() + "; give it these.");
            }
        });
    }

    /**
     * Trains and judges every architecture. Interrupted, it returns what was finished.
     *
     * @param torch the engine to train on
     * @param entrants configurations of {@link #VOCABULARY} tokens by the name to show
     * @param settings what is held equal
     * @param progress is told of each training
     * @return what was found
     * @throws KitException where an entrant's vocabulary or context does not fit, or all its rates diverge
     */
    public static Recall run(
            Torch torch, Map<String, ? extends ModelConfig> entrants, RecallSettings settings, Progress progress) {
        Recall recall = new Recall(torch, entrants, settings);
        return Fit.alone(() -> {
            recall.runAll(progress);
            return recall;
        });
    }

    private void runAll(Progress progress) {
        int all = entrants.size() * (RATES.size() + settings.seeds);
        progress.begin("recall over a distance", all);
        int done = 0;
        for (Map.Entry<String, ModelConfig> each : entrants.entrySet()) {
            String name = each.getKey();
            for (double rate : RATES) {
                if (!Thread.currentThread().isInterrupted()) {
                    train(name, each.getValue(), rate, settings.firstSeed + settings.seeds, false);
                    progress.update(++done, name + " at the rate of " + rate);
                }
            }
            for (int i = 0; i < settings.seeds && !Thread.currentThread().isInterrupted(); i++) {
                train(name, each.getValue(), rates().best(name), settings.firstSeed + i, true);
                progress.update(++done, name + ", seed " + (settings.firstSeed + i));
            }
        }
        progress.end(done < all ? "interrupted" : all + " trainings of " + settings.steps + " steps");
    }

    private void train(String name, ModelConfig config, double rate, long seed, boolean counts) {
        SplittableRandom random = new SplittableRandom(seed);
        try (LanguageModel model = LanguageModel.create(torch, config, seed);
                Fit fit = Fit.of(model, Muon.defaults().withRate(rate), EqualSeconds.schedule(settings.steps))) {
            double loss = Double.NaN;
            long divergedAt = 0;
            try {
                while (!fit.done()) {
                    long[][] batch = sequences(settings, random, settings.batch);
                    fit.step(1, step -> model.loss(array(step, batch[0]), array(step, batch[1])));
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                }
                loss = nats(model);
            } catch (DivergedException e) {
                divergedAt = e.step();
            }
            if (counts) {
                judged.add(new Judged(name, seed, right(model, divergedAt > 0), divergedAt));
            } else {
                trials.add(new RateTrial(name, rate, settings.steps, loss, divergedAt));
            }
        }
    }

    /** Ids and targets of some sequences, one after another. */
    static long[][] sequences(RecallSettings settings, SplittableRandom random, int count) {
        int length = settings.length();
        long[] ids = new long[count * length];
        long[] targets = new long[count * length];
        Arrays.fill(targets, LanguageModel.IGNORED);
        for (int i = 0; i < count; i++) {
            int from = i * length;
            for (int t = 0; t < length; t++) {
                ids[from + t] = t < settings.symbols ? random.nextInt(SYMBOLS) : SYMBOLS + random.nextInt(NOISE);
            }
            for (int distance : settings.distances) {
                for (int t = 0; t < settings.symbols; t++) {
                    ids[from + distance + t] = QUESTION;
                    targets[from + distance + t] = ids[from + t];
                }
            }
        }
        return new long[][] {ids, targets};
    }

    private NDArray array(NDManager manager, long[] tokens) {
        return manager.create(tokens, new Shape(tokens.length / settings.length(), settings.length()));
    }

    /** The sequences that are judged are the same for all, and are none of those that are learned from. */
    static long[][] held(RecallSettings settings) {
        return sequences(settings, new SplittableRandom(~settings.firstSeed), JUDGED);
    }

    private double nats(LanguageModel model) {
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                long[][] held = held(settings);
                return (double)
                        model.loss(array(work, held[0]), array(work, held[1])).getFloat();
            }
        });
    }

    private double[] right(LanguageModel model, boolean diverged) {
        double[] right = new double[settings.distances.size()];
        if (diverged) {
            Arrays.fill(right, Double.NaN);
            return right;
        }
        long[][] held = held(settings);
        int length = settings.length();
        torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                long[] said = model.logits(model.hidden(array(work, held[0])))
                        .argMax(-1)
                        .toLongArray();
                for (int i = 0; i < JUDGED; i++) {
                    for (int d = 0; d < right.length; d++) {
                        for (int t = 0; t < settings.symbols; t++) {
                            int at = i * length + settings.distances.get(d) + t;
                            right[d] += said[at] == held[1][at] ? 1.0 / (JUDGED * settings.symbols) : 0;
                        }
                    }
                }
            }
            return null;
        });
        return right;
    }

    /** {@return the trainings in search of rates; their losses are nats per answer} */
    public RateGrid rates() {
        return new RateGrid(trials);
    }

    /** {@return the distances, ascending} */
    public List<Integer> distances() {
        return settings.distances;
    }

    /**
     * {@return the share of right answers of each seed, in the order of the seeds; NaN where a training diverged}
     *
     * @param name the name that the architecture was given
     * @param distance one of the distances
     */
    public double[] shares(String name, int distance) {
        int at = settings.distances.indexOf(distance);
        if (at < 0 || !entrants.containsKey(name)) {
            throw new KitException("Recall of '" + name + "' over " + distance + " tokens was not measured: ask for one"
                    + " of " + entrants.keySet() + " and of the distances " + settings.distances + ".");
        }
        return judged.stream()
                .filter(each -> each.name.equals(name))
                .mapToDouble(each -> each.right[at])
                .toArray();
    }

    /**
     * {@return the mean share of right answers over the seeds, 0 to 1, with its interval by Student's t, cut at 0 and
     * 1; undefined where a training diverged or all seeds agree}
     *
     * @param name the name that the architecture was given
     * @param distance one of the distances
     */
    public Interval right(String name, int distance) {
        double[] shares = shares(name, distance);
        String diverged = diverged(name);
        if (!diverged.isEmpty()) {
            return Interval.undefined(Double.NaN, diverged);
        }
        Interval all = Interval.studentT(shares);
        return all.defined() ? new Interval(all.value(), Math.max(0, all.low()), Math.min(1, all.high())) : all;
    }

    private String diverged(String name) {
        return judged.stream()
                .filter(each -> each.name.equals(name) && each.divergedAt > 0)
                .map(each -> "diverged at step " + each.divergedAt + " (seed " + each.seed + ")")
                .findFirst()
                .orElse("");
    }
}
