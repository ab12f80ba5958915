package kawi.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Muon;
import kawi.train.Schedule;
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
     * @param config the model's shape, of any family
     * @param rate peak learning rate
     */
    public record Candidate(ModelConfig config, double rate) {}

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
            int last = standings.get(standings.size() - 1).rung();
            ResultTable table = new ResultTable("halving");
            for (Standing each : standings) {
                table.put("rung", (long) each.rung())
                        .put("model", each.candidate().config().describe())
                        .put("parameters", each.candidate().config().parameterCount())
                        .put("rate", each.candidate().rate())
                        .put("steps", each.steps())
                        .put("seconds", each.seconds())
                        .put("loss (nats per token)", each.loss())
                        .put("verdict", each.rung() == last && each.candidate().equals(best) ? "kept" : each.verdict());
            }
            return table.table();
        }
    }

    private SuccessiveHalving() {}

    /**
     * Draws different GPTs from all combinations that fit together (the width a multiple of the heads).
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
        return run(torch, candidates, train, validation, batch, seconds, seed, progress, System::nanoTime);
    }

    /**
     * The same by a clock of one's own, in nanoseconds: with one that goes by steps the search ends alike each time.
     */
    static SearchResult run(
            Torch torch,
            List<Candidate> candidates,
            TokenFile train,
            TokenFile validation,
            int batch,
            double seconds,
            long seed,
            Progress progress,
            LongSupplier clock) {
        if (candidates.isEmpty()) {
            throw new KitException("A search needs at least one candidate: widen the layers, heads, widths or rates.");
        }
        return Fit.alone(() -> {
            List<Contender> field = new ArrayList<>();
            try {
                candidates.forEach(candidate -> field.add(new Contender(torch, candidate, train, batch, seed, clock)));
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

    /**
     * Runs the search by steps instead of seconds, so that it ends alike on any machine and wherever its trainings are
     * run: on workers as in this process, the same numbers in the same order, but for the seconds. Interrupted, it
     * returns the best of the last whole rung.
     *
     * @param trials where the trainings are run
     * @param candidates different ones
     * @param train text to learn from
     * @param validation text to be judged on
     * @param batch windows in a step
     * @param steps that each candidate takes in the first rung; a rung later twice as many
     * @param seed of the models' first weights and of the windows that are drawn
     * @param progress as in the other
     * @return the best, and all standings
     * @throws KitException if there is no candidate, all diverge, one fails otherwise than by diverging, or it is
     *     interrupted in the first rung
     */
    public static SearchResult run(
            Trials trials,
            List<Candidate> candidates,
            TokenFile train,
            TokenFile validation,
            int batch,
            long steps,
            long seed,
            Progress progress) {
        if (candidates.isEmpty() || steps < 1) {
            throw new KitException("A search over " + candidates.size() + " candidates in rungs of " + steps
                    + " steps finds nothing: give at least one of each.");
        }
        return Fit.alone(() -> {
            progress.begin("successive halving of " + candidates.size() + " candidates", -1);
            progress.axes("place in the rung", "validation loss (nats per token)");
            try (Trials.Session session = trials.begin(train, validation)) {
                return narrow(session, new ArrayList<>(candidates), batch, steps, seed, progress);
            }
        });
    }

    private static SearchResult narrow(
            Trials.Session session, List<Candidate> field, int batch, long steps, long seed, Progress progress) {
        List<Standing> standings = new ArrayList<>();
        long until = 0;
        long visits = 0;
        for (int rung = 1; ; rung++) {
            until += steps << rung - 1;
            int number = rung;
            long before = visits;
            List<Trials.Asked> asked = new ArrayList<>();
            for (Candidate each : field) {
                asked.add(asked(each, batch, until, seed));
            }
            List<Trials.Outcome> outcomes = session.run(
                    asked,
                    (each, outcome) -> progress.update(
                            before + 1 + asked.indexOf(each),
                            "rung " + number + ": " + each.recipe().config().describe()));
            visits += field.size();
            if (outcomes.size() < field.size()) {
                if (standings.isEmpty()) {
                    throw new KitException("The search was interrupted in its first rung: run the cell again.");
                }
                Standing best = standings.stream()
                        .filter(each -> each.rung() == number - 1)
                        .findFirst()
                        .orElseThrow();
                progress.end("interrupted in rung " + rung);
                return new SearchResult(best.candidate(), best.loss(), standings);
            }
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < field.size(); i++) {
                order.add(i);
            }
            order.sort(Comparator.comparingDouble(i -> outcomes.get(i).loss())); // NaN comes last
            int sound = (int) outcomes.stream().filter(each -> !each.diverged()).count();
            if (sound == 0) {
                throw new KitException(
                        "Every candidate that was left in rung " + rung + " diverged: give lower rates.");
            }
            int keep = kept(field.size(), sound);
            List<Candidate> next = new ArrayList<>();
            for (int place = 0; place < order.size(); place++) {
                Candidate each = field.get(order.get(place));
                Trials.Outcome outcome = outcomes.get(order.get(place));
                standings.add(new Standing(
                        rung,
                        each,
                        outcome.steps(),
                        outcome.seconds(),
                        outcome.loss(),
                        place < keep,
                        outcome.divergedAt()));
                if (outcome.diverged()) {
                    progress.sample(each.config().describe() + " at the rate of " + each.rate() + ": diverged at step "
                            + outcome.divergedAt());
                } else {
                    progress.point("rung " + rung, place + 1, outcome.loss());
                }
                if (place < keep) {
                    next.add(each);
                } else {
                    session.drop(List.of(asked.get(order.get(place))));
                }
            }
            field = next;
            if (field.size() == 1) {
                progress.end(field.get(0).config().describe());
                return new SearchResult(field.get(0), outcomes.get(order.get(0)).loss(), standings);
            }
        }
    }

    private static Trials.Asked asked(Candidate candidate, int batch, long until, long seed) {
        Recipe recipe = new Recipe(
                candidate.config().describe() + " at the rate of " + candidate.rate(),
                candidate.config(),
                Muon.defaults().withRate(candidate.rate()),
                new Schedule.Constant(Contender.WARM_UP, Contender.NO_END),
                batch);
        int context = candidate.config().context();
        return new Trials.Asked(recipe, 1, seed, until, context, SCORED_WINDOWS, batch);
    }

    /** A candidate in training: it goes on where it stopped. */
    private static final class Contender {
        private static final long NO_END = 1_000_000;
        private static final int WARM_UP = 10;
        final Candidate candidate;
        final LanguageModel model;
        final Fit fit;
        final Batches batches;
        final LongSupplier clock;
        double seconds;
        double loss = Double.NaN;
        long divergedAt;

        Contender(Torch torch, Candidate candidate, TokenFile train, int batch, long seed, LongSupplier clock) {
            this.clock = clock;
            this.candidate = candidate;
            this.model = LanguageModel.create(torch, candidate.config(), seed);
            this.fit =
                    Fit.of(model, Muon.defaults().withRate(candidate.rate()), new Schedule.Constant(WARM_UP, NO_END));
            this.batches = new Batches(train, batch, candidate.config().context(), seed);
        }

        /** Trains on; a candidate that diverges stops here, for its rate is no good. */
        void train(double most) {
            long start = clock.getAsLong();
            double spent = 0;
            try {
                while (spent < most && !Thread.currentThread().isInterrupted()) {
                    Trial.step(fit, 1, model, batches);
                    spent = (clock.getAsLong() - start) * 1e-9;
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

    /** How many rungs so many candidates take to become one, where none diverges: those that do make them fewer. */
    static int rungs(int candidates) {
        return Math.max(1, 31 - Integer.numberOfLeadingZeros(candidates));
    }

    /** How many of a rung's candidates go on: the better half, one at least, and none that diverged. */
    static int kept(int candidates, int sound) {
        return Math.min(sound, Math.max(1, candidates / 2));
    }
}
