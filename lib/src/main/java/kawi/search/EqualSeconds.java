package kawi.search;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Evaluation;
import kawi.train.Fit;
import kawi.train.Muon;
import kawi.train.Schedule;

/**
 * Several models trained for equal seconds, one step of one after a step of another: what else the machine does then
 * slows all of them, and always the one steps that has come least far.
 *
 * <p>How many steps fit into the seconds is found in the training itself. Each model learns at its peak rate until six
 * tenths of the seconds are gone; from the steps that it has taken by then follows how many there are in all, over
 * which its rate falls to zero. That number is all that the clock decides: a training of so many steps by
 * {@link #schedule} ends with the same weights.
 */
final class EqualSeconds implements AutoCloseable {
    /** Share of the seconds, and of the steps, over which the rate falls. */
    private static final double DECAY = 0.4;

    private static final long WARM_UP = 10;
    private static final long FEWEST = 20;

    /**
     * What takes part.
     *
     * @param rate peak learning rate
     */
    record Entrant(String name, ModelConfig config, double rate) {}

    /** Is told of each step: the entrant's seconds so far, and the loss before the step in nats per token. */
    interface Steps {
        void taken(String name, double seconds, double loss);
    }

    private final Map<String, Runner> runners = new LinkedHashMap<>();
    private final double seconds;
    private final LongSupplier clock;

    /**
     * @param seconds of training for each, evaluation left out
     * @param seed of the models' first weights and of the windows that are drawn
     * @param clock in nanoseconds
     */
    EqualSeconds(
            Torch torch,
            List<Entrant> entrants,
            TokenFile train,
            int batch,
            double seconds,
            long seed,
            LongSupplier clock) {
        this.seconds = seconds;
        this.clock = clock;
        try {
            entrants.forEach(each -> runners.put(each.name, new Runner(torch, each, train, batch, seed)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The course of the rate in a training of so many steps. */
    static Schedule schedule(long steps) {
        return Schedule.warmupStableDecay(Math.min(WARM_UP, steps), steps, DECAY);
    }

    /** Steps until all have come to the end of their schedules or diverged, or until it is told to stop. */
    void train(BooleanSupplier goOn, Steps told) {
        while (goOn.getAsBoolean()) {
            Optional<Runner> behind = runners.values().stream()
                    .filter(Runner::goesOn)
                    .min(Comparator.comparingDouble(each -> each.done(seconds)));
            if (behind.isEmpty()) {
                return;
            }
            behind.get().step(seconds, clock, told);
        }
    }

    /** What came of an entrant, scored now. */
    Trial trial(String name, TokenFile validation, int windows, int atOnce) {
        Runner runner = runners.get(name);
        Trial.Judge judge = new Trial.Judge(validation, runner.model.context(), windows, atOnce);
        return runner.trial(judge);
    }

    /** An entrant's model, which is the caller's to close from now on. */
    LanguageModel take(String name) {
        Runner runner = runners.remove(name);
        runner.fit.close();
        return runner.model;
    }

    @Override
    public void close() {
        runners.values().forEach(Runner::close);
        runners.clear();
    }

    private static final class Runner {
        final String name;
        final LanguageModel model;
        final Fit fit;
        final Batches batches;
        Schedule ahead = new Schedule.Constant(WARM_UP, Long.MAX_VALUE);
        long peakSteps;
        double spent;
        long divergedAt;

        Runner(Torch torch, Entrant entrant, TokenFile train, int batch, long seed) {
            name = entrant.name;
            model = LanguageModel.create(torch, entrant.config, seed);
            batches = new Batches(train, batch, model.context(), seed);
            fit = Fit.of(model, Muon.defaults().withRate(entrant.rate), new Schedule() {
                @Override
                public long steps() {
                    return ahead.steps();
                }

                @Override
                public double factor(long step) {
                    return ahead.factor(step);
                }
            });
        }

        boolean goesOn() {
            return divergedAt == 0 && !fit.done();
        }

        /** How far it is, from 0 to 1: by the clock at first, then by the steps that are left. */
        double done(double seconds) {
            return peakSteps == 0
                    ? Math.min(1 - DECAY, spent / seconds)
                    : 1 - DECAY * (ahead.steps() - fit.taken()) / (double) (ahead.steps() - peakSteps);
        }

        void step(double seconds, LongSupplier clock, Steps told) {
            long start = clock.getAsLong();
            try {
                double loss = Trial.step(fit, 1, model, batches);
                spent += (clock.getAsLong() - start) * 1e-9;
                told.taken(name, spent, loss);
            } catch (DivergedException e) {
                spent += (clock.getAsLong() - start) * 1e-9;
                divergedAt = e.step();
                return;
            }
            if (peakSteps == 0 && spent >= (1 - DECAY) * seconds && fit.taken() >= (1 - DECAY) * FEWEST) {
                peakSteps = fit.taken();
                ahead = schedule(Math.round(peakSteps / (1 - DECAY)));
            }
        }

        Trial trial(Trial.Judge judge) {
            if (divergedAt == 0) {
                try {
                    Evaluation score =
                            fit.score(model, judge.validation(), judge.context(), judge.windows(), judge.atOnce());
                    return new Trial(fit.taken(), spent, score.nats(), score.bitsPerByte(), 0);
                } catch (DivergedException e) {
                    divergedAt = e.step();
                }
            }
            return new Trial(fit.taken(), spent, Double.NaN, Double.NaN, divergedAt);
        }

        void close() {
            fit.close();
            model.close();
        }
    }
}
