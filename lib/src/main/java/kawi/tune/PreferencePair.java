package kawi.tune;

import kawi.evidence.KitException;

/**
 * Two answers to one thing that is asked, of which one is preferred.
 *
 * @param example what is asked
 * @param chosen the answer that is preferred
 * @param rejected the other
 */
public record PreferencePair(Example example, String chosen, String rejected) {

    /**
     * Checks that there is something to prefer.
     *
     * @param example what is asked
     * @param chosen the answer that is preferred
     * @param rejected the other
     * @throws KitException if an answer is empty, or both are the same but for white space around them
     */
    public PreferencePair {
        if (chosen.isBlank() || rejected.isBlank()) {
            throw new KitException("Of the two answers to '" + example.input() + "' the "
                    + (chosen.isBlank() ? "chosen" : "rejected")
                    + " one is empty: give two answers, or leave the pair out.");
        }
        if (chosen.strip().equals(rejected.strip())) {
            throw new KitException("Chosen and rejected are the same answer to '" + example.input() + "', '"
                    + chosen.strip() + "': nothing is preferred there, so leave the pair out.");
        }
    }

    /** {@return first 16 hex digits of a SHA-256: the same pair has the same id everywhere} */
    public String id() {
        return Example.hash(example.id() + "\u0000" + chosen + "\u0000" + rejected);
    }
}
