package kawi.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.LowerLayers;
import kawi.model.Precision;
import kawi.stats.Metric;
import kawi.stats.PairedComparison;
import kawi.tune.Tuned;

/**
 * What a tuning cost elsewhere ("catastrophic forgetting", McCloskey and Cohen 1989): the model before and after is
 * given the same three things that the task has nothing to do with - a multiple-choice benchmark, passages of general
 * text, and questions that are answered in a chat - and each is compared pair by pair.
 *
 * <p>Only what the base knows can be forgotten. Questions that it answers wrong say nothing of forgetting, so those
 * that are asked should be ones that it has right; they are chosen by the base alone, before any tuned model is asked.
 *
 * @param task how a multiple-choice question is written
 * @param choices multiple-choice questions; none where the benchmark is not at hand, and it is then left out
 * @param passages general text
 * @param documents what each passage is of; passages of one document are drawn together
 * @param questions asked in a chat
 */
public record Forgetting(
        ChoiceTask task,
        List<ChoiceQuestion> choices,
        List<String> passages,
        List<?> documents,
        List<OpenQuestion> questions) {
    private static final int ANSWER_TOKENS = 24;

    /**
     * Checks that there is something to be measured by.
     *
     * @param task how a multiple-choice question is written
     * @param choices multiple-choice questions, or none
     * @param passages general text, at least one
     * @param documents what each passage is of
     * @param questions asked in a chat, each with accepted answers, at least one
     * @throws KitException where there is no passage, no question in a chat, or one without an accepted answer
     */
    public Forgetting {
        choices = List.copyOf(choices);
        passages = List.copyOf(passages);
        documents = List.copyOf(documents);
        questions = List.copyOf(questions);
        if (passages.isEmpty() || questions.isEmpty()) {
            throw new KitException("Forgetting is measured by " + passages.size() + " passages and " + questions.size()
                    + " questions in a chat: give at least one of each.");
        }
        if (documents.size() != passages.size()) {
            throw new KitException(passages.size() + " passages cannot belong to " + documents.size()
                    + " documents: name one for each passage.");
        }
        for (OpenQuestion question : questions) {
            if (question.answers().isEmpty()) {
                throw new KitException("The question \"" + question.question()
                        + "\" has no accepted answer and cannot be judged: give it one, or leave it out.");
            }
        }
    }

    /**
     * What one model had right.
     *
     * @param choices its choices among the answers of the benchmark; empty where that was left out
     * @param text how well it predicts the passages
     * @param said what it said to the questions in the chat
     * @param right which of these count as right
     */
    public record Standing(Optional<MultipleChoice> choices, Perplexity text, List<String> said, boolean[] right) {
        /** {@return the share of the questions in the chat that were answered right} */
        public Metric answered() {
            return Metric.share("questions answered", right);
        }

        /** {@return the scores of all that was measured: of the benchmark, if it was, of the text and of the chat} */
        public List<Metric> scores() {
            List<Metric> scores = new ArrayList<>();
            choices.ifPresent(chosen -> scores.add(chosen.score()));
            scores.addAll(List.of(text.natsPerToken(), answered()));
            return List.copyOf(scores);
        }
    }

    /**
     * One of the three measures, before and after.
     *
     * @param comparison the paired comparison
     * @param lessIsBetter whether the score is a loss
     */
    public record Change(PairedComparison comparison, boolean lessIsBetter) {
        /** {@return whether it is detectably worse than before} */
        public boolean lost() {
            return comparison.detectable() && comparison.difference().value() > 0 == lessIsBetter;
        }

        /** {@return "lost", "gained", "no detectable difference", or why it cannot be compared} */
        public String outcome() {
            return comparison.detectable() ? lost() ? "lost" : "gained" : comparison.outcome();
        }
    }

    /**
     * Asks a model all of it.
     *
     * @param model as it came, or tuned; answers in the chat are its likeliest, of at most 24 tokens
     * @param progress hears of tokens and answers
     * @return what it had right
     * @throws KitException where a loss is NaN or infinite, the model has no chat template, or it is interrupted
     */
    public Standing measure(Tuned model, Progress progress) {
        model.putInPlace();
        if (model.base().model().precision() != Precision.FP32) {
            model.base().model().precision(Precision.FP32);
        }
        Optional<MultipleChoice> chosen = choices.isEmpty()
                ? Optional.empty()
                : Optional.of(MultipleChoice.of(Continuations.of(model.base()), task, choices, List.of(), progress));
        Perplexity text = Perplexity.of(model.base().model(), model.base().tokenizer(), passages, progress)
                .byDocument(documents);
        List<String> said =
                model.chat(questions.stream().map(OpenQuestion::question).toList(), ANSWER_TOKENS, progress);
        boolean[] right = new boolean[said.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = questions.get(i).rightly(said.get(i));
        }
        return new Standing(chosen, text, said, right);
    }

    /**
     * Asks several models all of it. Where they share one base, what its lowest layers make of the questions and
     * passages, as far up as no adapter changes them, is computed once.
     *
     * @param models as they came, or tuned, by name
     * @param progress hears of tokens and answers
     * @return what each had right, in their order
     * @throws KitException as {@link #measure(Tuned, Progress)} does
     */
    public Map<String, Standing> measure(Map<String, Tuned> models, Progress progress) {
        Map<String, Standing> standings = new LinkedHashMap<>();
        List<Llama> bases = models.values().stream()
                .map(each -> each.base().model())
                .distinct()
                .toList();
        int untouched =
                models.values().stream().mapToInt(Tuned::untouchedLayers).min().orElse(0);
        LowerLayers kept = bases.size() == 1 ? bases.get(0).keepLower(untouched) : null;
        try {
            models.forEach((name, model) -> standings.put(name, measure(model, progress)));
        } finally {
            if (kept != null) {
                kept.close();
            }
        }
        return standings;
    }

    /**
     * Compares every tuned model with the one before, all comparisons as one family ({@linkplain PairedComparison#holm
     * Holm}): shares of right answers by McNemar's test, nats per token by a paired bootstrap over documents.
     *
     * @param before the model as it came
     * @param after the tuned ones, by name
     * @param seed the same seed gives the same comparisons
     * @return by the name of the tuned model, then by that of the measure
     * @throws KitException where they were not measured by the same
     */
    public static Map<String, Map<String, Change>> changes(Standing before, Map<String, Standing> after, long seed) {
        List<PairedComparison> family = new ArrayList<>();
        for (Standing each : after.values()) {
            if (before.choices().isPresent() != each.choices().isPresent()) {
                throw new KitException(
                        "One model was asked the benchmark and another was not: measure both by the same.");
            }
            before.choices().ifPresent(chosen -> {
                boolean normalised = chosen.score().name().equals("acc_norm");
                family.add(PairedComparison.mcnemar(
                        chosen.score().name(),
                        chosen.right(normalised),
                        each.choices().orElseThrow().right(normalised),
                        seed));
            });
            family.add(PairedComparison.bootstrap(
                    before.text().natsPerToken(), each.text().natsPerToken(), seed));
            family.add(PairedComparison.mcnemar(before.answered().name(), before.right(), each.right(), seed));
        }
        List<PairedComparison> corrected = PairedComparison.holm(family);
        Map<String, Map<String, Change>> changes = new LinkedHashMap<>();
        int measures = before.scores().size();
        int at = 0;
        for (String name : after.keySet()) {
            Map<String, Change> own = new LinkedHashMap<>();
            for (int measure = 0; measure < measures; measure++) {
                PairedComparison comparison = corrected.get(at++);
                own.put(comparison.metric(), new Change(comparison, measure == measures - 2));
            }
            changes.put(name, own);
        }
        return changes;
    }
}
