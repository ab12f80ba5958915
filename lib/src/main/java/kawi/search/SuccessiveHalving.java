package kawi.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Muon;
import kawi.train.Schedule;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Successive halving (Jamieson and Talwalkar 2016): many configurations train for a little while, the better half goes
 * on for twice as long, and so on until one is left. Time goes to those that deserve it, and the price is that of a few
 * full trainings.
 */
public final class SuccessiveHalving {
    private static final int SCORED_WINDOWS = 64;

    /**
     * A configuration to be tried with a learning rate.
     *
     * @param config the model's shape
     * @param rate peak learning rate
     */
    public record Candidate(GptConfig config, double rate) {}

    /**
     * How a candidate stood at the end of a rung.
     *
     * @param rung from 1
     * @param candidate what was trained
     * @param steps optimizer steps taken so far
     * @param seconds trained in all so far
     * @param loss nats per token on validation text; NaN where it diverged
     * @param goesOn whether it is in the next rung, or is the last one standing
     * @param divergedAt the step at which it diverged; 0 where it did not
     */
    public record Standing(
            int rung, Candidate candidate, long steps, double seconds, double loss, boolean goesOn, long divergedAt) {
        /** {@return "goes on", "stops", or "diverged at step n"} */
        public String verdict() {
            return divergedAt > 0 ? "diverged at step " + divergedAt : goesOn ? "goes on" : "stops";
        }
    }

    /**
     * The outcome: the last one standing, and how it came to that.
     *
     * @param best the last one standing
     * @param loss its loss at the end, nats per token on validation text
     * @param standings of every candidate at the end of each of its rungs, the best of a rung first
     */
    public record SearchResult(Candidate best, double loss, List<Standing> standings) {
        /** {@return a row for each candidate and rung, the best of a rung first} */
        public Table table() {
            IntColumn rung = IntColumn.create("rung"),
                    layers = IntColumn.create("layers"),
                    heads = IntColumn.create("heads"),
                    width = IntColumn.create("width");
            LongColumn parameters = LongColumn.create("parameters"), steps = LongColumn.create("steps");
            DoubleColumn rate = DoubleColumn.create("rate"),
                    seconds = DoubleColumn.create("seconds"),
                    loss = DoubleColumn.create("loss (nats per token)");
            StringColumn verdict = StringColumn.create("verdict");
            for (Standing each : standings) {
                GptConfig config = each.candidate().config();
                rung.append(each.rung());
                layers.append(config.layers());
                heads.append(config.heads());
                width.append(config.width());
                parameters.append(config.parameterCount());
                steps.append(each.steps());
                rate.append(each.candidate().rate());
                seconds.append(each.seconds());
                if (each.divergedAt() > 0) {
                    loss.appendMissing();
                } else {
                    loss.append(each.loss());
                }
                verdict.append(each.verdict());
            }
            return Table.create("halving", rung, layers, heads, width, parameters, rate, steps, seconds, loss, verdict);
        }
    }

    private SuccessiveHalving() {}

    /**
     * Draws different candidates from all combinations that fit together (the width a multiple of the heads).
     *
     * @param base vocabulary and context of all
     * @param layers numbers of blocks
     * @param heads numbers of heads
     * @param widths widths
     * @param rates peak learning rates
     * @param number how many to draw; all where there are fewer
     * @param seed the same seed draws the same ones
     * @return different candidates, in the order in which they were drawn
     */
    public static List<Candidate> draw(
            GptConfig base, int[] layers, int[] heads, int[] widths, double[] rates, int number, long seed) {
        List<Candidate> all = new ArrayList<>();
        for (int l : layers) {
            for (int h : heads) {
                for (int w : widths) {
                    for (double r : rates) {
                        if (w % h == 0) {
                            all.add(new Candidate(base.layers(l).heads(h).width(w), r));
                        }
                    }
                }
            }
        }
        SplittableRandom random = Torch.random(seed, "candidates");
        List<Candidate> drawn = new ArrayList<>();
        while (drawn.size() < number && !all.isEmpty()) {
            drawn.add(all.remove(random.nextInt(all.size())));
        }
        return drawn;
    }

