package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import kawi.clean.Decontamination;
import kawi.clean.Duplicates;
import kawi.clean.Language;
import kawi.clean.Licences;
import kawi.clean.Normalize;
import kawi.clean.Pii;
import kawi.clean.Pipeline;
import kawi.clean.Quality;
import kawi.clean.RepeatedParagraphs;
import kawi.clean.Repetition;
import kawi.clean.Step;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.Draft;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.text.Bpe;
import kawi.text.Normalizer;
import kawi.text.TokenFile;
import kawi.text.TokenWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterPipelineTest {
    private static final int DOCUMENTS = 300;
    private static final String NOTICE =
            "Permission is hereby granted free of charge to any person who obtains a copy, "
                    + "provided that this notice of permission stands in all copies, large or small. ";

    private static Corpus corpus;
    private static List<String> expected;
    private static Pipeline.CleaningResult local;

    @TempDir
    static Path folder;

    /** Texts of which many repeat an earlier one, exactly or nearly, or are dropped or changed for another reason. */
    @BeforeAll
    static void write() throws IOException {
        Random random = new Random(1);
        List<Document> documents = new ArrayList<>();
        String[] words = "the of and to in that it is was he for on with as his at be this from have".split(" ");
        for (int i = 0; i < DOCUMENTS; i++) {
            StringBuilder text = new StringBuilder();
            if (i > 20 && random.nextInt(3) == 0) {
                text.append(documents.get(random.nextInt(i)).text());
                if (random.nextBoolean()) {
                    text.append(" once more");
                }
            } else {
                for (int w = 0; w < 20 + random.nextInt(150); w++) {
                    text.append(
                                    random.nextInt(3) == 0
                                            ? words[random.nextInt(words.length)]
                                            : "word" + random.nextInt(4000))
                            .append(random.nextInt(12) == 0 ? ". " : " ");
                }
                text.append("Write to jo").append(i).append("@example.org, “quoted” <b>bold</b>.");
                if (i % 4 == 0) {
                    text.append("\n\n").append(NOTICE.repeat(2)).append("\n\nThe end of the matter is here.");
                }
            }
            documents.add(Document.collected(
                    "s" + i % 3,
                    "p" + i,
                    "t",
                    null,
                    null,
                    "prose",
                    i % 17 == 0 ? "unknown" : "CC0-1.0",
                    null,
                    text.toString()));
        }
        corpus = Decontamination.heldOutFirst(Corpus.of(documents));
        Pipeline alone = Pipeline.of(
                Licences.permissive(),
                Normalize.unicode(),
                Step.change("markup", Normalizer.of(Normalizer.mail(), Normalizer.html())),
                RepeatedParagraphs.of(20),
                Duplicates.exact(),
                Duplicates.near(0.8),
                Quality.gopher(),
                Repetition.gopher(),
                Language.keep("en"),
                Decontamination.of(2, 0.02),
                Pii.mask());
        local = alone.run(corpus, folder.resolve("alone"), Progress.NONE);
        expected = hashes(folder.resolve("alone"));
    }

    private static List<String> hashes(Path place) throws IOException {
        return List.of(Hash.of(place.resolve("documents.jsonl.gz")), Hash.of(place.resolve("rejected.jsonl.gz")));
    }

    private static ClusterPipeline pipeline() {
        return ClusterPipeline.of(
                Recipe.call(Licences.class, "permissive"),
                Recipe.call(Normalize.class, "unicode"),
                Recipe.call(
                        Step.class,
                        "change",
                        "markup",
                        Recipe.call(
                                Normalizer.class,
                                "of",
                                Recipe.call(Normalizer.class, "mail"),
                                Recipe.call(Normalizer.class, "html"))),
                Recipe.call(RepeatedParagraphs.class, "of", 20),
                Recipe.call(Duplicates.class, "exact"),
                Recipe.call(Duplicates.class, "near", 0.8),
                Recipe.call(Quality.class, "gopher"),
                Recipe.call(Repetition.class, "gopher"),
                Recipe.call(Language.class, "keep", "en"),
                Recipe.call(Decontamination.class, "of", 2, 0.02),
                Recipe.call(Pii.class, "mask"));
    }

    @Test
    void anyNumberOfPartsGivesTheBytesOfOneProcess() throws IOException {
        for (int parts : new int[] {1, 7, DOCUMENTS / 4}) {
            Path place = folder.resolve("parts-" + parts);
            var cleaned = pipeline().run(corpus, parts, place, Cluster.local(2, "512m"), Progress.NONE);
            assertEquals(expected, hashes(place), parts + " parts");
            assertEquals(local.counts(), cleaned.counts());
            assertEquals(local.bySource(), cleaned.bySource());
            assertEquals(local.bytesBySource().print(), cleaned.bytesBySource().print());
            assertEquals(local.corpus().size(), cleaned.kept());
            for (String step : List.of("exact duplicates", "near duplicates", "decontamination")) {
                assertTrue(cleaned.dropped().get(step) > 0, step + " of " + cleaned.dropped());
            }
            assertTrue(
                    cleaned.counts().stream()
                            .anyMatch(each -> each.step().equals("repeated paragraphs") && each.changed() > 0),
                    cleaned.counts().toString());
            try (Stream<Path> left = Files.list(place)) {
                assertEquals(2, left.count());
            }
        }
    }

    @Test
    void aStepThatRemembersMayBeTheFirstAndTheLast() throws IOException {
        Pipeline.of(Duplicates.exact()).run(corpus, folder.resolve("exact"), Progress.NONE);
        ClusterPipeline.of(Recipe.call(Duplicates.class, "exact"))
                .run(corpus, 5, folder.resolve("exact-parts"), Cluster.local(2, "512m"), Progress.NONE);
        assertEquals(hashes(folder.resolve("exact")), hashes(folder.resolve("exact-parts")));
    }

    @Test
    void anExecutorThatIsKilledWhileItCleansChangesNothing() throws IOException {
        Cluster cluster = Cluster.local(2, "512m");
        CompletableFuture<Long> killed = cluster.killAtWork(0);
        pipeline().run(corpus, 40, folder.resolve("killed"), cluster, Progress.NONE);
        assertTrue(killed.join() > 0);
        assertEquals(expected, hashes(folder.resolve("killed")));
    }

    @Test
    void whatCannotTravelIsRefusedWithItsName() {
        String lambda = assertThrows(
                        KitException.class,
                        () -> Recipe.call(
                                Step.class, "change", "mine", (java.util.function.UnaryOperator<String>) String::strip))
                .getMessage();
        assertTrue(lambda.contains("Argument 2 of Step.change") && lambda.contains("a lambda"), lambda);
        String foreign = assertThrows(KitException.class, () -> Recipe.call(java.nio.file.Files.class, "delete", "x"))
                .getMessage();
        assertTrue(foreign.contains("is not the kit's"), foreign);
        String unknown = assertThrows(KitException.class, () -> Recipe.call(Duplicates.class, "near", "0.8"))
                .getMessage();
        assertTrue(unknown.contains("no static method Duplicates.near(\"0.8\")"), unknown);
        String none = assertThrows(KitException.class, () -> ClusterPipeline.of(Recipe.call(Normalizer.class, "mail")))
                .getMessage();
        assertTrue(none.contains("where a Step is needed"), none);
    }

    @Test
    void heldOutDocumentsThatComeTooLateAreRefusedAsInOneProcess() throws IOException {
        Corpus late = Corpus.of(corpus.stream()
                .sorted(java.util.Comparator.comparing(Document::split))
                .toList());
        ClusterPipeline steps = ClusterPipeline.of(Recipe.call(Decontamination.class, "of", 13, 0.2));
        String alone = assertThrows(
                        KitException.class, () -> steps.alone().run(late, folder.resolve("late"), Progress.NONE))
                .getMessage();
        String together = assertThrows(
                        KitException.class,
                        () -> steps.run(late, 3, folder.resolve("late-parts"), Cluster.local(2, "512m"), Progress.NONE))
                .getMessage();
        assertEquals(alone, together);
        try (Stream<Path> left = Files.list(folder.resolve("late-parts"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void tokenFilesAreThoseOfOneProcessForAnyNumberOfParts() throws IOException {
        Bpe tokenizer = Bpe.train(corpus.texts(), 400, Progress.NONE);
        Path alone = folder.resolve("alone.tokens");
        try (TokenWriter writer = TokenFile.writer(alone, tokenizer.size())) {
            for (Document each : corpus) {
                writer.document(tokenizer, each.text());
            }
            writer.finish();
        }
        for (int parts : new int[] {3, DOCUMENTS + 1}) {
            Path file = folder.resolve("parts-" + parts + ".tokens");
            ClusterTokens.write(tokenizer, corpus, parts, file, Cluster.local(2, "512m"), Progress.NONE);
            assertEquals(Hash.of(alone), Hash.of(file), parts + " parts");
        }
    }

    @Test
    void foldersOfHadoopsFileSystemsAreReadAndWritten() throws IOException {
        Path from = folder.resolve("collected.jsonl.gz");
        try (CorpusWriter writer = Corpus.writer(from)) {
            corpus.forEach(writer::add);
            writer.complete();
        }
        Path to = Files.createDirectories(folder.resolve("by-hadoop"));
        pipeline().run(from.toUri(), 5, to.toUri(), Cluster.local(2, "512m"), Progress.NONE);
        assertEquals(expected, hashes(to));
        try (Stream<Path> left = Files.list(to)) {
            assertEquals(2, left.count(), "only the two files");
        }
        String nowhere = assertThrows(
                        KitException.class,
                        () -> pipeline()
                                .run(
                                        java.net.URI.create("s3a://bucket/x"),
                                        5,
                                        to.toUri(),
                                        Cluster.local(2, "512m"),
                                        Progress.NONE))
                .getMessage();
        assertTrue(nowhere.contains("s3a://bucket/x") && nowhere.contains("jars and keys"), nowhere);
    }

    @Test
    void theManifestSaysTheStepsTheWorkersAndTheHashesOfTheFiles() throws IOException {
        Run run = new Run(folder.resolve("run"), java.util.Map.of());
        Draft.Origin origin =
                new Draft.Origin("02-preprocessing", "run", "smoke", 1, java.util.Map.of(), java.util.Map.of());
        Draft draft = new Draft(run, "clean", origin);
        pipeline().run(corpus, 4, draft, Cluster.local(2, "512m"), Progress.NONE);
        Manifest manifest = draft.commit().manifest();
        assertEquals(2, manifest.parameters().get("workers"));
        assertEquals(4, manifest.parameters().get("parts"));
        assertTrue(
                manifest.parameters().get("steps").toString().contains("Duplicates.near(0.8)"),
                manifest.parameters().toString());
        assertEquals(
                expected.get(0), manifest.outputs().get("documents.jsonl.gz").sha256());
        assertEquals(2, manifest.outputs().size(), manifest.outputs().toString());
    }

    /** A worker's heap in small: the task itself in a process of 48 MB, on a part of three times that. */
    @Test
    void aPartThatIsLargerThanTheWorkersHeapIsCleaned() throws Exception {
        PartFiles files =
                new PartFiles(Files.createDirectories(folder.resolve("large")).toString());
        Document one = corpus.stream()
                .max(java.util.Comparator.comparingLong(Document::bytes))
                .orElseThrow();
        String text = one.text().repeat(200);
        long bytes = 0;
        try (PartFiles.Fresh fresh = files.create(CleaningPart.documents(0, 0))) {
            for (int i = 0; bytes < 150_000_000; i++) {
                Document each = Document.collected("s", "p" + i, "t", null, null, "prose", "CC0-1.0", null, i + text);
                byte[] json = kawi.corpus.JsonLines.JSON.writeValueAsBytes(each);
                fresh.out().writeByte(CleaningPart.KEPT);
                PartFiles.frame(fresh.out(), json);
                bytes += json.length;
            }
            fresh.out().writeByte(CleaningPart.END);
            fresh.complete();
        }
        Path log = folder.resolve("small.log");
        Process small = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallWorker.class.getName(),
                        files.place())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertEquals(0, small.waitFor(), () -> {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                return e.toString();
            }
        });
        assertTrue(Files.size(Path.of(files.place(), CleaningPart.keys(0, 1))) > 0);
        files.remove();
    }

    /** What an executor does with one part, and nothing else. */
    static final class SmallWorker {
        public static void main(String[] arguments) throws IOException {
            List<Recipe> steps =
                    List.of(Recipe.call(Normalize.class, "unicode"), Recipe.call(Duplicates.class, "exact"));
            new CleaningPart(new PartFiles(arguments[0]), steps).run(new CleaningPart.Order(0, 0, 1));
        }
    }
}
