package kawi.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import kawi.evidence.Progress;
import kawi.model.ModelConfig;
import kawi.search.ComparedRuns.Run;
import kawi.text.TokenFile;
import kawi.train.Muon;

/** Runs of a comparison trained again with fewer steps, for readings in which something else than time is equal. */
final class ShorterRuns {
    /** Validation windows that a run is scored on. */
    static final int WINDOWS = 96;

    /** Which run, with how many steps asked for: one that diverged took fewer. */
    private record Like(String name, long seed, long steps) {}

    private final Map<String, ModelConfig> entrants;
    private final int batch;
    private final TokenFile train;
    private final TokenFile validation;
    private final Map<Like, Run> done = new HashMap<>();

    ShorterRuns(Map<String, ModelConfig> entrants, int batch, TokenFile train, TokenFile validation) {
        this.entrants = entrants;
        this.batch = batch;
        this.train = train;
        this.validation = validation;
    }

    /**
     * {@return each run's like with as many steps as the one of its seed that had the fewest, or fewest of what a step
     * reads; where it was interrupted, those before the first that is missing}
     */
    List<Run> read(List<Run> runs, Trials trials, String what, ToLongFunction<String> inAStep, Progress progress) {
        progress.begin("training for equal " + what, runs.size());
        Map<String, Like> missing = new LinkedHashMap<>(); // by the name of what is asked for
        Map<String, Run> from = new HashMap<>();
        List<Trials.Asked> asked = new ArrayList<>();
        List<Like> likes = new ArrayList<>();
        for (Run run : runs) {
            long steps = steps(run, runs, inAStep);
            Like like = new Like(run.name(), run.seed(), steps);
            likes.add(like);
            if (run.steps() == steps) {
                done.put(like, run);
            } else if (!done.containsKey(like)) {
                Trials.Asked next = asked(run, steps);
                asked.add(next);
                missing.put(next.name(), like);
                from.put(next.name(), run);
            }
        }
        try (Trials.Session session = trials.begin(train, validation)) {
            session.run(asked, (each, outcome) -> {
                session.drop(List.of(each));
                Run run = from.get(each.name());
                done.put(missing.remove(each.name()), run(run, Trial.of(outcome)));
                progress.update(runs.size() - missing.size(), run.name() + ", seed " + run.seed());
            });
        }
        List<Run> read = new ArrayList<>();
        for (Like like : likes) {
            if (!done.containsKey(like)) {
                break;
            }
            read.add(done.get(like));
        }
        int trained = asked.size() - missing.size();
        progress.end(read.size() + " runs, of which " + trained + " were trained for it");
        return read;
    }

    /** How many steps a run has in a reading; its own where it diverged. */
    private static long steps(Run run, List<Run> runs, ToLongFunction<String> inAStep) {
        long least = runs.stream()
                .filter(other -> other.seed() == run.seed() && !other.diverged())
                .mapToLong(other -> other.steps() * inAStep.applyAsLong(other.name()))
                .min()
                .orElse(0);
        return run.diverged() ? run.steps() : Math.max(1, least / inAStep.applyAsLong(run.name()));
    }

    /** {@return a run's training with so many steps} */
    Trials.Asked asked(Run run, long steps) {
        ModelConfig config = entrants.get(run.name());
        Recipe recipe = new Recipe(
                run.name(), config, Muon.defaults().withRate(run.rate()), EqualSeconds.schedule(steps), batch);
        return new Trials.Asked(recipe, 1, run.seed(), steps, config.context(), WINDOWS, batch);
    }

    /** {@return a run like another, of which this came} */
    Run run(Run like, Trial trial) {
        return Run.of(like.name(), entrants.get(like.name()), like.seed(), like.rate(), batch, trial);
    }
}
