/** A polite crawler of one site, the archive that it writes (WARC), and pages read as text. */
package kawi.crawl;
