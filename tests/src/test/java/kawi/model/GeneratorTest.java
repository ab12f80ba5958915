package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.Bpe;
import kawi.text.Tokenizer;
import kawi.torch.NotFiniteException;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    static Torch torch;
    static Tokenizer tokenizer;
    static Map<String, LanguageModel> models;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
        tokenizer = Bpe.train(
                List.of("the cat sat on the mat and the dog sat on the log; naïve café 你好 🙂"), 300, Progress.NONE);
        models = new LinkedHashMap<>();
        models.put("Llama", Llama.create(torch, LlamaConfig.of(tokenizer.size(), 24, 2, 2, 32), 3));
        models.put(
                "GPT",
                Gpt.create(
                        torch,
                        GptConfig.of(tokenizer.size())
                                .layers(2)
                                .heads(2)
                                .width(32)
                                .context(24),
                        3));
        models.put(
                "LSTM",
                LanguageModel.create(torch, RecurrentConfig.of(RecurrentConfig.Cell.LSTM, tokenizer.size()), 3));
    }

    @AfterAll
    static void close() {
        models.values().forEach(LanguageModel::close);
        torch.close();
    }

    @Test
    void promptsWrittenTogetherGiveWhatEachGivesAlone() {
        List<String> prompts = List.of("the cat", "the dog sat on", "c", "the dog", "the mat and the dog sat");
        Sampling sampling = Sampling.greedy(12).temperature(1.2).topK(40).seed(5);
        models.forEach((name, model) -> {
            Generator generator = new Generator(model, tokenizer);
            List<String> together = generator.generate(prompts, sampling);
            for (int i = 0; i < prompts.size(); i++) {
                assertEquals(
                        generator.generate(prompts.get(i), sampling), together.get(i), name + ", " + prompts.get(i));
            }
            assertEquals(together, generator.generate(prompts, sampling));
            assertNotEquals(together, generator.generate(prompts, sampling.seed(6)));
        });
    }

    @Test
    void promptsWrittenTogetherGiveWhatEachGivesAloneAlsoPastTheEndOfTheContext() {
        String longer = "the dog sat on the log and the cat sat on the mat";
        List<int[]> prompts = new ArrayList<>();
        for (String text : List.of("c", "the cat sat on", longer, "the dog", "dog d", longer + longer)) {
            prompts.add(tokenizer.encode(text));
        }
        for (int most : new int[] {3, 12, 20, 70}) {
            Sampling sampling = Sampling.greedy(most).temperature(1.2).seed(5);
            models.forEach((name, model) -> {
                Generator generator = new Generator(model, tokenizer);
                List<Generation> together = generator.continueIds(prompts, sampling, Progress.NONE);
                boolean cut = false;
                for (int i = 0; i < prompts.size(); i++) {
                    Generation alone = generator
                            .continueIds(List.of(prompts.get(i)), sampling, Progress.NONE)
                            .get(0);
                    assertArrayEquals(alone.ids(), together.get(i).ids(), name + ", prompt " + i + ", " + most);
                    assertEquals(alone.forgotten(), together.get(i).forgotten(), name + ", prompt " + i);
                    cut |= alone.forgotten() > 0;
                }
                assertEquals(!name.equals("LSTM"), cut, name);
            });
        }
    }

    @Test
    void whatPromptsBeginWithIsReadOnceAndEachGivesWhatItGivesAlone() {
        for (int most : new int[] {6, 12, 20}) { // with 12 the longest do not fit into the context of 24, with 20 none
            List<int[]> prompts = new ArrayList<>();
            for (int i = 0; i < 70; i++) { // more than are written at a time
                int[] prompt = Arrays.copyOf(new int[] {5, 9, 40, 41, 7, 12, 90, 91, 60, 33}, 11 + i % 4);
                Arrays.fill(prompt, 10, prompt.length, 20 + i);
                prompts.add(prompt);
            }
            for (String name : models.keySet()) {
                Generator generator = new Generator(models.get(name), tokenizer);
                List<Generation> together =
                        generator.continueIds(prompts, Sampling.greedy(most).repetitionPenalty(1.3), Progress.NONE);
                for (int i = 0; i < prompts.size(); i++) {
                    Generation alone = generator.continueIds(
                            prompts.get(i), Sampling.greedy(most).repetitionPenalty(1.3), piece -> {});
                    assertArrayEquals(alone.ids(), together.get(i).ids(), name + " " + i);
                    assertEquals(alone.forgotten(), together.get(i).forgotten(), name + " " + i);
                }
            }
        }
    }

    @Test
    void moreTextsThanAreWrittenAtATimeTakeTheRowsOfThoseThatEnded() {
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            int[] ids = tokenizer.encode("the cat sat on the mat and the dog sat on the log");
            prompts.add(Arrays.copyOf(ids, 1 + 2 * (i % 4))); // twenty of each length, which draw differently
        }
        Sampling sampling = Sampling.greedy(30).temperature(1.2).seed(5).stop("a"); // ends some early, and some never
        models.forEach((name, model) -> {
            Generator generator = new Generator(model, tokenizer);
            List<Generation> together = generator.continueIds(prompts, sampling, Progress.NONE);
            Set<Generation.Ending> endings = new HashSet<>();
            Map<List<Integer>, Integer> copies = new LinkedHashMap<>();
            for (int i = 0; i < prompts.size(); i++) {
                List<Integer> prompt = Arrays.stream(prompts.get(i)).boxed().toList();
                int copy = copies.merge(prompt, 1, Integer::sum);
                List<Generation> alone =
                        generator.continueIds(Collections.nCopies(copy, prompts.get(i)), sampling, Progress.NONE);
                assertArrayEquals(alone.get(copy - 1).ids(), together.get(i).ids(), name + ", prompt " + i);
                assertEquals(alone.get(copy - 1).ending(), together.get(i).ending(), name + ", prompt " + i);
                endings.add(together.get(i).ending());
            }
            assertEquals(Set.of(Generation.Ending.STOP_TEXT, Generation.Ending.LENGTH), endings, name);
        });
    }

    @Test
    void anInterruptEndsTheTextsThatWaitAsWell() {
        List<int[]> prompts = new ArrayList<>();
        for (int i = 2; i < 80; i++) {
            prompts.add(tokenizer.encode("the cat sat on the mat and the dog sat on the log".substring(i / 2)));
        }
        models.forEach((name, model) -> {
            Progress interrupting = new Progress() {
                @Override
                public void begin(String what, long total) {}

                @Override
                public void end(String note) {}

                @Override
                public void update(long done, String note) {
                    Thread.currentThread().interrupt();
                }
            };
            List<Generation> texts =
                    new Generator(model, tokenizer).continueIds(prompts, Sampling.greedy(3), interrupting);
            assertTrue(Thread.interrupted(), name);
            int last = name.equals("Llama") ? prompts.size() - 1 : 0; // there the shortest, else the longest
            assertEquals(Generation.Ending.INTERRUPTED, texts.get(last).ending(), name);
            assertTrue(texts.stream().anyMatch(text -> text.ending() == Generation.Ending.LENGTH), name);
        });
    }

    @Test
    void aModelThatComputesNothingFiniteWritesAndScoresNothing() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            List<LanguageModel> broken = List.of(
                    Llama.create(torch, LlamaConfig.of(tokenizer.size(), 24, 2, 2, 32), 3),
                    Gpt.create(torch, GptConfig.of(tokenizer.size()).layers(1).context(24), 3),
                    ModernGpt.create(
                            torch,
                            ModernConfig.all(
                                    GptConfig.of(tokenizer.size()).layers(1).context(24)),
                            3),
                    LanguageModel.create(torch, RecurrentConfig.of(RecurrentConfig.Cell.GRU, tokenizer.size()), 3));
            for (LanguageModel model : broken) {
                NDArray head = model.head();
                float[] values = head.toFloatArray();
                values[values.length - 1] = bad; // of the last token, so that only its own logit is lost
                try (NDManager work = torch.manager().newSubManager()) {
                    torch.ops().assign(head, work.create(values, head.getShape()));
                    Generator generator = new Generator(model, tokenizer);
                    for (Sampling sampling : List.of(
                            Sampling.greedy(3),
                            Sampling.greedy(3).temperature(1),
                            Sampling.greedy(3).topK(2))) {
                        for (List<String> prompts : List.of(List.of("the"), List.of("the", "the cat sat"))) {
                            String said = assertThrows(
                                            NotFiniteException.class, () -> generator.generate(prompts, sampling))
                                    .getMessage();
                            assertTrue(said.startsWith("The logits after ") && said.endsWith("."), said);
                        }
                    }
                    NDArray ids = work.create(new long[] {1, 2, 3}, new Shape(1, 3));
                    long last = tokenizer.size() - 1;
                    assertThrows(
                            NotFiniteException.class,
                            () -> torch.inference(() -> model.tokenLosses(model.hidden(ids), new long[] {2, 3, last})));
                }
                model.close();
            }
        }
    }

    @Test
    void aPromptThatSpellsASpecialTokenIsOrdinaryText() {
        Generator generator = new Generator(models.get("GPT"), tokenizer);
        Sampling sampling = Sampling.greedy(6);
        String spelt = "ab" + Tokenizer.END_OF_TEXT;
        List<int[]> letters = List.of(tokenizer.encode(spelt));
        assertFalse(Arrays.stream(letters.get(0)).anyMatch(id -> id == tokenizer.id(Tokenizer.END_OF_TEXT)));
        String wanted =
                generator.continueIds(letters, sampling, Progress.NONE).get(0).text();
        assertEquals(wanted, generator.generate(spelt, sampling));
        assertEquals(List.of(wanted), generator.generate(List.of(spelt), sampling));
        assertEquals(wanted, generator.generate(spelt, sampling, piece -> {}).text());
    }

    @Test
    void equalPromptsDrawDifferently() {
        List<String> drawn = new Generator(models.get("GPT"), tokenizer)
                .generate(List.of("the", "the", "the"), Sampling.greedy(12).temperature(1));
        assertEquals(3, Set.copyOf(drawn).size());
    }

    @Test
    void aTextMayOutgrowTheContextAndThatIsSaid() {
        models.forEach((name, model) -> {
            int[] prompt = tokenizer.encode("the cat sat");
            Generation outgrown = new Generator(model, tokenizer)
                    .continueIds(List.of(prompt), Sampling.greedy(80), Progress.NONE)
                    .get(0);
            boolean endless = name.equals("LSTM");
            assertEquals(Generation.Ending.LENGTH, outgrown.ending(), name);
            assertEquals(80, outgrown.ids().length, name);
            assertEquals(!endless, outgrown.forgotten() > 0, name);
            likeliestAfterTheLatterHalf(name, model, prompt, outgrown);
            Generation fromLong = new Generator(model, tokenizer)
                    .generate(List.of("the cat sat on the mat ".repeat(20)), Sampling.greedy(4), Progress.NONE)
                    .get(0);
            assertEquals(!endless, fromLong.forgotten() > 0, name);
            assertFalse(fromLong.ids().length == 0, name);
        });
    }

    /**
     * What was written after the text was cut is what the model thinks likeliest where it reads nothing but the kept
     * half and what came after.
     */
    private static void likeliestAfterTheLatterHalf(
            String name, LanguageModel model, int[] prompt, Generation written) {
        int[] whole = Arrays.copyOf(prompt, prompt.length + written.ids().length);
        System.arraycopy(written.ids(), 0, whole, prompt.length, written.ids().length);
        boolean cut = written.forgotten() > 0;
        int from = written.forgotten() + (cut ? model.context() / 2 : prompt.length);
        assertTrue(from < whole.length && (!cut || whole.length - written.forgotten() <= model.context() + 1), name);
        for (int next = from; next < whole.length; next++) {
            int[] read = Arrays.copyOfRange(whole, written.forgotten(), next);
            float[] scores = LlamaTest.lastLogitsOf(torch, model, read);
            float most = Float.NEGATIVE_INFINITY;
            for (int id = 0; id < tokenizer.size(); id++) {
                most = Math.max(most, scores[id]);
            }
            assertEquals(most, scores[whole[next]], 1e-4, name + ", token " + next);
        }
    }

    @Test
    void anInterruptInTheMiddleKeepsWhatWasWritten() {
        Generator generator = new Generator(models.get("Llama"), tokenizer);
        Sampling sampling = Sampling.greedy(20).temperature(1.5);
        Generation whole = generator.generate("the", sampling, piece -> {});
        StringBuilder heard = new StringBuilder();
        Generation half = generator.generate("the", sampling, piece -> {
            if (heard.append(piece).length() > 5) {
                Thread.currentThread().interrupt();
            }
        });
        assertTrue(Thread.interrupted(), "the caller hears of it too");
        assertEquals(Generation.Ending.INTERRUPTED, half.ending());
        assertTrue(half.ids().length > 0 && half.ids().length < whole.ids().length, half.ids().length + " tokens");
        assertArrayEquals(Arrays.copyOf(whole.ids(), half.ids().length), half.ids());
        assertEquals(heard.toString(), half.text());
    }

    @Test
    void streamedPiecesAreWholeCharactersAndJoinToTheText() {
        List<String> pieces = new ArrayList<>();
        TextStreamer written = new TextStreamer(List.of("<end>"), pieces::add);
        byte[] all = "aé你🙂<e<end>more".getBytes(StandardCharsets.UTF_8);
        boolean stopped = false;
        for (int i = 0; i < all.length && !stopped; i++) {
            stopped = written.add(new byte[] {all[i]});
        }
        assertTrue(stopped);
        assertEquals("aé你🙂<e", written.finish());
        assertEquals("aé你🙂<e", String.join("", pieces));
        pieces.forEach(piece -> assertFalse(
                piece.contains("\uFFFD") || Character.isHighSurrogate(piece.charAt(piece.length() - 1)), piece));
        TextStreamer broken = new TextStreamer(List.of(), pieces::add);
        broken.add(new byte[] {(byte) 0xe4, (byte) 0xbd});
        assertEquals("\uFFFD", broken.finish());
        TextStreamer wrong = new TextStreamer(List.of(), pieces::add);
        wrong.add(new byte[] {(byte) 0xff, 'a'});
        assertEquals("\uFFFDa", wrong.finish());
    }

    @Test
    void aListenerHearsWhatIsReturned() {
        StringBuilder heard = new StringBuilder();
        Generation text = new Generator(models.get("Llama"), tokenizer)
                .generate("the", Sampling.greedy(20).temperature(1.5), heard::append);
        assertEquals(text.text(), heard.toString());
    }

    @Test
    void aStopTextEndsTheWritingAndIsNoPartOfIt() {
        models.forEach((name, model) -> {
            Generator generator = new Generator(model, tokenizer);
            Sampling sampling = Sampling.greedy(20).temperature(1.2).seed(3);
            String whole = generator.generate("the cat", sampling);
            int half = whole.offsetByCodePoints(0, whole.codePointCount(0, whole.length()) / 2);
            String stop = whole.substring(half, whole.offsetByCodePoints(half, 1));
            StringBuilder heard = new StringBuilder();
            Generation cut = generator.generate("the cat", sampling.stop("never written", stop), heard::append);
            assertEquals(Generation.Ending.STOP_TEXT, cut.ending(), name);
            assertEquals(whole.substring(0, whole.indexOf(stop)), cut.text(), name);
            assertEquals(cut.text(), heard.toString(), "the listener never hears the stop text");
            assertTrue(cut.ids().length < 20, name);
        });
    }

    @Test
    void theLikeliestTokenIsTheSameForEverySeedAndTemperatureChangesTheDraw() {
        Generator generator = new Generator(models.get("GPT"), tokenizer);
        assertEquals(
                generator.generate("the", Sampling.greedy(12).seed(1)),
                generator.generate("the", Sampling.greedy(12).seed(2)));
        assertNotEquals(
                generator.generate("the", Sampling.greedy(12)),
                generator.generate("the", Sampling.greedy(12).temperature(3).seed(2)));
    }

    @Test
    void everyDialDoesWhatItSays() {
        float[] logits = {0, 1, 2, 3, 4};
        assertEquals(4, next(Sampling.greedy(1), logits, 0));
        assertEquals(Set.of(0, 1, 2, 3, 4), drawn(Sampling.greedy(1).temperature(5), logits));
        assertEquals(Set.of(3, 4), drawn(Sampling.greedy(1).temperature(5).topK(2), logits));
        assertEquals(Set.of(3, 4), drawn(Sampling.greedy(1).temperature(1).topP(0.8), logits));
        assertEquals(Set.of(4), drawn(Sampling.greedy(1).temperature(1).topP(0.5), logits));
        assertEquals(Set.of(3, 4), drawn(Sampling.greedy(1).temperature(1).minP(0.2), logits));
        Sampler penal = new Sampler(Sampling.greedy(1).repetitionPenalty(2), 0);
        penal.saw(4);
        assertEquals(3, penal.next(logits.clone()));
        assertEquals(4, penal.next(new float[] {-8, -8, -8, -8, -3}));
        int[] counts = new int[2];
        Sampler fair = new Sampler(Sampling.greedy(1).temperature(1).seed(1), 0);
        for (int i = 0; i < 20000; i++) {
            counts[fair.next(new float[] {0, (float) Math.log(3)})]++;
        }
        assertEquals(0.75, counts[1] / 20000.0, 0.015);
    }

    static int next(Sampling sampling, float[] logits, long stream) {
        return new Sampler(sampling, stream).next(logits.clone());
    }

    static Set<Integer> drawn(Sampling sampling, float[] logits) {
        Set<Integer> drawn = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            drawn.add(next(sampling, logits, i));
        }
        return drawn;
    }

    @Test
    void anInterruptEndsTheWritingAndKeepsWhatIsThere() {
        Thread.currentThread().interrupt();
        Generation text = new Generator(models.get("GPT"), tokenizer)
                .generate(List.of("the"), Sampling.greedy(5), Progress.NONE)
                .get(0);
        assertTrue(Thread.interrupted());
        assertEquals(Generation.Ending.INTERRUPTED, text.ending());
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedInASentence() {
        Sampling good = Sampling.greedy(5);
        for (Runnable bad : Arrays.<Runnable>asList(
                () -> Sampling.greedy(0),
                () -> good.temperature(-1),
                () -> good.temperature(Double.NaN),
                () -> good.topK(-1),
                () -> good.topP(0),
                () -> good.minP(2),
                () -> good.repetitionPenalty(0),
                () -> good.stop(""),
                () -> new Generator(models.get("GPT"), tokenizer).generate("", good))) {
            assertTrue(assertThrows(KitException.class, bad::run).getMessage().endsWith("."));
        }
    }
}