    /**
     * Runs the search. Interrupted, it ends the rung early and returns the best so far. A candidate that diverges is
     * out.
     *
     * @param torch the engine to train on
     * @param candidates what is tried
     * @param train text to learn from
     * @param validation text to be judged on
     * @param batch windows in a step
     * @param seconds that each candidate trains in the first rung; a rung later twice as long
     * @param seed of the models' first weights and of the windows that are drawn
     * @param progress is given one series for each rung: losses of its candidates, from the best to the worst; and told
     *     of those that diverge
     * @return the best, and all standings
     * @throws KitException if there is no candidate, all diverge, or one fails otherwise than by diverging
     */
    public static SearchResult run(
            Torch torch,
            List<Candidate> candidates,
            TokenFile train,
            TokenFile validation,
            int batch,
            double seconds,
            long seed,
            Progress progress) {
        if (candidates.isEmpty()) {
            throw new KitException("A search needs at least one candidate: widen the layers, heads, widths or rates.");
        }
        return Fit.alone(() -> {
            List<Contender> field = new ArrayList<>();
            try {
                candidates.forEach(candidate -> field.add(new Contender(torch, candidate, train, batch, seed)));
                return narrow(field, validation, batch, seconds, progress);
            } finally {
                field.forEach(Contender::close);
            }
        });
    }

    private static SearchResult narrow(
            List<Contender> field, TokenFile validation, int batch, double seconds, Progress progress) {
        List<Standing> standings = new ArrayList<>();
        int rungs = rungs(field.size());
        int visits = 0;
        progress.begin("successive halving of " + field.size() + " candidates", -1);
        progress.axes("place in the rung", "validation loss (nats per token)");
        for (int rung = 1; ; rung++) {
            for (Contender each : field) {
                progress.update(
                        ++visits,
                        "rung " + rung + " of at most " + rungs + ": "
                                + each.candidate.config().describe());
                each.train(seconds * (1 << (rung - 1)));
                each.score(validation, batch);
            }
            field.sort(Comparator.comparingDouble(each -> each.loss)); // NaN, the loss of a diverged one, comes last
            int sound =
                    (int) field.stream().filter(each -> each.divergedAt == 0).count();
            if (sound == 0) {
                throw new KitException(
                        "Every candidate that was left in rung " + rung + " diverged: give lower rates.");
            }
            int keep = kept(field.size(), sound);
            for (int i = 0; i < field.size(); i++) {
                Contender each = field.get(i);
                standings.add(new Standing(
                        rung, each.candidate, each.fit.taken(), each.seconds, each.loss, i < keep, each.divergedAt));
                if (each.divergedAt == 0) {
                    progress.point("rung " + rung, i + 1, each.loss);
                } else {
                    progress.sample(each.candidate.config().describe() + " at the rate of " + each.candidate.rate()
                            + ": diverged at step " + each.divergedAt);
                }
            }
            field.subList(keep, field.size()).forEach(Contender::close);
            field.subList(keep, field.size()).clear();
            if (field.size() == 1 || Thread.currentThread().isInterrupted()) {
                Contender best = field.get(0);
                progress.end(best.candidate.config().describe());
                return new SearchResult(best.candidate, best.loss, standings);
            }
        }
    }

    /** How many rungs so many candidates take to become one, where none diverges: those that do make them fewer. */
    static int rungs(int candidates) {
        return Math.max(1, 31 - Integer.numberOfLeadingZeros(candidates));
    }

    /** How many of a rung's candidates go on: the better half, one at least, and none that diverged. */
    static int kept(int candidates, int sound) {
        return Math.min(sound, Math.max(1, candidates / 2));
    }

    /** A candidate in training: it goes on where it stopped. */
    private static final class Contender {
        private static final long NO_END = 1_000_000;
        private static final int WARM_UP = 10;
        final Candidate candidate;
        final LanguageModel model;
        final Fit fit;
        final Batches batches;
        double seconds;
        double loss = Double.NaN;
        long divergedAt;

        Contender(Torch torch, Candidate candidate, TokenFile train, int batch, long seed) {
            this.candidate = candidate;
            this.model = LanguageModel.create(torch, candidate.config(), seed);
            this.fit =
                    Fit.of(model, Muon.defaults().withRate(candidate.rate()), new Schedule.Constant(WARM_UP, NO_END));
            this.batches = new Batches(train, batch, candidate.config().context(), seed);
        }

        /** Trains on; a candidate that diverges stops here, for its rate is no good. */
        void train(double most) {
            long start = System.nanoTime();
            double spent = 0;
            try {
                while (spent < most && !Thread.currentThread().isInterrupted()) {
                    Trial.step(fit, model, batches);
                    spent = (System.nanoTime() - start) * 1e-9;
                }
            } catch (DivergedException e) {
                divergedAt = e.step();
            }
            seconds += spent;
        }

        void score(TokenFile validation, int batch) {
            loss = Double.NaN;
            if (divergedAt == 0) {
                try {
                    loss = fit.score(model, validation, model.context(), SCORED_WINDOWS, batch)
                            .nats();
                } catch (DivergedException e) {
                    divergedAt = e.step();
                }
            }
        }

        void close() {
            fit.close();
            model.close();
        }
    }
}
