package kawi.readers;

import java.util.Map;

/**
 * What reading a source came to, without its documents.
 *
 * @param source the source
 * @param offered documents the source had, before any sample was taken
 * @param skipped things that could not be used
 * @param repaired things that were kept but read otherwise than they were written, or in part
 * @param omitted what stood on pages and not in their text, by reason; empty where the source has no pages
 */
public record Account(Source source, long offered, long skipped, long repaired, Map<String, Omission> omitted) {}
