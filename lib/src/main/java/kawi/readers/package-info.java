/**
 * The catalog of sources and the readers that turn their files into documents. Of a reader's own data these are files
 * of text, pages, records, tables and mails, web archives, books (EPUB), PDF, Parquet and dumps of wikis, each also
 * packed.
 *
 * <p>A source is read a document at a time ({@link kawi.readers.Catalog#stream}, {@link kawi.readers.WarcFile#stream}),
 * in memory that does not grow with it: a heap of 128 MB serves for files of any size, also in an archive, of which a
 * large one lies on disk while it is read. In memory are a line, an object, a record or a page at a time, and a few of
 * them for each core, which become documents on all cores and are taken in their order. What one file of a kind that is
 * read whole holds comes on top: a page, a mail, a book or a PDF of up to 64 MB. So do the names of the files of one
 * folder and of one zip.
 */
package kawi.readers;
