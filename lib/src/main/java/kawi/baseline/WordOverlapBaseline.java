package kawi.baseline;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import kawi.tune.Example;
import kawi.tune.NearDuplicates;
import kawi.tune.Predictor;

/**
 * The classic reader: answers with the clause of the context that shares most words with the question, the shortest of
 * equals. The word-overlap baseline of Richardson, Burges and Renshaw ("MCTest", 2013), with clauses in place of a
 * sliding window.
 */
public final class WordOverlapBaseline implements Predictor {
    private static final Pattern CLAUSE = Pattern.compile("(?<=[.!?;])\\s+");
    private static final int STEM = 5;

    @Override
    public List<String> predict(List<Example> examples) {
        return examples.stream().map(e -> best(e.context(), e.input())).toList();
    }

    private static String best(String context, String question) {
        Set<String> asked = stems(question);
        String best = "";
        double most = -1;
        for (String clause : CLAUSE.split(context)) {
            Set<String> words = stems(clause);
            double shared = words.stream().filter(asked::contains).count() + 1.0 / (2 + words.size());
            if (shared > most && !words.isEmpty()) {
                most = shared;
                best = clause;
            }
        }
        return best.replaceFirst("[.;:]$", "");
    }

    /** First letters of the words: enough to meet "return" and "returns" in one. */
    private static Set<String> stems(String text) {
        return new HashSet<>(Arrays.asList(NearDuplicates.words(text).stream()
                .map(w -> w.substring(0, Math.min(STEM, w.length())))
                .toArray(String[]::new)));
    }
}
