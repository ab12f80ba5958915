package kawi.eval;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Metric;

/** Whether a model repeats itself: within a text, and from text to text. Words are what stands between blanks. */
public final class Diversity {
    private Diversity() {}

    /**
     * {@return distinct-n (Li et al. 2016), in [0, 1]: of all runs of n words in all texts together the share that
     * differ; NaN where no text has n words} Longer and more texts have fewer, so only collections of about equal size
     * compare. It is no mean over texts, and a bootstrap, which draws texts twice, would see too little: no interval.
     *
     * @param texts what the model wrote
     * @param n words in a run, at least 1
     * @throws KitException for n below 1
     */
    public static double distinct(List<String> texts, int n) {
        Set<List<String>> different = new HashSet<>();
        long all = 0;
        for (String text : texts) {
            List<List<String>> runs = runs(text, n);
            different.addAll(runs);
            all += runs.size();
        }
        return all == 0 ? Double.NaN : (double) different.size() / all;
    }

    /**
     * {@return the repetition within a text (seq-rep-n, Welleck et al. 2020), in [0, 1]: the share of its runs of n
     * words that stood in it before, on average over the texts} A text of fewer words has none.
     *
     * @param texts what the model wrote
     * @param n words in a run, at least 1; 4 is usual
     * @throws KitException for n below 1
     */
    public static Metric repetition(List<String> texts, int n) {
        double[] shares = new double[texts.size()];
        for (int i = 0; i < shares.length; i++) {
            List<List<String>> runs = runs(texts.get(i), n);
            shares[i] = runs.isEmpty() ? 0 : 1 - (double) new HashSet<>(runs).size() / runs.size();
        }
        return Metric.mean("repeated runs of " + n + " words", shares);
    }

    private static List<List<String>> runs(String text, int n) {
        if (n < 1) {
            throw new KitException("Runs of " + n + " words do not exist: give at least 1, usually 2 or 4.");
        }
        List<String> words = WhitespaceTokens.split(text);
        return IntStream.rangeClosed(0, words.size() - n)
                .mapToObj(i -> words.subList(i, i + n))
                .toList();
    }
}
