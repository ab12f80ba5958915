package kawi.clean;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import kawi.corpus.LicenceName;
import kawi.evidence.KitException;

/**
 * The licence policy: which licences a document may have to be used. It decides by what a source states; whether the
 * statement is true is a question for people, and the catalog's notes help to ask it.
 */
public final class Licences implements Step {
    private final Set<String> allowed;

    private Licences(Set<String> allowed) {
        this.allowed = allowed;
    }

    /**
     * Allows documents under one of these licences, each named as {@link LicenceName#of} knows it: an SPDX identifier
     * in any case, {@code public-domain}, or a licence's address. Naming one twice is no fault.
     *
     * @param identifiers the licences
     * @return the policy
     * @throws KitException where none is named, or an expression of several is
     */
    public static Licences allow(String... identifiers) {
        Set<String> allowed = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String each : identifiers) {
            if (each == null || each.isBlank()) {
                throw new KitException(
                        "A licence that is allowed has no name: give an SPDX identifier such as CC-BY-4.0.");
            }
            if (each.matches("(?is).*\\s(and|or)\\s.*|.*[()].*")) {
                throw new KitException(
                        "\"" + each + "\" is an expression of several licences: name those that are allowed"
                                + " one by one, and what is licensed under such an expression is judged by them.");
            }
            allowed.add(LicenceName.of(each));
        }
        if (allowed.isEmpty()) {
            throw new KitException("No licence is allowed, so that nothing could be used: name at least one.");
        }
        return new Licences(allowed);
    }

    /** {@return the kit's policy: public domain, CC0, and permissive licences that ask for no more than attribution} */
    public static Licences permissive() {
        return allow("public-domain", "CC0-1.0", "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0");
    }

    /**
     * {@return whether the policy allows this licence} Of an expression with {@code OR} one part must be allowed, of
     * one with {@code AND} all; Creative Commons' addresses count as their identifiers.
     *
     * @param licence SPDX identifier or expression of a document's licence
     */
    public boolean allows(String licence) {
        return licence != null && LicenceName.allowed(licence, allowed::contains);
    }

    /** {@return the licences allowed, in alphabetical order} */
    public Set<String> allowed() {
        return Collections.unmodifiableSet(allowed);
    }

    @Override
    public String name() {
        return "licence";
    }

    @Override
    public String settings() {
        return String.join(", ", allowed);
    }

    @Override
    public boolean independent() {
        return true;
    }

    @Override
    public Pass begin() {
        return document -> allows(document.licence())
                ? new Verdict.Keep(document)
                : new Verdict.Drop("licence not allowed", 1, null, 0.0, document.licence());
    }
}
