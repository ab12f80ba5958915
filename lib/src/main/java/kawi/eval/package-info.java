/**
 * Measuring: how good a model is, how sure we are of it, where it fails, whom it treats differently and what it
 * remembers.
 *
 * <p>Every score is a {@link kawi.eval.Metric}: it can be recomputed on any sample of its examples, so every score has
 * an {@link kawi.eval.Interval} and any two of them a {@link kawi.eval.Comparison}.
 */
package kawi.eval;
