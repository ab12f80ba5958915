package kawi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import kawi.audit.RemovedSources;
import kawi.corpus.Corpus;
import kawi.eval.ChoiceTask;
import kawi.eval.OpenQuestion;
import kawi.evidence.Artifact;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.evidence.Scratch;
import kawi.model.LanguageModel;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.notebook.LiveChart;
import kawi.notebook.ProgressBar;
import kawi.notebook.Show;
import kawi.readers.Catalog;
import kawi.text.TokenFile;
import kawi.text.Tokenizer;
import kawi.torch.Torch;

/**
 * Opens a run for a notebook and hands out what the notebooks before it made.
 *
 * <p>Read from the environment: {@code KAWI_RUN} (the run's name; by default the budget's), {@code KAWI_BUDGET} (smoke,
 * lesson, full), {@code KAWI_SEED} (a whole number), {@code KAWI_DEVICE} (auto, cpu, gpu0, ...), {@code KAWI_HOME} (the
 * clone, where it is not found above the working folder).
 */
public final class Kit {
    /** Which notebook makes which artifact. */
    private static final Map<String, String> MAKERS = Map.ofEntries(
            Map.entry("collected", "01-data-collection"),
            Map.entry("clean", "02-preprocessing"),
            Map.entry("tokenizer", "02-preprocessing"),
            Map.entry("tokens", "02-preprocessing"),
            Map.entry("choice", "03-architecture"),
            Map.entry("model", "04-training"),
            Map.entry("sentiment", "05-fine-tuning"),
            Map.entry("answers", "05-fine-tuning"),
            Map.entry("translator", "05-fine-tuning"),
            Map.entry("preferences", "05-fine-tuning"),
            Map.entry("preferred", "05-fine-tuning"),
            Map.entry("assistant", "05-fine-tuning"),
            Map.entry("exported", "05-fine-tuning"),
            Map.entry("evaluation", "06-evaluation"),
            Map.entry("retrained", "06-evaluation"),
            Map.entry("card", "07-responsible-use"),
            Map.entry("quantised", "09-fewer-bits"));

    private final String notebook;
    private final Path home;
    private final Budget budget;
    private final long seed;
    private final Run run;
    private final Map<String, String> code;
    private final String device;
    private final AtomicLong since = new AtomicLong(System.nanoTime());

    /** The engine is one for the process: a cell that opens the kit again gets the same one, seeded anew. */
    private static Torch torch;

    private static String torchDevice;

    private Kit(String notebook, Path home, Map<String, String> settings, Budget own) {
        this.notebook = notebook;
        this.home = home;
        this.budget = own != null ? own : budget(settings.getOrDefault("KAWI_BUDGET", "lesson"), home);
        this.seed = seed(settings.getOrDefault("KAWI_SEED", "1"));
        this.run = new Run(
                home.resolve("runs").resolve(runName(settings.getOrDefault("KAWI_RUN", budget.name()))),
                MAKERS,
                source -> catalog().changed(source));
        this.code = Provenance.code(home, notebook);
        this.device = settings.getOrDefault("KAWI_DEVICE", "auto");
    }

    /**
     * Opens the run and shows which it is.
     *
     * @param notebook the notebook's file name without its ending, such as "02-preprocessing"
     * @return what the notebook works with
     * @throws KitException where a setting in the environment is not a sound one
     */
    public static Kit open(String notebook) {
        return shown(open(notebook, System.getenv()));
    }

    /**
     * The same with a budget of one's own in place of that of {@code KAWI_BUDGET}: one that was {@linkplain Budget#read
     * read} from a file, or made in a cell. The run is called after the budget unless {@code KAWI_RUN} names it.
     *
     * @param notebook the notebook's file name without its ending, such as "02-preprocessing"
     * @param budget how much work the notebook does
     * @return what the notebook works with
     * @throws KitException where a setting in the environment is not a sound one
     */
    public static Kit open(String notebook, Budget budget) {
        Map<String, String> settings = System.getenv();
        return shown(new Kit(notebook, home(settings.get("KAWI_HOME")), settings, budget));
    }

    /**
     * Asks for what notebook 08 needs besides the kit, before anything of it is loaded.
     *
     * @throws KitException where Apache Spark is not there, saying how to bring it
     */
    public static void needSpark() {
        needSpark(home(System.getenv("KAWI_HOME")));
    }

