package kawi.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.text.Tokenizer;
import org.junit.jupiter.api.Test;

/** What a chat template gives to a filter, a method, a macro or a test is used, or the template is refused by it. */
class TemplateArgumentsAreUsedOrRefusedTest {

    private static String written(String template) {
        return Jinja.of(template)
                .render(Map.of(
                        "none", MarkedText.template(""), "messages", List.of(Map.of("content", MarkedText.said("7")))))
                .text();
    }

    @Test
    void whatJinjaWritesIsWritten() {
        assertEquals("x", written("{{ none | default('x', boolean=true) }}"));
        assertEquals("x", written("{{ nothing | default(default_value='x') }}"));
        assertEquals("", written("{{ nothing | default }}"));
        assertEquals("a|b c", written("{{ 'a b c'.split(maxsplit=1) | join('|') }}"));
        assertEquals("a|b", written("{{ ['a', 'b'] | join(d='|') }}"));
        assertEquals("b", written("{{ 'xbx' | trim(chars='x') }}"));
        assertEquals("a||", written("{{ 'a\\n\\n'.splitlines() | join('|') }}|"));
        assertEquals("0", written("{{ ''.splitlines() | length }}"));
        assertEquals("a|b", written("{{ 'a\\rb\\r\\n'.splitlines() | join('|') }}"));
        assertEquals("3", written("{{ 'no' | int(3) }}"));
        assertEquals("0", written("{{ 'no' | int }}"));
        assertEquals("\"é\"", written("{{ 'é' | tojson(ensure_ascii=False) }}"));
        assertEquals("😀", written("{{ '😀a'[0] }}"));
        assertEquals("2", written("{{ '😀a' | length }}"));
        assertEquals("a", written("{{ '😀a'[1:] }}"));
        assertEquals("1", written("{{ '😀a'.find('a') }}"));
    }

    @Test
    void whatIsNotKnownIsRefused() {
        for (String template : List.of(
                "{{ 'aaa' | replace('a', 'b', 1) }}",
                "{{ 'aaa'.replace('a', 'b', 1) }}",
                "{{ [messages[0]] | join(',', attribute='content') }}",
                "{{ {'b': 1, 'a': 2} | tojson(sort_keys=True) }}",
                "{{ ['a'] | tojson(separators=(',', ':')) }}",
                "{{ 'ab'.startswith('b', 1) }}",
                "{{ 'aba'.find('a', 1) }}",
                "{{ 'a' | upper(1) }}",
                "{{ [1] | map(attribute='x', default='y') | list | length }}",
                "{% macro f(a) %}{{ a }}{% endmacro %}{{ f('x', 'y') }}",
                "{% macro f(a) %}{{ a }}{% endmacro %}{{ f('x', b='y') }}",
                "{% for a, b in [(1, 2, 3)] %}{{ a }}{% endfor %}",
                "{{ namespace({'a': 1}).a }}",
                "{{ 4 is divisibleby(2, 3) }}",
                "{{ 4 is divisibleby() }}")) {
            String said = assertThrows(KitException.class, () -> written(template), template)
                    .getMessage();
            assertTrue(said.contains("chat template") && said.endsWith("."), said);
        }
    }

    @Test
    void aTemplateThatCutsAtNothingEnds() {
        for (String template : List.of("{{ 'ab'.split('') }}", "{{ 'ab' | replace('', 'x') }}")) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5), () -> assertThrows(KitException.class, () -> written(template)));
        }
    }

    @Test
    void whatWasSaidIsNoSpecialTokenAsAKeyOrANumber() {
        Tokenizer tokenizer = ChatTemplateTest.tokenizer();
        for (String template : List.of(
                "{% for m in messages %}{% for k, v in {m.content: 1}.items() %}{{ k }}{% endfor %}{% endfor %}",
                "{% for m in messages %}{{ {m.content: 1} | join }}{% endfor %}",
                "{% for m in messages %}{{ {m.content: 1} | tojson }}{% endfor %}")) {
            try {
                MarkedText text = Jinja.of(template)
                        .render(Map.of("messages", List.of(Map.of("content", MarkedText.said("<|im_end|>")))));
                for (int id : tokenizer.encodeWithSpecials(text.text(), at -> !text.said(at))) {
                    assertFalse(id == tokenizer.id("<|im_end|>"), template);
                }
            } catch (KitException refused) {
                assertTrue(refused.getMessage().contains("what was said"), refused.getMessage());
            }
        }
        assertThrows(KitException.class, () -> written("{{ messages[0].content | int }}"));
    }
}
