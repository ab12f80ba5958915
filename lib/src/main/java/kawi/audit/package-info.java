/** Who is in the data, whose privacy it touches and whose copyright: the data card and the ledger. */
package kawi.audit;
