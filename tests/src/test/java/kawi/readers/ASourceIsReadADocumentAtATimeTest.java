package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import kawi.corpus.Document;
import kawi.corpus.Lines;
import kawi.corpus.Skipped;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source is handed on while it is read, and what holds it says the same of it. */
class ASourceIsReadADocumentAtATimeTest {
    @TempDir
    Path folder;

    private Path mine;

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    private Catalog catalog() throws Exception {
        return Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"}");
    }

    /** Writes down what it takes. */
    private static final class Scribe implements Taker {
        final List<Document> documents = new ArrayList<>();
        final List<Skipped> skipped = new ArrayList<>();
        final List<Skipped> repaired = new ArrayList<>();

        @Override
        public void document(Document document) {
            documents.add(document);
        }

        @Override
        public void skipped(Skipped what) {
            skipped.add(what);
        }

        @Override
        public void repaired(Skipped what) {
            repaired.add(what);
        }
    }

    private static byte[] warc(int pages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < pages; i++) {
            String http = "HTTP/1.1 " + (i % 5 == 4 ? "404 Not Found" : "200 OK") + "\r\nContent-Type: "
                    + (i % 7 == 6 ? "image/png" : "text/html") + "\r\n\r\n<nav><a href=/a>Home</a></nav><p>Page " + i
                    + " says something of middling length, and ends.</p>";
            all.writeBytes(Packed.utf8("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://h.example/" + i
                    + "\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID:"
                    + " <urn:uuid:00000000-0000-0000-0000-000000000001>\r\nContent-Type: application/http\r\n"
                    + "Content-Length: " + http.length() + "\r\n\r\n" + http + "\r\n\r\n"));
        }
        return all.toByteArray();
    }

    /** Files of many kinds, each with good and bad in it. */
    private void fill() throws Exception {
        StringBuilder lines = new StringBuilder();
        StringBuilder pages = new StringBuilder("<mediawiki>");
        StringBuilder rows = new StringBuilder("title,text,odd\n");
        for (int i = 0; i < 900; i++) {
            lines.append(
                    i % 9 == 5
                            ? "no json\n"
                            : "{\"text\": \"line " + i + "\", \"year\": \"soon\", \"f" + i % 3 + "\": 1}\n");
            pages.append("<page><title>T" + i + "</title><ns>" + (i % 8 == 7 ? 1 : 0) + "</ns><id>" + i
                            + "</id><revision><text>")
                    .append(i % 11 == 3 ? "a & b" : "Page '''" + i + "''' {{x}} &amp; more")
                    .append("</text></revision></page>\n");
            rows.append(i % 6 == 1 ? "T,,1\n" : "T,row " + i + ",1\n");
        }
        Files.writeString(mine.resolve("a.jsonl"), lines.toString().repeat(12));
        Files.writeString(mine.resolve("b.xml"), pages + "</mediawiki>");
        Files.writeString(mine.resolve("c.csv"), rows.toString().repeat(9));
        Files.write(mine.resolve("d.warc"), warc(300));
        Map<String, byte[]> packed = new LinkedHashMap<>();
        packed.put("e.jsonl", Packed.utf8(lines.toString()));
        packed.put("f.txt", Packed.utf8("A paragraph.\n\n".repeat(9000)));
        packed.put("g.html", Packed.utf8("<nav><a href=/a>Home</a></nav><p>A page of its own, with some words.</p>"));
        packed.put("h.bin", new byte[] {1});
        packed.put("i.warc", warc(40));
        Packed.zip(mine.resolve("j.zip"), packed);
        Packed.tgz(mine.resolve("k.tar.gz"), packed);
        for (int i = 0; i < 70; i++) {
            Files.writeString(mine.resolve("l" + i + ".txt"), i % 10 == 9 ? " " : "Note " + i);
        }
    }

    @Test
    void whatIsHandedOnIsWhatIsHeld() throws Exception {
        fill();
        Scribe scribe = new Scribe();
        Account account = catalog().stream("mine", scribe, Progress.NONE);
        Reading held = Packed.read(catalog(), "mine");
        assertEquals(held.documents(), scribe.documents);
        assertEquals(held.skipped(), scribe.skipped);
        assertEquals(held.repaired(), scribe.repaired);
        assertEquals(held.offered(), account.offered());
        assertEquals(held.skipped().size(), account.skipped());
        assertEquals(held.repaired().size(), account.repaired());
        assertEquals(held.omitted(), account.omitted());
        assertTrue(held.omitted().size() > 1 && account.skipped() > 1000 && account.repaired() > 1000);
        assertEquals(held.documents().size(), account.offered());
    }

    /** Documents, notes and what was set aside stand in the order of the files and of the places in them. */
    @Test
    void theOrderIsThatOfTheFiles() throws Exception {
        fill();
        Reading held = Packed.read(catalog(), "mine");
        List<String> lines = held.documents().stream()
                .filter(each -> each.url().startsWith("a.jsonl"))
                .map(Document::url)
                .toList();
        assertEquals(
                IntStream.range(0, 900 * 12)
                        .filter(i -> i % 900 % 9 != 5)
                        .mapToObj(i -> "a.jsonl line " + (i + 1))
                        .toList(),
                lines);
        List<String> files = held.documents().stream()
                .map(each -> each.url().replaceFirst("[ !].*", ""))
                .map(each -> each.startsWith("http") ? "d.warc" : each)
                .distinct()
                .toList();
        assertEquals(
                Stream.concat(
                                Stream.of("a.jsonl", "b.xml", "c.csv", "d.warc", "j.zip", "k.tar.gz"),
                                IntStream.range(0, 70)
                                        .filter(i -> i % 10 != 9)
                                        .mapToObj(i -> "l" + i + ".txt")
                                        .sorted())
                        .toList(),
                files);
        assertEquals(
                held.skipped().stream()
                        .filter(each -> each.where().startsWith("b.xml after"))
                        .map(Skipped::where)
                        .toList(),
                held.skipped().stream()
                        .filter(each -> each.where().startsWith("b.xml after"))
                        .map(Skipped::where)
                        .sorted(Comparator.comparing((String where) -> Integer.valueOf(where.replaceAll("\\D", ""))))
                        .toList());
    }

    @Test
    void aTakersFailureIsNoDamageOfWhatIsRead() throws Exception {
        fill();
        for (int after : new int[] {1, 500, 11_000, 12_300}) {
            for (RuntimeException failure : List.of(
                    new KitException("the disk is full"),
                    new IllegalStateException("own"),
                    new java.io.UncheckedIOException(new java.io.IOException("x")))) {
                List<Document> taken = new ArrayList<>();
                RuntimeException thrown = assertThrows(
                        RuntimeException.class,
                        () -> catalog().stream(
                                "mine",
                                document -> {
                                    taken.add(document);
                                    if (taken.size() == after) {
                                        throw failure;
                                    }
                                },
                                Progress.NONE));
                assertSame(failure, thrown);
                assertEquals(after, taken.size(), "nothing is handed on behind it");
            }
        }
        Error error = new StackOverflowError();
        assertSame(
                error,
                assertThrows(
                        Error.class,
                        () -> catalog().stream(
                                "mine",
                                document -> {
                                    throw error;
                                },
                                Progress.NONE)));
        KitException full = new KitException("the disk is full");
        Taker ofNotes = new Taker() {
            @Override
            public void document(Document document) {}

            @Override
            public void skipped(Skipped what) {
                throw full;
            }
        };
        assertSame(full, assertThrows(KitException.class, () -> catalog().stream("mine", ofNotes, Progress.NONE)));
        Path archive = Files.write(folder.resolve("x.warc"), warc(9));
        assertSame(
                full,
                assertThrows(
                        KitException.class,
                        () -> WarcFile.stream(archive, catalog().source("mine"), ofNotes, Progress.NONE)));
    }

    @Test
    void aTakerThatWantsNoMoreEndsTheReadingAndThatIsSaid() throws Exception {
        fill();
        List<Document> first = new ArrayList<>();
        List<Skipped> skipped = new ArrayList<>();
        Account account = catalog().stream(
                "mine",
                new Taker() {
                    @Override
                    public void document(Document document) {
                        first.add(document);
                        if (first.size() == 3) {
                            throw new Intake.Enough();
                        }
                    }

                    @Override
                    public void skipped(Skipped what) {
                        skipped.add(what);
                    }
                },
                Progress.NONE);
        assertEquals(Packed.read(catalog(), "mine").documents().subList(0, 3), first);
        assertEquals(3, account.offered());
        assertEquals(List.of(new Skipped("mine", "left after 3 documents, as no more were wanted")), skipped);
    }

    @Test
    void anInterruptedReadingHasHandedOnWhatItHadAndSaysSo() throws Exception {
        fill();
        Scribe scribe = new Scribe();
        Account account = catalog().stream(
                "mine",
                new Taker() {
                    @Override
                    public void document(Document document) {
                        scribe.document(document);
                        if (scribe.documents.size() == 1234) {
                            Thread.currentThread().interrupt();
                        }
                    }

                    @Override
                    public void skipped(Skipped what) {
                        scribe.skipped(what);
                    }
                },
                Progress.NONE);
        assertTrue(Thread.interrupted());
        assertEquals(1234, account.offered());
        assertEquals(1234, scribe.documents.size());
        assertEquals(
                new Skipped("mine", "interrupted after 1234 documents"), scribe.skipped.get(scribe.skipped.size() - 1));
    }

    @Test
    void aWebArchiveIsHandedOnAPageAtATime() throws Exception {
        Path archive = folder.resolve("x.warc.gz");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(archive))) {
            gzip.write(warc(60));
        }
        Source source = catalog().source("mine");
        Scribe scribe = new Scribe();
        Account account = WarcFile.stream(archive, source, scribe, Progress.NONE);
        Reading held = WarcFile.read(archive, source, Progress.NONE);
        assertEquals(held.documents(), scribe.documents);
        assertEquals(held.skipped(), scribe.skipped);
        assertEquals(held.omitted(), account.omitted());
        assertEquals(41, account.offered());
        assertEquals(19, account.skipped());
    }

    @Test
    void aSourceThatCannotBeReadIsRefusedBeforeAnythingIsBegun() throws Exception {
        Catalog catalog = Packed.catalog(folder, """
                {"id": "a", "path": "gone"}, {"id": "b", "use": "model"}, {"id": "c", "path": "mine", "format": "odd"},
                {"id": "d", "path": "mine", "part": "x"}, {"id": "e", "path": "mine"}""");
        List<String> said = new ArrayList<>();
        for (String id : List.of("a", "b", "c", "d", "x")) {
            String why =
                    assertThrows(KitException.class, () -> catalog.check(id)).getMessage();
            assertEquals(
                    why,
                    assertThrows(KitException.class, () -> catalog.stream(id, document -> {}, Progress.NONE))
                            .getMessage());
            said.add(why);
        }
        assertEquals(5, said.stream().distinct().count());
        catalog.check("e");
    }

    @Test
    void anIntakeThatHandsOnHasAnAccountAndNoReading() throws Exception {
        List<Document> taken = new ArrayList<>();
        Intake intake = new Intake(catalog().source("mine"), taken::add, Progress.NONE);
        intake.take(Packed.document("a", "one"));
        intake.skipped("b", "why");
        intake.repaired("c", "how");
        assertEquals(1, taken.size());
        Account account = intake.account();
        assertEquals(List.of(1L, 1L, 1L), List.of(account.offered(), account.skipped(), account.repaired()));
        assertTrue(
                assertThrows(KitException.class, intake::reading).getMessage().contains("holds nothing"));
    }

    @Test
    void aPartThatFailsIsSetAsideInItsPlaceAndTheOthersAreTaken() throws Exception {
        Scribe scribe = new Scribe();
        Intake intake = new Intake(catalog().source("mine"), scribe, Progress.NONE);
        List<String> turns = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int number = i;
            intake.apart("part " + i, 1000, own -> {
                own.apart("within", 1, inside -> inside.take(Packed.document("d" + number, "text " + number)));
                if (number % 100 == 50) {
                    throw new IllegalStateException("odd");
                }
                own.then(intake, () -> turns.add("turn " + number));
            });
            if (i % 60 == 0) {
                intake.skipped("between", "" + i);
            }
        }
        assertEquals(300 + 5 + 3, intake.said());
        assertEquals(
                IntStream.range(0, 300).mapToObj(i -> "text " + i).toList(),
                scribe.documents.stream().map(Document::text).toList());
        assertEquals(
                List.of(
                        new Skipped("between", "0"),
                        new Skipped("part 50", "damaged, not read: odd"),
                        new Skipped("between", "60"),
                        new Skipped("between", "120"),
                        new Skipped("part 150", "damaged, not read: odd"),
                        new Skipped("between", "180"),
                        new Skipped("between", "240"),
                        new Skipped("part 250", "damaged, not read: odd")),
                scribe.skipped);
        assertEquals(297, turns.size());
        assertEquals("turn 299", turns.get(296));
    }

    @Test
    void theFilesOfFoldersStandInTheOrderOfTheirPaths() throws Exception {
        List<String> paths = List.of("a-b", "a.txt", "a/x", "a/z/y", "a0", "ab/c", "b", "\u00e9/\u00fc");
        for (String path : paths) {
            Path file = mine.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, path);
        }
        Files.createDirectories(mine.resolve("empty"));
        Files.createDirectories(mine.resolve("c/.hidden"));
        List<String> visited = new ArrayList<>();
        List<String> said = new ArrayList<>();
        OwnFiles.each(mine, (where, why) -> said.add(where + ": " + why), item -> {
            visited.add(item.name());
            assertEquals(item.name(), Files.readString(item.file()));
        });
        assertEquals(paths, visited);
        assertEquals(
                paths.stream().map(mine::resolve).sorted().toList(),
                paths.stream().map(mine::resolve).toList());
        assertEquals(List.of("c/.hidden: a hidden folder"), said);
    }

    private List<String> texts(Reading reading) {
        return reading.documents().stream().map(Document::text).toList();
    }

    /** An object that is longer than a line may be is not held: its list is read one by one. */
    @Test
    void aListInALongObjectIsReadOneByOne() throws Exception {
        String filler = "x".repeat(100_000);
        StringBuilder list = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; list.length() < Lines.LONGEST + 500_000; i++) {
            list.append(i == 0 ? "" : ",")
                    .append("{\"text\": \"")
                    .append(i)
                    .append("\", \"more\": \"")
                    .append(filler)
                    .append("\"}");
            expected.add("" + i);
        }
        String data = "\"data\": [" + list + "]";
        Path file = mine.resolve("a.json");
        for (String rest :
                List.of("", "\"version\": 1, ", "\"tags\": [1, [2]], \"about\": {\"data\": [{}]}, \"text\": \" \", ")) {
            Files.writeString(
                    file, "{\"text\": \"before\"} {" + rest + data + ", \"end\": [\"a\"]}\n{\"text\": \"behind\"}");
            Reading reading = Packed.read(catalog(), "mine");
            List<String> all = new ArrayList<>(expected);
            all.add(0, "before");
            all.add("behind");
            assertEquals(all, texts(reading), rest);
            assertEquals(List.of(), reading.skipped());
            assertEquals("a.json object 3", reading.documents().get(2).url());
        }
        String longer = "more than " + Lines.LONGEST + " characters";
        for (String other : List.of(
                "\"text\": \"a text of its own\", " + data,
                data + ", \"content\": [\"one\", \"two\"]",
                data + ", \"other\": [{\"text\": \"b\"}]",
                "\"data\": [1, \"" + list.toString().replace('"', '\'') + "\"]")) {
            Files.writeString(file, "{" + other + "}\n{\"text\": \"behind\"}");
            Reading reading = Packed.read(catalog(), "mine");
            assertEquals(List.of("behind"), texts(reading), other.substring(0, 30));
            assertEquals(List.of(new Skipped("a.json object 1", longer)), reading.skipped());
        }
        String large = "{\"text\": \"" + "y".repeat(Lines.LONGEST) + "\", \"a\": [{\"b\": [1]}]}";
        for (String[] each : new String[][] {
            {"[{\"text\": \"1\"}, " + large + ", {\"text\": \"3\"}]"},
            {"[{\"text\": \"1\"}, {\"text\": \"" + "y".repeat(Lines.LONGEST) + "\"}, {\"text\": \"3\"}]"},
            {"{\"data\": [{\"text\": \"1\"}, " + large + ", {\"text\": \"3\"}]}"}
        }) {
            Files.writeString(file, each[0]);
            Reading reading = Packed.read(catalog(), "mine");
            assertEquals(List.of("1", "3"), texts(reading));
            assertEquals(List.of(new Skipped("a.json object 2", longer)), reading.skipped());
        }
        Files.writeString(file, "{" + data.substring(0, data.length() - 9));
        Reading cut = Packed.read(catalog(), "mine");
        assertTrue(
                cut.skipped().get(0).reason().startsWith("not JSON"),
                cut.skipped().toString());
    }

    @Test
    void theValuesOfAWholeFileAreThoseOfALine() throws Exception {
        String record =
                "{\"text\": \"t\", \"title\": 7.10, \"author\": 12345678901234567890, \"genre\": true, \"year\":"
                        + " 1999.0, \"url\": 1e400, \"licence\": [\"MIT\", \"CC0-1.0\"], \"a\": {\"b\": [null, NaN, -3000000000]}}";
        Files.writeString(mine.resolve("a.json"), record);
        Files.writeString(mine.resolve("b.jsonl"), record);
        Reading reading = Packed.read(catalog(), "mine");
        Document whole = reading.documents().get(0);
        Document line = reading.documents().get(1);
        assertEquals(
                List.of(line.title(), line.author(), line.genre(), line.year(), line.url(), line.licence()),
                List.of(whole.title(), whole.author(), whole.genre(), whole.year(), whole.url(), whole.licence()));
        assertEquals("7.1", whole.title());
    }
}
