/**
 * Models that people talk to: an {@linkplain kawi.serve.Assistant assistant} in a cell, a page in the browser, and an
 * endpoint on loopback that speaks OpenAI's protocol.
 */
package kawi.serve;
