package kawi.tune;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;

/**
 * Translates the messages of software from English into French: with nothing but the message or, where an example's
 * context holds them, with another translator's draft to be mended ({@link #drafted}) and with similar messages and
 * their translations ({@link #remembering}). One model can be tuned on messages in each of these forms.
 */
public final class Translation implements Task {
    private static final String END = "\n";
    private static final String ENGLISH = "English: ";
    private static final String FRENCH = "French:";
    private static final String DRAFT = "Draft: ";
    private static final int ANSWER_TOKENS = 80;

    /**
     * {@return messages of JupyterLab, Django and Wagtail, split by groups of near-duplicates}
     *
     * @param catalog where the data packages are
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @throws KitException where the data are missing or damaged
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return TaskData.SOFTWARE_MESSAGES.examples(catalog, train, test);
    }

    /**
     * {@return the model, tuned on the examples to learn from}
     *
     * @param base the pretrained model; it stays as it is
     * @param examples split examples, of which those held out are not looked at
     * @param lora what is learned
     * @param progress hears of the steps and of the loss, in nats per answer token
     * @throws KitException for no examples, or a model that does not fit the task
     */
    public static Tuned tune(Pretrained base, Examples examples, Lora lora, Progress progress) {
        return Tuned.learn(base, new Translation(), examples.train(), lora, progress);
    }

    /**
     * {@return the model with the adapter that {@link Tuned#save} wrote}
     *
     * @param base the pretrained model that was tuned
     * @param folder where the adapter was saved
     * @throws KitException where there is no adapter, or one of another model
     */
    public static Tuned load(Pretrained base, Path folder) {
        return Tuned.load(base, new Translation(), folder);
    }

    /**
     * {@return the same examples, each with a draft in its context, which stands after the message in the prompt}
     *
     * @param examples messages; ids and answers stay
     * @param translator what makes the drafts; to be learned from, these must be as bad as those of new messages
     *     ({@link CrossFitted})
     */
    public static List<Example> drafted(List<Example> examples, Predictor translator) {
        List<String> drafts = translator.predict(examples);
        return IntStream.range(0, examples.size())
                .mapToObj(i -> {
                    Example e = examples.get(i);
                    return within(e, e.context() + DRAFT + oneLine(drafts.get(i)) + END);
                })
                .toList();
    }

    /**
     * {@return the same examples, each with the nearest messages and their translations in its context, which stand
     * before the message in the prompt, the nearest last}
     *
     * @param examples messages; ids and answers stay
     * @param memory where similar messages are looked up
     * @param most how many of them at most; a message that shares no word with any has none
     */
    public static List<Example> remembering(List<Example> examples, TranslationMemory memory, int most) {
        return examples.stream()
                .map(e -> {
                    StringBuilder similar = new StringBuilder();
                    for (TranslationMemory.Match match : memory.nearest(e, most)) {
                        Example found = match.example();
                        similar.insert(
                                0,
                                ENGLISH + oneLine(found.input()) + END + FRENCH + " " + oneLine(found.answer()) + END);
                    }
                    return within(e, similar + e.context());
                })
                .toList();
    }

    private static Example within(Example e, String context) {
        return new Example(e.id(), e.slice(), context, e.input(), e.gold());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    @Override
    public String name() {
        return "translator";
    }

    @Override
    public String prompt(Example example) {
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        example.context()
                .lines()
                .forEach(line ->
                        (line.startsWith(DRAFT) ? after : before).append(line).append(END));
        return before + ENGLISH + example.input() + END + after + FRENCH;
    }

    @Override
    public String instruction(Example example) {
        return "Translate into French. Write only the translation.\n\n" + example.input();
    }

    @Override
    public String completion(String answer) {
        return " " + answer + END;
    }

    @Override
    public int answerTokens() {
        return ANSWER_TOKENS;
    }

    @Override
    public LoraTuning recipe(Lora lora) {
        return LoraTuning.of(lora).epochs(2);
    }
}
