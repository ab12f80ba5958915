package kawi.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kawi.clean.Duplicates;
import kawi.clean.Licences;
import kawi.clean.Normalize;
import kawi.clean.Pipeline;
import kawi.clean.Quality;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.corpus.Split;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.readers.Catalog;
import kawi.readers.LargeSources;
import kawi.readers.Reading;
import kawi.text.CharacterTokenizer;
import kawi.text.TokenFile;
import kawi.text.TokenWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the catalog to tokens in a heap that is a third of the text, and with the bytes of what holds everything. */
class SourcesLargerThanTheHeapAreCollectedTest {
    /** Bytes of all files, of which some are packed. */
    private static final long BYTES = 300_000_000;

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void theKit() {
        home = Path.of(System.getProperty("kawi.home", ".."));
    }

    private static Licences policy() {
        return Licences.allow("CC0-1.0", "CC-BY-SA-4.0", "MIT");
    }

    @Test
    void sourcesOfEveryKindThatAreLargerThanTheHeapBecomeTokens() throws Exception {
        List<String> said = child("-Xmx128m", "-XX:+UseSerialGC", BYTES);
        assertEquals("done", said.get(said.size() - 1), said.toString());
    }

    @Test
    void oneCoreAndSeveralGiveTheSameBytes() throws Exception {
        List<String> one = child("-XX:ActiveProcessorCount=1", "-Xmx256m", 6_000_000);
        assertEquals("done", one.get(one.size() - 1), one.toString());
        assertEquals(one, child("-XX:ActiveProcessorCount=2", "-Xmx512m", 6_000_000));
        assertEquals(one, child("-XX:ActiveProcessorCount=5", "-Xmx1g", 6_000_000));
    }

    private List<String> child(String first, String second, long bytes) throws Exception {
        Path work = Files.createTempDirectory(folder, "work");
        Path log = folder.resolve(work.getFileName() + ".log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        first,
                        second,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        work.toString(),
                        home.toString(),
                        String.valueOf(bytes))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int code = child.waitFor();
        List<String> said = Files.readAllLines(log);
        assertEquals(0, code, said.toString());
        return said;
    }

    /**
     * Makes sources of so many bytes in a folder, collects and cleans them and writes their tokens. With a fourth word
     * it says seconds and memory instead of hashes.
     */
    static final class Child {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            boolean measured = arguments.length > 3;
            Catalog catalog = LargeSources.make(folder, Path.of(arguments[1]), Long.parseLong(arguments[2]));
            long begin = System.nanoTime();
            Collected collected = Collected.from(catalog, LargeSources.IDS, policy(), folder, Progress.NONE);
            String seconds = "collected in " + (System.nanoTime() - begin) / 1_000_000 + " ms, " + peak();
            Path clean = Files.createDirectories(folder.resolve("clean"));
            Corpus cleaned = Pipeline.of(Normalize.unicode(), Duplicates.exact(), Quality.gopher())
                    .run(collected.corpus(), clean, Progress.NONE)
                    .corpus();
            seconds += "; cleaned in " + (System.nanoTime() - begin) / 1_000_000 + " ms, " + peak();
            CharacterTokenizer letters = CharacterTokenizer.train(List.of("abcdefghijklmnopqrstuvwxyz .,"), 256);
            Path tokens = folder.resolve("held-out.tokens");
            long bytes = 0;
            try (TokenWriter writer = TokenFile.writer(tokens, letters.size())) {
                for (Document each : cleaned) {
                    bytes += each.bytes();
                    if (each.split() != Split.TRAIN) { // a tenth, for one letter a token takes its time
                        writer.document(letters, each.text());
                    }
                }
                writer.finish();
            }
            if (measured) {
                System.out.println(seconds + "; tokens in " + (System.nanoTime() - begin) / 1_000_000 + " ms; "
                        + collected.corpus().size() + " documents, " + bytes + " bytes left; " + peak());
                return;
            }
            for (String file : List.of(
                    "documents.jsonl.gz",
                    "aside.jsonl.gz",
                    "ledger.json",
                    "clean/documents.jsonl.gz",
                    "clean/rejected.jsonl.gz",
                    "held-out.tokens")) {
                System.out.println(file + " " + Hash.of(folder.resolve(file)));
            }
            for (String kind : LargeSources.IDS) {
                assertTrue(
                        collected.ledger().entries().stream()
                                .anyMatch(each -> each.source().equals(kind) && each.documents() > 1),
                        kind + " " + collected.ledger());
            }
            assertTrue(bytes > Long.parseLong(arguments[2]) / 2, bytes + " bytes are left");
            System.out.println("done");
        }

