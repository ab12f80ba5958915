/**
 * Measuring: how good a model is, how sure we are of it, where it fails, whom it treats differently and what it
 * remembers.
 *
 * <p>Every score is a {@link kawi.stats.Metric}: it can be recomputed on any sample of its examples, so every score has
 * a {@link kawi.stats.Interval} and any two of them a {@link kawi.stats.PairedComparison}.
 */
package kawi.eval;
