package kawi.clean;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kawi.evidence.Cores;
import kawi.evidence.KitException;

/**
 * The steps of a pipeline at work on several batches at once. What looks at each document alone is done on any core;
 * what must see documents in their order sees them so, one at a time, and of a step that remembers that is the decision
 * alone. Batches come out in the order in which they went in, with what one thread would have made of them.
 *
 * <p>As many batches are under way as there are cores and as many again, and no more text than a part of the heap.
 */
final class Flow {
    private static final int SHARE_OF_HEAP = 64; // of which a letter may take two bytes, and a step a few copies

    private final List<Step> steps;
    private final Executor cores;
    private final int most;
    private final long mostLetters;
    private final List<Stage> stages = new ArrayList<>();
    private final Deque<Going> going = new ArrayDeque<>();
    private final Consumer<Batch> done;
    private long letters;
    private volatile boolean ended;

    private record Going(Batch batch, CompletableFuture<Batch> whole) {}

    /**
     * @param steps of the pipeline
     * @param done takes the batches in their order, on the thread that puts them in
     */
    Flow(List<Step> steps, Consumer<Batch> done) {
        this(steps, done, Cores.all(), 2 * Cores.number(), Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /**
     * @param most batches that are under way
     * @param mostLetters letters of their texts, unless a batch alone has more
     */
    Flow(List<Step> steps, Consumer<Batch> done, Executor cores, int most, long mostLetters) {
        this.steps = steps;
        this.done = done;
        this.cores = cores;
        this.most = most;
        this.mostLetters = mostLetters;
        Anywhere open = new Anywhere(0);
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).independent()) {
                open.to = i + 1;
                continue;
            }
            stages.add(open);
            InOrder next = new InOrder(i);
            open.keys = next.remembering;
            stages.add(next);
            open = new Anywhere(i + 1);
            open.decided = next;
        }
        open.last = true;
        stages.add(open);
    }

    /** Puts a batch in; takes out what is done, and waits for it where too much is under way. */
    void put(Batch batch) {
        while (!going.isEmpty() && (going.size() >= most || letters + batch.letters() > mostLetters)) {
            takeFirst();
        }
        letters += batch.letters();
        CompletableFuture<Batch> way = CompletableFuture.completedFuture(batch);
        for (Stage stage : stages) {
            way = stage.after(way);
        }
        going.add(new Going(batch, way));
        while (!going.isEmpty() && going.peek().whole().isDone()) {
            takeFirst();
        }
    }

    /**
     * Tells the steps that see documents in their order of one that an earlier run had done with. Only before the first
     * batch.
     *
     * @param id of the document
     * @param seen what each of these steps looked at then, as far as the document came
     */
    void remember(String id, List<byte[]> seen) {
        int next = 0;
        for (Stage stage : stages) {
            if (next < seen.size() && stage instanceof InOrder step) {
                step.remember(id, seen.get(next++));
            }
        }
    }

    /** Takes out all that is under way. */
    void finish() {
        while (!going.isEmpty()) {
            takeFirst();
        }
    }

    /** Ends what is under way and waits until no step works any more. */
    void stop() {
        ended = true;
        for (Going each : going) {
            each.whole().handle((batch, failure) -> null).join();
        }
        going.clear();
    }

    private void takeFirst() {
        Going first = going.remove();
        letters -= first.batch().letters();
        try {
            done.accept(first.whole().join());
        } catch (CompletionException e) {
            throw own(e);
        }
    }

    /** What failed on another thread, as if it had failed on this one. */
    private static RuntimeException own(CompletionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException failure ? failure : e;
    }

    private interface Stage {
        CompletableFuture<Batch> after(CompletableFuture<Batch> before);
    }

    /** Steps that look at each document alone; before them what a step decided, behind them what the next looks at. */
    private final class Anywhere implements Stage {
        private final int from;
        private int to;
        private InOrder decided;
        private RememberingStep keys;
        private boolean last;
        /** A pass may hold what only one thread can use. */
        private final Queue<List<Step.Pass>> passes = new ConcurrentLinkedQueue<>();

        Anywhere(int from) {
            this.from = from;
            this.to = from;
        }

        @Override
        public CompletableFuture<Batch> after(CompletableFuture<Batch> before) {
            return before.thenApplyAsync(this::through, cores);
        }

        private Batch through(Batch batch) {
            List<Step.Pass> own = passes.poll();
            if (own == null) {
                own = steps.subList(from, to).stream().map(Step::begin).toList();
            }
            if (from == 0) {
                batch.begin();
            }
            for (Batch.Item item : batch.items) {
                if (ended) {
                    return batch;
                }
                if (decided != null && decided.remembering != null && item.rejected == null) {
                    byte[] decision = item.key;
                    item.key = null;
                    judge(batch, from - 1, document -> decided.judge.of(document, decision), item);
                }
                for (int i = from; i < to && item.rejected == null; i++) {
                    judge(batch, i, own.get(i - from), item);
                }
                if (keys != null && item.rejected == null) {
                    item.key = of(keys, item, () -> keys.key(item.document));
                }
            }
            passes.add(own);
            if (last) {
                batch.finish();
            }
            return batch;
        }
    }

    /** A step that sees the documents in their order. */
    private final class InOrder implements Stage {
        private final int step;
        private final RememberingStep remembering;
        private final RememberingStep.Memory memory;
        private final RememberingStep.Judge judge;
        private final Step.Pass pass;
        private CompletableFuture<Batch> previous = CompletableFuture.completedFuture(null);

        InOrder(int step) {
            this.step = step;
            this.remembering = steps.get(step) instanceof RememberingStep itself ? itself : null;
            this.memory = remembering == null ? null : remembering.remember();
            this.judge = remembering == null ? null : remembering.judge(memory);
            this.pass = remembering == null ? steps.get(step).begin() : null;
        }

        @Override
        public CompletableFuture<Batch> after(CompletableFuture<Batch> before) {
            previous = before.thenCombineAsync(previous, (batch, ignored) -> through(batch), cores);
            return previous;
        }

        void remember(String id, byte[] seen) {
            if (remembering == null) {
                Pipeline.judge(steps.get(step), pass, DocumentBytes.from(seen));
            } else {
                memory.decide(id, seen);
            }
        }

        private Batch through(Batch batch) {
            for (Batch.Item item : batch.items) {
                if (ended) {
                    return batch;
                }
                if (item.rejected == null && item.seen != null) {
                    item.seen.add(remembering == null ? DocumentBytes.of(item.document) : item.key);
                }
                if (item.rejected == null && remembering != null) {
                    item.key = of(remembering, item, () -> memory.decide(item.document.id(), item.key));
                } else if (item.rejected == null) {
                    judge(batch, step, pass, item);
                }
            }
            return batch;
        }
    }

    private void judge(Batch batch, int step, Step.Pass pass, Batch.Item item) {
        Step own = steps.get(step);
        batch.note(step, own.name(), item, Pipeline.judge(own, pass, item.document));
    }

    private static byte[] of(Step step, Batch.Item item, Supplier<byte[]> work) {
        try {
            return work.get();
        } catch (KitException e) {
            throw e;
        } catch (RuntimeException e) {
            throw Pipeline.failed(step, item.document, e);
        }
    }
}
