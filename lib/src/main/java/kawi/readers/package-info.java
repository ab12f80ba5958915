/**
 * The catalog of sources and the readers that turn their files into documents. Of a reader's own data these are files
 * of text, pages, records, tables and mails, web archives, books (EPUB), PDF, Parquet and dumps of wikis, each also
 * packed.
 */
package kawi.readers;
