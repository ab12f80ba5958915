package kawi.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.torch.RoundedWeights;
import kawi.train.Fit;

/**
 * Direct preference optimisation (Rafailov et al. 2023): learns from pairs of answers of which one is preferred, with
 * no model of rewards and no sampling. The loss of a pair is {@code -ln sigmoid(beta ((ln p(chosen) - ln q(chosen)) -
 * (ln p(rejected) - ln q(rejected))))}, with q the reference.
 *
 * <p>The reference is the model as it is before the first step: a new adapter changes nothing yet, so it is the model
 * with the adapter switched off; where a learned one is trained further, it is the model with that one (trl does the
 * same). Its probabilities are computed once, and so is what the frozen layers below make of the texts
 * ({@link FrozenPrefix}), which the model and its reference share.
 *
 * @param recipe which matrices are changed, rate, epochs, pairs a step, frozen layers' numbers, seed and checks;
 *     without labels, for answers are free text
 * @param beta how dearly a departure from the reference is paid, above 0; 0.1 is usual
 * @param smoothing share of the pairs that are taken to be the wrong way round, from 0 to below 0.5 (conservative DPO,
 *     Mitchell 2023)
 */
public record PreferenceTuning(LoraTuning recipe, double beta, double smoothing) {

    /**
     * Two answers to one prompt as tokens.
     *
     * @param chosen the prompt and the answer that is preferred
     * @param rejected the prompt and the other
     */
    public record EncodedPair(Encoded chosen, Encoded rejected) {
        /**
         * Checks that both follow one prompt and differ.
         *
         * @param chosen the prompt and the answer that is preferred
         * @param rejected the prompt and the other
         * @throws KitException where they do not
         */
        public EncodedPair {
            if (chosen.answer() != rejected.answer()
                    || !Arrays.equals(chosen.ids(), 0, chosen.answer(), rejected.ids(), 0, rejected.answer())) {
                throw new KitException("The chosen and the rejected answer of a pair follow different prompts, of "
                        + chosen.answer() + " and " + rejected.answer() + " tokens: give two answers to one prompt.");
            }
            if (Arrays.equals(chosen.ids(), rejected.ids())) {
                throw new KitException("The chosen and the rejected answer of a pair are the same "
                        + chosen.answerLength() + " tokens: nothing is preferred there, so leave the pair out.");
            }
        }
    }

    /**
     * What came of it.
     *
     * @param adapter the learned adapter, in use in the model
     * @param steps one score for each step, of its pairs and the model before it
     * @param heldOut scores of the held-out pairs before the first step and at each check; empty where there are none
     * @param keptSteps steps after which the adapter was as it is kept: where the held-out loss was lowest, 0 where it
     *     never fell; without held-out pairs all steps
     * @param prefixSeconds time of the frozen layers
     * @param referenceSeconds time of the reference's probabilities
     * @param seconds time of the training after that
     * @param interrupted whether an interrupt ended it early; the adapter is as far as it came
     */
    public record PreferenceResult(
            LoraAdapter adapter,
            List<PreferenceScore> steps,
            List<PreferenceScore> heldOut,
            int keptSteps,
            double prefixSeconds,
            double referenceSeconds,
            double seconds,
            boolean interrupted) {}

    /**
     * Checks the numbers before any work is done.
     *
     * @param recipe which matrices are changed, rate, epochs and the like
     * @param beta how dearly a departure from the reference is paid
     * @param smoothing share of the pairs that are taken to be the wrong way round
     * @throws KitException if beta or smoothing is impossible, or the recipe chooses among labels
     */
    public PreferenceTuning {
        if (!(beta > 0) || Double.isInfinite(beta)) {
            throw new KitException(
                    "A beta of " + beta + " holds the model to nothing: give a positive number, such as" + " 0.1.");
        }
        if (!(smoothing >= 0 && smoothing < 0.5)) {
            throw new KitException("A label smoothing of " + smoothing + " would take half of the pairs or more to be"
                    + " the wrong way round: give 0 or more and less than 0.5.");
        }
        if (!recipe.labels().isEmpty()) {
            throw new KitException("Preferences are of whole answers, and the recipe chooses among the labels "
                    + recipe.labels() + ": give a recipe without labels.");
        }
    }

    /**
     * {@return beta 0.1 and no smoothing}
     *
     * @param recipe which matrices are changed, rate, epochs and the like
     */
    public static PreferenceTuning of(LoraTuning recipe) {
        return new PreferenceTuning(recipe, 0.1, 0);
    }

    /**
     * {@return the same with another beta}
     *
     * @param value above 0
     */
    public PreferenceTuning beta(double value) {
        return new PreferenceTuning(recipe, value, smoothing);
    }

    /**
     * {@return the same with another smoothing}
     *
     * @param share of the pairs that are taken to be the wrong way round, from 0 to below 0.5
     */
    public PreferenceTuning smoothing(double share) {
        return new PreferenceTuning(recipe, beta, share);
    }

