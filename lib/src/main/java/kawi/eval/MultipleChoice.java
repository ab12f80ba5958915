package kawi.eval;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.stats.Metric;

/**
 * A model's answers to multiple-choice questions, by the rule of EleutherAI's lm-evaluation-harness (Gao et al. 2021):
 * the model does not write, it says how likely each answer is behind the question, and the likeliest counts as its
 * choice. {@code acc} takes the log-likelihood as it is, which favours short answers; {@code acc_norm} divides it by
 * the bytes of the answer in UTF-8. Of equally likely answers the first counts.
 */
public final class MultipleChoice {
    private final ChoiceTask task;
    private final List<ChoiceQuestion> questions;
    private final double[][] nats;

    private MultipleChoice(ChoiceTask task, List<ChoiceQuestion> questions, double[][] nats) {
        this.task = task;
        this.questions = questions;
        this.nats = nats;
    }

    /**
     * Asks a model.
     *
     * @param scorer the model
     * @param task how a question is written
     * @param questions what is asked
     * @param shots examples that stand with their answers before each question; none for zero shot
     * @param progress hears of the tokens read
     * @return its answers
     * @throws KitException for no question, or an example that is asked too
     */
    public static MultipleChoice of(
            Continuations scorer,
            ChoiceTask task,
            List<ChoiceQuestion> questions,
            List<ChoiceQuestion> shots,
            Progress progress) {
        if (questions.isEmpty()) {
            throw new KitException("There is no question of " + task.name() + " to ask: give one at least.");
        }
        for (ChoiceQuestion shot : shots) {
            if (questions.contains(shot)) {
                throw new KitException("Record " + shot.record() + " of " + task.name() + " is an example in the prompt"
                        + " and is asked too, so its answer would be given away: leave it out of one.");
            }
        }
        List<Continuations.Request> requests = questions.stream()
                .map(question -> new Continuations.Request(
                        task.context(question, shots),
                        question.choices().stream()
                                .map(choice -> task.delimiter() + choice)
                                .toList()))
                .toList();
        return new MultipleChoice(task, List.copyOf(questions), scorer.nats(requests, progress));
    }

    /** {@return the share of questions whose likeliest answer is the right one} */
    public Metric acc() {
        return Metric.share("acc", right(false));
    }

    /** {@return the share of questions whose likeliest answer, by its bytes, is the right one} */
    public Metric accNorm() {
        return Metric.share("acc_norm", right(true));
    }

    /** {@return the one of the two that the task is known by} */
    public Metric score() {
        return task.score().equals("acc_norm") ? accNorm() : acc();
    }

    /**
     * {@return for each question whether the choice is right}
     *
     * @param normalised by the bytes of the answers
     */
    public boolean[] right(boolean normalised) {
        boolean[] right = new boolean[questions.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = choice(i, normalised) == questions.get(i).gold();
        }
        return right;
    }

    /**
     * {@return index of the answer that the model holds likeliest}
     *
     * @param question the question's index
     * @param normalised by the bytes of the answers
     */
    public int choice(int question, boolean normalised) {
        List<String> choices = questions.get(question).choices();
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < choices.size(); i++) {
            double each = nats[question][i] / (normalised ? choices.get(i).getBytes(StandardCharsets.UTF_8).length : 1);
            if (each < least) {
                least = each;
                best = i;
            }
        }
        return best;
    }

    /**
     * {@return nats of each answer of a question, the negative of its log-likelihood}
     *
     * @param question the question's index
     */
    public double[] nats(int question) {
        return nats[question].clone();
    }

    /** {@return the questions that were asked} */
    public List<ChoiceQuestion> questions() {
        return questions;
    }

    /** {@return the share that guessing would have right, on average: one in so many choices} */
    public double chance() {
        return questions.stream()
                .mapToDouble(question -> 1.0 / question.choices().size())
                .average()
                .orElseThrow();
    }

    /**
     * {@return the figures that others published for this task's score and model, as {@link ChoiceTask} has them}
     *
     * @param model which model
     * @param shots examples in the prompt
     */
    public List<ChoiceTask.Published> published(String model, int shots) {
        List<ChoiceTask.Published> found = new ArrayList<>();
        for (ChoiceTask.Published each : task.published()) {
            if (each.model().equals(model)
                    && each.shots() == shots
                    && each.score().equals(task.score())) {
                found.add(each);
            }
        }
        return List.copyOf(found);
    }
}
