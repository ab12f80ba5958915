/** Opens a run and hands out what its stages made. */
package kawi;
