package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dump of a wiki becomes its articles in plain text, and what is no article is counted. */
class AWikiIsReadFromItsDumpTest {
    private static final String HEAD = """
            <mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de"><siteinfo>
            <sitename>Wikipedia</sitename><base>https://de.wikipedia.org/wiki/Wikipedia:Hauptseite</base><namespaces>
            <namespace key="0"/><namespace key="1">Diskussion</namespace><namespace key="6">Datei</namespace>
            <namespace key="14">Kategorie</namespace></namespaces></siteinfo>
            """;

    @TempDir
    Path folder;

    private Path mine;

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    private Reading read() throws Exception {
        return Packed.read(
                Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\", \"licence\": \"CC-BY-SA-4.0\"}"),
                "mine");
    }

    private static String page(String title, int namespace, int id, String inside) {
        return "<page><title>" + title + "</title><ns>" + namespace + "</ns><id>" + id + "</id>" + inside + "</page>\n";
    }

    private static String revision(String time, String text) {
        return "<revision><id>77</id><timestamp>" + time
                + "</timestamp><contributor><username>Someone</username><id>5</id>"
                + "</contributor><model>wikitext</model><text>"
                + text.replace("&", "&amp;").replace("<", "&lt;")
                + "</text></revision>";
    }

    private static String plain(String wikitext) {
        WikiNames names = new WikiNames();
        names.namespace(6, "Datei");
        return Wikitext.plain(wikitext, "Title", names).text();
    }

    private static String said(List<Skipped> all) {
        return String.join(
                "\n",
                new TreeSet<>(all.stream()
                        .map(each -> each.where() + ": " + each.reason())
                        .toList()));
    }

    @Test
    void anArticleHasItsTitleAddressYearAndTheLicenceOfTheSource() throws Exception {
        Files.writeString(
                mine.resolve("w-pages-articles.xml"),
                HEAD + page("Häfen (Film)", 0, 10, revision("2021-05-06T07:08:09Z", "'''Häfen''' ist ein [[Film]]."))
                        + "</mediawiki>");
        Document article = read().documents().get(0);
        assertEquals("Häfen ist ein Film.", article.text());
        assertEquals("Häfen (Film)", article.title());
        assertEquals("https://de.wikipedia.org/wiki/H%C3%A4fen_(Film)?curid=10&oldid=77", article.url());
        assertEquals(2021, article.year());
        assertEquals(null, article.author());
        assertEquals("CC-BY-SA-4.0", article.licence());
    }

    @Test
    void whatIsNoArticleIsCounted() throws Exception {
        Files.writeString(
                mine.resolve("w.xml"),
                HEAD
                        + page(
                                "A",
                                0,
                                1,
                                revision("2001-01-01T00:00:00Z", "old") + revision("2002-01-01T00:00:00Z", "new"))
                        + page(
                                "B",
                                0,
                                2,
                                "<redirect title=\"A\"/>" + revision("2001-01-01T00:00:00Z", "#REDIRECT [[A]]"))
                        + page("Diskussion:A", 1, 3, revision("2001-01-01T00:00:00Z", "talk"))
                        + page("Diskussion:B", 1, 4, revision("2001-01-01T00:00:00Z", "talk"))
                        + page("C", 0, 5, "<revision><model>css</model><text>a {}</text></revision>")
                        + page("D", 0, 6, "<revision><text deleted=\"deleted\"/></revision>")
                        + page("E", 0, 7, revision("2001-01-01T00:00:00Z", "{{stub}}"))
                        + "<page><title>Diskussion:F</title><revision><text>no number</text></revision></page>"
                        + "</mediawiki>");
        Reading reading = read();
        assertEquals(
                List.of("new"), reading.documents().stream().map(Document::text).toList());
        assertEquals("""
                w.xml: older revisions of pages: 1
                w.xml: pages of which nothing is left without templates and pictures: 1
                w.xml: pages that are no articles, of namespace 1 (Diskussion): 3
                w.xml: pages that are no wikitext but css: 1
                w.xml: pages without text: 1
                w.xml: redirects: 1""", said(reading.skipped()));
        assertEquals(8, reading.omitted().get(Wikitext.TEMPLATES).characters());
    }

    @Test
    void aPartOfADumpAsWikipediaNamesItIsReadPacked() throws Exception {
        String dump = HEAD + page("A", 0, 1, revision("2001-01-01T00:00:00Z", "words")) + "</mediawiki>";
        try (OutputStream out = new org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream(
                Files.newOutputStream(mine.resolve("dewiki-20260101-pages-articles1.xml-p1p2.bz2")))) {
            out.write(Packed.utf8(dump));
        }
        Reading reading = read();
        assertEquals(
                List.of("words"),
                reading.documents().stream().map(Document::text).toList(),
                said(reading.skipped()));
    }

    @Test
    void aDamagedByteCostsACharacterAndACutTheRest() throws Exception {
        byte[] dump = Packed.utf8(HEAD + page("A", 0, 1, revision("2001-01-01T00:00:00Z", "one x two \1"))
                + page("B", 0, 2, revision("2001-01-01T00:00:00Z", "three")) + "</mediawiki>");
        dump[new String(dump, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("x two")] = (byte) 0xff;
        Files.write(mine.resolve("w.xml"), dump);
        Reading reading = read();
        assertEquals("one \ufffd two \ufffd", reading.documents().get(0).text());
        assertEquals(2, reading.documents().size());
        assertTrue(reading.repaired().get(0).reason().startsWith("2 characters that were no UTF-8"));
        Files.write(mine.resolve("w.xml"), java.util.Arrays.copyOf(dump, dump.length - 40));
        Reading cut = read();
        assertEquals(1, cut.documents().size());
        assertTrue(said(cut.skipped()).startsWith("w.xml after page 1: not XML from line "), said(cut.skipped()));
    }

    private static List<String> texts(Reading reading) {
        return reading.documents().stream().map(Document::text).toList();
    }

    /** A page of which the text is written into the XML as it is. */
    private static String raw(String title, int id, String text) {
        return page(
                title,
                0,
                id,
                "<revision><timestamp>2001-01-01T00:00:00Z</timestamp><text>" + text + "</text></revision>");
    }

    @Test
    void aPageThatIsNoXmlCostsItselfAndThoseBehindItAreRead() throws Exception {
        for (String odd :
                List.of("a & b", "a &nbsp; b", "a < b", "a &#31; b", "<b>never closed", "</text></revision>")) {
            Files.writeString(
                    mine.resolve("w.xml"),
                    HEAD + raw("A", 1, "one") + raw("B", 2, odd) + raw("C", 3, "three") + "</mediawiki>");
            Reading reading = read();
            assertEquals(List.of("one", "three"), texts(reading), odd);
            assertTrue(
                    said(reading.skipped()).startsWith("w.xml after page 1: not XML from line 6 on: ")
                            && said(reading.skipped()).endsWith(", so that this page is not read"),
                    said(reading.skipped()));
        }
    }

    @Test
    void aMarkThatIsMissingCostsItsPageAndIsSaid() throws Exception {
        String three = raw("A", 1, "one") + raw("B", 2, "two") + raw("C", 3, "three");
        Files.writeString(mine.resolve("w.xml"), HEAD + three.replaceFirst("</page>", "") + "</mediawiki>");
        assertEquals(List.of("two", "three"), texts(read()));
        assertTrue(said(read().skipped()).startsWith("w.xml: not XML from line 6 on"), said(read().skipped()));
        Files.writeString(mine.resolve("w.xml"), HEAD + three.replaceFirst("<page>(?=<title>B)", "") + "</mediawiki>");
        assertEquals(List.of("one", "three"), texts(read()));
        assertEquals(
                "w.xml: pieces between pages that are none, as of a page without its beginning: 1",
                said(read().skipped()));
        Files.writeString(mine.resolve("w.xml"), HEAD + three);
        assertEquals(List.of("one", "two", "three"), texts(read()));
        assertEquals("w.xml: cut short: it has no end mark", said(read().skipped()));
    }

    @Test
    void aPartOfADumpAndSeveralDumpsInOneFileAreRead() throws Exception {
        Files.writeString(mine.resolve("w.xml"), "\n" + raw("A", 1, "one") + raw("B", 2, "two"));
        assertEquals(List.of("one", "two"), texts(read()));
        assertEquals(List.of(), read().skipped());
        String dump = HEAD + raw("A", 1, "one") + "</mediawiki>\n";
        Files.writeString(mine.resolve("w.xml"), dump + "<?xml version=\"1.0\"?>\n" + dump);
        assertEquals(List.of("one", "one"), texts(read()));
        assertEquals(List.of(), read().skipped());
    }

    @Test
    void aDumpInAnotherEncodingThatItStatesIsReadAndAReplacementCharacterOfATextIsNoDamage() throws Exception {
        String dump = HEAD + raw("A", 1, "caf\u00e9") + "</mediawiki>";
        Files.write(
                mine.resolve("w.xml"),
                ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n" + dump)
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertEquals(List.of("caf\u00e9"), texts(read()));
        assertEquals(List.of(), read().repaired());
        Files.writeString(mine.resolve("w.xml"), dump.replace("\u00e9", "\ufffd"));
        assertEquals(List.of("caf\ufffd"), texts(read()));
        assertEquals(List.of(), read().repaired());
    }

    @Test
    void aPageThatOnlyLeadsToAnotherIsARedirectInEveryLanguage() throws Exception {
        StringBuilder pages = new StringBuilder();
        for (String each : List.of(
                "#WEITERLEITUNG [[A]]",
                "#\u91cd\u5b9a\u5411 [[A]]",
                "#REDIRECCI\u00d3N [[A#b|c]] {{R}}",
                "#redirect: [[A]] and more")) {
            pages.append(raw("R", 2, each));
        }
        Files.writeString(
                mine.resolve("w.xml"), HEAD + pages + raw("A", 1, "#one [[link]] first\n#two") + "</mediawiki>");
        assertEquals(List.of("one link first\ntwo"), texts(read()));
        assertEquals("w.xml: redirects: 4", said(read().skipped()));
    }

    @Test
    void anAddressIsMadeAsTheWikiMakesThem() {
        for (String[] each : new String[][] {
            {"https://w.example/index.php?title=Main_Page", "https://w.example/index.php?title=A_b&curid=1&oldid=2"},
            {"https://w.example/wiki/Project:Main/Page", "https://w.example/wiki/A_b?curid=1&oldid=2"},
            {"https://w.example:8080/", "https://w.example:8080/A_b?curid=1&oldid=2"},
            {"nowhere", null}
        }) {
            WikiNames names = new WikiNames();
            names.mainPage(each[0]);
            assertEquals(each[1], names.address("A b", "1", "2"));
        }
    }

    @Test
    void nothingOfATableIsLost() {
        assertEquals("a|b | |x| < |y|", plain("{|\n| <nowiki>a|b</nowiki> || <math>|x| < |y|</math>\n|}"));
        assertEquals(
                "x | y\n| z",
                plain("{|\n| <syntaxhighlight>x | y\n| z</syntaxhighlight>\n|}").replace("y | z", "y\n| z"));
        assertEquals("in no cell\na | b", plain("{|\nin no cell\n|-\n| a || b\n|}"));
        assertEquals("one | two\nthree", plain("{|\n{| class=y\n| one || two\n|-\n| three\n|}\n|}"));
        assertEquals("a link | and a bar | cell", plain("{|\n| a [[x|link]] | and a bar || style=\"z\" | cell\n|}"));
    }

    /** Seen in a real dump: names over two lines, and templates that are all of a cell. */
    @Test
    void aBreakInACellEndsNoRowAndATemplateInOneMovesNoBar() {
        assertEquals("Latin A | Greek B\nx y | z", plain("{|\n! Latin<br>A !! Greek<br />B\n|-\n| x<br>\ny\n| z\n|}"));
        assertEquals(
                "stop\na | b",
                plain("{|\n! stop\n|style=x:0|{{IPA|p}}||style=y:0|\n|-\n|style=x:0|{{v}}||b=1|a{{v}}||c=2|b\n|}"));
        assertEquals("x {| | c d", plain("x {{nowrap|\n{|\n|{{b}} c}} d"));
        assertEquals("a | b", plain("{|\n{{row}}| a\n{{cell}}| b\n{{none}}\n|}"));
    }

    @Test
    void whatATemplateLeavesBeforeABracketGoes() {
        assertEquals(
                "A (b) and (c) and (d, e) (f; ...)",
                plain("A (b, {{IPA|x}}) and (c; {{y}}, {{z}}) and (d, e{{n}}) (f; ...)"));
        assertEquals("said ;) and (so ;) on", plain("said ;) and (so ;) on").replace("so)", "so ;)"));
    }

    @Test
    void aDumpIsKnownByItsFirstElementWhateverItsName() throws Exception {
        String dump = HEAD + raw("A", 1, "words") + "</mediawiki>";
        Files.writeString(mine.resolve("a-pages-articles1.xml-p10p30-shortened"), dump);
        Files.writeString(mine.resolve("b.dump"), "\ufeff<?xml version='1.0'?>\n" + dump);
        Files.writeString(mine.resolve("c"), "<mediawikis>" + dump);
        Files.write(mine.resolve("d"), ("\ufeff" + dump).getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
        Reading reading = read();
        assertEquals(List.of("words", "words", "words"), texts(reading));
        assertTrue(said(reading.skipped()).startsWith("c: of no kind that is read"), said(reading.skipped()));
    }

    @Test
    void aNoteThatIsNeverClosedEndsNotWithTheListOfNotes() {
        assertEquals(
                "Onea note\n\nText.\n\nEnd.", plain("One<ref name=a>a note\n\nText.\n<references></references>\nEnd."));
        assertEquals("a H2O b", plain("a <ce>H2O b<center></center>"));
    }

    @Test
    void otherXmlIsNamedAndAnEntityOfItsOwnBringsNothingIn() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "secret words");
        Files.writeString(mine.resolve("a.xml"), "<rss><channel/></rss>");
        Files.writeString(
                mine.resolve("b.xml"),
                "<!DOCTYPE mediawiki [<!ENTITY e SYSTEM \"" + secret.toUri() + "\"><!ENTITY l \"lol\">]>" + HEAD
                        + page("A", 0, 1, "<revision><text>words &e; &l;</text></revision>") + "</mediawiki>");
        Reading reading = read();
        assertTrue(said(reading.skipped()).contains("a.xml: XML of no kind that is read"), said(reading.skipped()));
        assertTrue(reading.documents().stream().noneMatch(each -> each.text().contains("secret")), reading.toString());
    }

    /** The parser of the JDK ends after 50 MB unless it is told otherwise; and the memory does not grow. */
    @Test
    void aDumpLongerThanTheParsersLimitIsReadToItsEnd() throws Exception {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder();
        while (text.length() < 100_000) {
            text.append((char) ('a' + random.nextInt(26))).append(random.nextInt(7) == 0 ? " " : "");
        }
        Content endless = new Content(
                "w.xml",
                () -> new java.io.SequenceInputStream(new java.util.Enumeration<>() {
                    private int pages = -1;

                    @Override
                    public boolean hasMoreElements() {
                        return pages < 601;
                    }

                    @Override
                    public java.io.InputStream nextElement() {
                        pages++;
                        return new java.io.ByteArrayInputStream(Packed.utf8(
                                pages == 0
                                        ? HEAD
                                        : pages == 601
                                                ? "</mediawiki>"
                                                : page(
                                                        "P" + pages,
                                                        0,
                                                        pages,
                                                        revision("2001-01-01T00:00:00Z", pages + " " + text))));
                    }
                }),
                null);
        Source source = new Source("s", null, null, "MIT", null, null, null, null, false, null, null, null, "mine");
        Intake intake = new Intake(source, 3, Long.MAX_VALUE, Progress.NONE);
        WikiDump.read(source, endless, intake);
        assertEquals(600, intake.reading().offered());
        assertEquals(List.of(), intake.reading().skipped());
    }

    /** Both as the parser of the JDK reads it, whether or not it is written as MediaWiki writes it. */
    @Test
    void aPageIsTheSameByEitherWayOfReadingIt() throws Exception {
        String usual = page(
                "A &amp; B",
                0,
                1,
                "<redirect title=\"C &lt; D\" />" + revision("2001-01-01T00:00:00Z", "one\n two &quot;three&quot;")
                        + "<revision><id>3</id><minor/><timestamp>2002</timestamp><comment>a</comment><text xml:space="
                        + "\"preserve\" bytes=\"9\">&lt;b&gt;&#233;&#x1F600;&apos;&amp;lt; &gt; x &gt;</text><sha1>abc"
                        + "</sha1></revision><revision><text deleted=\"deleted\"/></revision>");
        new WikiPlainXml(usual).next(); // is one of those that are read so
        for (String xml : List.of(
                usual,
                "<page><title>A</title><ns> -2 </ns><id>7</id></page>",
                "<page>\n  <title>A<!-- not this -->B</title><revision><text><![CDATA[a < b]]></text></revision></page>",
                "<page><title>A</title><revision><text>a\r\nb &#13; c</text></revision></page>",
                "<page lang='de'><title>A</title><ns>x</ns><revision><text>a<i>b</i>c</text></revision></page>",
                "<page><revision><timestamp>2</timestamp><text>new</text></revision><revision><timestamp>1</timestamp>"
                        + "<text>old</text></revision></page>")) {
            WikiPage one = WikiPage.of(xml);
            WikiPage other = WikiPage.of(WikiXml.of(new java.io.StringReader(xml)));
            assertEquals(shown(other), shown(one), xml);
        }
        for (String odd : List.of(
                "a & b",
                "a &nbsp; b",
                "a &#0; b",
                "a &#xD800; b",
                "a &#xFFFE; b",
                "a &#1114112; b",
                "a &#; b",
                "a &; b",
                "a &ampb",
                "a ]]> b",
                "a < b",
                "<b>",
                "</b>",
                "<b></i>",
                "<b c=d></b>",
                "<b c=\"d\"e=\"f\"></b>",
                "<b c=\"<\"></b>")) {
            String xml = "<page><revision><comment>" + odd + "</comment><text>words</text></revision></page>";
            assertThrows(javax.xml.stream.XMLStreamException.class, () -> WikiPage.of(xml), odd);
        }
        for (String cut : List.of("<page>", "<page><title>A", "<page><title", "<page><title>A</title>", "<page")) {
            assertThrows(javax.xml.stream.XMLStreamException.class, () -> WikiPage.of(cut), cut);
        }
    }

    private static String shown(WikiPage page) {
        return String.join(
                "|",
                page.title,
                page.id,
                page.namespace + " " + page.redirect + " " + page.older,
                page.newest == null
                        ? ""
                        : String.join("|", page.newest.id, page.newest.time, page.newest.model, page.newest.text));
    }

    /** In a dump of all revisions a page may be longer than is held of it. */
    @Test
    void aPageOfMoreRevisionsThanAreHeldIsReadToItsNewest() throws Exception {
        StringBuilder revisions = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            revisions.append(revision("20" + (i + 10) + "-01-01T00:00:00Z", "words " + i + " " + "x".repeat(50_000)));
        }
        Files.writeString(
                mine.resolve("w.xml"),
                HEAD + raw("A", 1, "one") + page("B", 0, 2, revisions.toString()) + raw("C", 3, "three")
                        + page("D", 0, 4, revisions + "&") + raw("E", 5, "five") + "</mediawiki>");
        Reading reading = read();
        assertEquals(
                List.of("one", "words 59", "three", "five"),
                texts(reading).stream()
                        .map(each -> each.replaceFirst(" x+", ""))
                        .toList());
        assertEquals(2069, reading.documents().get(1).year());
        assertEquals(
                "w.xml after page 3: not XML from line 8 on: cut short or damaged, so that this page is not read\n"
                        + "w.xml: older revisions of pages: 59",
                said(reading.skipped()));
    }

    @Test
    void wikitextReadsAsThePageDoes() {
        assertEquals("Bold and slanted, it's 4' long.", plain("'''Bold''' and ''slanted'', it's 4' long."));
        assertEquals(
                "dogs, b, Foo, Foo, C", plain("[[dog]]s, [[a|b]], [[Foo (film)|]], [[Help:Foo|]], [[:Category:C|C]]"));
        assertEquals("A  B".replace("  ", " "), plain("A [[Datei:x.jpg|mini|Ein [[Hafen]] ''am'' Meer]] B"));
        assertEquals("A", plain("A[[Bild:x.JPG|thumb|300px|Ein Hafen]]"));
        assertEquals("A B", plain("A<ref name=\"x\">{{cite|[[y]]}}</ref> B<ref name=x />"));
        assertEquals("the site, http://a.example/b_c", plain("[http://x.example the site], http://a.example/b_c"));
        assertEquals(
                "5 km, 1234, caf\u00e9, a \u2013 b, c. 1850",
                plain("{{convert|5|km|mi}}, {{formatnum:1234}}, {{lang|fr|caf\u00e9}}, a{{snd}}b, {{circa|1850}}"));
        assertEquals("Foo is", plain("Foo ({{IPA|x}}, {{y}}) is"));
        assertEquals("Foo (born 1980) is", plain("Foo ({{IPA|x}}; born 1980) is"));
        assertEquals("a < b & c \u2013 d", plain("a < b &amp; c &ndash; d"));
        assertEquals("[[not]] ''so''", plain("<nowiki>[[not]] ''so''</nowiki>"));
        assertEquals("\\frac{a}{b}", plain("<math>\\frac{a}{b}</math>"));
        assertEquals("\u7b80\u4f53", plain("-{zh-hans:\u7b80\u4f53;zh-hant:\u7e41\u9ad4}-"));
        assertEquals("Title", plain("{{PAGENAME}}__NOTOC__[[Category:X]][[de:Titel]]"));
    }

    @Test
    void headingsListsTablesAndCodeKeepTheirLines() {
        assertEquals(
                "Intro goes on.\n\nPart\n\nOne\nTwo",
                plain("Intro\ngoes on.\n== Part ==\n* One\n# Two\n=== Empty ===\n{{stub}}\n== End ==\n<references/>"));
        assertEquals(
                "Cast\nActor | Role\nA b | C | D\nBoth",
                plain(
                        "{| class=\"w\"\n|+ Cast\n! Actor !! Role\n|-\n| [[A|A]]\nb\n| style=\"x\" | C || D\n|-\n| colspan=2 | Both\n|}"));
        assertEquals(
                "# comment\nx = {{1}}\n\nAfter",
                plain("<syntaxhighlight lang=py>\n# comment\nx = {{1}}\n</syntaxhighlight>\nAfter"));
        assertEquals("One\nTwo", plain("One<br />Two"));
        assertEquals("Before\n\nAfter", plain("Before\n<!-- a\n\nb -->\n\nAfter"));
    }

    @Test
    void whatIsNeverClosedStaysAndCostsNothingBehindIt() {
        assertEquals("a [[b c", plain("a [[b c"));
        assertEquals("a {{b c", plain("a {{b c"));
        assertEquals("x ]] }} |} y", plain("x ]] }} |} y"));
        assertEquals("a b", plain("a <ref>b"));
        String deep = "{{".repeat(200_000) + "[[".repeat(200_000) + "<ref>".repeat(50_000) + "<!--".repeat(9);
        assertTrue(plain(deep + " end").length() <= deep.length() + 4);
    }
}
