package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import kawi.audit.Ledger;
import kawi.clean.Licences;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name, a place or a link is evidence and not proof: what a reader sees of a page's own text survives. */
class WhatAReaderSeesSurvivesTest {
    private static final String PROSE = "The ferry leaves at seven, whether or not you are on it, and the people of the"
            + " island have built their mornings around that fact, as everybody here knows. ";
    private static final String MANY = "<p>1 " + PROSE + "</p><p>2 " + PROSE + "</p><p>3 " + PROSE + "</p>";

    private static String text(String html) {
        return Page.of("http://h.example/x", "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8))
                .text();
    }

    private static void survives(String html, String... parts) {
        String page = text(html);
        for (String part : parts) {
            assertTrue(page.contains(part), "<" + part + "> is not in <" + page + ">");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class=related-work",
                "id=related",
                "class='recipe menu-of-the-day'",
                "class=adverb",
                "id=shared-memory",
                "class=share-prices",
                "id=social-history",
                "class=sidebar",
                "id=comments",
                "class=ad",
                "id=skip-lists"
            })
    void aPartWithProseStaysWhateverItsName(String name) {
        String part = "<section " + name + "><h2>Of the island</h2><p>Kept " + PROSE + "</p><p>Also " + PROSE
                + "</p></section>";
        survives("<h1>T</h1>" + MANY + part + "<p>4 " + PROSE + "</p>", "Of the island", "Kept The", "Also The");
        survives("<main><h1>T</h1>" + MANY + part + "</main>", "Of the island", "Kept The", "Also The");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"related-posts", "share", "main-menu", "ad", "cookie-notice", "newsletterBox", "pagination"})
    void aPartOfLinksOrControlsGoesByItsName(String name) {
        String part =
                "<div class=" + name + "><p>Go on <a href=/a>to the next one of them</a></p><button>OK</button></div>";
        assertFalse(text("<h1>T</h1>" + MANY + part + "<p>4 " + PROSE + "</p>").contains("next one"), name);
    }

    @Test
    void aHeadingStaysWhateverItsName() {
        survives(
                "<main>" + MANY + "<h2 id=related-work class=menu>Related work</h2><p>4 " + PROSE + "</p></main>",
                "Related work");
    }

    @Test
    void shortTextBeforeAndAfterTheLongOnesStays() {
        survives(
                "<div id=top><a href=/a>Home</a> <a href=/b>Shop</a></div><div>A short word first.</div><p>By Ada, in May.</p>"
                        + MANY + "<details><summary>Answer</summary>It was seven.</details><div>The end.</div>"
                        + "<div><a href=/c>Imprint</a> <a href=/d>Terms</a></div>",
                "A short word first.",
                "By Ada, in May.",
                "Answer",
                "It was seven.",
                "The end.");
        assertFalse(text("<div id=top><a href=/a>Home</a> <a href=/b>Shop</a></div>" + MANY)
                .contains("Home"));
    }

    @Test
    void referencesAndCellsOfLinksStay() {
        String works = "<li><a href=https://a.example/1>Ada, On ferries, 1843</a></li><li><a"
                + " href=https://b.example/2>Bell, On islands, 1851</a></li><li><a href=https://c.example/3>Cole, On"
                + " mornings, 1862</a></li>";
        survives(
                "<article>" + MANY + "<h2>References</h2><ol>" + works + "</ol></article>", "References", "On islands");
        survives(
                "<article>" + MANY + "<section><h2>Literatur</h2><ul>" + works + "</ul></section></article>",
                "On islands");
        survives("<main>" + MANY + "<div><div class=box><ul>" + works + "</ul></div></div></main>", "On mornings");
        survives(MANY + "<h2>Sources</h2><ol class=x>" + works + "</ol>", "On mornings");
        String cells = "<table><tr><td><a href=/a>Alder</a></td><td><a href=/b>Birch</a></td></tr><tr><td><a"
                + " href=/c>Cedar</a></td><td><a href=/d>Dogwood</a></td></tr></table>";
        survives("<main>" + MANY + cells + "</main>", "Alder", "Dogwood");
        survives(MANY + cells + "<p>4 " + PROSE + "</p>", "Birch", "Cedar");
        assertFalse(
                text("<main><ul><li><a href=#a>One</a></li><li><a href=#b>Two</a></li><li><a href=#c>Three</a></li></ul>"
                                + MANY + "</main>")
                        .contains("Two"),
                "the list of a page's own headings repeats them");
    }

    @Test
    void aParagraphAboutCookiesIsNoNotice() {
        String about =
                "<p>A cookie is a small file; browsers accept it, and the policy of the shop on the island says how"
                        + " long it stays, see <a href=/p>there</a>.</p>";
        survives("<article>" + MANY + about + "</article>", "small file");
        survives("<article>" + about + MANY + "</article>", "small file");
        survives(MANY + about, "small file");
        survives(MANY + "<div>" + about + "</div><p>4 " + PROSE + "</p>", "small file");
        String notice =
                "<div class=bar><p>We use cookies; by going on you accept our policy.</p><button>OK</button></div>";
        assertFalse(text(notice + MANY).contains("We use cookies"));
        assertFalse(text("<div>" + MANY + "</div>" + notice).contains("We use cookies"));
    }

