package kawi;

import java.nio.file.Path;
import kawi.evidence.KitException;

/**
 * How much work a run does. The code of notebooks and library never asks for the budget's name; it asks for its
 * numbers, which are grouped by the notebook that reads them.
 *
 * @param name smoke, lesson, full, or one of its own; a run is called after it by default
 * @param collection of notebook 01
 * @param preprocessing of notebook 02
 * @param architecture of notebook 03
 * @param training of notebook 04
 * @param tuning of notebook 05
 * @param evaluation of notebook 06
 * @param responsible of notebook 07
 */
public record Budget(
        String name,
        Collection collection,
        Preprocessing preprocessing,
        Architecture architecture,
        Training training,
        Tuning tuning,
        Evaluation evaluation,
        Responsible responsible) {

    /**
     * For notebook 01.
     *
     * @param documents most documents taken from a source
     * @param bytes most bytes of text taken from a source
     * @param pages most pages that a crawl visits
     */
    public record Collection(int documents, long bytes, int pages) {}

    /**
     * For notebook 02.
     *
     * @param vocabulary size of the subword vocabulary, tokens
     * @param sample documents looked at word by word
     * @param examples labelled sentences that the comparison of classic steps learns from; half as many are held out
     */
    public record Preprocessing(int vocabulary, int sample, int examples) {}

    /**
     * For notebook 03.
     *
     * @param seconds training time of each architecture and seed, in seconds
     * @param seeds repetitions of each
     * @param layers blocks of the Transformer that the others are measured against
     * @param width its width; a multiple of 8
     * @param context tokens in a window
     * @param batch windows in a step
     * @param candidates configurations that the search begins with
     * @param searchSeconds training time of each of them in the first rung, in seconds
     * @param recallSteps steps of each training of the task of recall
     */
    public record Architecture(
            double seconds,
            int seeds,
            int layers,
            int width,
            int context,
            int batch,
            int candidates,
            double searchSeconds,
            int recallSteps) {}

    /**
     * For notebook 04.
     *
     * @param minutes how long the model may train on the machine at hand; plain GPT-2 beside it takes as long again
     * @param tokensPerStep tokens that one optimizer step learns from
     * @param rates learning rates tried in search of a good one, each for one step
     * @param overfitting steps of each training on too little text
     * @param pilotSteps steps of the shortest training that the loss of the long one is predicted from
     * @param rungSteps steps of each recipe on the ladder of recipes
     * @param rungSeeds trainings of each of them
     */
    public record Training(
            double minutes,
            int tokensPerStep,
            int rates,
            int overfitting,
            int pilotSteps,
            int rungSteps,
            int rungSeeds) {}

    /**
     * For notebook 05.
     *
     * @param sentiment examples to learn sentiment from
     * @param answers questions to learn answering from
     * @param translation messages to learn translation from
     * @param epochs times that every one of these messages is learned from in each of its forms
     * @param assistant methods to learn to describe from
     * @param heldOut held-out examples of sentiment
     * @param messages held-out messages to be translated
     * @param written held-out examples of each of the two other tasks, whose answers are written out
     */
    public record Tuning(
            int sentiment,
            int answers,
            int translation,
            int epochs,
            int assistant,
            int heldOut,
            int messages,
            int written) {}

    /**
     * For notebook 06.
     *
     * @param tokens tokens scored per domain and model
     * @param resamples bootstrap resamples of each interval
     * @param questions questions of each public benchmark that are asked at most
     */
    public record Evaluation(int tokens, int resamples, int questions) {}

    /**
     * For notebook 07.
     *
     * @param swaps counterfactual sentence pairs scored
     * @param canaries canaries planted
     * @param pairs pairs of published stereotype benchmarks scored
     * @param steps training steps of each model that canaries are planted in
     */
    public record Responsible(int swaps, int canaries, int pairs, int steps) {}

    /** {@return the budget for tests: every stage does real work in seconds} */
    public static Budget smoke() {
        return new Budget(
                "smoke",
                new Collection(100, 400_000, 40),
                new Preprocessing(1024, 60, 200),
                new Architecture(1.5, 2, 1, 64, 32, 8, 4, 0.6, 10),
                new Training(0.1, 256, 15, 12, 2, 3, 2),
                new Tuning(48, 16, 32, 1, 16, 24, 8, 8),
                new Evaluation(600, 200, 12),
                new Responsible(28, 8, 16, 120));
    }

    /** {@return the budget for a lesson: half an hour on two cores} */
    public static Budget lesson() {
        return new Budget(
                "lesson",
                new Collection(100_000, 6_000_000, 200),
                new Preprocessing(4096, 400, 1200),
                new Architecture(4, 3, 2, 128, 64, 12, 8, 1.2, 150),
                new Training(3, 2048, 30, 300, 36, 50, 3),
                new Tuning(800, 200, 2700, 1, 200, 200, 200, 60),
                new Evaluation(5000, 1000, 150),
                new Responsible(1008, 48, 120, 300));
    }

    /** {@return the budget for a GPU, or a night} */
    public static Budget full() {
        return new Budget(
                "full",
                new Collection(1_000_000, 1_000_000_000, 1000),
                new Preprocessing(16_384, 4000, 6000),
                new Architecture(120, 5, 6, 384, 256, 32, 16, 20, 600),
                new Training(60, 32_768, 100, 3000, 60, 2000, 5),
                new Tuning(8000, 4000, 2700, 2, 4000, 1000, 430, 400),
                new Evaluation(100_000, 5000, 100_000),
                new Responsible(1008, 96, 2000, 1000));
    }

    /**
     * {@return a budget of one's own, from a JSON file with the fields of this record}
     *
     * @param file the JSON file; {@link #json} writes one to begin with
     * @throws KitException where the file cannot be read, or a field is missing, unknown, or not a number above 0,
     *     naming each of them
     */
    public static Budget read(Path file) {
        return BudgetFile.read(file);
    }

    /** {@return this budget as JSON, to be changed and {@linkplain #read read} again} */
    public String json() {
        return BudgetFile.json(this);
    }

    /**
     * {@return the budget of a name}
     *
     * @param name smoke, lesson or full
     * @throws KitException for another name
     */
    public static Budget of(String name) {
        return switch (name) {
            case "smoke" -> smoke();
            case "lesson" -> lesson();
            case "full" -> full();
            default ->
                throw new KitException("There is no budget '" + name
                        + "': set KAWI_BUDGET (or --budget) to smoke, lesson or full, or KAWI_BUDGET to a JSON file"
                        + " of your own.");
        };
    }
}
