package kawi.tune;

import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;

/** Tells a positive sentence on a film from a negative one, by which of two words the model would write next. */
public final class Sentiment implements Task {
    /** The two answers; the second's probability is the one that is reported. */
    public static final List<String> LABELS = List.of("negative", "positive");

    /**
     * {@return sentences on films that people rated, split}
     *
     * @param catalog where the data packages are
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @throws KitException where the data are missing or damaged
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return TaskData.MOVIE_SENTENCES.examples(catalog, train, test);
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
        return Tuned.learn(base, new Sentiment(), examples.train(), lora, progress);
    }

    /**
     * {@return the model with the adapter that {@link Tuned#save} wrote}
     *
     * @param base the pretrained model that was tuned
     * @param folder where the adapter was saved
     * @throws KitException where there is no adapter, or one of another model
     */
    public static Tuned load(Pretrained base, Path folder) {
        return Tuned.load(base, new Sentiment(), folder);
    }

    @Override
    public String name() {
        return "sentiment";
    }

    @Override
    public String prompt(Example example) {
        return "Review: " + example.input() + "\nSentiment:";
    }

    /**
     * {@return the same as {@link #prompt}: the two words are scored, so nothing need be explained}
     *
     * @param example whose sentence is rated
     */
    @Override
    public String instruction(Example example) {
        return prompt(example);
    }

    @Override
    public String completion(String answer) {
        return " " + answer;
    }

    @Override
    public List<String> choices() {
        return LABELS;
    }

    @Override
    public int answerTokens() {
        return 1;
    }

    @Override
    public LoraTuning recipe(Lora lora) {
        return LoraTuning.of(lora);
    }
}
