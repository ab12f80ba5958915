package kawi.readers;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import kawi.corpus.Document;

/**
 * The articles of a wiki in a dump of MediaWiki's, as Wikipedia publishes them ({@code *-pages-articles*.xml.bz2}): a
 * document a page, of its newest revision, as {@link Wikitext} has it. Title, address with the numbers of page and
 * revision, and the revision's year are kept. Redirects, pages of other namespaces, older revisions and pages that are
 * no wikitext are set aside and counted. A dump states no licence, so that of the catalog's entry holds. The file is
 * read page by page, in memory that does not grow with it, and a page that is damaged costs itself.
 *
 * @see <a href="https://www.mediawiki.org/wiki/Help:Export">MediaWiki, Help:Export</a>
 */
final class WikiDump {
    /** The longest text of one page, in characters; MediaWiki itself allows 2 MB. */
    private static final int LONGEST = 20_000_000;
    /** A page that is nothing but a link to another, in whatever language it says so. */
    private static final Pattern REDIRECT =
            Pattern.compile("#[\\p{L}\\p{M}_-]{3,30}+\\s*+:?\\s*+\\[\\[[^\\[\\]]++\\]\\]"
                    + "(?:\\s|\\{\\{[^{}]*+\\}\\}|\\[\\[[^\\[\\]]*+\\]\\])*+");

    private static final int LONGEST_REDIRECT = 1000;
    private static final Pattern ENCODING = Pattern.compile(
            "(?:\u00ef\u00bb\u00bf)?<\\?xml[^>]{0,100}encoding\\s*=\\s*[\"']([A-Za-z0-9._-]{1,40})[\"']");
    private static final XMLInputFactory PARSERS = parsers();

    private final Source source;
    private final String name;
    private final Intake intake;
    private final WikiNames names = new WikiNames();
    private final Map<String, Long> aside = new TreeMap<>();
    private long pages;

    private WikiDump(Source source, String name, Intake intake) {
        this.source = source;
        this.name = name;
        this.intake = intake;
    }

    static void read(Source source, Content content, Intake intake) throws IOException {
        new WikiDump(source, content.name(), intake).read(content);
    }

    private void read(Content content) throws IOException {
        try (InputStream in = content.open();
                Mended chars = new Mended(in, charset(content))) {
            try {
                read(new WikiPages(chars));
            } finally {
                aside.forEach((reason, count) -> intake.skipped(name, reason + ": " + count));
                if (chars.replaced > 0) {
                    intake.repaired(
                            name,
                            chars.replaced + " characters that were no " + chars.charset
                                    + " or no XML, U+FFFD in their place");
                }
            }
        }
    }

    private void read(WikiPages parts) throws IOException {
        String before = parts.between();
        if (!isOfWiki(before, parts.hasPage())) {
            return;
        }
        boolean whole = !before.contains("<mediawiki"); // a part of a dump has no end mark either
        while (parts.hasPage()) {
            pageOf(parts);
            String after = parts.between();
            whole |= after.contains("</mediawiki>");
            if (after.contains("<mediawiki")) { // several dumps, one behind the other
                isOfWiki(after.replaceFirst("(?s).*?(?=<mediawiki)", ""), true);
            } else if (!after.replaceAll("</mediawiki>|<!--.*?-->", "").isBlank()) {
                aside("pieces between pages that are none, as of a page without its beginning");
            }
        }
        if (pages == 0) {
            intake.skipped(name, "a dump without pages");
        } else if (!whole) {
            intake.skipped(name, "cut short: it has no end mark");
        }
    }

    /** Reads a page; one that is no XML is said. */
    private void pageOf(WikiPages parts) throws IOException {
        long line = parts.line();
        try (Reader chars = parts.page()) {
            XMLStreamReader xml = parser(chars);
            xml.nextTag();
            page(xml);
            pages++;
        } catch (XMLStreamException e) {
            IOException unreadable = ofReading(e);
            if (unreadable != null) {
                throw unreadable;
            }
            notXml(line, e, pages == 0 ? "" : " after page " + pages, ", so that this page is not read");
            pages++;
        }
    }