    /**
     * Learns from {@code train} as {@link LoraTuning#run} does: the loss on {@code heldOut} decides which adapter is
     * kept and when the training ends.
     *
     * @param model the base; its own weights stay
     * @param start a learned adapter to be trained further, itself unchanged; or null to begin with a new one
     * @param train pairs to learn from, at least one
     * @param heldOut pairs to judge by, or none
     * @param progress is told steps and losses
     * @return the adapter, in use in the model, and the scores
     * @throws KitException for no pairs, a pair that is longer than the model's context, or a start that the recipe
     *     does not fit
     */
    public PreferenceResult run(
            Llama model, LoraAdapter start, List<EncodedPair> train, List<EncodedPair> heldOut, Progress progress) {
        return run(model, start, List.of(this), train, heldOut, recipe -> progress)
                .get(0);
    }

    /**
     * Learns by several recipes, one after the other: the frozen layers and the reference, which all have in common,
     * are computed once, and their seconds stand in every result.
     *
     * @param model the base; its own weights stay
     * @param start a learned adapter to be trained further, itself unchanged; or null to begin with new ones
     * @param recipes at least one, all of the same matrices and frozen layers
     * @param train pairs to learn from, at least one
     * @param heldOut pairs to judge by, or none
     * @param progress who is told of a recipe's training, asked as it begins
     * @return the adapters, the last in use in the model, and the scores, in the order of the recipes
     * @throws KitException for no pairs or no recipe, a pair that is longer than the model's context, a start that a
     *     recipe does not fit, recipes that differ in what is frozen, and where one of several is interrupted
     */
    public static List<PreferenceResult> run(
            Llama model,
            LoraAdapter start,
            List<PreferenceTuning> recipes,
            List<EncodedPair> train,
            List<EncodedPair> heldOut,
            Function<PreferenceTuning, Progress> progress) {
        LoraTuning leading = TuningsTogether.leading(
                recipes.stream().map(PreferenceTuning::recipe).toList());
        if (train.isEmpty()) {
            throw new KitException("There are no pairs of answers to learn preferences from; give at least one.");
        }
        List<EncodedPair> pairs = new ArrayList<>(train);
        pairs.addAll(heldOut);
        List<Encoded> answers = new ArrayList<>();
        for (EncodedPair pair : pairs) {
            for (Encoded answer : List.of(pair.chosen, pair.rejected)) {
                fits(answer, answers.size() / 2, model.config().context());
                answers.add(answer);
            }
        }
        int first = leading.lora().firstLayer(model.config());
        return Fit.alone(() -> {
            Precision before = model.precision();
            List<PreferenceResult> results = new ArrayList<>();
            LoraAdapter adapter = TuningsTogether.begin(model, leading, start);
            Progress told = progress.apply(recipes.get(0));
            RoundedWeights kept = model.torch().ops().rounded(model.matrices(first));
            try (kept;
                    FrozenPrefix prefix = FrozenPrefix.inTraining(
                            model, first, answers.stream().map(Encoded::input).toList(), leading.frozen(), told);
                    AnswerLoss loss = new AnswerLoss(model, first, prefix, answers, List.of())) {
                if (!prefix.complete()) {
                    TuningsTogether.refuse(true, 1, recipes.size());
                    model.adapter(adapter);
                    return List.of(
                            new PreferenceResult(adapter, List.of(), List.of(), 0, prefix.seconds(), 0, 0, true));
                }
                // A new adapter is nothing yet, but with it the layers go the way that they go in the steps, and round
                // alike.
                model.adapter(start == null ? adapter : start);
                long begin = System.nanoTime();
                PreferenceLoss reference = new PreferenceLoss(model, loss, prefix, train.size(), pairs.size(), 1, 0);
                double referenceSeconds = (System.nanoTime() - begin) / 1e9;
                for (PreferenceTuning each : recipes) {
                    if (!results.isEmpty()) {
                        adapter = TuningsTogether.begin(model, each.recipe, start);
                        told = progress.apply(each);
                    }
                    model.adapter(adapter);
                    PreferenceLoss objective = reference.at(each.beta, each.smoothing);
                    LoraTuning.TuningResult outcome =
                            each.recipe.train(model, adapter, prefix, objective, train.size(), told);
                    results.add(new PreferenceResult(
                            adapter,
                            objective.steps(),
                            objective.checks(),
                            outcome.keptSteps(),
                            prefix.seconds(),
                            referenceSeconds,
                            outcome.seconds(),
                            outcome.interrupted()));
                    TuningsTogether.refuse(outcome.interrupted(), results.size(), recipes.size());
                }
                return List.copyOf(results);
            } catch (RuntimeException e) {
                model.adapter(null);
                adapter.close();
                results.forEach(result -> result.adapter.close());
                throw e;
            } finally {
                model.precision(before);
            }
        });
    }

    private static void fits(Encoded answer, int pair, int context) {
        int tokens = answer.ids().length - 1; // the last one is predicted and not read
        if (tokens > context) {
            throw new KitException("Pair " + (pair + 1) + " has a prompt of " + answer.answer()
                    + " tokens and an answer of " + answer.answerLength() + ", more than this model's context of "
                    + context + ": shorten it or leave it out.");
        }
    }
}
