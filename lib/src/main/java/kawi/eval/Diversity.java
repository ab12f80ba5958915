package kawi.eval;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import kawi.stats.Metric;

/** Whether a model repeats itself: within a text, and from text to text. Words are what stands between blanks. */
public final class Diversity {
    private Diversity() {}

    /**
     * {@return distinct-n (Li et al. 2016), in [0, 1]: of all runs of n words in all texts together the share that
     * differ, with its 95 % interval; NaN where no text has n words} Longer and more texts have fewer, so only
     * collections of about equal size compare. It is no mean over texts, and a bootstrap, which draws texts twice,
     * would see too little. So the interval is the jackknife's (Tukey 1958), which leaves out one text at a time: the
     * share plus and minus Student's t times its standard error, within [0, 1]; undefined for fewer than
     * {@link Interval#FEWEST} texts, and where all of them say as much that is new.
     *
     * @param texts what the model wrote
     * @param n words in a run, at least 1
     * @throws KitException for n below 1
     */
    public static Interval distinct(List<String> texts, int n) {
        Map<List<String>, Integer> holders = new HashMap<>(); // texts that have the run
        long all = 0;
        for (String text : texts) {
            List<List<String>> runs = runs(text, n);
            new HashSet<>(runs).forEach(run -> holders.merge(run, 1, Integer::sum));
            all += runs.size();
        }
        double share = all == 0 ? Double.NaN : (double) holders.size() / all;
        if (texts.size() < Interval.FEWEST) {
            return Interval.undefined(share, texts.isEmpty() ? "no texts" : "too few texts (" + texts.size() + ")");
        }
        if (all == 0) {
            return Interval.undefined(share, "no runs of " + n + " words");
        }
        double[] pseudo = new double[texts.size()]; // Tukey's values, whose spread is that of the share
        for (int i = 0; i < pseudo.length; i++) {
            List<List<String>> runs = runs(texts.get(i), n);
            long alone = new HashSet<>(runs)
                    .stream().filter(run -> holders.get(run) == 1).count();
            double without = (double) (holders.size() - alone) / (all - runs.size());
            pseudo[i] = pseudo.length * share - (pseudo.length - 1) * without;
            if (!Double.isFinite(pseudo[i])) {
                return Interval.undefined(share, "one text has all runs");
            }
        }
        Interval spread = Interval.studentT(pseudo);
        double half = spread.high() - spread.value();
        return spread.defined()
                ? new Interval(share, Math.max(0, share - half), Math.min(1, share + half))
                : Interval.undefined(share, "no spread in " + texts.size() + " texts");
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