    static void needSpark(Path home) {
        try (Stream<Path> files = Files.list(home.resolve("lib/cluster/target/cluster"))) {
            if (files.anyMatch(each -> each.getFileName().toString().startsWith("kawi-cluster"))) {
                return;
            }
        } catch (IOException e) {
            // no such folder, so no Spark in it
        }
        throw new KitException(
                "Several machines need Apache Spark, which is not here: run environment/setup --spark once "
                        + "(230 MB, by Maven), then restart the kernel; no other notebook needs it.");
    }

    private static Kit shown(Kit kit) {
        if (torch != null) {
            torch.seed(kit.seed);
        }
        Show.lastValues();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("run", kit.run.name());
        facts.put("budget", kit.budget.name());
        facts.put("seed", kit.seed);
        facts.put("device", kit.device);
        facts.putAll(Provenance.machine());
        Show.facts(facts);
        return kit;
    }

    /** The same with settings of the caller's own, and in silence. */
    static Kit open(String notebook, Map<String, String> settings) {
        return new Kit(notebook, home(settings.get("KAWI_HOME")), settings, null);
    }

    /** {@return how much work the run does} */
    public Budget budget() {
        return budget;
    }

    /** {@return what every random draw of the run is seeded with: {@code KAWI_SEED}, or 1} */
    public long seed() {
        return seed;
    }

    /** {@return the clone's folder} */
    public Path home() {
        return home;
    }

    /** {@return the folder of the catalog, {@code datasets} in the clone} */
    public Path datasets() {
        return home.resolve("datasets");
    }

    /** {@return where data packages lie once they were fetched} */
    public Path cache() {
        return datasets().resolve("cache");
    }

    /** {@return the run: the folder that keeps its artifacts} */
    public Run run() {
        return run;
    }

    /**
     * {@return an artifact of the run, checked}
     *
     * @param name what it is called, such as "collected" or "model"
     * @throws KitException where it is missing, damaged or stale, saying what to run again
     */
    public Artifact artifact(String name) {
        return run.artifact(name);
    }

    /**
     * {@return the catalog of sources, {@code datasets/catalog.json}, without those that were removed from the run}
     *
     * @throws KitException as {@link Catalog#open(Path)}, and where the run's list of removed sources cannot be read
     */
    public Catalog catalog() {
        return Catalog.open(datasets().resolve("catalog.json"))
                .without(RemovedSources.of(run.folder()).sentences());
    }

    /**
     * {@return a multiple-choice benchmark, as {@code datasets/benchmarks} describes it}
     *
     * @param name its file's name without the ending, such as "piqa"
     * @throws KitException where there is no such file, or it is no task
     */
    public ChoiceTask benchmark(String name) {
        return ChoiceTask.read(datasets().resolve("benchmarks").resolve(name + ".json"));
    }

    /**
     * {@return general questions written for the kit, of {@code datasets/general-questions.jsonl}}
     *
     * @param part "measure", by which forgetting is measured; "choose", by which settings against it are chosen; or
     *     "replay", whose answers by the base are replayed
     * @throws KitException where there is no such part, or the file is not as it should be
     */
    public List<OpenQuestion> generalQuestions(String part) {
        return OpenQuestion.read(datasets().resolve("general-questions.jsonl"), part);
    }

    /**
     * {@return a new, empty folder for what a notebook needs meanwhile; it goes when the kernel ends}
     *
     * @param name what it is for, in letters, digits and hyphens, such as "canaries"
     * @throws KitException where the name has anything else, or no folder can be made
     */
    public Path scratch(String name) {
        return Scratch.folder(name);
    }

    /**
     * {@return the documents of an artifact}
     *
     * @param artifact "collected" or "clean"
     * @throws KitException where the artifact is missing, damaged or stale, saying what to run again
     */
    public Corpus corpus(String artifact) {
        return Corpus.open(artifact(artifact).file("documents.jsonl.gz"));
    }

    /**
     * {@return the tokenizer that an artifact's {@code tokenizer.json} describes}
     *
     * @param artifact "tokenizer", or one that keeps a copy beside its model
     * @throws KitException where the artifact is missing, damaged or stale, saying what to run again
     */
    public Tokenizer tokenizer(String artifact) {
        return Tokenizer.load(artifact(artifact).file("tokenizer.json"));
    }

