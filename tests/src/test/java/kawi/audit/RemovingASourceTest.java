package kawi.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import kawi.clean.Licences;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.Artifact;
import kawi.evidence.Draft;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.readers.Catalog;
import kawi.readers.Reading;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that is removed leaves the collected corpus, everything that was made from it, and does not come back. */
class RemovingASourceTest {
    private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");

    /** Bytes of the one poem, as its reader gives it: with the end of its line. */
    private static final long TEXT = "The poems of a friend.\n".length();

    @TempDir
    Path home;

    private Path catalogJson;

    @BeforeEach
    void aClone() throws IOException {
        catalogJson = home.resolve("datasets/catalog.json");
        StringBuilder entries = new StringBuilder();
        for (String id : List.of("letters", "poems", "reviews")) {
            Files.createDirectories(home.resolve("datasets/" + id));
            Files.writeString(home.resolve("datasets/" + id + "/a.txt"), "The " + id + " of a friend.");
            entries.append(entries.length() == 0 ? "" : ", ")
                    .append("{\"id\": \"" + id + "\", \"licence\": \"CC0-1.0\", \"path\": \"" + id + "\"}");
        }
        Files.writeString(catalogJson, "{\"sources\": [" + entries + "]}");
        make();
    }

    private Catalog catalog() {
        return Catalog.open(catalogJson)
                .without(RemovedSources.of(home.resolve("runs/mine")).sentences());
    }

    private Run run() {
        return new Run(home.resolve("runs/mine"), Map.of(), source -> catalog().changed(source));
    }

    private Draft draft(String stage, String name, String... inputs) {
        Draft draft = new Draft(run(), name, new Draft.Origin(stage, "mine", "smoke", 1, Map.of(), Map.of()));
        for (String input : inputs) {
            draft.input(run().artifact(input));
        }
        return draft;
    }

    private void simple(String stage, String name, String file, String source, String... inputs) throws IOException {
        try (Draft draft = draft(stage, name, inputs)) {
            Files.writeString(draft.file(file), name);
            if (source != null) {
                draft.source(catalog().evidence(source));
            }
            draft.commit();
        }
    }

    /** As notebook 01 makes it. */
    private void collect() throws IOException {
        List<Reading> readings = Stream.of("letters", "poems")
                .filter(id -> catalog().removed(id) == null)
                .map(id -> catalog().read(id, 10, 1000, Progress.NONE))
                .toList();
        try (Draft draft = draft("01-data-collection", "collected")) {
            try (CorpusWriter writer = Corpus.writer(draft.file("documents.jsonl.gz"))) {
                readings.forEach(reading -> reading.documents().forEach(writer::add));
                writer.add(Document.collected(
                        "site", "/", null, null, null, "web", "CC0-1.0", "http://h.example/", "A page."));
                writer.finish();
            }
            Ledger.of(readings, List.of(), Licences.permissive()).write(draft.file("ledger.json"));
            Files.writeString(draft.file("site.warc.gz"), "pages");
            draft.source(new Manifest.Source(
                    "site", "CC0-1.0", "corpus", Map.of("site.warc.gz", Hash.of(draft.file("site.warc.gz")))));
            readings.forEach(
                    each -> draft.source(catalog().evidence(each.source().id())));
            draft.parameter("licences allowed", List.of("CC0-1.0"));
            draft.figure("Poems by decade", new byte[] {1}, "a chart").commit();
        }
    }

