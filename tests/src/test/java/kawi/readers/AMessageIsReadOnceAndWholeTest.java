package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.corpus.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of other people's mail every message is one document, and its text what a person wrote to another. */
class AMessageIsReadOnceAndWholeTest {
    private static final String FROM = "From a@b.example Mon Jan  1 10:00:00 2024\n";
    private static final String PLAIN = "--x\nContent-Type: text/plain\n\nplain\n";
    private static final String HTML = "--x\nContent-Type: text/html\n\n<p>page</p>\n";

    @TempDir
    Path folder;

    private Reading read(String file, byte[] content) throws Exception {
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Files.write(mine.resolve(file), content);
        Reading reading = Packed.read(Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"}"), "mine");
        Files.delete(mine.resolve(file));
        return reading;
    }

    private Reading read(String file, String content) throws Exception {
        return read(file, content.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> texts(Reading reading) {
        return reading.documents().stream().map(Document::text).toList();
    }

    private static List<String> notes(Reading reading) {
        return reading.repaired().stream().map(each -> each.reason()).toList();
    }

    private static String several(String kind, String parameters, String... parts) {
        return "Subject: s\nMIME-Version: 1.0\nContent-Type: multipart/" + kind + parameters + "\n\n"
                + String.join("", parts) + "--x--\n";
    }

    @Test
    void ofAlternativesTheOneThatSaysSomethingIsRead() throws Exception {
        String blank = "--x\nContent-Type: text/plain\n\n  \n";
        String related =
                "--x\nContent-Type: multipart/related; boundary=y\n\n--y\nContent-Type: text/html\n\n<p>related</p>\n--y--\n";
        String invitation = "--x\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n";
        assertEquals(List.of("plain"), texts(read("a.eml", several("alternative", "; boundary=x", HTML, PLAIN))));
        assertEquals(List.of("page"), texts(read("a.eml", several("alternative", "; boundary=x", blank, HTML))));
        assertEquals(
                List.of("related"), texts(read("a.eml", several("alternative", "; boundary=x", related, invitation))));
        Reading none = read("a.eml", several("alternative", "; boundary=x", invitation));
        assertEquals(List.of(), none.documents());
        assertEquals("no text, only attachments: 1", none.skipped().get(0).reason());
    }

    @Test
    void partsAreFoundWhereTheHeaderDoesNotSayWhatPartsThem() throws Exception {
        for (String parameters : List.of("", "; boundary=\"other\"", "; charset=utf-8")) {
            Reading reading = read("a.eml", several("alternative", parameters, PLAIN, HTML));
            assertEquals(List.of("plain"), texts(reading));
            assertEquals(List.of("its parts are parted by another line than its header says"), notes(reading));
        }
        Reading bare = read("a.eml", "Subject: s\nContent-Type: multipart/mixed\n\nOnly text.\n");
        assertEquals(List.of("Only text."), texts(bare));
        assertEquals(List.of("said to have several parts, and nothing parts them; read as one"), notes(bare));
    }

    @Test
    void invitationsCardsAndStylesAreNoText() throws Exception {
        Reading reading = read(
                "a.eml",
                several(
                        "mixed",
                        "; boundary=x",
                        PLAIN,
                        "--x\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n",
                        "--x\nContent-Type: text/x-vcard\n\nBEGIN:VCARD\n",
                        "--x\nContent-Type: text/css\n\np {}\n"));
        assertEquals(List.of("plain"), texts(reading));
        assertEquals(List.of("attachments left out: 3"), notes(reading));
        assertEquals(
                List.of("Hi <you> there"),
                texts(read("a.eml", "Content-Type: text/enriched\n\n<bold>Hi</bold> <<you> there\n")));
    }

    @Test
    void aMarkBeforeTheFirstMessageCostsNothing() throws Exception {
        String mail = FROM + "Subject: one\n\none\n\n" + FROM + "Subject: two\n\ntwo\n";
        Reading marked = read("a.mbox", "\ufeff" + mail);
        assertEquals(List.of("one", "two"), texts(marked));
        assertEquals(List.of(), marked.skipped());
        assertEquals(
                List.of("one", "two"), texts(read("a.mbox", ("\ufeff" + mail).getBytes(StandardCharsets.UTF_16LE))));
        assertEquals(List.of("one", "two"), texts(read("a.mbox", mail.replace("\n", "\r\n"))));
        Reading one = read("a.eml", "\ufeff\n\nSubject: s\n\ntext\n");
        assertEquals("s", one.documents().get(0).title());
    }

    @Test
    void aLineOfABodyThatBeginsWithFromIsALine() throws Exception {
        String body = "hello\n\nFrom here on at 10:30 in 2024 we go.\nmore\n\nFrom a@b.example\nSubject: a quoted one";
        Reading reading = read("a.mbox", FROM + "Subject: one\n\n" + body + "\n\n" + FROM + "Subject: two\n\ntwo\n");
        assertEquals(List.of(body, "two"), texts(reading));
        assertEquals(List.of(), reading.skipped());
    }

    @Test
    void aMessageBeginsWithoutABlankLineOrWithAnotherDate() throws Exception {
        assertEquals(
                List.of("one", "two", "three", "four"),
                texts(read(
                        "a.mbox",
                        "From a@b 2024-01-01T10:00:00\nSubject: one\n\none\n" + FROM + "Subject: two\n\ntwo\n"
                                + "From - Tue, 2 Jan 2024 10:00:00 +0100\nX-Mozilla-Status: 1\n\nthree\n\n"
                                + "From a@b 2024-01-01T10:00:00\nSubject: four\n\nfour\n")));
    }

    @Test
    void aSubjectOfRawBytesIsReadByItsBytes() throws Exception {
        Reading western = read("a.eml", "Subject: Caf\u00e9 na\u00efve\n\none\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals("Caf\u00e9 na\u00efve", western.documents().get(0).title());
        assertEquals(List.of("its subject: not UTF-8, read as Windows-1252"), notes(western));
        Reading utf8 = read("a.eml", "Subject: Caf\u00e9\n \u4e2d\u6587 =?utf-8?Q?=C3=A9?=\n\ntwo\n");
        assertEquals("Caf\u00e9 \u4e2d\u6587 \u00e9", utf8.documents().get(0).title());
        assertEquals(List.of(), notes(utf8));
    }

    @Test
    void aMessageWithoutHeadersKeepsItsFirstLine() throws Exception {
        Reading reading = read("a.eml", "just text\n\nand more\n");
        assertEquals(List.of("just text\n\nand more"), texts(reading));
        assertEquals(List.of("no headers, all of it read as the message"), notes(reading));
    }

    @Test
    void partsWithinPartsAreFoundTooAndAFileInTheTextIsAnAttachment() throws Exception {
        String inner =
                "--x\nContent-Type: multipart/alternative\n\n--y\nContent-Type: text/plain\n\ninner\n--y\nContent-Type:"
                        + " text/html\n\n<p>page</p>\n--y--\n";
        assertEquals(List.of("inner"), texts(read("a.eml", several("mixed", "; boundary=x", inner))));
        Reading encoded = read("a.eml", "Subject: s\n\nhello\n\nbegin 644 a.txt\n#0V%T\n`\nend\n\nbye\n");
        assertEquals("hello bye", texts(encoded).get(0).replaceAll("\\s+", " "));
        assertEquals(List.of("attachments left out: 1"), notes(encoded));
    }
}
