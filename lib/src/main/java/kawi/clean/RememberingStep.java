package kawi.clean;

import kawi.corpus.Document;

/**
 * A step that decides by what came before, in three parts of which only the second needs the documents' order. On
 * several machines the first and the third are done where the documents lie, and only keys and decisions travel, so
 * that the verdicts are those of one machine.
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

    /**
     * {@return what says of documents what was decided about them}
     *
     * @param known what {@link Memory#known} gave when it had seen all keys of the run
     */
    Judge judge(byte[] known);

    /**
     * {@return a judge for a run in which documents are judged while later ones are still decided on: of a document,
     * once it was decided on, on any thread}
     *
     * @param memory of the run; what it sees later changes no verdict
     */
    default Judge judge(Memory memory) {
        return judge(memory.known());
    }

    /** What a run has seen. */
    interface Memory {
        /**
         * Decides on the next document.
         *
         * @param id of the document
         * @param key of it
         * @return what the judge is to know of the decision; empty where the document is kept as it is
         */
        byte[] decide(String id, byte[] key);

        /** {@return what the judge is to know besides, once all keys were seen; empty where it is nothing} */
        default byte[] known() {
            return new byte[0];
        }
    }

    /** What turns a decision into a verdict, of any document and in any order. */
    @FunctionalInterface
    interface Judge {
        /**
         * {@return the verdict}
         *
         * @param document as it comes to the step
         * @param decision on it
         */
        Verdict of(Document document, byte[] decision);
    }

    @Override
    default Pass begin() {
        Memory memory = remember();
        Judge judge = judge(memory);
        return document -> judge.of(document, memory.decide(document.id(), key(document)));
    }
}
