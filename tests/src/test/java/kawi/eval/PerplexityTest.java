package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Gpt;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.text.Bpe;
import kawi.text.TokenFile;
import kawi.text.TokenWriter;
import kawi.text.Tokenizer;
import kawi.torch.Torch;
import kawi.train.Evaluation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class PerplexityTest {

    private static Torch torch;
    private static Tokenizer tokenizer;
    private static LanguageModel model;
    private static List<String> texts;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 1);
        texts = texts();
        tokenizer = Bpe.train(texts, 400, Progress.NONE);
        model = Gpt.create(
                torch,
                GptConfig.of(tokenizer.size()).layers(2).heads(2).width(32).context(16),
                3);
    }

    @AfterAll
    static void close() {
        model.close();
        torch.close();
    }

    /** Texts of one word to far more than a window, one with characters of several bytes, one empty. */
    private static List<String> texts() {
        Random random = new Random(1);
        String[] words = {
            "the", "sea", "was", "calm", "and", "a", "ship", "came", "ünd", "日本", "slowly", "home", "again", ".", "😀"
        };
        List<String> made = new ArrayList<>(List.of("x", ""));
        for (int i = 0; i < 15; i++) {
            StringBuilder text = new StringBuilder("It");
            for (int w = random.nextInt(40); w >= 0; w--) {
                text.append(' ').append(words[random.nextInt(words.length)]);
            }
            made.add(text.toString());
        }
        return made;
    }

    @Test
    void theBatchSizeNeverChangesAScore() {
        for (Windows windows : List.of(Windows.apart(16), new Windows(16, 5), Windows.apart(7))) {
            double[] one = new Likelihood(model, windows, 1).nats(tokenizer, texts, Progress.NONE);
            for (int batch : new int[] {3, 64}) {
                assertArrayEquals(
                        one, new Likelihood(model, windows, batch).nats(tokenizer, texts, Progress.NONE), 1e-4);
                double perToken = score(windows, 1).natsPerToken().score();
                assertEquals(perToken, score(windows, batch).natsPerToken().score(), 1e-5);
            }
        }
    }

    private static Perplexity score(Windows windows, int batch) {
        return Perplexity.of(new Likelihood(model, windows, batch), tokenizer, texts, Progress.NONE);
    }

    @Test
    void everyTokenIsScoredOnceWhateverTheStride() {
        for (int stride : new int[] {1, 3, 16}) {
            for (int tokens = 0; tokens < 60; tokens++) {
                int[] times = new int[tokens];
                for (Windows.Window window : new Windows(16, stride).over(0, tokens)) {
                    assertTrue(window.size() <= 16 && window.scored() > window.from());
                    for (int t = window.scored(); t <= window.to(); t++) {
                        times[t]++;
                    }
                }
                int[] once = new int[tokens];
                Arrays.fill(once, 1);
                if (tokens > 0) {
                    once[0] = 0;
                }
                assertArrayEquals(once, times);
            }
        }
    }

    @Test
    void aTextWithinTheContextHasTheModelsOwnLoss() {
        String text = "the sea was calm";
        int[] ids = Likelihood.ids(tokenizer, text);
        float expected = torch.inference(() -> {
            try (var work = torch.manager().newSubManager()) {
                long[] all = Arrays.stream(ids).asLongStream().toArray();
                NDArray inputs = work.create(Arrays.copyOf(all, all.length - 1), new Shape(1, all.length - 1));
                NDArray targets = work.create(Arrays.copyOfRange(all, 1, all.length), new Shape(1, all.length - 1));
                return model.loss(inputs, targets).getFloat();
            }
        });
        Perplexity ours = Perplexity.of(model, tokenizer, List.of(text), Progress.NONE);
        assertEquals(expected, ours.natsPerToken().score(), 1e-5);
        assertEquals(Math.exp(expected), ours.perplexity().score(), 1e-2);
        assertEquals(
                expected * (ids.length - 1) / Math.log(2) / text.length(),
                ours.bitsPerByte().score(),
                1e-5);
    }

    @Test
    void bytesAreThoseOfTheTextsAndTokensThoseOfTheTokenizer() {
        Perplexity ours = Perplexity.of(model, tokenizer, texts, Progress.NONE);
        assertEquals(
                texts.stream()
                        .mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length)
                        .sum(),
                ours.bytes());
        assertEquals(texts.stream().mapToLong(t -> tokenizer.encode(t).length).sum(), ours.tokens());
        assertTrue(ours.bitsPerByte().interval(1).contains(ours.bitsPerByte().score()));
    }

    @Test
    void tokenLossesAddUpToATextsNats() {
        List<int[]> sequences =
                texts.stream().map(t -> Likelihood.ids(tokenizer, t)).toList();
        Likelihood likelihood = new Likelihood(model, new Windows(16, 8), 4);
        double[] nats = likelihood.nats(sequences, Progress.NONE);
        List<float[]> tokens = likelihood.tokenNats(sequences, Progress.NONE);
        for (int i = 0; i < nats.length; i++) {
            double sum = 0;
            for (float token : tokens.get(i)) {
                sum += token;
            }
            assertEquals(nats[i], sum, 1e-3);
        }
    }

    @Test
    void windowsBeyondTheContextAreRefusedInOneSentence() {
        String message = assertThrows(KitException.class, () -> new Likelihood(model, Windows.apart(17), 1))
                .getMessage();
        assertTrue(message.contains("17 tokens") && message.contains("context of 16"), message);
    }

    @Test
    void bothHeldOutLossesAreTheSameNumberOverTheSameWindow(@TempDir Path folder) {
        int[] ids = tokenizer.encode(String.join(" ", texts));
        try (TokenWriter writer = TokenFile.writer(folder.resolve("text.tokens"), tokenizer.size())) {
            writer.document(Arrays.copyOf(ids, 20), 40).finish();
        }
        try (TokenFile file = TokenFile.open(folder.resolve("text.tokens"))) {
            Evaluation whileTraining = Evaluation.of(model, file, 16, 1, 1);
            Perplexity ofTexts = Perplexity.of(new Likelihood(model, Windows.apart(16), 1), file, 1, 16, Progress.NONE);
            assertEquals(whileTraining.nats(), ofTexts.natsPerToken().score(), 1e-6);
            assertEquals(whileTraining.bitsPerByte(), ofTexts.bitsPerByte().score(), 1e-6);
            assertEquals(whileTraining.tokens(), ofTexts.tokens());
        }
    }

    @Test
    void aModelWhoseWeightsAreNoNumbersIsNotScored() {
        try (LanguageModel damaged = Gpt.create(
                torch,
                GptConfig.of(tokenizer.size()).layers(1).heads(2).width(32).context(16),
                3)) {
            damaged.parameters().values().iterator().next().muli(Float.NaN);
            List<Memorization.Canary> canaries = Memorization.canaries(1, 1, List.of(0), 5);
            for (Executable scoring : List.<Executable>of(
                    () -> Perplexity.of(damaged, tokenizer, texts, Progress.NONE),
                    () -> Likelihood.of(damaged).nats(tokenizer, texts, Progress.NONE),
                    () -> Memorization.exposures(damaged, tokenizer, canaries, Progress.NONE))) {
                String message = assertThrows(KitException.class, scoring).getMessage();
                assertTrue(message.contains("NaN"), message);
            }
        }
    }

    @Test
    void aSecretNeverSeenHasAboutOneAndAHalfBitsAndIsNotWritten() {
        List<Memorization.Canary> canaries = Memorization.canaries(8, 2, List.of(0), 5);
        List<Memorization.Exposure> exposures = Memorization.exposures(model, tokenizer, canaries, Progress.NONE);
        double mean = exposures.stream()
                .mapToDouble(Memorization.Exposure::bits)
                .average()
                .orElseThrow();
        assertTrue(mean > 0.3 && mean < 3.5, "mean " + mean);
        assertTrue(exposures.stream().allMatch(e -> e.rank() >= 1 && e.rank() <= 100));
    }

    @Test
    void anExposureIsThatOfScoringEverySecretAlone() {
        for (Memorization.Canary canary : Memorization.canaries(3, 2, List.of(0), 9)) {
            List<String> secrets = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                secrets.add(canary.opening() + " " + i / 10 + " " + i % 10);
            }
            double[] nats = Likelihood.of(model).nats(tokenizer, secrets, Progress.NONE);
            double own = nats[secrets.indexOf(canary.opening() + canary.secret())];
            long rank = 1 + Arrays.stream(nats).filter(n -> n < own - 1e-5).count();
            long furthest = 1 + Arrays.stream(nats).filter(n -> n < own + 1e-5).count();
            int found = Memorization.exposures(model, tokenizer, List.of(canary), Progress.NONE)
                    .get(0)
                    .rank();
            assertTrue(rank <= found && found <= furthest, rank + " " + found + " " + furthest);
        }
    }

    @Test
    void plantedCanariesStandAmongTheTextsAsOftenAsAsked() {
        List<Memorization.Canary> canaries = Memorization.canaries(6, 3, List.of(0, 1, 4), 5);
        List<String> planted = Memorization.plant(texts, canaries, 2);
        assertEquals(texts.size() + 10, planted.size());
        for (Memorization.Canary canary : canaries) {
            assertEquals(
                    canary.copies(),
                    planted.stream().filter(canary.text()::equals).count());
        }
        assertEquals(planted, Memorization.plant(texts, canaries, 2));
    }

    @Test
    void passagesOfOneDocumentAreDrawnTogether() {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            documents.add(("word" + "abcdefghi".charAt(i) + " ").repeat(60 + 20 * i));
        }
        List<String> passages = Excerpts.of(documents, 60, 40);
        List<Integer> origins = Excerpts.origins(documents, 60, 40);
        assertEquals(passages.size(), origins.size());
        for (int i = 0; i < passages.size(); i++) {
            assertTrue(documents.get(origins.get(i)).contains(passages.get(i)));
        }
        Perplexity alone = Perplexity.of(model, tokenizer, passages, Progress.NONE);
        Perplexity clustered = alone.byDocument(origins);
        assertEquals(9, clustered.natsPerToken().size());
        assertEquals(9, clustered.perplexity().size());
        assertEquals(alone.bitsPerByte().score(), clustered.bitsPerByte().score(), 1e-12);
        assertEquals(alone.perplexity().score(), clustered.perplexity().score(), 1e-9);
        // All passages of a document score alike here, so that forty of them say no more than nine documents do.
        assertTrue(width(clustered.natsPerToken()) > 1.3 * width(alone.natsPerToken()));
        assertThrows(KitException.class, () -> alone.byDocument(List.of(1)));
    }

    private static double width(kawi.stats.Metric metric) {
        return metric.interval(1).high() - metric.interval(1).low();
    }
}
