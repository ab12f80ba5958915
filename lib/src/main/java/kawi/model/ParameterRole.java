package kawi.model;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What a parameter is in its model. A model says it of each of its parameters ({@link LanguageModel#roles}), so that a
 * rule that treats them differently need not guess from their names: Muon turns hidden matrices only, weight decay
 * leaves out gains and biases, and a table that is only looked up multiplies nothing.
 */
public enum ParameterRole {
    /** A vector for each token, looked up; where there is no {@link #HEAD}, it is the head as well. */
    EMBEDDING,

    /** A vector for each position, looked up. */
    POSITION,

    /** The matrix that turns the last hidden vectors into scores of the next token, where it is not the embedding. */
    HEAD,

    /** A matrix between hidden vectors, in either layout. */
    HIDDEN_MATRIX,

    /** Three hidden matrices for queries, keys and values, side by side: {@code (in, 3 out)}, as GPT-2 has them. */
    QUERY_KEY_VALUE,

    /** The gain or the bias of a normalisation. */
    NORM,

    /** What is added to a product. */
    BIAS,

    /** Anything else. */
    OTHER;

    /** {@return whether it is one matrix or more between hidden vectors} */
    public boolean hidden() {
        return this == HIDDEN_MATRIX || this == QUERY_KEY_VALUE;
    }

    /** {@return whether weight decay draws it to zero: tables and matrices, but neither gains nor biases} */
    public boolean decays() {
        return this == EMBEDDING || this == POSITION || this == HEAD || hidden();
    }

    /**
     * {@return a role for each name, in the order of the names}
     *
     * @param names of parameters, each another
     * @param role what a parameter of a name is
     */
    public static Map<String, ParameterRole> each(Collection<String> names, Function<String, ParameterRole> role) {
        Map<String, ParameterRole> roles = new LinkedHashMap<>();
        names.forEach(name -> roles.put(name, role.apply(name)));
        return Collections.unmodifiableMap(roles);
    }
}
