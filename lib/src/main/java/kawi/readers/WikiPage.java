package kawi.readers;

import java.io.StringReader;
import javax.xml.stream.XMLStreamException;

/** A page of a wiki's dump as its XML has it, with its newest revision. */
final class WikiPage {
    /** The longest text of one page, in characters; MediaWiki itself allows 2 MB. */
    static final int LONGEST = 20_000_000;

    String title = "";
    String id = "";
    /** The number of its namespace, or null where it does not say one. */
    Integer namespace;

    boolean redirect;
    /** Its newest revision, or null. */
    Revision newest;
    /** How many others it has. */
    int older;

    /** One revision of a page. */
    static final class Revision {
        String id = "";
        String time = "";
        String model = "wikitext";
        String text = "";
    }

    private WikiPage() {}

    /**
     * {@return the page that is written so}
     *
     * @throws XMLStreamException where that is no XML
     */
    static WikiPage of(String xml) throws XMLStreamException {
        try {
            return of(new WikiPlainXml(xml));
        } catch (WikiPlainXml.Other e) {
            return of(WikiXml.of(new StringReader(xml)));
        }
    }

    /** {@return the page that begins there} */
    static WikiPage of(WikiXml xml) throws XMLStreamException {
        WikiPage page = new WikiPage();
        while (xml.next() != WikiXml.START) {
            // Up to its own mark.
        }
        for (int next; (next = xml.next()) != WikiXml.END; ) {
            if (next == WikiXml.START) {
                page.part(xml);
            }
        }
        return page;
    }

    private void part(WikiXml xml) throws XMLStreamException {
        switch (xml.name()) {
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
                older += newest == null ? 0 : 1;
                newest = newest == null || each.time.compareTo(newest.time) >= 0 ? each : newest;
            }
            default -> pass(xml);
        }
    }

    private static Revision revision(WikiXml xml) throws XMLStreamException {
        Revision revision = new Revision();
        for (int next; (next = xml.next()) != WikiXml.END; ) {
            if (next != WikiXml.START) {
                continue;
            }
            switch (xml.name()) {
                case "id" -> revision.id = text(xml).strip();
                case "timestamp" -> revision.time = text(xml).strip();
                case "model" -> revision.model = text(xml).strip();
                case "text" -> revision.text = text(xml);
                default -> pass(xml); // who wrote it among it
            }
        }
        return revision;
    }

    /** {@return the text of an element, of a longer one its beginning and one character more} */
    private static String text(WikiXml xml) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        for (int depth = 1; depth > 0; ) {
            switch (xml.next()) {
                case WikiXml.START -> depth++;
                case WikiXml.END -> depth--;
                case WikiXml.TEXT -> xml.text(text, LONGEST + 1 - text.length());
                default -> {
                    // Comments and instructions are no text.
                }
            }
        }
        return text.toString();
    }

    private static void pass(WikiXml xml) throws XMLStreamException {
        for (int depth = 1; depth > 0; ) {
            int next = xml.next();
            depth += next == WikiXml.START ? 1 : next == WikiXml.END ? -1 : 0;
        }
    }
}
