/**
 * Several machines: Apache Spark under the kit's own training and cleaning. Optional, brought by
 * {@code environment/setup --spark}.
 */
package kawi.cluster;
