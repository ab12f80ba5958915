package kawi.readers;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    /** About as many bytes as a character of a page needs while it is read. */
    private static final int TIMES_ITS_SIZE = 8;
    /** A page that is nothing but a link to another, in whatever language it says so. */
    private static final Pattern REDIRECT =
            Pattern.compile("#[\\p{L}\\p{M}_-]{3,30}+\\s*+:?\\s*+\\[\\[[^\\[\\]]++\\]\\]"
                    + "(?:\\s|\\{\\{[^{}]*+\\}\\}|\\[\\[[^\\[\\]]*+\\]\\])*+");

    private static final Pattern REDIRECTS = Pattern.compile("(?i)#redirect\\b");
    private static final int LONGEST_REDIRECT = 1000;
    private static final String NO_PAGE = ", so that this page is not read";
    private static final Pattern ENCODING = Pattern.compile(
            "(?:\u00ef\u00bb\u00bf)?<\\?xml[^>]{0,100}encoding\\s*=\\s*[\"']([A-Za-z0-9._-]{1,40})[\"']");

    private static final Pattern BEGINNING = Pattern.compile("\ufeff?+\\s*+(<\\?xml[^>]*+>\\s*+)?+<mediawiki\\b");

    private final Source source;
    private final String name;
    private final Intake intake;
    private final Map<String, Long> aside = new TreeMap<>();
    private WikiNames names = new WikiNames();
    private long pages;

    private WikiDump(Source source, String name, Intake intake) {
        this.source = source;
        this.name = name;
        this.intake = intake;
    }

    /** {@return whether a file of any name is a dump, by its first element} */
    static boolean begins(Content content) {
        try (InputStream in = content.open()) {
            return BEGINNING
                    .matcher(new String(in.readNBytes(400), charset(content)))
                    .lookingAt();
        } catch (IOException e) {
            return false; // and of no kind that is read
        }
    }

    static void read(Source source, Content content, Intake intake) throws IOException {
        new WikiDump(source, content.name(), intake).read(content);
    }

    private void read(Content content) throws IOException {
        try (InputStream in = content.open();
                WikiCharacters chars = new WikiCharacters(in, charset(content))) {
            try {
                read(new WikiPages(chars));
            } finally {
                intake.finish();
                aside.forEach((reason, count) -> intake.skipped(name, reason + ": " + count));
                if (chars.replaced() > 0) {
                    intake.repaired(
                            name,
                            chars.replaced() + " characters that were no " + chars.charset()
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
            } else if (!after.isBlank()
                    && !after.replaceAll("</mediawiki>|<!--.*?-->", "").isBlank()) {
                aside("pieces between pages that are none, as of a page without its beginning", 1, intake);
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
        String where = pages == 0 ? name : name + " after page " + pages;
        WikiNames known = names; // which a dump behind this one goes on from
        String xml = parts.page();
        if (xml == null) {
            longPage(parts, where, line);
        } else {
            intake.apart(where, (long) TIMES_ITS_SIZE * xml.length(), own -> {
                try {
                    take(WikiPage.of(xml), known, own);
                } catch (XMLStreamException e) {
                    notXml(where, line, e, NO_PAGE, own);
                }
            });
        }
        pages++;
    }

    private void longPage(WikiPages parts, String where, long line) throws IOException {
        try (Reader chars = parts.longPage()) {
            take(WikiPage.of(WikiXml.of(chars)), names, intake);
        } catch (XMLStreamException e) {
            if (e.getNestedException() instanceof IOException unreadable) {
                throw unreadable;
            }
            notXml(where, line, e, NO_PAGE, intake);
        }
    }

    private static void notXml(String where, long line, XMLStreamException e, String result, Intake own) {
        long there = line + Math.max(1, e.getLocation().getLineNumber()) - 1;
        own.skipped(
                where,
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
            XMLStreamReader xml = WikiXml.parser(new StringReader(open ? text + "</mediawiki>" : text));
            WikiNames said = new WikiNames(names);
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
                about(xml, element, said);
                names = said;
            }
        } catch (XMLStreamException e) {
            notXml(name, 1, e, wiki && hasPages ? ", so that its namespaces may not be known" : "", intake);
        }
        return wiki;
    }

    private static void about(XMLStreamReader xml, String element, WikiNames names) throws XMLStreamException {
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

    private static String text(XMLStreamReader xml) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        for (int depth = 1; depth > 0; ) {
            int next = xml.next();
            depth += next == XMLStreamConstants.START_ELEMENT ? 1 : next == XMLStreamConstants.END_ELEMENT ? -1 : 0;
            if (next == XMLStreamConstants.CHARACTERS || next == XMLStreamConstants.CDATA) {
                text.append(xml.getText());
            }
        }
        return text.toString();
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

    private void take(WikiPage page, WikiNames known, Intake own) {
        if (page.older > 0) {
            aside("older revisions of pages", page.older, own);
        }
        int key = page.namespace == null ? known.of(page.title) : page.namespace;
        WikiPage.Revision newest = page.newest;
        if (page.redirect || newest != null && isRedirect(newest.text.strip())) {
            aside("redirects", 1, own);
        } else if (key != WikiNames.ARTICLES) {
            aside("pages that are no articles, of " + known.name(key), 1, own);
        } else if (newest == null || newest.text.isBlank()) {
            aside("pages without text", 1, own);
        } else if (!newest.model.equals("wikitext")) {
            aside("pages that are no wikitext but " + newest.model, 1, own);
        } else if (newest.text.length() > WikiPage.LONGEST) {
            own.skipped(name + " page " + page.id, "more than " + WikiPage.LONGEST + " characters");
        } else {
            article(page, newest, known, own);
        }
    }

    private static boolean isRedirect(String text) {
        return text.startsWith("#")
                && (REDIRECTS.matcher(text).lookingAt()
                        || text.length() < LONGEST_REDIRECT
                                && REDIRECT.matcher(text).matches());
    }

    private void article(WikiPage page, WikiPage.Revision revision, WikiNames known, Intake own) {
        Wikitext.Plain plain = Wikitext.plain(revision.text, page.title, known);
        own.omitted(plain.left());
        if (plain.text().isBlank()) {
            aside("pages of which nothing is left without templates and pictures", 1, own);
            return;
        }
        String where = name + " page " + page.id;
        String address = known.address(page.title, page.id, revision.id);
        own.take(Document.collected(
                source.id(),
                where + " revision " + revision.id,
                page.title.isEmpty() ? null : page.title,
                null, // many, under names of their own
                revision.time.matches("\\d{4}-.*") ? Integer.valueOf(revision.time.substring(0, 4)) : null,
                source.genre(),
                source.licence(),
                address == null ? where : address,
                plain.text()));
    }

    private void aside(String reason, long count, Intake own) {
        own.then(intake, () -> aside.merge(reason, count, Long::sum));
    }
}
