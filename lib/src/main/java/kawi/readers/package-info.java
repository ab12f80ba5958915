/** The catalog of sources and the readers that turn their files into documents. */
package kawi.readers;
