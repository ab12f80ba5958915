package kawi.corpus;

import kawi.evidence.Hash;

/**
 * Training, validation or test: 90, 5 and 5 of a hundred documents, decided by a hash of the document's id.
 *
 * <p>Nothing is drawn by chance and nothing is stored: a document is in the same part in every run, in every notebook,
 * whatever other documents come or go.
 */
public enum Split {
    /** To learn from. */
    TRAIN,
    /** To choose by: sizes, rates, when to stop. */
    VALIDATION,
    /** To measure at the end, once. */
    TEST;

    /**
     * {@return the part of the document with this id}
     *
     * @param documentId the id
     */
    public static Split of(String documentId) {
        long bucket = Long.parseLong(Hash.of("split\n" + documentId).substring(0, 12), 16) % 100;
        return bucket < 90 ? TRAIN : bucket < 95 ? VALIDATION : TEST;
    }
}
