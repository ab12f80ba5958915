/** Cleaning as a pipeline of steps: filters, duplicates, personal data, licences, decontamination. */
package kawi.clean;
