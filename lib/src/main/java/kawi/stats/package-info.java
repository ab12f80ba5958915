/**
 * Statistics that every other room may use.
 *
 * <p>There is one definition of each interval: {@link kawi.stats.Interval#bootstrap} for any score of examples,
 * {@link kawi.stats.Interval#wilson} for a proportion, {@link kawi.stats.Interval#studentT} for the mean of a few runs,
 * and {@link kawi.stats.RatioOfSums} for a ratio gathered over documents. {@link kawi.stats.Metric#byCluster} makes the
 * first of them fit for examples that resemble each other, and {@link kawi.stats.TwoWayClusters} compares where they do
 * so in two ways. Two systems on the same examples are compared by {@link kawi.stats.PairedComparison}, two groups of
 * examples by {@link kawi.stats.GroupComparison}, and many comparisons are corrected by
 * {@link kawi.stats.PValues#holm}. What a comparison could find at all is foretold by {@link kawi.stats.Power}. Where
 * the data do not suffice, an interval is undefined and a comparison has no p value, and both say why.
 *
 * <p>That the intervals hold the truth in 93 to 97 of 100 cases and the tests find nothing in 93 to 97 of 100 cases
 * where nothing is, is tested by simulation ({@code CoverageTest}).
 */
package kawi.stats;