    private void notXml(long line, XMLStreamException e, String where, String result) {
        long there = line + Math.max(1, e.getLocation().getLineNumber()) - 1;
        intake.skipped(
                name + where,
                "not XML from line " + there + " on: "
                        + PlainText.reason(e).replaceFirst("^ParseError.*", "cut short or damaged") + result);
    }

    /**
     * Reads what a wiki says of itself before its pages. {@return whether they are to be read} They are where nothing
     * stands before them, as in a part of a dump.
     */
    private boolean isOfWiki(String before, boolean hasPages) {
        String text = before.startsWith("\ufeff") ? before.substring(1) : before;
        if (text.isBlank() && hasPages) {
            return true;
        }
        boolean open = hasPages && !text.contains("</mediawiki>");
        boolean wiki = false;
        try {
            XMLStreamReader xml = parser(new StringReader(open ? text + "</mediawiki>" : text));
            while (xml.hasNext()) {
                if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                String element = xml.getLocalName();
                if (!wiki && !element.equals("mediawiki")) {
                    intake.skipped(
                            name, "XML of no kind that is read (dumps of MediaWiki are); save it as .txt or .html");
                    return false;
                }
                wiki = true;
                about(xml, element);
            }
        } catch (XMLStreamException e) {
            notXml(1, e, "", wiki && hasPages ? ", so that its namespaces may not be known" : "");
        }
        return wiki;
    }

    private void about(XMLStreamReader xml, String element) throws XMLStreamException {
        if (element.equals("base")) {
            names.mainPage(text(xml));
        } else if (element.equals("namespace")) {
            String key = xml.getAttributeValue(null, "key");
            String named = text(xml);
            if (key != null && key.matches("-?\\d{1,6}")) {
                names.namespace(Integer.parseInt(key), named);
            }
        }
    }

    /** What went wrong in reading the bytes, where it was that and not the XML; else null. */
    private static IOException ofReading(XMLStreamException e) {
        return e.getNestedException() instanceof IOException failure ? failure : null;
    }

    private static XMLStreamReader parser(Reader chars) throws XMLStreamException {
        return PARSERS.createXMLStreamReader(chars);
    }

