package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NormalizerTest {

    @Test
    void unicodeFormsComposeAndReplaceLookAlikes() {
        assertEquals("é", Normalizer.nfc().apply("e\u0301"));
        assertEquals("ﬁ", Normalizer.nfc().apply("ﬁ"));
        assertEquals("fi 102", Normalizer.nfkc().apply("ﬁ 10²"));
    }

    @Test
    void invisibleCharactersGoButEmojiStayWhole() {
        assertEquals("ab👩‍👧", Normalizer.visible().apply("\uFEFFa\u00AD\u200Bb\u0007👩‍👧"));
        assertEquals("a\nb\nc", Normalizer.visible().apply("a\r\nb\u2028c"));
    }

    @Test
    void spacesAreTidied() {
        assertEquals(
                "a b\n\nc",
                Normalizer.spaces().apply("  a\u00A0\t b  \n\n\n\n  c \n").replace("\n c", "\nc"));
    }

    @Test
    void punctuationBecomesPlainAndCaseLow() {
        Normalizer chain = Normalizer.of(Normalizer.plainPunctuation(), Normalizer.lowerCase(), Normalizer.spaces());
        assertEquals("\"it's\" - well... i think", chain.apply("“It’s”—Well… I think"));
        assertEquals("cafe", Normalizer.withoutAccents().apply("café"));
        assertEquals("it s over ", Normalizer.withoutPunctuation().apply("it's over!?"));
    }

    @Test
    void javadocMarkupLeavesItsWords() {
        assertEquals(
                "Returns a List.of, see the docs, or List<String>; { } stays, Foo.bar(int, long).",
                Normalizer.javadoc()
                        .apply("Returns a {@link List#of}, see {@linkplain Foo the docs}, or {@code "
                                + "List<String>}; { } stays, {@link Foo#bar(int, long)}."));
        assertEquals(
                "see the label, or f() now",
                Normalizer.javadoc().apply("see {@link Foo#bar(int, String) the label}, or {@link #f() f() now}"));
        assertEquals("{ a } and {@code open", Normalizer.javadoc().apply("{@code { a }} and {@code open"));
    }

    @Test
    void htmlTagsGoAndWhatIsNoTagStays() {
        assertEquals(
                "A List<String> & more: 1 < 2",
                Normalizer.html().apply("A List<String> &amp; <b class=\"x\">more</b>: 1 < 2"));
        assertEquals(
                "one\ntwo",
                Normalizer.html()
                        .apply("one<br/>two<!-- unseen --><script>x()</script>")
                        .strip());
    }

    @Test
    void mailKeepsItsSubjectAndBody() {
        String mail = "From a Thu Aug 22\nReceived: from x\n\tby y; Thu\nTo: z\nSubject: New plans\nX-Mailer: "
                + "q\n\nDear all,\n\nNote: this stays.\n";
        assertEquals(
                "New plans\n\nDear all,\n\nNote: this stays.\n",
                Normalizer.mail().apply(mail));
        assertEquals("Note: one\n\nText", Normalizer.mail().apply("Note: one\n\nText"));
    }

    @Test
    void normalisingTwiceChangesNothingMore() {
        Normalizer chain = Normalizer.of(
                Normalizer.nfkc(), Normalizer.visible(), Normalizer.plainPunctuation(), Normalizer.spaces());
        Random random = new Random(2);
        for (int i = 0; i < 300; i++) {
            String once = chain.apply(Samples.random(random, 100));
            assertEquals(chain.apply(once), chain.apply(chain.apply(once)));
        }
    }

    @Test
    void aTraceNamesEachStepInOrder() {
        assertEquals(
                List.of("composed (NFC)", "lower case"),
                List.copyOf(Normalizer.of(Normalizer.nfc(), Normalizer.lowerCase())
                        .trace("A")
                        .keySet()));
    }

    @Test
    void aLayoutIsTidiedLineByLine() {
        Map<String, String> table = Map.ofEntries(
                Map.entry("a\r\nb", "a\nb"),
                Map.entry("a\rb", "a\nb"),
                Map.entry("a\r", "a"),
                Map.entry("a\u000Bb", "a\nb"),
                Map.entry("a\u000Cb", "a\nb"),
                Map.entry("a\u000Eb", "a\u000Eb"),
                Map.entry("a\u0085b", "a\nb"),
                Map.entry("a\u2028b", "a\nb"),
                Map.entry("a\u2029b", "a\nb"),
                Map.entry("a  b", "a b"),
                Map.entry("a\t\tb", "a b"),
                Map.entry("a\u00A0\u3000b", "a b"),
                Map.entry("x\n\t y", "x\n\t y"),
                Map.entry("x\n\u00A0\u00A0y", "x\n  y"),
                Map.entry("a \t\nb", "a\nb"),
                Map.entry("a\n \n\t\nb", "a\n\nb"),
                Map.entry("a\n\n\n\nb", "a\n\nb"),
                Map.entry("a\n\nb", "a\n\nb"),
                Map.entry("\n\n  a\n", "a"));
        table.forEach((text, tidy) -> assertEquals(tidy, Normalizer.layout().apply(text), text));
    }
}
