package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Text is walked, not picked: what a reader sees of a page's own text survives, what stands around it does not. */
class PageTextTest {
    private static final String PROSE = "The ferry leaves at seven, whether or not you are on it, and the people of the"
            + " island have built their mornings around that fact, as everybody here knows. ";

    private static String text(String html) {
        return Page.of("http://h.example/x", "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8))
                .text();
    }

    private static String p(int n) {
        return "<p>" + n + " " + PROSE + "</p>";
    }

    @Test
    void twoLineBreaksAreAParagraph() {
        assertEquals("one\ntwo\n\nthree", text("one<br>two<br> <br/>three"));
    }

    @Test
    void navigationNoticesAndAnnouncementsAreLeftOut() {
        String page = text(
                "<div class=menu><a href=/a>Alpha</a> <a href=/b>Beta</a></div><div id=cookieBanner>We use"
                        + " cookies. <button>OK</button></div><div>" + p(1) + p(2)
                        + "</div><div><div><h3><a href=/c>Gamma</a></h3><p>Some"
                        + " lines.</p></div><div><h3><a href=/d>Delta</a></h3><p>More lines.</p></div></div><div>&copy; 2024 Us</div>");
        assertEquals("1 " + PROSE.strip() + "\n\n2 " + PROSE.strip(), page);
    }

    @Test
    void aNameThatSaysNavigationNeverCostsThePageItsText() {
        String page =
                text("<body class='has-menu'><div class='nav menu content'><h1>T</h1>" + p(1) + p(2) + "</div></body>");
        assertTrue(page.startsWith("T\n\n1 ") && page.contains("2 The ferry"), page);
    }

    @Test
    void ofArticlesThatAnnounceOthersTheFullOneRemainsAndOfFullOnesAll() {
        String teaser = "<article><h2><a href=/x>Elsewhere</a></h2><p>A line.</p></article>";
        String page = text("<article><h1>T</h1>" + p(1) + p(2) + p(3) + "</article>" + teaser + teaser);
        assertFalse(page.contains("Elsewhere"), page);
        String two = text("<article>" + p(1) + "</article><article>" + p(2) + "</article>");
        assertTrue(two.contains("1 The") && two.contains("2 The"), two);
    }

    @Test
    void aMainPartThatIsAShellDoesNotHideThePage() {
        String page = text("<main><p>Loading</p></main><div>" + p(1) + p(2) + p(3) + "</div>");
        assertTrue(page.contains("3 The ferry"), page);
    }

    @Test
    void linksInsideASentenceStayAndAPageOfLinksIsKept() {
        assertTrue(text("<p>See <a href=/a>the timetable of the year before</a>, " + PROSE + "</p>" + p(2))
                .contains("the timetable"));
        assertEquals("A\n\nB", text("<ul><li><a href=/a>A</a></li><li><a href=/b>B</a></li></ul>"));
    }

    @Test
    void whatIsHiddenIsNoText() {
        assertEquals(
                "seen",
                text(
                        "<p hidden>a</p><p style='display: none'>b</p><template>c</template><div aria-hidden=true>d</div><p>seen</p>"
                                + "<noscript>e</noscript><select><option>f</select>"));
    }

    @Test
    void theEncodingIsTheHeadersThenThePages() {
        byte[] sjis = "<meta charset=x-sjis><p>\u65e5\u672c\u8a9e</p>".getBytes(Charset.forName("windows-31j"));
        assertEquals("\u65e5\u672c\u8a9e", Page.of("", "text/html", sjis).text());
        byte[] xml =
                "<?xml version=\"1.0\" encoding='iso-8859-1'?><html><body><p>don\u0092t caf\u00e9</p></body></html>"
                        .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                "don\u2019t caf\u00e9",
                Page.of("", "application/xhtml+xml", xml).text());
        byte[] both =
                "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'><p>caf\u00e9 na\u00efve</p>"
                        .getBytes(StandardCharsets.UTF_8);
        assertEquals(
                "caf\u00e9 na\u00efve",
                Page.of("", "text/html; charset=utf-8", both).text());
        byte[] comment =
                "<!-- charset=koi8-r --><script>x='charset=koi8-r'</script><meta charset=utf-8><p>caf\u00e9</p>"
                        .getBytes(StandardCharsets.UTF_8);
        assertEquals("caf\u00e9", Page.of("", "text/html", comment).text());
        byte[] wide = "\ufeff<html><head><title>T</title></head><body><p>caf\u00e9</p></body></html>"
                .getBytes(StandardCharsets.UTF_16LE);
        assertEquals("caf\u00e9", Page.of("", "text/html", wide).text());
        byte[] bad = new String(
                        "<p>Caf\u00e9 \u65e5\u672c</p>".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                .replace("</p>", "\u00ff</p>")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                "Caf\u00e9 \u65e5\u672c\ufffd", Page.of("", "text/html", bad).text());
    }

    @Test
    void onlyATagNamesTheEncoding() {
        String caf = "caf\u00e9";
        for (String around : new String[] {
            "<meta name=a content='><meta charset=koi8-r>'><meta charset=utf-8>",
            "<title><meta charset=koi8-r></title><meta charset=utf-8>",
            "<!DOCTYPE html>\n<html lang=\"de\"><head><meta name='a' content=\"b=c\"><meta charset=\"UTF-8\"/>"
        }) {
            byte[] page = (around + "<p>" + caf + "</p>").getBytes(StandardCharsets.UTF_8);
            assertEquals(caf, Page.of("", "text/html", page).text(), around);
        }
        byte[] western = "<html><head><meta name=a><meta charset=windows-1252><p>caf\u00e9 \u00c3\u00a9</p>"
                .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("caf\u00e9 \u00c3\u00a9", Page.of("", "text/html", western).text());
    }

    @Test
    void anAddressOfAnotherSiteIsNotThePages() {
        String html = "<link rel=canonical href='%s'><p>x</p>";
        assertEquals("http://h.example/y", url(html.formatted("/y")));
        assertEquals("https://www.h.example/y", url(html.formatted("https://www.h.example/y")));
        assertEquals("http://h.example/x", url(html.formatted("http://other.example/y")));
    }

    private static String url(String html) {
        return Page.of("http://h.example/x", "text/html", html.getBytes(StandardCharsets.UTF_8))
                .url();
    }

    @Test
    void longRunsOfDigitsAndOfBlankLinesAreReadAsCode() {
        String text = "<p>" + "Plain words of a text that goes on and says something. ".repeat(9) + "</p>";
        for (String code : new String[] {"1".repeat(50_000) + "x", "\n".repeat(50_000) + "x"}) {
            String html = text + "<table><tr><td><pre>" + code + "</pre></td><td><pre>c</pre></td></table>" + text;
            String read = Page.of(
                            "http://h.example/x", "text/html", html.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .text();
            assertTrue(read.contains("\n\n" + code.strip() + "\n\n"), "a column beside another");
        }
    }
}