        private static String peak() throws IOException {
            return String.join(
                    ", ",
                    Files.readAllLines(Path.of("/proc/self/status")).stream()
                            .filter(line -> line.startsWith("VmHWM") || line.startsWith("RssAnon"))
                            .map(line -> line.replaceAll("\\s+", " "))
                            .toList());
        }
    }

    @Test
    void theBytesAreThoseOfWhatHoldsEverything() throws Exception {
        Catalog catalog = LargeSources.make(folder, home, 3_000_000);
        Path streamed = Files.createDirectory(folder.resolve("streamed"));
        Path held = Files.createDirectory(folder.resolve("held"));
        List<String> ids =
                Stream.concat(LargeSources.IDS.stream(), Stream.of("gone")).toList();
        Collected collected = Collected.from(catalog, ids, policy(), streamed, Progress.NONE);
        List<Reading> readings = new ArrayList<>();
        List<Skipped> missing = new ArrayList<>();
        List<Aside> aside = new ArrayList<>();
        for (String id : ids) {
            try {
                readings.add(catalog.read(id, Integer.MAX_VALUE, Long.MAX_VALUE, Progress.NONE));
            } catch (KitException e) {
                missing.add(new Skipped(id, e.getMessage()));
            }
        }
        try (CorpusWriter writer = Corpus.writer(held.resolve("documents.jsonl.gz"))) {
            Ledger.allowed(readings, policy()).forEach(writer::add);
            writer.complete();
        }
        Ledger ledger = Ledger.of(readings, missing, policy());
        ledger.write(held.resolve("ledger.json"));
        for (String file : List.of("documents.jsonl.gz", "ledger.json")) {
            assertEquals(-1, Files.mismatch(held.resolve(file), streamed.resolve(file)), file);
        }
        assertEquals(ledger, collected.ledger());
        assertEquals(ledger, Ledger.read(streamed.resolve("ledger.json")));
        assertEquals(1, missing.size());
        assertTrue(ledger.entries().stream().anyMatch(each -> !each.taken()), "some licence is not allowed");
        Aside.each(collected.aside(), aside::add);
        Map<String, List<Skipped>> skipped = new LinkedHashMap<>();
        Map<String, List<Skipped>> repaired = new LinkedHashMap<>();
        for (Aside each : aside) {
            (each.what().equals("set aside") ? skipped : repaired)
                    .computeIfAbsent(each.source(), key -> new ArrayList<>())
                    .add(new Skipped(each.where(), each.reason()));
        }
        assertEquals(ledger.skipped(), skipped);
        assertEquals(ledger.repaired(), repaired);
        assertTrue(skipped.size() > 3 && repaired.size() > 1, aside.toString());
    }

    @Test
    void collectingThatFailsOrIsInterruptedWritesNothingAndASlipIsRefused() throws Exception {
        Catalog catalog = LargeSources.make(folder, home, 100_000);
        Path empty = Files.createDirectory(folder.resolve("empty"));
        List<String> ids = LargeSources.IDS;
        assertTrue(assertThrows(
                        KitException.class,
                        () -> Collected.from(catalog, List.of("liens"), policy(), empty, Progress.NONE))
                .getMessage()
                .contains("has no source liens"));
        Thread.currentThread().interrupt();
        assertTrue(assertThrows(KitException.class, () -> Collected.from(catalog, ids, policy(), empty, Progress.NONE))
                .getMessage()
                .startsWith("Collecting was interrupted in source " + ids.get(0) + " and wrote nothing"));
        assertEquals(0, empty.toFile().list().length);
    }

    @Test
    void whatWasSetAsideIsReadWholeOrRefused() throws Exception {
        Path none = folder.resolve("none.jsonl.gz");
        assertTrue(assertThrows(KitException.class, () -> Aside.each(none, each -> {}))
                .getMessage()
                .startsWith("Nothing that was set aside is at"));
        Catalog catalog = LargeSources.make(folder, home, 100_000);
        Path file = Collected.from(catalog, LargeSources.IDS, policy(), folder, Progress.NONE)
                .aside();
        byte[] whole = Files.readAllBytes(file);
        Files.write(none, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThrows(KitException.class, () -> Aside.each(none, each -> {}));
        try (CorpusWriter odd = Corpus.writer(none)) {
            odd.write(List.of(1));
            odd.complete();
        }
        assertTrue(assertThrows(KitException.class, () -> Aside.each(none, each -> {}))
                .getMessage()
                .endsWith("is damaged: collect the sources again."));
    }
}
