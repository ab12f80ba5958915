/**
 * Statistics that every other room may use: intervals, paired and unpaired comparisons, and the scores that a bootstrap
 * can resample.
 */
package kawi.stats;
