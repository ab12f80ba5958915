package kawi.template;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** A template from a stranger's file costs neither the stack nor the memory, and not more than seconds. */
class ATemplateEndsOrIsRefusedTest {
    private static void refused(String words, String template) {
        String said = assertThrows(KitException.class, () -> ChatTemplate.of(template))
                .getMessage();
        assertTrue(said.contains(words), said);
        assertFalse(said.contains("\n"), said);
    }

    @Test
    void whatIsNestedDeeperThanTheStackIsRefused() {
        for (String deep : List.of(
                "{{ " + "(".repeat(200_000) + "1" + ")".repeat(200_000) + " }}",
                "{{ " + "not ".repeat(200_000) + "1 }}",
                "{% if 1 %}".repeat(40_000) + "{% endif %}".repeat(40_000),
                "{{ 1 " + "+ 1 ".repeat(200_000) + "}}",
                "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}")) {
            refused("inside one another", deep);
        }
    }

    @Test
    void whatWritesWithoutEndIsRefused() {
        refused("characters", "{{ 'a' * 2000000000 }}");
        refused(
                "characters",
                "{% set n = namespace(x='aa') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}");
        refused("counts further", "{% for i in range(2000000000) %}x{% endfor %}");
        refused("goes round", "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}");
        refused("indents", "{{ messages | tojson(indent=2000000000) }}");
        refused("more than 1000000", " ".repeat(1_000_001));
    }

    @Test
    void whatDoesNotFitIsRefusedAndNoOtherError() {
        refused("leaves a loop", "{% break %}");
        refused("fails on this conversation", "{{ range(none) }}");
    }
}