    @Test
    void codeIsReadLineByLineAndWithoutWhatWasPutAroundIt() {
        assertEquals(
                "int a;\n  int b;",
                text(
                        "<pre><button>Copy</button><span class=lineno>1</span>int a;\n<span class=lineno>2</span>  int b;\n"
                                + "<span style='display:none'>secret</span></pre>"));
        assertEquals("a\n  b", text("<pre><code><div>a</div><div>  b</div></code></pre>"));
        assertEquals("a\nb", text("<pre>a<br>b</pre>"));
        assertEquals(
                "x = 1\ny = 2",
                text("<table><tr><td><pre>1\n2\n</pre></td><td><pre>x = 1\ny = 2\n</pre></td></tr></table>"));
        assertEquals("<b>  x\ny", text("<xmp><b>  x\ny</xmp>"));
    }

    @Test
    void aPageThatAScriptWouldShowIsRead() {
        survives("<body style='visibility: hidden'>" + MANY, "3 The ferry");
        survives("<body hidden aria-hidden=true>" + MANY, "3 The ferry");
        survives("<body><div id=app style='display:none'>" + MANY + "</div>", "3 The ferry");
        survives("<body><div id=app></div><noscript>" + MANY + "</noscript>", "3 The ferry");
        survives("<div aria-hidden=true>" + MANY + "</div>", "3 The ferry");
        assertEquals("", text("<div id=app></div><noscript>You need to enable JavaScript to run this app.</noscript>"));
    }

    @Test
    void controlsFormulasAndAsidesWithinTheTextStay() {
        survives("<main>" + MANY + "<p>Press <button>Save</button> to go on.</p></main>", "Press Save to go on.");
        survives(
                "<main>" + MANY + "<h3><button>When does it leave?</button></h3><p>At seven.</p></main>",
                "When does it");
        survives(
                "<main>" + MANY + "<p>Choose <select><option>one<option selected>two</select> of them.</p></main>",
                "Choose two of them.");
        survives("<main><p>So <math><mi>x</mi><mo>=</mo><mn>2</mn></math> holds.</p>" + MANY + "</main>", "x=2");
        survives(
                "<p>So <span class=katex><span class=katex-mathml><math><semantics><mi>x</mi><annotation"
                        + " encoding='application/x-tex'>x^2</annotation></semantics></math></span><span class=katex-html"
                        + " aria-hidden=true>x2</span></span> holds.</p>" + MANY,
                "So x^2 holds.");
        survives("<p>So <script type='math/tex'>a+b</script> holds.</p>" + MANY, "So a+b holds.");
        survives(
                "<main>" + MANY + "<aside><p>A note beside it: the ferry was built in May.</p></aside></main>",
                "built in May");
        survives(
                "<article>" + MANY
                        + "<blockquote>Wait.<footer>Ada, in a letter of that year</footer></blockquote></article>",
                "in a letter");
        assertEquals("Roses\nviolets", text("<p>Roses<br>violets</p>"));
    }

    @Test
    void aMainPartThatHoldsTheSmallerPartOfTheProseIsNotThePage() {
        survives(
                "<main>" + MANY + "</main><div>"
                        + MANY.replace("The ferry", "A boat").repeat(3) + "</div>",
                "3 A boat",
                "3 The");
    }

    @Test
    void whatIsLeftOutOfPagesStandsInTheLedgerByReason() {
        String nav = "<nav><a href=/a>Home and away</a></nav>";
        String around =
                nav + "<p hidden>unseen</p><div class=cookies>We use cookies if you accept.<button>OK</button></div>";
        Source source = new Source("s", "S", null, "MIT", null, null, null, null, false, null, null, null, null);
        Intake intake = new Intake(source, 10, 1_000_000, Progress.NONE);
        for (String html : List.of(around + MANY, nav + MANY)) {
            Page page = Page.of("", "text/html", html.getBytes(StandardCharsets.UTF_8));
            OwnTexts.page(source, "page " + html.length(), page, "MIT", intake);
        }
        Map<String, Omission> omitted = intake.reading().omitted();
        assertEquals(new Omission(2, 2 * "Home and away".length()), omitted.get("navigation"));
        assertEquals(new Omission(1, "unseen".length()), omitted.get("hidden"));
        assertEquals(3, omitted.size(), omitted.toString());
        String table = Ledger.of(List.of(intake.reading()), List.of(), Licences.allow("MIT"))
                .imperfections()
                .print();
        assertTrue(table.contains("navigation (26 characters)"), table);
    }
}
