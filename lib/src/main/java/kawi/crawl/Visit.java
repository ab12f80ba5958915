package kawi.crawl;

/**
 * One address a crawler came upon and what became of it.
 *
 * @param url the address
 * @param depth links between the first page and this one
 * @param outcome what became of it
 * @param status HTTP status, or 0 where nothing was asked or answered
 * @param bytes bytes of the body
 * @param reason why it was not kept, or where it led; null for a page that was kept and came anew
 * @param etag the page's {@code ETag}, by which a later crawl asks whether it has changed; null where it has none
 * @param modified its {@code Last-Modified}, in the same way
 */
public record Visit(
        String url,
        int depth,
        Disposition outcome,
        int status,
        long bytes,
        String reason,
        String etag,
        String modified) {
    /** What can become of an address. */
    public enum Disposition {
        /** Written to the WARC file; with the status 304 it is the page of an earlier crawl. */
        KEPT,
        /** A file with a site's wishes, {@code ai.txt} or {@code llms.txt}: read, not kept. */
        NOTED,
        /** Led elsewhere. */
        REDIRECT,
        /** robots.txt forbids it; not asked. */
        DISALLOWED,
        /** The page asks not to be kept. */
        NOINDEX,
        /** The page asks not to be learned from. */
        RESERVED,
        /** A link that is no address; not asked. */
        NO_ADDRESS,
        /** Neither HTML nor plain text. */
        NOT_TEXT,
        /** An HTTP status of 400 or more. */
        REFUSED,
        /** Longer than the limit; cut and thrown away. */
        TOO_LARGE,
        /** No answer, no end in time, or broken off. */
        NO_ANSWER,
        /** A redirect loop, a calendar without end, or too deep; not asked further. */
        TRAP
    }
}
