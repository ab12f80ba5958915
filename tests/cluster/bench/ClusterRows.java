import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kawi.clean.Duplicates;
import kawi.clean.Normalize;
import kawi.clean.Pii;
import kawi.clean.Quality;
import kawi.cluster.Cluster;
import kawi.cluster.ClusterPipeline;
import kawi.cluster.DistributedTrainer;
import kawi.cluster.ExchangeTimes;
import kawi.cluster.Recipe;
import kawi.cluster.WireFormat;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Progress;
import kawi.model.Gpt;
import kawi.model.GptConfig;
import kawi.readers.Catalog;
import kawi.readers.Source;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Schedule;
import kawi.train.Trainer;

/**
 * The benchmark's rows on Spark, with two workers of one thread each: {@code ClusterRows DATA THREADS full|quick
 * exchange|step|kill|cleaning}. The peer of the first two is ddp.py.
 */
public class ClusterRows {

    private static final int NUMBERS = 12_300_000;
    private static final int WORKERS = 2;

    /**
     * Cleanings before those that count. The first starts everything; in the next ones Java compiles what is run often,
     * on whatever core is idle: with one worker that is the other core, with two it is a core that ought to clean.
     */
    private static final int WARM = 4;

    private static final int MEASURED = 5;

    public static void main(String[] args) throws IOException {
        Path data = Path.of(args[0]);
        boolean quick = args[2].equals("quick");
        switch (args[3]) {
            case "exchange" -> exchange(quick);
            case "step" -> step(data, quick);
            case "kill" -> kill(data, quick);
            default -> cleaning(quick);
        }
        System.out.println("note memory is that of the driver, or of the process that started the peer's two");
    }

    private static void exchange(boolean quick) {
        try (Cluster cluster = Cluster.local(WORKERS, "2g")) {
            int exchanges = quick ? 2 : 15;
            ExchangeTimes.measure(cluster, WORKERS, NUMBERS, exchanges, WireFormat.FLOAT32); // until they are compiled
            ExchangeTimes times = ExchangeTimes.measure(cluster, WORKERS, NUMBERS, exchanges, WireFormat.FLOAT32);
            System.out.println("result seconds " + times.median());
            System.out.println("result megabytes_sent " + times.bytes() / 1e6);
        }
    }

    private static Trainer trainer(Gpt model, Path data, int steps, int round) {
        return Trainer.of(model, TokenFile.open(data.resolve("pairs.train.tokens")), null)
                .batch(4)
                .accumulate(WORKERS)
                .schedule(Schedule.cosine(1, steps))
                .evaluateEvery(round);
    }

    private static GptConfig config() {
        return GptConfig.of(4096).context(256).layers(6).heads(6).width(384);
    }

    /** The rounds after the first, in which the workers start their engines. */
    private static void step(Path data, boolean quick) {
        int round = quick ? 2 : 10;
        int rounds = quick ? 2 : 4;
        try (Torch torch = Torch.open("cpu", 1, 1);
                Cluster cluster = Cluster.local(WORKERS, "2g");
                Gpt model = Gpt.create(torch, config())) {
            torch.bf16(false);
            DistributedTrainer trainer = DistributedTrainer.of(trainer(model, data, rounds * round, round), cluster);
            trainer.run(Progress.NONE);
            double[] seconds = trainer.rounds().stream()
                    .skip(1)
                    .mapToDouble(each -> each.seconds() / round)
                    .sorted()
                    .toArray();
            System.out.println("result parameters " + model.parameterCount());
            System.out.println("result seconds " + seconds[seconds.length / 2]);
            System.out.println("result exchange_seconds "
                    + trainer.rounds().get(1).exchangeSeconds() / round);
        }
    }

    /** The same training with a worker killed in the middle of its first round, and without: what the kill cost, and what a round takes. */
    private static void kill(Path data, boolean quick) {
        int round = quick ? 2 : 10;
        int rounds = quick ? 2 : 4;
        double[] seconds = new double[2];
        double longest = 0;
        String[] weights = new String[2];
        try (Torch torch = Torch.open("cpu", 1, 1);
                Cluster cluster = Cluster.local(WORKERS, "2g")) {
            torch.bf16(false);
            for (int run = -1; run < 2; run++) { // the first starts the engines
                try (Gpt model = Gpt.create(torch, config())) {
                    Trainer settings = trainer(model, data, (run < 0 ? 1 : rounds) * round, round);
                    DistributedTrainer trainer = DistributedTrainer.of(settings, cluster);
                    CompletableFuture<Long> killed = run == 1 ? cluster.killAtWork(1) : null;
                    long start = System.nanoTime();
                    trainer.run(Progress.NONE);
                    if (run >= 0) {
                        seconds[run] = (System.nanoTime() - start) / 1e9;
                        weights[run] = model.fingerprint();
                    }
                    if (run == 0) {
                        longest = trainer.rounds().stream()
                                .mapToDouble(DistributedTrainer.Done::seconds)
                                .max()
                                .orElseThrow();
                    } else if (killed != null) {
                        killed.join();
                        System.out.println("result begun_again " + trainer.begunAgain());
                    }
                }
            }
        }
        double lost = seconds[1] - seconds[0];
        System.out.println("result seconds " + lost);
        System.out.println("result round " + longest);
        System.out.println("result beyond_a_round " + (lost - longest));
        System.out.println("result other_bytes " + (weights[0].equals(weights[1]) ? 0 : 1));
    }

    private static void cleaning(boolean quick) throws IOException {
        Corpus corpus = corpus(quick ? 20 : Integer.MAX_VALUE);
        ClusterPipeline pipeline = ClusterPipeline.of(
                Recipe.call(Normalize.class, "unicode"),
                Recipe.call(Duplicates.class, "exact"),
                Recipe.call(Duplicates.class, "near", 0.8),
                Recipe.call(Quality.class, "gopher"),
                Recipe.call(Pii.class, "mask"));
        double[] best = new double[2];
        for (int workers = 1; workers <= WORKERS; workers++) {
            try (Cluster cluster = Cluster.local(workers, "2g")) {
                List<Double> seconds = new ArrayList<>();
                for (int i = 0; i < WARM + MEASURED; i++) {
                    Path folder = Files.createTempDirectory("kawi-bench-");
                    long start = System.nanoTime();
                    pipeline.run(corpus, 16, folder.resolve("out"), cluster, Progress.NONE);
                    seconds.add((System.nanoTime() - start) / 1e9);
                }
                best[workers - 1] = seconds.stream().skip(WARM).sorted().toList().get(MEASURED / 2);
            }
        }
        System.out.println("result seconds " + best[1]);
        System.out.println("result times_one " + best[0] / best[1]);
    }

    /** The texts that the catalog brings without being asked, as notebook 01 collects them. */
    private static Corpus corpus(int atMost) {
        Catalog catalog = Catalog.open(Path.of(System.getenv("KAWI_HOME"), "datasets", "catalog.json"));
        List<Document> all = new ArrayList<>();
        for (Source source : catalog.corpora()) {
            if (catalog.atHand(source.id())) {
                all.addAll(catalog.read(source.id(), atMost, 8_000_000, Progress.NONE)
                        .documents());
            }
        }
        System.out.println("note " + all.size() + " documents, "
                + all.stream().mapToLong(Document::bytes).sum() / 1_000_000 + " MB");
        return Corpus.of(all);
    }
}
