package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

/** Nothing that stands in the main part of a page is lost. */
class PageTest {
    private static Page page(String type, String body) {
        return Page.of("http://h.example/x", type, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String html) {
        return page("text/html; charset=utf-8", html).text();
    }

    @Test
    void textThatStandsInNoParagraphIsText() {
        assertEquals("Intro text.\n\nA\n\nTail.", text("<div>Intro text.<p>A</p>Tail.</div>"));
        assertEquals("Parent\n\nchild\n\nmore", text("<ul><li>Parent<ul><li>child</li></ul>more</li></ul>"));
        assertEquals("a b c", text("a <b>b</b> <i>c</i>"));
        assertEquals("one\ntwo", text("<p>one<br>two</p>"));
        assertEquals("bare", text("bare"));
    }

    @Test
    void whatIsSaidTwiceIsKeptTwice() {
        assertEquals("1\n\n1\n\n2", text("<table><tr><td>1</td><td>1</td><td>2</td></tr></table>"));
    }

    @Test
    void allArticlesOfAPageAreRead() {
        assertEquals(
                "one\n\ntwo\n\ninner",
                text("<article>one</article><article><p>two</p><article>inner</article></article>"));
        assertEquals("main", text("<p>around</p><main><article>main</article></main>"));
    }

    @Test
    void codeKeepsItsLinesAndPlainTextItsMarkup() {
        assertEquals("x\n\nif (a)\n  b;", text("<p>x</p><pre>if (a)\n  b;\n</pre>"));
        Page plain = page("text/plain; charset=utf-8", "List<String> a;\n\n<p>b");
        assertEquals("List<String> a;\n\n<p>b", plain.text());
        assertNull(plain.title());
    }

    @Test
    void allStatedLicencesHoldAndAnUnknownOneIsNamedByItsAddress() {
        assertEquals("CC0-1.0", licence("https://creativecommons.org/publicdomain/zero/1.0/"));
        assertEquals("https://example.org/terms", licence("https://example.org/terms"));
        assertEquals(
                "CC0-1.0 AND https://example.org/terms",
                licence("https://creativecommons.org/publicdomain/zero/1.0/", "https://example.org/terms"));
        assertNull(licence());
    }

    private static String licence(String... addresses) {
        StringBuilder html = new StringBuilder("<p>x</p>");
        for (String address : addresses) {
            html.append("<a rel='license' href='").append(address).append("'>terms</a>");
        }
        return page("text/html", html.toString()).licence();
    }

    @Test
    void theAddressesOfLinksAreThoseThatResolvingGives() {
        List<String> written = List.of(
                "/a/b.html",
                "/",
                "/a//b",
                "//c.example/a",
                "/a/../b",
                "/a/./b",
                "/.a",
                "/a/b?c=/d&e=f#g",
                "/a?b?c",
                "/a b",
                "/%7Ea;x=1",
                "/\u00e4",
                "b/c",
                "?d",
                "#e",
                "http://c.example",
                "http://c.example/",
                "https://c.example:80/a",
                "http://u@c.example/a",
                "HTTP://C.example/a",
                "http://c.example/a/../b",
                "http://c.example//a",
                " /a ",
                "http://c\u00e4.example/a",
                "mailto:a@c.example",
                "javascript:void(0)",
                "http://[x",
                "///a",
                "/a/..",
                "/[1]");
        StringBuilder html = new StringBuilder("<base href='https://u:p@s.example:8080/x/y?z'>");
        written.forEach(each -> html.append("<a href=\"").append(each).append("\">x</a>"));
        List<String> resolved = Jsoup.parse(html.toString(), "http://h.example/x").select("a").stream()
                .map(each -> each.absUrl("href").isEmpty() ? each.attr("href").strip() : each.absUrl("href"))
                .toList();
        Page page = Page.of("http://h.example/x", "text/html", html.toString().getBytes(StandardCharsets.UTF_8));
        assertEquals(resolved, page.links());
    }

    @Test
    void theWishesOfAllRobotsTagsAreRead() {
        assertEquals(
                "max-snippet:5, noindex",
                page("text/html", "<meta name=robots content='max-snippet:5'><meta name=kawi content=noindex>x")
                        .robots());
    }
}
