/** Language models, each a file to be read in one sitting, with configurations and weights in Hugging Face's format. */
package kawi.model;
