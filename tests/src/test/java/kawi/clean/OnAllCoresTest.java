package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnAllCoresTest {
    static final int DOCUMENTS = 700;

    @TempDir
    Path folder;

    static List<Document> documents() {
        Random random = new Random(8);
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            String text;
            if (i > 9 && random.nextInt(4) == 0) {
                text = documents.get(random.nextInt(i)).text() + (random.nextBoolean() ? " once more" : "");
            } else {
                StringBuilder words = new StringBuilder();
                for (int w = random.nextInt(400); w >= 0; w--) {
                    words.append(w % 5 == 0 ? "the " : w % 7 == 0 ? "that\n\n" : "word" + random.nextInt(900) + " ");
                }
                text = words + "jo" + i + "@example.org, cafe\u0301";
            }
            documents.add(Document.collected("s" + i % 3, "" + i, null, null, null, "prose", "CC0-1.0", null, text));
        }
        return documents;
    }

    /** A step whose passes work on any thread. */
    static Step independent(String name, Supplier<Step.Pass> begin) {
        return new Step() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean independent() {
                return true;
            }

            @Override
            public Pass begin() {
                return begin.get();
            }
        };
    }

    /** Every tenth document that comes to it: a step that counts must see them in their order. */
    private static Step everyTenth() {
        return new Step() {
            @Override
            public String name() {
                return "every tenth";
            }

            @Override
            public String settings() {
                return "10";
            }

            @Override
            public Pass begin() {
                int[] came = {0};
                return document -> ++came[0] % 10 == 0
                        ? new Verdict.Drop("number", came[0], null, 0.0, null)
                        : Verdict.keep(document);
            }
        };
    }

    static List<Step> steps() {
        return List.of(
                Normalize.unicode(),
                everyTenth(),
                Duplicates.exact(),
                Step.change("count", text -> text + " " + text.length()),
                Decontamination.of(9, 0.4),
                Duplicates.near(0.8),
                Quality.gopher(),
                RepeatedParagraphs.of(5),
                Pii.mask());
    }

    private static List<String> results(List<Document> documents, Executor cores, int most) {
        List<Step> steps = steps();
        List<String> results = new ArrayList<>();
        Flow flow = new Flow(
                steps,
                batch -> batch.items.forEach(item -> results.add(new String(item.line, StandardCharsets.UTF_8))),
                cores,
                most,
                1 << 20);
        Batch batch = new Batch(steps.size());
        for (Document each : Decontamination.heldOutFirst(Corpus.of(documents))) {
            batch.add(each);
            if (batch.full()) {
                flow.put(batch);
                batch = new Batch(steps.size());
            }
        }
        flow.put(batch);
        flow.finish();
        return results;
    }

    @Test
    void anyNumberOfThreadsGivesWhatEachStepSaysInTheDocumentsOrder() {
        List<Document> documents = documents();
        List<String> alone = new ArrayList<>();
        List<Step> steps = steps();
        List<Step.Pass> passes = steps.stream().map(Step::begin).toList();
        Map<String, Integer> dropped = new HashMap<>();
        for (Document each : Decontamination.heldOutFirst(Corpus.of(documents))) {
            Batch.Item item = new Batch.Item();
            item.document = each;
            Batch one = new Batch(steps.size());
            one.items.add(item);
            for (int i = 0; i < steps.size() && item.rejected == null; i++) {
                one.note(i, steps.get(i).name(), item, passes.get(i).judge(item.document));
            }
            one.finish();
            if (item.rejected != null) {
                dropped.merge(item.rejected.step(), 1, Integer::sum);
            }
            alone.add(new String(item.line, StandardCharsets.UTF_8));
        }
        for (String step : List.of("every tenth", "exact duplicates", "near duplicates", "quality")) {
            assertTrue(dropped.getOrDefault(step, 0) > 0, dropped.toString());
        }
        assertEquals(alone, results(documents, Runnable::run, 1));
        ExecutorService five = Executors.newFixedThreadPool(5);
        try {
            for (int again = 0; again < 5; again++) {
                assertEquals(alone, results(documents, five, 10));
            }
        } finally {
            five.shutdownNow();
        }
    }

    @Test
    void aFunctionOfOnesOwnSeesOneTextAtATimeAndInOrder() {
        AtomicInteger inside = new AtomicInteger();
        List<String> seen = new ArrayList<>();
        Step own = Step.change("own", text -> {
            assertEquals(1, inside.incrementAndGet());
            seen.add(text);
            Thread.yield();
            inside.decrementAndGet();
            return text;
        });
        List<Document> documents = documents();
        Pipeline.of(own).run(Corpus.of(documents), folder, Progress.NONE);
        assertEquals(documents.stream().map(Document::text).toList(), seen);
    }

    @Test
    void stepsThatAreIndependentWorkOnSeveralThreadsWithAPassForEach() {
        int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
        CountDownLatch atOnce = new CountDownLatch(threads);
        Step step = independent("independent", () -> {
            AtomicInteger inside = new AtomicInteger();
            return new Step.Pass() {
                private boolean met;

                @Override
                public Verdict judge(Document document) {
                    assertEquals(1, inside.incrementAndGet(), "a pass judges one document at a time");
                    if (!met) {
                        met = true;
                        atOnce.countDown();
                        try {
                            assertTrue(atOnce.await(30, TimeUnit.SECONDS), "no other pass came to work beside it");
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    inside.decrementAndGet();
                    return Verdict.keep(document);
                }
            };
        });
        var result = Pipeline.of(step).run(Corpus.of(documents()), folder, Progress.NONE);
        assertEquals(DOCUMENTS, result.corpus().size());
    }

    @Test
    void theFirstFailureIsSaidAndNothingWorksOnBehindIt() {
        AtomicInteger judged = new AtomicInteger();
        List<Document> documents = documents();
        String bad = documents.get(130).id();
        Step failing = Step.keep(
                "failing",
                document -> {
                    judged.incrementAndGet();
                    return 1 / (document.id().equals(bad) ? 0 : 1) > 0;
                },
                "");
        String said = assertThrows(
                        KitException.class,
                        () -> Pipeline.of(Normalize.unicode(), failing)
                                .run(Corpus.of(documents), folder, Progress.NONE))
                .getMessage();
        assertTrue(said.contains("'failing' failed on document " + bad), said);
        assertEquals(131, judged.get());
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void whatWasUnderWayBesideAFailureHasEndedWhenItIsSaid() {
        List<Document> documents = documents();
        String bad = documents.get(0).id();
        CountDownLatch beside = new CountDownLatch(1);
        AtomicInteger working = new AtomicInteger();
        Step failing = independent("failing", () -> document -> {
            if (document.id().equals(bad)) {
                await(beside);
                throw new IllegalStateException("bad");
            }
            working.incrementAndGet();
            beside.countDown();
            LockSupport.parkNanos(300_000_000);
            working.decrementAndGet();
            return Verdict.keep(document);
        });
        assertThrows(KitException.class, () -> Pipeline.of(failing).run(Corpus.of(documents), folder, Progress.NONE));
        assertEquals(0, working.get(), "documents that a step still looks at");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS); // a machine of one core has nothing beside
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aStepMayWriteACorpusAndRunAPipelineOfItsOwn() throws IOException {
        List<Document> documents = documents();
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            try (CorpusWriter aside = Corpus.writer(folder.resolve("aside.jsonl.gz"))) {
                Step tap = Step.keep(
                        "tap",
                        document -> {
                            for (int i = 0; i < 10; i++) {
                                aside.add(document);
                            }
                            Path own = folder.resolve("own");
                            return Pipeline.of(Quality.gopher())
                                            .run(Corpus.of(List.of(document)), own, Progress.NONE)
                                            .corpus()
                                            .size()
                                    >= 0;
                        },
                        "");
                Pipeline.of(Normalize.unicode(), tap)
                        .run(Corpus.of(documents.subList(0, 60)), folder.resolve("whole"), Progress.NONE);
                assertEquals(600, aside.finish().size());
            }
        });
    }

    @Test
    void whatIsRememberedBeyondTheHeapIsFoundAgain() {
        LongTable table = new LongTable();
        Map<Long, Long> expected = new HashMap<>();
        Random random = new Random(2);
        for (int i = 0; i < 120_000; i++) {
            long hash = i == 77 ? 0 : random.nextInt(100_000) * 0x100000001L;
            Long before = expected.put(hash, (long) i);
            assertEquals(before == null ? -1 : before, table.put(hash, i));
        }
        assertEquals(expected.size(), table.size());
        assertTrue(table.size() > BigLongs.IN_HEAP, "it lies on disk");
        expected.forEach((hash, number) -> assertEquals(number, table.get(hash)));
        assertEquals(-1, table.get(-5));
        ByteLog log = new ByteLog();
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) {
            places.add(log.add(("text " + i).repeat(i % 4)));
        }
        for (int i = 0; i < places.size(); i++) {
            assertArrayEquals(("text " + i).repeat(i % 4).getBytes(StandardCharsets.UTF_8), log.get(places.get(i)));
        }
    }

    @Test
    void aTableThatGrowsKeepsAllItHeldTheLastPlaceToo() {
        for (long seed = 0; seed < 20; seed++) {
            LongTable table = new LongTable();
            long[] hashes = new Random(seed).longs(2_000).toArray();
            for (int i = 0; i < hashes.length; i++) {
                assertEquals(-1, table.put(hashes[i], i));
            }
            for (int i = 0; i < hashes.length; i++) {
                assertEquals(i, table.get(hashes[i]));
            }
        }
    }
}