    /**
     * {@return the tokens of a split}
     *
     * @param split train, validation or test
     * @throws KitException where the artifact "tokens" is missing, damaged or stale, or has no such split
     */
    public TokenFile tokens(String split) {
        return TokenFile.open(artifact("tokens").file(split + ".tokens"));
    }

    /**
     * {@return the language model whose {@code config.json} and {@code model.safetensors} an artifact holds}
     *
     * @param artifact "model", or another that holds these two files
     * @throws KitException where the artifact is missing, damaged or stale, or its two files do not fit each other
     */
    public LanguageModel model(String artifact) {
        Artifact made = artifact(artifact);
        made.file("config.json");
        return LanguageModel.load(torch(), made.folder());
    }

    /**
     * {@return a pretrained model of the catalog, its file checked against the catalog's hash; the caller closes it}
     *
     * @param id its entry in the catalog, such as "smollm2-135m-instruct"
     * @throws KitException where the catalog has no such entry, its file was not fetched or is damaged, or it holds no
     *     model that the kit can run
     */
    public Pretrained pretrained(String id) {
        return pretrained(id, Precision.FP32);
    }

    /**
     * {@return the same, to be computed in a precision: in int8 the matrices of a GGUF file are never whole in memory
     * as float32, but for those that an adapter changes}
     *
     * @param id its entry in the catalog, such as "smollm2-135m-instruct"
     * @param precision what inference multiplies with
     * @throws KitException where {@link #pretrained(String)} throws one, or it cannot be computed so
     */
    public Pretrained pretrained(String id, Precision precision) {
        return Pretrained.load(torch(), catalog().files(id).get(0), precision);
    }

    /**
     * Begins an artifact of this notebook.
     *
     * @param name what the artifact is called
     * @return the draft, an artifact once it is {@linkplain Draft#commit committed}
     */
    public Draft draft(String name) {
        Map<String, String> environment = new LinkedHashMap<>(Provenance.machine());
        if (torch != null) {
            environment.put("torch", torch.describe());
        }
        return new Draft(
                run, name, new Draft.Origin(notebook, run.name(), budget.name(), seed, code, environment), since);
    }

    /**
     * {@return the PyTorch engine on the device that {@code KAWI_DEVICE} names; opened, and shown, when it is first
     * asked for}
     */
    public Torch torch() {
        synchronized (Kit.class) {
            if (torch == null || !device.equals(torchDevice)) {
                torch = Torch.open(device, 0, seed);
                torchDevice = device;
                Show.facts(Map.of("torch", torch.describe()));
            }
            return torch;
        }
    }

    /** {@return a progress bar in the cell} */
    public Progress progress() {
        return new ProgressBar();
    }

    /**
     * A progress bar with a chart that grows as the work goes on; its axes are those of the work.
     *
     * @param title what stands above the chart
     * @return the chart, still without points
     */
    public LiveChart live(String title) {
        return new LiveChart(title);
    }

    /**
     * The same with axes of one's own.
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart: "rung"
     * @param yLabel the quantity and its unit: "validation loss (nats per letter)"
     * @return the chart, still without points
     */
    public LiveChart live(String title, String xLabel, String yLabel) {
        return new LiveChart(title, xLabel, yLabel);
    }

    private static Budget budget(String stated, Path home) {
        return stated.endsWith(".json") ? Budget.read(home.resolve(stated)) : Budget.of(stated);
    }

    private static long seed(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new KitException(
                    "The seed '" + text + "' is not a whole number: set KAWI_SEED (or --seed) to one, such as 1.", e);
        }
    }

    private static String runName(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new KitException("The run's name '" + name
                    + "' cannot be a folder's: set KAWI_RUN (or --run) to letters, digits, '.', '_' and '-'.");
        }
        return name;
    }

    private static Path home(String stated) {
        Path start = Path.of(stated == null ? "" : stated).toAbsolutePath().normalize();
        for (Path each = start; each != null; each = each.getParent()) {
            if (Files.exists(each.resolve("notebooks")) && Files.exists(each.resolve("datasets/catalog.json"))) {
                return each;
            }
        }
        throw new KitException("The kit's folder was not found at or above " + start.getFileName()
                + ": start the kernel in the clone's notebooks folder, or set KAWI_HOME to the clone.");
    }
}