    /** The JDK's own, whatever else lies beside the kit; no entities but those of XML, and so no limit on them. */
    private static XMLInputFactory parsers() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty("http://www.oracle.com/xml/jaxp/properties/totalEntitySizeLimit", "0");
        factory.setProperty("http://www.oracle.com/xml/jaxp/properties/maxGeneralEntitySizeLimit", "0");
        return factory;
    }

    /** UTF-8, as dumps have it, unless the first bytes say that it is UTF-16, or the first line says another. */
    private static Charset charset(Content content) throws IOException {
        byte[] head;
        try (InputStream in = content.open()) {
            head = in.readNBytes(200);
        }
        if (head.length > 1 && (head[0] & 0xff ^ head[1] & 0xff) == 1 && (head[0] & 0xfe) == 0xfe) {
            return StandardCharsets.UTF_16;
        }
        Matcher stated = ENCODING.matcher(new String(head, StandardCharsets.ISO_8859_1));
        try {
            return stated.lookingAt()
                            && !stated.group(1).toUpperCase(Locale.ROOT).startsWith("UTF")
                    ? Charset.forName(stated.group(1))
                    : StandardCharsets.UTF_8;
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8; // whose name nobody knows
        }
    }

    /** One revision of a page. */
    private static final class Revision {
        private String id = "";
        private String time = "";
        private String model = "wikitext";
        private String text = "";
    }

    private void page(XMLStreamReader xml) throws XMLStreamException {
        String title = "";
        String id = "";
        Integer namespace = null;
        boolean redirect = false;
        Revision newest = null;
        while (xml.next() != XMLStreamConstants.END_ELEMENT) {
            if (!xml.isStartElement()) {
                continue;
            }
            switch (xml.getLocalName()) {
                case "title" -> title = text(xml).strip();
                case "id" -> id = text(xml).strip();
                case "ns" -> {
                    String key = text(xml).strip();
                    namespace = key.matches("-?\\d{1,6}") ? Integer.valueOf(key) : null;
                }
                case "redirect" -> {
                    redirect = true;
                    pass(xml);
                }
                case "revision" -> {
                    Revision each = revision(xml);
                    if (newest != null) {
                        aside("older revisions of pages");
                    }
                    newest = newest == null || each.time.compareTo(newest.time) >= 0 ? each : newest;
                }
                default -> pass(xml);
            }
        }
        int key = namespace == null ? names.of(title) : namespace;
        if (redirect || newest != null && isRedirect(newest.text.strip())) {
            aside("redirects");
        } else if (key != WikiNames.ARTICLES) {
            aside("pages that are no articles, of " + names.name(key));
        } else if (newest == null || newest.text.isBlank()) {
            aside("pages without text");
        } else if (!newest.model.equals("wikitext")) {
            aside("pages that are no wikitext but " + newest.model);
        } else if (newest.text.length() > LONGEST) {
            intake.skipped(name + " page " + id, "more than " + LONGEST + " characters");
        } else {
            take(title, id, newest);
        }
    }

    private static boolean isRedirect(String text) {
        return text.matches("(?is)#redirect\\b.*")
                || text.length() < LONGEST_REDIRECT && REDIRECT.matcher(text).matches();
    }

    private Revision revision(XMLStreamReader xml) throws XMLStreamException {
        Revision revision = new Revision();
        while (xml.next() != XMLStreamConstants.END_ELEMENT) {
            if (!xml.isStartElement()) {
                continue;
            }
            switch (xml.getLocalName()) {
                case "id" -> revision.id = text(xml).strip();
                case "timestamp" -> revision.time = text(xml).strip();
                case "model" -> revision.model = text(xml).strip();
                case "text" -> revision.text = text(xml);
                default -> pass(xml); // who wrote it among it
            }
        }
        return revision;
    }

    private void take(String title, String id, Revision revision) {
        Wikitext.Plain plain = Wikitext.plain(revision.text, title, names);
        intake.omitted(plain.left());
        if (plain.text().isBlank()) {
            aside("pages of which nothing is left without templates and pictures");
            return;
        }
        String where = name + " page " + id;
        String address = names.address(title, id, revision.id);
        intake.take(Document.collected(
                source.id(),
                where + " revision " + revision.id,
                title.isEmpty() ? null : title,
                null, // many, under names of their own
                revision.time.matches("\\d{4}-.*") ? Integer.valueOf(revision.time.substring(0, 4)) : null,
                source.genre(),
                source.licence(),
                address == null ? where : address,
                plain.text()));
    }

    private void aside(String reason) {
        aside.merge(reason, 1L, Long::sum);
    }

    /** {@return the text of an element, of a longer one its beginning and one character more} */
    private static String text(XMLStreamReader xml) throws XMLStreamException {
        return text(xml, LONGEST + 1);
    }

    private static String text(XMLStreamReader xml, int longest) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        for (int depth = 1; depth > 0; ) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> depth++;
                case XMLStreamConstants.END_ELEMENT -> depth--;
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    int room = longest - text.length();
                    text.append(xml.getTextCharacters(), xml.getTextStart(), Math.min(room, xml.getTextLength()));
                }
                default -> {
                    // Comments and instructions are no text.
                }
            }
        }
        return text.toString();
    }

    private static void pass(XMLStreamReader xml) throws XMLStreamException {
        text(xml, 0);
    }

    /** Characters of a file of which one that is damaged, or that XML does not allow, costs no more than itself. */
    private static final class Mended extends FilterReader {
        private static final char NONE = '\ufffd';
        /** For bytes that are no character: none of a text, where U+FFFD may be one. */
        private static final String DAMAGED = "\uffff";

        private final Charset charset;
        private long replaced;

        Mended(InputStream in, Charset charset) {
            super(new InputStreamReader(
                    in,
                    charset.newDecoder()
                            .onMalformedInput(CodingErrorAction.REPLACE)
                            .onUnmappableCharacter(CodingErrorAction.REPLACE)
                            .replaceWith(DAMAGED)));
            this.charset = charset;
        }

        @Override
        public int read() throws IOException {
            char[] one = new char[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(char[] chars, int from, int length) throws IOException {
            int count = super.read(chars, from, length);
            for (int i = from; i < from + count; i++) {
                char c = chars[i];
                if (c < ' ' && c != '\n' && c != '\r' && c != '\t' || c > NONE) {
                    chars[i] = NONE;
                    replaced++;
                }
            }
            return count;
        }
    }
}
