import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import kawi.clean.Duplicates;
import kawi.clean.Pii;
import kawi.clean.Pipeline;
import kawi.clean.Quality;
import kawi.clean.Repetition;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Cores;
import kawi.evidence.Progress;

/**
 * Cleans the catalog's texts, from the start of the process to the last byte written: {@code Cleaning DATA THREADS
 * full|quick}. Beside what is kept it writes what is dropped, with its reasons. Its peer is cleaning.py.
 */
public class Cleaning {

    public static void main(String[] args) throws IOException {
        if (Cores.number() != Integer.parseInt(args[1])) {
            throw new IllegalStateException(
                    "Java sees " + Cores.number() + " cores, and the row is of " + args[1] + ".");
        }
        Path data = Path.of(args[0]);
        Path made = Files.createDirectories(data.resolve("cleaned"));
        Corpus corpus = Corpus.open(data.resolve("cleaning.jsonl.gz"));
        if (args[2].equals("quick")) {
            corpus = Corpus.of(corpus.stream().limit(100).toList());
        }
        Pipeline.CleaningResult cleaned = pipeline().run(corpus, made, Progress.NONE);
        long began = ManagementFactory.getRuntimeMXBean().getStartTime();
        System.out.println("result seconds " + (System.currentTimeMillis() - began) / 1e3);
        long start = System.nanoTime();
        pipeline().run(corpus, made, Progress.NONE);
        System.out.println("result again_seconds " + (System.nanoTime() - start) / 1e9);

        List<Pipeline.Count> counts = cleaned.counts();
        System.out.println("result documents " + counts.get(0).documents());
        System.out.println("result kept " + cleaned.corpus().size());
        System.out.println(
                "note " + corpus.stream().mapToLong(Document::bytes).sum() / 1_000_000 + " MB; ours dropped by "
                        + counts.stream()
                                .filter(each -> each.dropped() > 0)
                                .map(each -> each.step() + " " + each.dropped())
                                .collect(Collectors.joining(", "))
                        + "; masked in " + counts.get(counts.size() - 1).changed());
    }

    private static Pipeline pipeline() {
        return Pipeline.of(
                Repetition.gopher(),
                Quality.gopher(),
                Quality.c4Lines(),
                Quality.c4(),
                Quality.fineWeb(),
                Duplicates.near(0.8),
                Pii.mask());
    }
}
