/**
 * Fine-tuning of a pretrained model: low-rank adapters, tasks with their data, and predictions of held-out examples.
 */
package kawi.tune;
