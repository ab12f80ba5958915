package elsewhere;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.ActivationHook;
import kawi.model.Decoder;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.model.ParameterRole;
import kawi.model.Parameters;
import kawi.model.Settings;
import kawi.search.CumulativeAblation;
import kawi.search.Recipe;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Muon;
import kawi.train.Optimizer;
import kawi.train.Schedule;
import kawi.train.Trainer;
import kawi.train.Training;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A researcher's own optimizer, schedule and model family, written outside the library and used by all of it. */
class OwnTrainingTest {
    private static final Torch TORCH = Torch.open("cpu", 1, 7);

    static {
        TORCH.bf16(false);
        ModelConfig.register(BigramConfig.TYPE, BigramConfig::of);
    }

    @TempDir
    Path folder;

    private TokenFile train;
    private TokenFile validation;

    /** Lion (Chen et al. 2023): each weight moves by the sign of its averaged gradient. */
    record Lion(double rate, double remembered) implements Optimizer {
        @Override
        public Optimizer withRate(double other) {
            return new Lion(other, remembered);
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of("name", "Lion", "rate", rate); // forgets the other setting, which counts nevertheless
        }

        @Override
        public State prepare(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
            NDManager manager = torch.manager().newSubManager();
            Map<String, NDArray> means = new LinkedHashMap<>();
            parameters.forEach((name, weight) -> means.put(name, manager.zeros(weight.getShape())));
            return new State() {
                @Override
                public void step(Map<String, NDArray> gradients, double factor) {
                    parameters.forEach((name, weight) -> {
                        NDArray mean = means.get(name);
                        try (NDArray kept = mean.mul(remembered);
                                NDArray news = gradients.get(name).mul(1 - remembered);
                                NDArray sum = kept.add(news);
                                NDArray sign = sum.sign();
                                NDArray move = sign.mul(-rate * factor);
                                NDArray moved = weight.add(move)) {
                            torch.ops().assign(weight, moved);
                            torch.ops().assign(mean, sum);
                        }
                    });
                }

                @Override
                public Map<String, NDArray> tensors() {
                    return means;
                }

                @Override
                public void close() {
                    manager.close();
                }
            };
        }
    }

    /** Up and down again and again; it says nothing of itself. */
    static final class Sawtooth implements Schedule {
        private final long steps;
        private final int tooth;

        Sawtooth(long steps, int tooth) {
            this.steps = steps;
            this.tooth = tooth;
        }

        @Override
        public long steps() {
            return steps;
        }

        @Override
        public double factor(long step) {
            return (step % tooth + 1) / (double) tooth;
        }
    }

    /** A model that sees one token only, through a hidden matrix, with noise while it learns. */
    record BigramConfig(int vocabularySize, int context, int width, double noise, boolean says) implements ModelConfig {
        static final String TYPE = "elsewhere_bigram";

        @Override
        public int layers() {
            return 1;
        }

        @Override
        public long parameterCount() {
            return shapes().values().stream().mapToLong(Shape::size).sum();
        }

        @Override
        public Map<String, Shape> shapes() {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            shapes.put("vectors", new Shape(vocabularySize, width));
            shapes.put("mix", new Shape(width, width));
            shapes.put("scores", new Shape(vocabularySize, width));
            return shapes;
        }

        @Override
        public Map<String, ParameterRole> roles() {
            return says
                    ? Map.of(
                            "vectors",
                            ParameterRole.EMBEDDING,
                            "mix",
                            ParameterRole.HIDDEN_MATRIX,
                            "scores",
                            ParameterRole.HEAD)
                    : Map.of();
        }

        @Override
        public ObjectNode json() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("model_type", TYPE)
                    .put("vocab_size", vocabularySize)
                    .put("context", context)
                    .put("width", width)
                    .put("noise", noise)
                    .put("says", says);
        }

        static BigramConfig of(Settings json) {
            return new BigramConfig(
                    json.whole("vocab_size"),
                    json.whole("context"),
                    json.whole("width"),
                    json.real("noise", 0),
                    json.flag("says", true));
        }

