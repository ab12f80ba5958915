package kawi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kawi.audit.Collected;
import kawi.audit.DataCard;
import kawi.audit.Ledger;
import kawi.clean.Licences;
import kawi.clean.Pipeline;
import kawi.clean.Step;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.eval.Scorecard;
import kawi.evidence.AtomicFolder;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.model.Export;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.notebook.Report;
import kawi.readers.Catalog;
import kawi.search.Choice;
import kawi.text.Bpe;
import kawi.text.CharacterTokenizer;
import kawi.text.TokenFile;
import kawi.text.TokenWriter;
import kawi.torch.GgufType;
import kawi.torch.GgufWriter;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;
import kawi.torch.Weights;
import kawi.train.Small;
import kawi.tune.Lora;
import kawi.tune.LoraAdapter;
import kawi.tune.Predictions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds for every writer of the library: left by an exception or a full disk, it publishes nothing, leaves what
 * was there before as it was, and no litter.
 */
class WritersTest {
    @TempDir
    Path folder;

    private interface Writer {
        void write(Path file) throws Exception;
    }

    private static final Document DOCUMENT =
            Document.collected("s", "p", null, null, null, "speech", "CC0-1.0", "u", "She said it, and he did too.");

    private static Map<String, Writer> writers() {
        Torch torch = Small.TORCH;
        NDManager manager = torch.manager();
        Corpus corpus = Corpus.of(List.of(DOCUMENT));
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        tensors.put("a", manager.ones(new Shape(3)));
        tensors.put("b", manager.ones(new Shape(3)));
        Map<String, Writer> all = new LinkedHashMap<>();
        all.put("CorpusWriter", file -> {
            try (CorpusWriter writer = Corpus.writer(file)) {
                writer.add(DOCUMENT).finish();
            }
        });
        all.put("TokenWriter", file -> {
            try (TokenWriter writer = TokenFile.writer(file, 300)) {
                writer.document(new int[] {1}, 1).finish();
            }
        });
        all.put("Pipeline", file -> {
            Files.createDirectories(file);
            Pipeline.of().run(corpus, file, Progress.NONE);
        });
        all.put("Ledger", file -> new Ledger(List.of(), List.of(), Map.of(), Map.of(), Map.of()).write(file));
        all.put("Collected", file -> {
            Files.createDirectories(file);
            Path json = Path.of(System.getProperty("kawi.home", ".."), "datasets/catalog.json");
            Collected.from(Catalog.open(json, List.of()), List.of(), Licences.permissive(), file, Progress.NONE);
        });
        all.put("DataCard", file -> DataCard.of(corpus, Progress.NONE).write(file));
        all.put("Bpe", file -> Bpe.train(List.of("aaab"), 260, Progress.NONE).save(file));
        all.put(
                "CharacterTokenizer",
                file -> CharacterTokenizer.train(List.of("ab"), 9).save(file));
        all.put("SafeTensors", file -> SafeTensors.write(file, tensors, Map.of()));
        all.put("Weights", file -> Weights.write(Files.createDirectories(file), tensors, 1 << 20));
        all.put("ModelConfig", file -> GptConfig.of(64).write(file));
        all.put("LanguageModel", file -> Small.model(1).save(file));
        all.put("Choice", file -> new Choice(GptConfig.of(64), 0.1, 4, "why").write(file));
        all.put(
                "Predictions",
                file -> Predictions.write(
                        file,
                        List.of(new Predictions.Row("i", "s", "", "q", List.of("a"), "b", "c", "d", Double.NaN))));
        all.put("LoraAdapter", file -> {
            try (Llama model = Llama.create(torch, new LlamaConfig(60, 64, 1, 32, 48, 4, 2, 8, 10000, 1e-5, true), 7);
                    LoraAdapter adapter = LoraAdapter.create(model, Lora.rank(2), 1)) {
                adapter.save(file);
            }
        });
        all.put(
                "GgufWriter",
                file -> new GgufWriter()
                        .tensor("t", new long[] {8}, GgufType.F32, () -> FloatBuffer.allocate(8))
                        .write(file));
        all.put("Export", file -> {
            try (LanguageModel model = LanguageModel.create(torch, new GptConfig(300, 16, 1, 2, 16), 1)) {
                Export.of("own", model, Bpe.train(List.of("aaab"), 260, Progress.NONE))
                        .folder(file);
            }
        });
        all.put("Scorecard", file -> new Scorecard(10, 1).write(file));
        all.put("AtomicFolder", file -> {
            try (AtomicFolder atomic = AtomicFolder.begin(file, "making a folder")) {
                try {
                    Files.writeString(atomic.path().resolve("a.txt"), "x");
                } catch (IOException e) {
                    throw atomic.failure(e);
                }
                atomic.commit();
            }
        });
        all.put("Draft", file -> {
            Draft.Origin origin = new Draft.Origin("01-data-collection", "r", "smoke", 1, Map.of(), Map.of());
            try (Draft draft = new Draft(new Run(file, Map.of()), "collected", origin)) {
                draft.figure("picture", new byte[] {1}, "a picture").commit();
            }
        });
        all.put("Report", file -> Report.write(file.resolveSibling("Draft")));
        return all;
    }

