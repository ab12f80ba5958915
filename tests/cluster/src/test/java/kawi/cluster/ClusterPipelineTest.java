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
import kawi.clean.Licences;
import kawi.clean.Normalize;
import kawi.clean.Pii;
import kawi.clean.Pipeline;
import kawi.clean.Quality;
import kawi.clean.Step;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.Normalizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterPipelineTest {
    private static final int DOCUMENTS = 300;
    private static Corpus corpus;
    private static List<String> expected;

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
        corpus = Corpus.of(documents);
        Pipeline.of(
                        Licences.permissive(),
                        Normalize.unicode(),
                        Step.change("markup", Normalizer.of(Normalizer.mail(), Normalizer.html())),
                        Duplicates.exact(),
                        Duplicates.near(0.8),
                        Quality.gopher(),
                        Pii.mask())
                .run(corpus, folder.resolve("alone"), Progress.NONE);
        expected = hashes(folder.resolve("alone"));
    }

    @AfterAll
    static void close() {
        Cluster.running().ifPresent(Cluster::close);
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
                Recipe.call(Duplicates.class, "exact"),
                Recipe.call(Duplicates.class, "near", 0.8),
                Recipe.call(Quality.class, "gopher"),
                Recipe.call(Pii.class, "mask"));
    }

    @Test
    void anyNumberOfPartsGivesTheBytesOfOneProcess() throws IOException {
        for (int parts : new int[] {1, 2, 7, DOCUMENTS + 5}) {
            Path place = folder.resolve("parts-" + parts);
            var cleaned = pipeline().run(corpus, parts, place, Cluster.local(2, "512m"), Progress.NONE);
            assertEquals(expected, hashes(place), parts + " parts");
            assertTrue(
                    cleaned.dropped().values().stream().filter(n -> n > 3).count() >= 3,
                    cleaned.dropped().toString());
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
        String later = assertThrows(
                        KitException.class, () -> ClusterPipeline.of(Recipe.call(Decontamination.class, "of", 13, 0.2)))
                .getMessage();
        assertTrue(later.contains("decontamination"), later);
        String none = assertThrows(KitException.class, () -> ClusterPipeline.of(Recipe.call(Normalizer.class, "mail")))
                .getMessage();
        assertTrue(none.contains("where a Step is needed"), none);
    }
}
