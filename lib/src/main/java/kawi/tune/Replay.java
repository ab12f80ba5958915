package kawi.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Generation;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.template.ChatTemplate;

/**
 * What a chat model says by itself, to be learned along with a new task so that it goes on saying it: pseudo-rehearsal
 * (Robins, "Catastrophic forgetting, rehearsal and pseudorehearsal", 1995). No data are needed. Given nothing but the
 * marks with which a person's turn begins, the model writes a question (Xu et al., "Magpie", 2024), then it answers it.
 *
 * @param exchanges questions and the model's own answers, none of them empty, no question twice
 */
public record Replay(List<Exchange> exchanges) {
    private static final int QUESTION_TOKENS = 40;
    private static final double TEMPERATURE = 1;
    private static final double TOP_P = 0.9;

    /**
     * A question and what was answered.
     *
     * @param question a person's turn
     * @param answer the model's turn
     * @param whole whether the model ended it by itself, and was not cut
     */
    public record Exchange(String question, String answer, boolean whole) {}

    /**
     * Copies the list.
     *
     * @param exchanges questions and the model's own answers
     */
    public Replay {
        exchanges = List.copyOf(exchanges);
    }

    /** {@return nothing to be replayed} */
    public static Replay none() {
        return new Replay(List.of());
    }

    /**
     * {@return questions that a model asks itself, with its likeliest answers} There may be fewer than asked for: what
     * is empty, asked twice, or not ended within 40 tokens is left out.
     *
     * @param base a chat model; it answers as it came, without an adapter
     * @param count questions that are begun, at least 1
     * @param tokens most tokens of an answer, at least 1
     * @param seed of the questions
     * @param progress is told questions and answers
     * @throws KitException where the model has no chat template, or none or no token is asked for
     */
    public static Replay asked(Pretrained base, int count, int tokens, long seed, Progress progress) {
        if (count < 1) {
            throw new KitException("A replay of " + count + " questions is none: ask for 1 at least.");
        }
        base.model().adapter(null);
        int[] opening = opening(base);
        Sampling asking = Sampling.greedy(QUESTION_TOKENS)
                .temperature(TEMPERATURE)
                .topP(TOP_P)
                .seed(seed);
        Set<String> questions = new LinkedHashSet<>();
        for (Generation each : base.generator().continueIds(Collections.nCopies(count, opening), asking, progress)) {
            if (each.ending() == Generation.Ending.END_TOKEN && !each.text().isBlank()) {
                questions.add(each.text().strip());
            }
        }
        return of(base, List.copyOf(questions), tokens, progress);
    }

    /**
     * {@return questions of one's own with a model's likeliest answers} An empty answer is left out.
     *
     * @param base a chat model; it answers as it came, without an adapter
     * @param questions a person's turns; none of those that forgetting is measured by
     * @param tokens most tokens of an answer, at least 1
     * @param progress is told answers
     * @throws KitException where the model has no chat template, or no token is asked for
     */
    public static Replay of(Pretrained base, List<String> questions, int tokens, Progress progress) {
        if (tokens < 1) {
            throw new KitException("An answer of " + tokens + " tokens is none: replay answers of 1 at least.");
        }
        List<int[]> prompts = questions.stream().map(q -> prompt(base, q)).toList();
        base.model().adapter(null);
        List<Generation> answers = prompts.isEmpty()
                ? List.of()
                : base.generator().continueIds(prompts, Sampling.greedy(tokens), progress);
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Generation answer = answers.get(i);
            if (!answer.text().isBlank()) {
                exchanges.add(
                        new Exchange(questions.get(i), answer.text(), answer.ending() == Generation.Ending.END_TOKEN));
            }
        }
        return new Replay(exchanges);
    }

    /** The exchanges as a model learns them: the answer behind the question, its end only where the model ended it. */
    List<Encoded> encoded(Pretrained base) {
        return exchanges.stream()
                .map(each -> {
                    int[] answer = base.tokenizer().encode(each.answer());
                    return Encoded.of(
                            prompt(base, each.question()),
                            each.whole()
                                    ? IntStream.concat(Arrays.stream(answer), IntStream.of(base.turnEnd()))
                                            .toArray()
                                    : answer);
                })
                .toList();
    }

    private static int[] prompt(Pretrained base, String question) {
        if (base.chat() == null) {
            throw new KitException(base.name() + " has no chat template and so nothing of a chat to be replayed.");
        }
        return base.chat().ids(base.tokenizer(), List.of(new ChatTemplate.Turn("user", question)));
    }

    /** What a chat begins with before a person's first word: where two chats with different words part. */
    private static int[] opening(Pretrained base) {
        int[] one = prompt(base, "A");
        int[] other = prompt(base, "B");
        int same = Arrays.mismatch(one, other);
        return Arrays.copyOf(one, same);
    }
}
