/**
 * Training: a schedule, a sampler, an optimizer and one readable loop that can be stopped at any step and taken up
 * again to the byte. The loop speaks only through {@link kawi.evidence.Progress}; nothing here prints or draws.
 */
package kawi.train;