    private void make() throws IOException {
        collect();
        try (Draft draft = draft("02-preprocessing", "clean", "collected")) {
            Files.copy(run().artifact("collected").file("documents.jsonl.gz"), draft.file("documents.jsonl.gz"));
            draft.commit();
        }
        simple("02-preprocessing", "tokens", "train.tokens", null, "clean");
        simple("04-training", "model", "model.safetensors", null, "tokens", "clean");
        simple("05-fine-tuning", "poet", "adapter_model.safetensors", "poems");
        simple("06-evaluation", "critic", "adapter_model.safetensors", "reviews");
        for (String view : List.of(
                "notebooks/02-preprocessing.ipynb",
                "notebooks/02-preprocessing.html",
                "notebooks/03-architecture.ipynb",
                "notebooks/06-evaluation.ipynb",
                "report/index.html",
                "04-training/.checkpoints/last/model.safetensors")) {
            Files.createDirectories(run().folder().resolve(view).getParent());
            Files.writeString(run().folder().resolve(view), "shown");
        }
    }

    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                tree.put(home.relativize(file).toString(), Hash.of(file));
            }
        }
        return tree;
    }

    private SourceRemoval removal(String source) {
        return SourceRemoval.of(run(), catalog(), source);
    }

    private List<String> names() {
        return run().all().stream().map(Artifact::name).toList();
    }

    @Test
    void everyArtifactIsListedDownFromTheSourceWithBytesSecondsAndDocuments() throws IOException {
        Map<String, String> before = tree();
        SourceRemoval poems = removal("poems");
        assertEquals(List.of("collected", "clean", "tokens", "model", "poet"), poems.artifacts());
        assertEquals(
                List.of(
                        "from its files",
                        "by way of collected",
                        "by way of clean",
                        "by way of clean, tokens",
                        "from its files"),
                poems.table().stringColumn(2).asList());
        long bytes = 0;
        double seconds = 0;
        for (String name : poems.artifacts()) {
            Manifest manifest = run().artifact(name).manifest();
            bytes += manifest.outputs().values().stream()
                    .mapToLong(Manifest.Output::bytes)
                    .sum();
            seconds += manifest.seconds();
        }
        assertEquals(bytes, poems.bytes());
        assertEquals(bytes, (long) poems.table().longColumn("bytes").sum());
        assertEquals(bytes, (long) poems.files().longColumn("bytes").sum());
        assertEquals(seconds, poems.seconds(), 1e-9);
        assertEquals(1, poems.documents());
        assertEquals(TEXT, poems.textBytes());
        assertEquals("1", poems.table().column("documents of it").getString(1));
        assertTrue(poems.table().column("documents of it").isMissing(2), "tokens say nothing of documents");
        assertEquals(List.of("05-fine-tuning"), poems.askedBy());
        assertEquals(List.of(), poems.earlier());
        Map<String, String> kinds = new TreeMap<>();
        poems.files().forEach(row -> kinds.put(row.getString("file").replaceFirst(".*/", ""), row.getString("what")));
        assertEquals(
                Map.of(
                        "documents.jsonl.gz",
                        "documents",
                        "site.warc.gz",
                        "pages as they came",
                        "ledger.json",
                        "other",
                        "01.png",
                        "picture",
                        "train.tokens",
                        "tokens",
                        "model.safetensors",
                        "weights",
                        "adapter_model.safetensors",
                        "adapter"),
                kinds);
        assertEquals(List.of("critic"), removal("reviews").artifacts());
        assertEquals(0, removal("reviews").documents());
        assertEquals(before, tree(), "looking changes nothing");
    }

    @Test
    void itLeavesTheCorpusTheLedgerAndAllThatWasMadeFromIt() throws IOException {
        List<String> done = removal("poems").act("its author asked", NOW, Progress.NONE);
        assertEquals(List.of("collected", "critic"), names());
        Artifact collected = run().artifact("collected"); // checked: whole, and no longer made from poems
        assertEquals(
                List.of("letters", "site"),
                Corpus.open(collected.file("documents.jsonl.gz")).stream()
                        .map(Document::source)
                        .toList());
        Ledger ledger = Ledger.read(collected.file("ledger.json"));
        assertEquals(
                List.of("letters"),
                ledger.entries().stream().map(Ledger.Entry::source).toList());
        assertEquals(
                List.of(new Skipped(
                        "poems",
                        "Source poems was removed from the run 'mine' on 2026-02-03T04:05:06Z (its author asked); to have"
                                + " it back, take its row out of runs/mine/removed.json.")),
                ledger.missing());
        assertEquals(
                List.of("data-card.json", "documents.jsonl.gz", "ledger.json", "site.warc.gz"),
                List.copyOf(collected.manifest().outputs().keySet()));
        assertEquals(2.0, collected.manifest().metrics().get("documents").value());
        assertFalse(Files.readString(collected.file("data-card.json")).contains("poems"));
        assertFalse(Files.exists(run().folder().resolve("report")));
        assertFalse(Files.exists(run().folder().resolve("notebooks/02-preprocessing.html")));
        assertFalse(
                Files.exists(run().folder().resolve("notebooks/03-architecture.ipynb")),
                "it was stopped before it made anything: nobody can tell what it shows");
        assertTrue(Files.exists(run().folder().resolve("notebooks/06-evaluation.ipynb")));
        assertFalse(Files.exists(run().folder().resolve("04-training/.checkpoints")));
        assertTrue(done.contains("Deleted: 04-training/.checkpoints."), done.toString());
        assertTrue(
                done.contains("Written anew: artifact collected, without 1 documents of poems; 2 are left."),
                done.toString());
        assertEquals(5 + 4 + 1, done.size(), done.toString());
        assertEquals(
                new RemovedSources.Removal(
                        "poems",
                        "2026-02-03T04:05:06Z",
                        "its author asked",
                        1,
                        TEXT,
                        List.of("collected", "clean", "tokens", "model", "poet")),
                removal("poems").before().orElseThrow());
        try (Stream<Path> all = Files.walk(run().folder())) {
            assertEquals(
                    List.of(),
                    all.filter(path -> path.getFileName().toString().startsWith("."))
                            .toList());
        }
    }

    @Test
    void itIsNotCollectedAgainAndWhatWasMadeFromItIsNotTrusted() throws IOException {
        Path kept = home.resolve("kept");
        copy(run().artifact("poet").folder(), kept);
        removal("poems").act("why", NOW, Progress.NONE);
        assertFalse(catalog().atHand("poems"));
        assertTrue(assertThrows(KitException.class, () -> catalog().read("poems", 1, 100, Progress.NONE))
                .getMessage()
                .startsWith("Source poems was removed from the run 'mine' on "));
        assertThrows(KitException.class, () -> catalog().evidence("poems"));
        assertTrue(catalog().atHand("letters"));
        assertNull(catalog().removed("letters"));
        copy(kept, run().folder().resolve("05-fine-tuning/poet"));
        assertEquals(
                "Artifact 'poet' is stale: it was made from the source 'poems', and it was removed from this run; run"
                        + " notebook 05-fine-tuning again, or put the source back as it was.",
                run().fault("poet"));
        collect();
        assertEquals(
                List.of("letters", "site"),
                Corpus.open(run().artifact("collected").file("documents.jsonl.gz")).stream()
                        .map(Document::source)
                        .toList());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void whatASourceRecordsAsItsOwnFileGoesWithIt() {
        removal("site").act("why", NOW, Progress.NONE);
        Artifact collected = run().artifact("collected");
        assertFalse(collected.manifest().outputs().containsKey("site.warc.gz"));
        assertEquals(2, Corpus.open(collected.file("documents.jsonl.gz")).size());
        assertEquals(List.of("collected", "poet", "critic"), names());
    }

    @Test
    void killedOnTheWayItGoesOnAndKeepsTheFirstRow() throws IOException {
        RemovedSources.of(run().folder())
                .with(new RemovedSources.Removal("poems", "2026-01-01T00:00:00Z", "first", 1, 22, List.of("model")));
        kawi.evidence.AtomicFolder.remove(run().folder().resolve("04-training/model"));
        assertEquals(
                List.of("collected", "clean", "tokens", "poet"),
                removal("poems").artifacts());
        removal("poems").act("second", NOW, Progress.NONE);
        assertEquals(List.of("collected", "critic"), names());
        assertEquals("first", removal("poems").before().orElseThrow().why());
        assertEquals(List.of(), removal("poems").artifacts());
        assertEquals(List.of(), removal("poems").act("third", NOW, Progress.NONE));
    }

    @Test
    void whatWasMadeFromACollectionThatIsGoneMayHoldItAndIsListed() throws IOException {
        Files.writeString(home.resolve("datasets/letters/a.txt"), "Another letter.");
        collect();
        assertEquals(
                "by way of collected; of an earlier pass",
                removal("poems").table().stringColumn(2).get(1));
        SourceRemoval reviews = removal("reviews");
        assertEquals(List.of("clean", "tokens", "model", "critic"), reviews.artifacts());
        assertEquals(
                List.of(
                        "perhaps: made from an earlier collected; of an earlier pass",
                        "by way of clean; of an earlier pass",
                        "by way of clean, tokens; of an earlier pass",
                        "from its files"),
                reviews.table().stringColumn(2).asList());
        assertEquals(List.of("clean", "tokens", "model"), reviews.earlier());
    }

    @Test
    void aCorpusThatHeldNothingElseIsDeletedAndSoIsADamagedOne() throws IOException {
        removal("letters").act("why", NOW, Progress.NONE);
        removal("site").act("why", NOW, Progress.NONE);
        assertTrue(names().contains("collected"));
        List<String> done = removal("poems").act("why", NOW, Progress.NONE);
        assertTrue(done.contains("Deleted: artifact collected."), done.toString());
        assertEquals(List.of("critic"), names());
        Files.delete(run().folder().resolve(RemovedSources.FILE));
        make();
        Files.writeString(run().folder().resolve("01-data-collection/collected/documents.jsonl.gz"), "damaged");
        removal("poems").act("why", NOW, Progress.NONE);
        assertEquals(List.of("critic"), names());
    }

    @Test
    void aNameThatNobodyKnowsIsRefusedAndOneThatOnlyTheCatalogKnowsIsKeptFromTheRun() throws IOException {
        assertEquals(
                "There is no source 'poem': run 'mine' was made from letters, poems, reviews, site; name one of these, or"
                        + " one of the catalog.",
                assertThrows(KitException.class, () -> removal("poem")).getMessage());
        removal("reviews").act("why", NOW, Progress.NONE);
        assertEquals(List.of(), removal("reviews").artifacts());
        assertFalse(catalog().atHand("reviews"));
    }

    @Test
    void aListOfRemovedSourcesThatCannotBeReadStopsTheCollectingInASentence() throws IOException {
        for (String bad :
                List.of("", "{}", "[{\"source\": \"poems\"}]", "[null]", "null", "[] []", "[{\"nonsense\": 1}]")) {
            Files.writeString(run().folder().resolve(RemovedSources.FILE), bad);
            String said = assertThrows(KitException.class, this::catalog, bad).getMessage();
            assertTrue(said.contains("removed.json is damaged: mend it"), said);
        }
        Files.writeString(run().folder().resolve(RemovedSources.FILE), "[]");
        assertTrue(catalog().atHand("poems"));
    }

    @Test
    void ofTwoArtifactsOfANameBothGo() throws IOException {
        simple("02-mine", "clean", "documents.txt", null, "collected");
        SourceRemoval poems = removal("poems");
        assertEquals(List.of("collected", "clean", "clean", "tokens", "model", "poet"), poems.artifacts());
        poems.act("why", NOW, Progress.NONE);
        assertEquals(List.of("collected", "critic"), names());
    }

    @Test
    void aRemovedSourcesSentenceOutlivesTheNextRemovalAndSoDoesTheTimeThatCollectingTook() {
        double seconds = run().artifact("collected").manifest().seconds();
        removal("poems").act("why", NOW, Progress.NONE);
        removal("letters").act("why too", NOW, Progress.NONE);
        Manifest left = run().artifact("collected").manifest();
        assertTrue(left.seconds() >= seconds, left.seconds() + " after " + seconds);
        String texts = left.texts().toString();
        assertTrue(texts.contains("Source poems was removed") && texts.contains("Source letters was removed"), texts);
    }
}
