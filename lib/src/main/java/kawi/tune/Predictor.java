package kawi.tune;

import java.util.List;

/**
 * Anything that answers a task's examples: a model before or after tuning, or a classic baseline. A baseline of one's
 * own is a lambda.
 */
@FunctionalInterface
public interface Predictor {
    /**
     * {@return one answer for each example, in order}
     *
     * @param examples what is asked; their gold answers are not looked at
     */
    List<String> predict(List<Example> examples);
}
