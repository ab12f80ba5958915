import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;
import kawi.readers.Source;
import kawi.text.Bpe;
import kawi.text.TokenFile;
import kawi.text.TokenWriter;
import kawi.text.Tokenizer;
import kawi.torch.Torch;
import kawi.tune.Example;
import kawi.tune.Examples;
import kawi.tune.Sentiment;

/**
 * Writes what both sides read, once, so that both see the same tokens: {@code Prepare DATA THREADS}.
 *
 * <p>Token files are the kit's (a header of 64 bytes, then two bytes a token). What cannot be had is left out with a
 * line that says why; the rows that need it then fail by themselves.
 */
public class Prepare {

    private static final int TRAIN_EXAMPLES = 1500;
    private static final int TEST_EXAMPLES = 500;
    private static final int SCORED = 8192;
    private static final int CLEANED_BYTES = 8_000_000; // of each source
    private static final String PROMPT =
            "The history of the steam engine begins in the first century, when Hero of Alexandria described";

    private static Path data;
    private static Catalog catalog;

    public static void main(String[] args) throws Exception {
        data = Path.of(args[0]);
        Files.createDirectories(data);
        catalog = Catalog.open(Path.of(System.getenv("KAWI_HOME"), "datasets", "catalog.json"));
        part("Tiny Shakespeare", Prepare::shakespeare);
        part("text to clean", () -> cleaning(Integer.parseInt(args[1])));
        part("SmolLM2", () -> smollm2(Integer.parseInt(args[1])));
    }

    private interface Part {
        void run() throws Exception;
    }

    private static void part(String what, Part work) throws Exception {
        try {
            work.run();
        } catch (KitException e) {
            System.out.println("note " + what + " is left out: " + e.getMessage());
        }
    }

    /**
     * Nine tenths to learn from and one to be judged on, as characters (65 of them): the last tenth as nanoGPT has it,
     * and the first, on which no recipe was ever sought. Also the whole as 4,096 byte pairs.
     */
    private static void shakespeare() throws Exception {
        String text = Files.readString(catalog.files("tinyshakespeare").get(0));
        int[] alphabet = text.chars().distinct().sorted().toArray();
        int[] ids = text.chars().map(c -> Arrays.binarySearch(alphabet, c)).toArray();
        int cut = (int) (0.9 * ids.length);
        int tenth = ids.length - cut;
        characters("characters", alphabet.length, Arrays.copyOf(ids, cut), Arrays.copyOfRange(ids, cut, ids.length));
        characters(
                "characters-apart",
                alphabet.length,
                Arrays.copyOfRange(ids, tenth, ids.length),
                Arrays.copyOf(ids, tenth));
        Tokenizer pairs = Bpe.train(List.of(text), 4096, Progress.NONE);
        write("pairs.train", 4096, pairs.encode(text), text.length());
    }

    private static void characters(String name, int vocabulary, int[] train, int[] validation) throws Exception {
        write(name + ".train", vocabulary, train, train.length);
        write(name + ".validation", vocabulary, validation, validation.length);
    }

    /**
     * The catalog's texts that are at hand, as one file for the kit and, for its peer, which gives each process files
     * of its own, the same documents dealt out to as many files as there are threads.
     */
    private static void cleaning(int threads) throws Exception {
        List<Document> all = new ArrayList<>();
        for (Source source : catalog.corpora()) {
            if (catalog.atHand(source.id())) {
                all.addAll(catalog.read(source.id(), Integer.MAX_VALUE, CLEANED_BYTES, Progress.NONE)
                        .documents());
            }
        }
        if (all.isEmpty()) {
            throw new KitException("none of the catalog's texts is here; environment/setup brings them.");
        }
        write("cleaning", all, 0, 1);
        Path dealt = Files.createDirectories(data.resolve("cleaning"));
        try (Stream<Path> earlier = Files.list(dealt)) {
            for (Path each : earlier.toList()) {
                Files.delete(each); // there may have been more threads
            }
        }
        for (int i = 0; i < threads; i++) {
            write("cleaning/" + i, all, i, threads);
        }
    }

    private static void write(String name, List<Document> all, int first, int step) {
        try (CorpusWriter writer = Corpus.writer(data.resolve(name + ".jsonl.gz"))) {
            for (int i = first; i < all.size(); i += step) {
                writer.add(all.get(i));
            }
            writer.complete();
        }
    }

    /** The model's file under one name, a prompt, a text to be scored, and sentences to be tuned on. */
    private static void smollm2(int threads) throws Exception {
        Path model = data.resolve("smollm2.gguf");
        try (Torch torch = Torch.open("cpu", threads, 1);
                Pretrained smol = Pretrained.load(
                        torch, catalog.files("smollm2-135m-instruct").get(0))) {
            Tokenizer tokenizer = smol.tokenizer();
            Files.deleteIfExists(model);
            Files.createSymbolicLink(model, unpacked());
            write("prompt", tokenizer.size(), tokenizer.encode(PROMPT), PROMPT.length());
            int[] ids = Arrays.copyOf(
                    tokenizer.encode(
                            Files.readString(catalog.files("tinyshakespeare").get(0))),
                    SCORED + 1);
            String scored = tokenizer.decode(Arrays.copyOfRange(ids, 1, ids.length));
            write("scored", tokenizer.size(), ids, scored.getBytes(StandardCharsets.UTF_8).length);
            sentiment(tokenizer);
        }
    }

    private static Path unpacked() throws Exception {
        Path beside = catalog.files("smollm2-135m-instruct").get(0).toAbsolutePath();
        try (var files = Files.list(beside.getParent())) {
            return files.filter(file -> file.toString().endsWith(".gguf"))
                    .findFirst()
                    .orElse(beside);
        }
    }

    /**
     * A line an example: part, id of the right answer's token, ids of the prompt. The first line has the ids of the two
     * answers.
     */
    private static void sentiment(Tokenizer tokenizer) throws Exception {
        Sentiment task = new Sentiment();
        Examples examples = Sentiment.examples(catalog, TRAIN_EXAMPLES, TEST_EXAMPLES);
        List<String> lines = new ArrayList<>();
        lines.add("answers\t"
                + task.choices().stream()
                        .map(choice -> String.valueOf(answer(task, tokenizer, choice)))
                        .collect(Collectors.joining("\t")));
        examples.train().forEach(example -> lines.add(line("train", task, tokenizer, example)));
        examples.test().forEach(example -> lines.add(line("test", task, tokenizer, example)));
        Files.write(data.resolve("sentiment.tsv"), lines);
    }

    private static String line(String part, Sentiment task, Tokenizer tokenizer, Example example) {
        String ids = IntStream.of(tokenizer.encode(task.prompt(example)))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(" "));
        return part + "\t" + answer(task, tokenizer, example.answer()) + "\t" + ids;
    }

    private static int answer(Sentiment task, Tokenizer tokenizer, String word) {
        return tokenizer.encode(task.completion(word))[0];
    }

    private static void write(String name, int vocabulary, int[] ids, long bytes) {
        try (TokenWriter writer = TokenFile.writer(data.resolve(name + ".tokens"), vocabulary)) {
            writer.document(ids, bytes).finish();
        }
    }
}
