/**
 * How a conversation is written for a chat model: its chat template, in the part of Jinja that such templates are
 * written in, rendered so that nothing a person says can become a special token.
 */
package kawi.template;
