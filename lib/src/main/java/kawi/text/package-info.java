/**
 * Turns text into the numbers a model reads, and back: normalisation, sentences, words, chunks, tokenizers and token
 * files.
 *
 * <p>Classic steps (sentences, lemmas, stems) come from OpenNLP; subword tokenization is the kit's own, because it is
 * one of the things the kit teaches, and writes the <code>tokenizer.json</code> that Hugging Face's library reads.
 */
package kawi.text;
