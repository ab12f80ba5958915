/**
 * What was made, from what, by which code, with which hash: artifacts, their manifests, and the refusal of stale input.
 */
package kawi.evidence;
