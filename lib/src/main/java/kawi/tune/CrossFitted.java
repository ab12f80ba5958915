package kawi.tune;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A predictor whose answers to the examples that it learned from are as bad as those to new ones. An example of a part
 * is answered by what was learned from the other parts ({@link Folds}); every other example by what was learned from
 * all. So its answers can stand in the prompts that a further model is trained on: were they better there than they
 * will be later, that model would learn to trust them too much (Wolpert, "Stacked generalization", 1992).
 */
public final class CrossFitted implements Predictor {
    private final Predictor whole;
    private final Map<String, String> learned;

    private CrossFitted(Predictor whole, Map<String, String> learned) {
        this.whole = whole;
        this.learned = learned;
    }

    /**
     * Learns once more than there are parts.
     *
     * @param folds the examples to learn from, divided
     * @param learner makes a predictor of examples
     * @return the predictor
     */
    public static CrossFitted of(Folds folds, Function<List<Example>, ? extends Predictor> learner) {
        Map<String, String> learned = new HashMap<>();
        for (int part = 0; part < folds.count(); part++) {
            List<Example> asked = folds.in(part);
            List<String> answers = learner.apply(folds.outside(part)).predict(asked);
            for (int i = 0; i < asked.size(); i++) {
                learned.put(asked.get(i).id(), answers.get(i));
            }
        }
        return new CrossFitted(learner.apply(folds.examples()), learned);
    }

    @Override
    public List<String> predict(List<Example> examples) {
        List<Example> fresh =
                examples.stream().filter(e -> !learned.containsKey(e.id())).toList();
        List<String> answers = fresh.isEmpty() ? List.of() : whole.predict(fresh);
        List<String> all = new ArrayList<>();
        int at = 0;
        for (Example example : examples) {
            String known = learned.get(example.id());
            all.add(known == null ? answers.get(at++) : known);
        }
        return all;
    }
}
