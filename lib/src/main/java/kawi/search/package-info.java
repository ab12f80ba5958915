/**
 * Choosing before training: comparisons of architectures, ablations, successive halving, pilot runs, scaling laws,
 * plans and rates.
 */
package kawi.search;
