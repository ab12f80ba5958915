/**
 * Documents and the files that hold them: corpora in JSON lines, what was skipped on the way, archives, and bytes
 * decoded to text.
 */
package kawi.corpus;
