package kawi.corpus;

/**
 * Something that could not be used as it was: it never stops a run and never vanishes, it is counted with its reason.
 *
 * @param where file and line, entry of an archive, or address
 * @param reason why, in one clause
 */
public record Skipped(String where, String reason) {}
