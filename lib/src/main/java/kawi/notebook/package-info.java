/**
 * What a reader sees: tables, charts, progress, the report. The only package that draws or knows that it runs in a
 * notebook.
 */
package kawi.notebook;