    @Test
    void onAFullDiskEveryWriterSaysSoAndLeavesWhatWasThereAndNoLitter() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString()), "needs root and mount");
        try {
            Map<String, Writer> writers = writers();
            for (Map.Entry<String, Writer> each : writers.entrySet()) {
                each.getValue().write(disk.resolve(each.getKey()));
            }
            fill(disk.resolve("filler"));
            Map<String, byte[]> before = content(disk);
            for (Map.Entry<String, Writer> each : writers.entrySet()) {
                KitException said = assertThrows(
                        KitException.class, () -> each.getValue().write(disk.resolve(each.getKey())), each.getKey());
                assertTrue(said.getMessage().contains("the disk is full"), each.getKey() + ": " + said.getMessage());
                assertTrue(hasCause(said, IOException.class), each.getKey() + " keeps the cause");
                Map<String, byte[]> after = content(disk);
                assertEquals(before.keySet(), after.keySet(), each.getKey() + " leaves no litter");
                before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), each.getKey()));
            }
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    void aWriterThatIsLeftByAnExceptionPublishesNothing() throws Exception {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        tensors.put("good", Small.TORCH.manager().ones(new Shape(1000)));
        tensors.put("bad", Small.TORCH.manager().ones(new Shape(3)).toType(DataType.INT32, true));
        Map<String, Writer> halves = new LinkedHashMap<>();
        halves.put("CorpusWriter", file -> {
            try (CorpusWriter writer = Corpus.writer(file)) {
                writer.add(DOCUMENT);
                throw new IllegalStateException("half way");
            }
        });
        halves.put("CorpusWriter of what is no JSON", file -> {
            try (CorpusWriter writer = Corpus.writer(file)) {
                writer.add(DOCUMENT).write(new Object());
                writer.finish();
            }
        });
        halves.put("TokenWriter", file -> {
            try (TokenWriter writer = TokenFile.writer(file, 300)) {
                writer.document(new int[] {1}, 1);
                throw new IllegalStateException("half way");
            }
        });
        halves.put("TokenWriter of an id beyond the vocabulary", file -> {
            try (TokenWriter writer = TokenFile.writer(file, 300)) {
                writer.document(new int[] {1, 300}, 1).finish();
            }
        });
        halves.put("SafeTensors", file -> SafeTensors.write(file, tensors, Map.of()));
        halves.put(
                "Pipeline",
                file -> Pipeline.of(Step.change("breaks", text -> {
                            throw new IllegalStateException("half way");
                        }))
                        .run(Corpus.of(List.of(DOCUMENT)), file.getParent(), Progress.NONE));
        halves.put("Predictions", file -> {
            List<Predictions.Row> rows = new ArrayList<>();
            rows.add(new Predictions.Row("i", "s", "", "q", List.of("a"), "b", "c", "d", Double.NaN));
            Predictions.write(file, new java.util.AbstractList<>() {
                @Override
                public Predictions.Row get(int i) {
                    if (i == 1) throw new IllegalStateException("half way");
                    return rows.get(i);
                }

                @Override
                public int size() {
                    return 2;
                }
            });
        });
        halves.put("AtomicFolder", file -> {
            try (AtomicFolder atomic = AtomicFolder.begin(file, "making a folder")) {
                Files.writeString(atomic.path().resolve("a.txt"), "x");
                throw new IllegalStateException("half way");
            }
        });
        for (Map.Entry<String, Writer> each : halves.entrySet()) {
            Path file = folder.resolve("file");
            assertThrows(RuntimeException.class, () -> each.getValue().write(file), each.getKey());
            assertEquals(Map.of(), content(folder), each.getKey());
        }
    }

    @Test
    void aDraftLeftByAnExceptionPublishesNothingAndRemovesItsFolder() throws Exception {
        Run run = new Run(folder.resolve("r"), Map.of());
        Draft.Origin origin = new Draft.Origin("01-data-collection", "r", "smoke", 1, Map.of(), Map.of());
        assertThrows(IllegalStateException.class, () -> {
            try (Draft draft = new Draft(run, "collected", origin)) {
                Files.writeString(draft.file("sub/data.txt"), "half");
                throw new IllegalStateException("half way");
            }
        });
        assertFalse(run.has("collected"));
        assertEquals(Map.of(), content(folder));
        try (Stream<Path> left = Files.list(run.folder().resolve("01-data-collection"))) {
            assertEquals(0, left.count());
        }
    }

    /** So that no writer that is added one day goes its own way. */
    @Test
    void noCodeOfTheLibraryWritesAFileButThroughAtomicFile() throws IOException {
        Map<String, String> allowed = Map.of(
                "kawi/clean/BigLongs.java",
                "memory that lies on disk: the file loses its name before anything is written into it",
                "kawi/corpus/Held.java",
                "memory that lies on disk, too",
                "kawi/evidence/AtomicFile.java",
                "is it",
                "kawi/evidence/AtomicFolder.java",
                "is it, for folders",
                "kawi/train/Checkpoint.java",
                "writes into an AtomicFolder, and moves whole folders aside",
                "kawi/evidence/FolderLock.java",
                "a lock that says who holds it, held open and never read as content",
                "kawi/evidence/Scratch.java",
                "an empty folder among the system's temporary ones",
                "kawi/torch/Script.java",
                "a temporary file that libtorch reads at once",
                "kawi/torch/ScriptArchive.java",
                "that file");
        Pattern writing = Pattern.compile(
                "Files\\.(write|writeString|copy|move|newBufferedWriter|newOutputStream|"
                        + "createTempFile|createTempDirectory|createFile)\\b|\\b(FileOutputStream|FileWriter|RandomAccessFile|"
                        + "PrintWriter|PrintStream)\\(|StandardOpenOption\\.(CREATE|CREATE_NEW|APPEND)|writeValue\\([^;]*toFile");
        Path sources = Path.of(System.getProperty("kawi.home", ".."), "lib/src/main/java");
        List<String> own = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String name = sources.relativize(file).toString().replace('\\', '/');
                if (!allowed.containsKey(name)) {
                    for (String line : Files.readAllLines(file)) {
                        boolean throughAtomicFile = line.contains("out -> Files.copy(source, out)");
                        if (writing.matcher(line).find() && !throughAtomicFile) {
                            own.add(name + ": " + line.strip());
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), own, "write through kawi.evidence.AtomicFile");
    }

    private static boolean hasCause(Throwable thrown, Class<?> kind) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (kind.isInstance(each)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, byte[]> content(Path folder) throws IOException {
        Map<String, byte[]> content = new LinkedHashMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                content.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return content;
    }

    private static void fill(Path file) {
        for (int block : new int[] {1 << 16, 4096, 1}) {
            try (OutputStream out = Files.newOutputStream(
                    file.resolveSibling(file.getFileName() + "-" + block),
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.WRITE)) {
                while (true) {
                    out.write(new byte[block]);
                }
            } catch (IOException full) {
                // as wanted
            }
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }
}
