package kawi.clean;

import kawi.corpus.Document;

/**
 * A step that decides by what came before, where what it looks at in a document can be worked out for each document by
 * itself: on several machines the documents stay where they are and only these keys are compared, in the documents'
 * order, so that the decisions are those of one machine.
 */
public interface RememberingStep extends Step {
    /**
     * {@return what the step looks at in a document; equal texts have equal keys}
     *
     * @param document as it comes to the step
     */
    byte[] key(Document document);

    /**
     * Begins a run.
     *
     * @return what remembers the keys of the run; empty at first
     */
    Memory remember();

    /** What a run has seen. */
    interface Memory {
        /**
         * Decides on the next document.
         *
         * @param id of the document
         * @param key of it
         * @return why it is dropped; null where it is kept
         */
        Verdict.Drop judge(String id, byte[] key);
    }

    @Override
    default Pass begin() {
        Memory memory = remember();
        return document -> {
            Verdict.Drop drop = memory.judge(document.id(), key(document));
            return drop == null ? new Verdict.Keep(document) : drop;
        };
    }
}
