package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MethodDocsTest {
    private static final String SOURCE = """
      /** Licence text, no method. */
      package a;
      /** A class. */
      public class Strings {
        /** A field. */
        public static final int MOST = 3;
        /**
         * Cuts a {@link CharSequence} after {@code n} characters, e.g. for a title.
         * <p>Nothing else is done &amp; nothing is kept.</p>
         * <pre>cut("abc", 1) = "a"</pre>
         *
         * @param text the text,
         *        may be null
         * @param n  - how many characters to keep
         * @param <T> the kind of text
         * @return the first characters, or {@code null} if the text is
         * @throws java.lang.IllegalArgumentException if {@code n} is negative
         */
        @Nullable
        public static <T extends CharSequence> String cut(@Nullable final T text, int n) throws IllegalArgumentException {
          return text;
        }
      }
      """;

    @Test
    void aCommentIsReadAsJavadocWouldShowIt() {
        MethodDocs.Documented documented = scan(SOURCE);
        List<MethodDocs.Method> methods = documented.methods();
        assertEquals(1, methods.size(), methods.toString());
        assertEquals(Map.of("a comment of something else than a method", 2), documented.leftOut());
        MethodDocs.Method cut = methods.get(0);
        assertEquals("cut", cut.name());
        assertEquals("T text, int n", cut.signature());
        assertEquals("Cuts a CharSequence after n characters, e.g. for a title.", cut.summary());
        assertEquals(
                "Cuts a CharSequence after n characters, e.g. for a title. Nothing else is done & nothing is kept.",
                cut.description());
        assertEquals(Map.of("text", "the text, may be null", "n", "how many characters to keep"), cut.parameters());
        assertEquals("the first characters, or null if the text is", cut.result());
        assertEquals(Map.of("IllegalArgumentException", "if n is negative"), cut.failures());
    }

    @Test
    void everyAnswerIsASpanOfItsContextAndEveryContextCountsOnce() {
        MethodDocs.Documented methods = scan(SOURCE);
        List<Example> examples = DocQuestions.spans(methods).examples();
        assertEquals(1, examples.size());
        examples.forEach(e -> assertTrue(e.context().contains(e.answer()), e.toString()));
        Example summary = DocQuestions.summaries(methods).examples().get(0);
        assertEquals("Strings.cut(T text, int n)", summary.input());
    }

    @Test
    void sourcesThatAreNoJavaAreSurvived() {
        for (String source : List.of(
                "",
                "/**",
                "/** open",
                "/***/",
                "/** a */ int (",
                "/** @param */ void x();",
                "/** @throws X */void y(int a){}")) {
            assertEquals(
                    List.of(),
                    scan(source).methods().stream()
                            .filter(method -> method.name().isEmpty())
                            .toList());
        }
    }

    private static MethodDocs.Documented scan(String source) {
        List<MethodDocs.Method> methods = new ArrayList<>();
        Map<String, Integer> leftOut = new TreeMap<>();
        MethodDocs.scan("a", "Strings", source, methods, leftOut);
        return new MethodDocs.Documented(methods, leftOut);
    }

    @Test
    void onlyCommentsOfMethodsAreMethodsAndNoneInAStringIs() {
        MethodDocs.Documented documented = scan("""
        package a;
        public class Strings {
          /** Makes strings. @param n how many */
          public Strings(int n) {}
          /** A record. */
          record Pair(int a, int b) {}
          String trap = "/** Not this. */ int trap() {";
          /** Hides. */
          private int hidden() { return 1; }
          /** {@return the larger of both} More is said. */
          @A(b = ")") public static final <T extends Comparable<? super T>> java.util.Map<@B T, int[]> most(
              @A final Map<K, List<V>> a, // the first
              T... b) throws IOException {
            return null;
          }
          /**
           * Sets.
           * {@code
           * @Override is no tag
           * }
           * @param a the {@code List<String>} &amp; more
           */
          void set(int a);
        }
        """);
        assertEquals(
                List.of("most(Map<K, List<V>> a, T... b)", "set(int a)"),
                documented.methods().stream()
                        .map(method -> method.name() + "(" + method.signature() + ")")
                        .toList());
        MethodDocs.Method most = documented.methods().get(0);
        assertEquals("java.util.Map<T, int[]>", most.returns());
        assertEquals("Returns the larger of both.", most.summary());
        assertEquals("the larger of both", most.result());
        assertEquals(
                Map.of("a", "the List<String> & more"),
                documented.methods().get(1).parameters());
        assertEquals(3, documented.leftOut().get("a comment of something else than a method"));
    }

    @Test
    void whatMakesNoQuestionIsCountedByReason() {
        Pool spans = DocQuestions.spans(scan(SOURCE));
        assertEquals(2, spans.leftOut().get("a comment of something else than a method"));
        assertTrue(spans.leftOut().get("another question on the same comment") > 0, spans.toString());
    }
}
