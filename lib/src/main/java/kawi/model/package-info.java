/**
 * Language models, each a file to be read in one sitting, with configurations and weights in Hugging Face's format: the
 * families, pretrained models with what their files say of special tokens, generation, and adapters. How a conversation
 * is written for one is in <code>kawi.template</code>.
 */
package kawi.model;
