package kawi.clean;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import kawi.corpus.Document;
import kawi.text.Normalizer;

/**
 * One noun of a cleaning pipeline: it looks at each document once, in order, and keeps it, changes it or drops it. A
 * step of one's own is a class with these two methods, or {@link #change}, {@link #keep} or {@link RuleFilter} with a
 * rule of one's own.
 */
public interface Step {
    /** {@return what the step is called in tables and in the reasons of rejected documents} */
    String name();

    /**
     * {@return the step at the beginning of a run} What a step must remember (texts seen so far) lives in the pass, so
     * that one step serves many runs.
     */
    Pass begin();

    /**
     * {@return whether a pass remembers nothing, so that several passes may share a run's documents among them, each on
     * a thread of its own} Where it is false, one pass sees all documents, one at a time and in order, though not
     * always on the same thread.
     */
    default boolean independent() {
        return false;
    }

    /**
     * {@return everything that decides what the step does, in words and figures, so that equal names and settings mean
     * equal verdicts; null where it cannot say, as a function of one's own cannot} A pipeline that goes on where it was
     * asks for them, see {@link Pipeline#checkpoints(java.nio.file.Path)}.
     */
    default String settings() {
        return null;
    }

    /** A step at work on one run. */
    @FunctionalInterface
    interface Pass {
        /**
         * {@return what becomes of a document: {@link Verdict#keep}, {@link Verdict#change} or {@link Verdict#drop}}
         *
         * @param document the document as the steps before left it
         */
        Verdict judge(Document document);
    }

    /**
     * {@return a step that changes texts and drops nothing} A {@link Normalizer} works on all cores; a function of
     * one's own need not be able to, and is given one text at a time.
     *
     * @param change gives the new text for the old one
     * @param name what the step is called in tables
     */
    static Step change(String name, UnaryOperator<String> change) {
        return new Step() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean independent() {
                return change instanceof Normalizer;
            }

            @Override
            public String settings() {
                return change instanceof Normalizer normalizer ? String.join(", ", normalizer.names()) : null;
            }

            @Override
            public Pass begin() {
                return document -> {
                    String changed = change.apply(document.text());
                    return new Verdict.Keep(changed.equals(document.text()) ? document : document.withText(changed));
                };
            }
        };
    }

    /**
     * {@return a step that drops every document for which {@code wanted} does not hold; {@code note} says why, for the
     * reader of what was dropped}
     *
     * @param name what the step is called in tables
     * @param wanted holds for a document that stays
     * @param note why the others are dropped
     */
    static Step keep(String name, Predicate<Document> wanted, String note) {
        return new Step() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Pass begin() {
                return document -> wanted.test(document)
                        ? new Verdict.Keep(document)
                        : new Verdict.Drop("wanted", 0, 1.0, null, note);
            }
        };
    }
}
