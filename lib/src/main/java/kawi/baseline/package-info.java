/** Classic rivals of a tuned model, each in the place of the model it is compared with. */
package kawi.baseline;
