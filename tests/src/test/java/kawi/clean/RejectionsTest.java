package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectionsTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void make() {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            documents.add(
                    Document.collected("s", "" + i, null, null, null, "speech", "CC0-1.0", "u", "text " + i * 7919));
        }
        Pipeline.of(Step.keep("tab\tin name", document -> false, "none is wanted"))
                .run(Corpus.of(documents), folder, Progress.NONE);
        file = folder.resolve("rejected.jsonl.gz");
    }

    private void refused(String... words) {
        KitException e = assertThrows(KitException.class, () -> new Rejections(file).all());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
    }

    @Test
    void everyRejectedDocumentComesBackAndIsCountedUnderItsWholeNames() {
        Rejections rejections = new Rejections(file);
        assertEquals(3000, rejections.all().size());
        assertEquals("tab\tin name", rejections.table().stringColumn("step").get(0));
        assertEquals("wanted", rejections.table().stringColumn("measure").get(0));
        assertEquals(3000, rejections.table().intColumn("documents").get(0));
    }

    @Test
    void aFileThatIsCutShortIsRefusedAndNotReadAsFar() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        refused("cut short or damaged after line", file.toString());
    }

    @Test
    void aLineThatIsNoRejectedDocumentIsRefusedByItsNumber() throws Exception {
        for (String line : List.of("no JSON", "{\"step\":\"s\"}", "null", "{}", "[1]")) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(("{\"step\":\"s\",\"measure\":\"m\",\"value\":1}\n" + line + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
            refused("Line 2 of", file.toString());
        }
    }

    /** The one rule for bad lines: of what people may bring they are set aside, of the kit's own record none may be. */
    @Test
    void aBadLineIsSetAsideInACorpusAndRefusesTheKitsOwnRecord() throws Exception {
        Path corpus = folder.resolve("own.jsonl.gz");
        for (Path each : List.of(corpus, file)) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(each))) {
                out.write(("no JSON\n{\"id\":\"1\",\"source\":\"s\",\"text\":\"Good.\"}\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        Corpus read = Corpus.open(corpus);
        assertEquals(1, read.stream().count());
        assertEquals(1, read.skipped().size(), read.skipped().toString());
        refused("Line 1 of", "run the pipeline again");
    }

    @Test
    void aMissingFileIsSaid() throws Exception {
        Files.delete(file);
        refused("There are no rejected documents");
    }

    @Test
    void whatIsDroppedIsNotKeptByItsOwnBounds() {
        for (Step step : List.of(
                Duplicates.exact(),
                Duplicates.near(0.8),
                Quality.gopher(),
                Step.keep("k", d -> false, "why"),
                Language.keep("fi"))) {
            Step.Pass pass = step.begin();
            int drops = 0;
            for (String text : List.of("one two three four five six", "one two three four five six", "The and of")) {
                Document document = Document.collected("s", text, null, null, null, "g", "CC0-1.0", "u", text);
                if (pass.judge(document) instanceof Verdict.Drop drop) {
                    drops++;
                    Rejected rejected = new Rejected(
                            step.name(), drop.measure(), drop.value(), drop.low(), drop.high(), null, document);
                    assertTrue(!rejected.passes(drop.low(), drop.high()), rejected.reason());
                    assertTrue(rejected.passes(null, null));
                }
            }
            assertTrue(drops > 0, step.name());
        }
    }
}