        @Override
        public void check() {
            if (width < 1) {
                throw new KitException("A bigram model needs a width of at least 1: give one.");
            }
        }

        @Override
        public String describe() {
            return "bigram, width " + width;
        }

        @Override
        public LanguageModel create(Torch torch, long seed) {
            check();
            return new Bigram(
                    torch,
                    this,
                    Parameters.drawn(torch, shapes(), seed, (name, random) -> () -> 0.1 * random.nextGaussian()));
        }

        @Override
        public LanguageModel load(Torch torch, Path folder) {
            return new Bigram(torch, this, Parameters.read(torch, folder, this, "", null));
        }
    }

    /** The model of {@link BigramConfig}. */
    record Bigram(Torch torch, BigramConfig config, Parameters arrays) implements LanguageModel {
        @Override
        public Map<String, NDArray> parameters() {
            return arrays.map();
        }

        @Override
        public NDArray hidden(NDArray ids, ActivationHook tap) {
            try (NDArray vectors = torch.ops().embedding(arrays.get("vectors"), ids)) {
                NDArray mixed = torch.ops().linear(vectors, arrays.get("mix"), null);
                if (config.noise() == 0 || !Torch.recording()) {
                    return mixed;
                }
                NDManager manager = ids.getManager();
                NDArray noise = manager.randomNormal(0, (float) config.noise(), mixed.getShape(), mixed.getDataType());
                return mixed.add(noise);
            }
        }

        @Override
        public NDArray logits(NDArray hidden) {
            return torch.ops().linear(hidden, head(), null);
        }

        @Override
        public NDArray head() {
            return arrays.get("scores");
        }

        @Override
        public Decoder decoder(int batch, int length) {
            throw new KitException("A bigram model is not generated from: ask for its loss.");
        }

        @Override
        public void close() {
            arrays.close();
        }
    }

    private static final BigramConfig CONFIG = new BigramConfig(64, 16, 24, 0.01, true);

    @BeforeEach
    void write() {
        train = text("train", 3000, 1);
        validation = text("validation", 500, 2);
    }

    @AfterEach
    void close() {
        train.close();
        validation.close();
    }

    private TokenFile text(String name, int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] ids = new int[length];
        for (int i = 1; i < length; i++) {
            ids[i] = (ids[i - 1] * 5 + 3 + random.nextInt(4)) % 64;
        }
        try (var writer = TokenFile.writer(folder.resolve(name), 64)) {
            writer.document(ids, 3L * length).finish();
        }
        return TokenFile.open(folder.resolve(name));
    }

    private Trainer trainer(LanguageModel model, Optimizer optimizer, String checkpoints) {
        return Trainer.of(model, train, validation)
                .batch(8)
                .optimizer(optimizer)
                .schedule(new Sawtooth(60, 12))
                .evaluateEvery(10)
                .checkpoints(folder.resolve(checkpoints));
    }

    @Test
    void anOwnFamilyLearnsByAnOwnRuleOnAnOwnScheduleAndGoesOnExactly() throws IOException {
        for (Optimizer optimizer :
                new Optimizer[] {new Lion(0.01, 0.9), Muon.defaults().withRate(0.02)}) {
            String name = optimizer.getClass().getSimpleName();
            try (LanguageModel model = LanguageModel.create(TORCH, CONFIG, 1)) {
                Training whole = trainer(model, optimizer, name + "-whole").run(Progress.NONE);
                assertTrue(whole.validation().nats() < 0.8 * Math.log(64), name + ": " + whole.validation());
            }
            for (int pause : new int[] {17, 44, 1000}) {
                try (LanguageModel model = LanguageModel.create(TORCH, CONFIG, 1)) {
                    trainer(model, optimizer, name + "-parts").pauseAt(pause).run(Progress.NONE);
                }
            }
            for (String file :
                    List.of("last/model.safetensors", "last/optimizer.safetensors", "best/model.safetensors")) {
                assertArrayEquals(
                        Files.readAllBytes(folder.resolve(name + "-whole").resolve(file)),
                        Files.readAllBytes(folder.resolve(name + "-parts").resolve(file)),
                        name + ", " + file);
            }
        }
    }

    @Test
    void aRunOfOwnPartsIsResumedByTheSamePartsOnly() {
        try (LanguageModel model = LanguageModel.create(TORCH, CONFIG, 1)) {
            trainer(model, new Lion(0.01, 0.9), "run").pauseAt(20).run(Progress.NONE);
        }
        Map<String, Trainer> others = new LinkedHashMap<>();
        BigramConfig loud = new BigramConfig(64, 16, 24, 0.02, true);
        try (LanguageModel model = LanguageModel.create(TORCH, CONFIG, 1);
                LanguageModel noisier = LanguageModel.create(TORCH, loud, 1)) {
            others.put("optimizer is Lion[rate=0.01, remembered=0.9]", trainer(model, new Lion(0.01, 0.8), "run"));
            others.put(
                    "schedule's factors is ",
                    trainer(model, new Lion(0.01, 0.9), "run").schedule(new Sawtooth(60, 6)));
            others.put("model's noise is 0.01 where", trainer(noisier, new Lion(0.01, 0.9), "run"));
            others.forEach((named, other) -> {
                String said = assertThrows(KitException.class, () -> other.run(Progress.NONE))
                        .getMessage();
                assertTrue(said.contains("of another run, whose " + named), said);
            });
        }
    }

    @Test
    void anOwnFamilyIsSavedLoadedAndMadeKnownByItsType() {
        try (LanguageModel model = LanguageModel.create(TORCH, CONFIG, 3)) {
            model.save(folder.resolve("model"));
            try (LanguageModel read = LanguageModel.load(TORCH, folder.resolve("model"))) {
                assertEquals(CONFIG, read.config());
                assertEquals(model.fingerprint(), read.fingerprint());
            }
        }
        assertThrows(KitException.class, () -> ModelConfig.register("gpt2", BigramConfig::of));
        ObjectNode unknown = CONFIG.json().put("model_type", "nobody_s");
        assertTrue(assertThrows(KitException.class, () -> ModelConfig.of(unknown))
                .getMessage()
                .contains("and of your own [elsewhere_bigram]"));
    }

    @Test
    void anOwnFamilyTakesPartInAnAblation() {
        CumulativeAblation ladder = CumulativeAblation.run(
                TORCH,
                List.of(
                        new Recipe("Lion", CONFIG, new Lion(0.01, 0.9), new Sawtooth(30, 10), 8),
                        new Recipe("+ AdamW", CONFIG, AdamW.defaults().withRate(0.02), new Sawtooth(30, 10), 8)),
                train,
                validation,
                new CumulativeAblation.AblationSettings(2, 1, 20, 16),
                Progress.NONE);
        assertEquals(4, ladder.runs().size());
        ladder.runs().forEach(climb -> assertTrue(climb.loss() < Math.log(64), climb.toString()));
        assertFalse(ladder.verdict("+ AdamW").isEmpty());
    }

    @Test
    void muonRefusesAFamilyThatDoesNotSayWhatItsParametersAre() {
        BigramConfig silent = new BigramConfig(64, 16, 24, 0, false);
        try (LanguageModel model = LanguageModel.create(TORCH, silent, 1)) {
            String said = assertThrows(
                            KitException.class,
                            () -> Trainer.of(model, train, validation)
                                    .optimizer(Muon.defaults())
                                    .run(Progress.NONE))
                    .getMessage();
            assertTrue(said.startsWith("Muon must know what each parameter is in its model, and of 'vectors'"), said);
            Training training = Trainer.of(model, train, validation)
                    .schedule(Schedule.constant(10))
                    .run(Progress.NONE);
            assertEquals(null, training.history().get(0).utilisation(), "its operations are not known");
        }
    }
}
