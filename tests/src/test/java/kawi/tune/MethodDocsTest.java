package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        List<MethodDocs.Method> methods = new ArrayList<>();
        MethodDocs.scan("a", "Strings", SOURCE, methods);
        assertEquals(1, methods.size(), methods.toString());
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
        List<MethodDocs.Method> methods = new ArrayList<>();
        MethodDocs.scan("a", "Strings", SOURCE, methods);
        List<Example> examples = DocQuestions.spans(methods);
        assertEquals(1, examples.size());
        examples.forEach(e -> assertTrue(e.context().contains(e.answer()), e.toString()));
        Example summary = DocQuestions.summaries(methods).get(0);
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
            MethodDocs.scan("a", "B", source, new ArrayList<>());
        }
    }
}
