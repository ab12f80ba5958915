package kawi.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import kawi.text.TokenFile;

/** Trainings whose outcome is written; it keeps what was asked for and what was dropped. */
final class WrittenTrials implements Trials, Trials.Session {
    private final Function<Asked, Outcome> outcomes;
    final List<Asked> asked = new ArrayList<>();
    final List<Asked> dropped = new ArrayList<>();
    /** How many trainings end before the thread is interrupted. */
    int interruptedAfter = Integer.MAX_VALUE;

    boolean closed;

    WrittenTrials(Function<Asked, Outcome> outcomes) {
        this.outcomes = outcomes;
    }

    @Override
    public Session begin(TokenFile train, TokenFile validation) {
        closed = false;
        return this;
    }

    @Override
    public String where() {
        return "nowhere";
    }

    @Override
    public List<Outcome> run(List<Asked> all, BiConsumer<Asked, Outcome> done) {
        asked.addAll(all);
        List<Outcome> ended = new ArrayList<>();
        for (Asked each : all.subList(0, Math.min(interruptedAfter, all.size()))) {
            ended.add(outcomes.apply(each));
            done.accept(each, ended.get(ended.size() - 1));
        }
        return ended;
    }

    @Override
    public void drop(List<Asked> all) {
        dropped.addAll(all);
    }

    @Override
    public void close() {
        closed = true;
    }
}
