package kawi.readers;

import java.io.Reader;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What stands in a wiki's XML, one thing after another. */
interface WikiXml {
    /** An element begins. */
    int START = XMLStreamConstants.START_ELEMENT;
    /** An element ends. */
    int END = XMLStreamConstants.END_ELEMENT;
    /** A text, or a part of it. */
    int TEXT = XMLStreamConstants.CHARACTERS;

    /**
     * {@return what comes next: one of these three, or what is neither}
     *
     * @throws XMLStreamException where it is no XML
     */
    int next() throws XMLStreamException;

    /** {@return the name of the element that began} */
    String name();

    /** Adds so many characters of the text at hand, or fewer where it is shorter. */
    void text(StringBuilder into, int most);

    /** {@return any XML} */
    static WikiXml of(Reader chars) throws XMLStreamException {
        XMLStreamReader xml = parser(chars);
        return new WikiXml() {
            @Override
            public int next() throws XMLStreamException {
                int next = xml.next();
                return next == XMLStreamConstants.CDATA || next == XMLStreamConstants.SPACE ? TEXT : next;
            }

            @Override
            public String name() {
                return xml.getLocalName();
            }

            @Override
            public void text(StringBuilder into, int most) {
                into.append(xml.getTextCharacters(), xml.getTextStart(), Math.min(most, xml.getTextLength()));
            }
        };
    }

    /** {@return the parser of the JDK} */
    static XMLStreamReader parser(Reader chars) throws XMLStreamException {
        return Parsers.ALL.createXMLStreamReader(chars);
    }

    /** The JDK's own, whatever else lies beside the kit; no entities but those of XML, and so no limit on them. */
    final class Parsers {
        private static final XMLInputFactory ALL = XMLInputFactory.newDefaultFactory();

        static {
            ALL.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            ALL.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            ALL.setProperty("http://www.oracle.com/xml/jaxp/properties/totalEntitySizeLimit", "0");
            ALL.setProperty("http://www.oracle.com/xml/jaxp/properties/maxGeneralEntitySizeLimit", "0");
        }

        private Parsers() {}
    }
}
