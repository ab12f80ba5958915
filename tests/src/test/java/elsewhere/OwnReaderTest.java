package elsewhere;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.Lines;
import kawi.corpus.Skipped;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.readers.ArchiveReader;
import kawi.readers.Catalog;
import kawi.readers.Intake;
import kawi.readers.Reader;
import kawi.readers.Reading;
import kawi.readers.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader of one's own is written outside the library, given a name, and used by a catalog's entry. */
class OwnReaderTest {
    @TempDir
    Path folder;

    /** Diaries: each day begins with a line {@code == 1999-05-01}. */
    private static final class Diary implements Reader {
        @Override
        public void read(Source source, List<Path> files, Intake intake) throws IOException {
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file)) {
                    Lines lines = new Lines(in);
                    String day = null;
                    for (byte[] line; (line = lines.next()) != null; ) {
                        Decoded decoded = Decoded.of(line);
                        intake.repaired(file.getFileName() + " line " + lines.number(), decoded);
                        if (decoded.text().startsWith("== ")) {
                            day = decoded.text().substring(3);
                        } else if (day == null) {
                            intake.skipped(file.getFileName() + " line " + lines.number(), "before the first day");
                        } else {
                            intake.take(Document.collected(
                                    source.id(),
                                    day,
                                    day,
                                    null,
                                    Integer.valueOf(day.substring(0, 4)),
                                    source.genre(),
                                    source.licence(),
                                    file.getFileName().toString(),
                                    decoded.text()));
                        }
                    }
                }
            }
        }
    }

    /** Letters in packages. */
    private static final class Letters extends ArchiveReader {
        @Override
        protected boolean wants(String path) {
            return path.endsWith(".letter");
        }

        @Override
        protected void read(Source source, Source.Parcel parcel, Archive.Entry entry, Intake intake) {
            intake.take(Document.collected(
                    source.id(),
                    entry.path(),
                    null,
                    null,
                    null,
                    source.genre(),
                    source.licence(),
                    parcel.locate(entry.path()),
                    entry.text().text()));
        }
    }

    private Catalog catalog(String entry) throws IOException {
        Path json = Files.writeString(folder.resolve("catalog.json"), "{\"sources\": [" + entry + "]}");
        return Catalog.open(json, List.of(folder.resolve("cache")));
    }

    private static Reading read(Catalog catalog) {
        return catalog.read("mine", 100, Long.MAX_VALUE, Progress.NONE);
    }

    @Test
    void aReaderOfOnesOwnReadsAnEntryThatNamesIt() throws Exception {
        Files.write(
                folder.resolve("diary.txt"),
                "lost\n== 1999-05-01\nCaf\u00e9.\n== 2001-01-02\nTea.\n".getBytes(StandardCharsets.ISO_8859_1));
        Catalog catalog =
                catalog("{\"id\": \"mine\", \"licence\": \"MIT\", \"path\": \"diary.txt\", \"format\": \"diary\"}");
        assertTrue(assertThrows(KitException.class, () -> read(catalog))
                .getMessage()
                .contains("the format diary"));
        Reading reading = read(catalog.with("diary", new Diary()));
        assertEquals(
                List.of("Caf\u00e9.", "Tea."),
                reading.documents().stream().map(Document::text).toList());
        assertEquals(1999, reading.documents().get(0).year());
        assertEquals(List.of(new Skipped("diary.txt line 1", "before the first day")), reading.skipped());
        assertEquals(1, reading.repaired().size());
        assertTrue(catalog.with("diary", new Diary()).formats().containsAll(catalog.formats()));
    }

    @Test
    void aReaderOfPackagesOfOnesOwnNeedsOnlyToSayWhatAFileHolds() throws Exception {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("letters.zip")))) {
            zip.putNextEntry(new ZipEntry("a.letter"));
            zip.write("Dear reader".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("b.png"));
        }
        Catalog catalog = catalog("{\"id\": \"mine\", \"path\": \"letters.zip\", \"format\": \"letters\"}")
                .with("letters", new Letters());
        Document letter = read(catalog).documents().get(0);
        assertEquals("Dear reader", letter.text());
        assertEquals("letters.zip#a.letter", letter.url());
    }

    @Test
    void aNameIsGivenOnceAndAReaderThatFailsIsNamedWithItsCause() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "a");
        Catalog catalog = catalog("{\"id\": \"mine\", \"path\": \"a.txt\", \"format\": \"odd\"}");
        assertTrue(assertThrows(KitException.class, () -> catalog.with("text", new Diary()))
                .getMessage()
                .contains("give your own another name"));
        Catalog failing = catalog.with("odd", (source, files, intake) -> {
            throw new IllegalStateException("no");
        });
        KitException failure = assertThrows(KitException.class, () -> read(failing));
        assertTrue(failure.getMessage().startsWith("The reader of the format odd failed on source mine"));
        assertEquals("no", failure.getCause().getMessage());
        Reading silent = read(catalog.with("odd", (source, files, intake) -> {}));
        assertEquals(
                List.of(new Skipped("mine", "the reader of the format odd found nothing in it")), silent.skipped());
    }

    @Test
    void anIntakeCanBeFilledWithoutACatalog() throws Exception {
        Source source = new Source("s", "S", null, "MIT", null, "en", "g", "corpus", true, null, null, null, null);
        Intake intake = new Intake(source, 1, Long.MAX_VALUE, Progress.NONE);
        intake.take(Document.collected("s", "1", null, null, null, "g", "MIT", "u", "one"));
        intake.take(Document.collected("s", "2", null, null, null, "g", "MIT", "u", "two"));
        assertEquals(2, intake.reading().offered());
        assertEquals(1, intake.reading().documents().size());
        Lines lines = new Lines(new ByteArrayInputStream(new byte[] {'a', '\n', 'b'}));
        assertEquals("a", new String(lines.next(), StandardCharsets.UTF_8));
        assertEquals(null, lines.broken());
    }
}
