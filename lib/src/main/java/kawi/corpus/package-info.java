/**
 * Documents and where they come from: the catalog of sources, the readers of package archives, the polite crawler, the
 * corpus file, the cleaning pipeline, and the questions to ask of any collection (who, whose privacy, whose copyright).
 */
package kawi.corpus;
