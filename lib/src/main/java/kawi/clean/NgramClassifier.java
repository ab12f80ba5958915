package kawi.clean;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import kawi.stats.LogisticRegression;

/**
 * Tells texts that a corpus is to be rid of from those that are to stay, as it learned from labelled ones: which words
 * and pairs of neighbouring words a text has, each hashed to one of 2<sup>18</sup> weights of a
 * {@link LogisticRegression}. So the quality filter of GPT-3 works (Brown et al., "Language Models are Few-Shot
 * Learners", 2020, appendix A: hashed features, logistic regression), and with word vectors in the middle fastText
 * (Joulin et al., "Bag of Tricks for Efficient Text Classification", 2016). A long text has as large a say as a short
 * one: a feature counts 1 over the root of their number.
 *
 * <p>It knows words and not meanings, and it repeats its labels: whatever else tells the two kinds apart, such as a
 * genre or the names of groups, is learned with them. Measure before a filter is believed ({@link #scores}), on texts
 * of the kind that it is used for.
 */
public final class NgramClassifier {
    private static final int BITS = 18;
    private static final int ROUNDS = 20;

    private final LogisticRegression weights;
    private final Map<String, Object> made;

    private NgramClassifier(LogisticRegression weights, Map<String, Object> made) {
        this.weights = weights;
        this.made = made;
    }

    /**
     * {@return what was learned from labelled texts, in 20 rounds}
     *
     * @param texts of both kinds
     * @param seed of the order of the texts; the same texts and seed give the same classifier
     * @throws KitException where there is no text of a kind
     */
    public static NgramClassifier train(List<Labelled> texts, long seed) {
        long unwanted = texts.stream().filter(Labelled::unwanted).count();
        if (unwanted == 0 || unwanted == texts.size()) {
            throw new KitException("A filter cannot learn from " + (texts.size() - unwanted) + " wanted and " + unwanted
                    + " unwanted texts: give it at least one of each.");
        }
        StringBuilder data = new StringBuilder();
        texts.forEach(each -> data.append(each.unwanted() ? '-' : '+')
                .append(Hash.of(each.text()))
                .append('\n'));
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("features", "words and pairs of words, 2^" + BITS + " hashed");
        made.put("rounds", ROUNDS);
        made.put("seed", seed);
        made.put("wanted", texts.size() - unwanted);
        made.put("unwanted", unwanted);
        made.put("texts SHA-256", Hash.of(data.toString()));
        List<LogisticRegression.Sample> samples = texts.stream()
                .map(each -> {
                    WordHashes words = WordHashes.of(each.text());
                    int[] features = features(words, 0, words.count());
                    return new LogisticRegression.Sample(features, scale(features), each.unwanted());
                })
                .toList();
        return new NgramClassifier(LogisticRegression.train(samples, 1 << BITS, ROUNDS, seed), made);
    }

    /**
     * {@return what a manifest records of it: features, rounds, seed, how many texts of each kind it learned from, and
     * a SHA-256 over the hashes of these texts and their labels, in their order}
     */
    public Map<String, Object> made() {
        return Collections.unmodifiableMap(made);
    }

    /**
     * {@return the probability, in [0, 1], that a text is of the unwanted kind, if as many are as among those that it
     * learned from}
     *
     * @param text any text
     */
    public double probability(String text) {
        WordHashes words = WordHashes.of(text);
        return probability(words, 0, words.count());
    }

    /**
     * {@return the share of a text's passages, in [0, 1], that are of the unwanted kind; 0 of a text without words} A
     * long text has one probability, in which a bad sentence drowns; its passages have one each.
     *
     * @param text any text
     * @param words length of a passage, at least 1; what is left behind the last whole one counts as one
     * @param threshold a passage of a higher probability is of that kind
     * @throws KitException for passages of no words
     */
    public double share(String text, int words, double threshold) {
        if (words < 1) {
            throw new KitException("Passages of " + words + " words cannot be judged: give at least 1.");
        }
        WordHashes hashes = WordHashes.of(text);
        int passages = 0;
        int unwanted = 0;
        for (int from = 0; from < hashes.count(); from += words) {
            passages++;
            if (probability(hashes, from, Math.min(hashes.count(), from + words)) > threshold) {
                unwanted++;
            }
        }
        return passages == 0 ? 0 : (double) unwanted / passages;
    }

    /**
     * {@return a filter that drops documents of a higher probability than a threshold}
     *
     * @param name what the step is called in tables
     * @param measure what the probability is of, in words for tables, for example {@code probability of unsolicited}
     * @param threshold highest probability allowed; see {@link #threshold}
     */
    public RuleFilter filter(String name, String measure, double threshold) {
        return RuleFilter.published(
                name,
                "learned: " + made,
                List.of(new RuleFilter.Rule(measure, null, threshold, features -> probability(features.text()))));
    }

    /**
     * {@return a filter that drops documents of which more than a share of the passages is of the unwanted kind}
     *
     * @param name what the step is called in tables
     * @param measure what the share is of, in words for tables, for example {@code share of toxic passages}
     * @param words length of a passage
     * @param threshold a passage of a higher probability is of that kind
     * @param most highest share of such passages allowed
     */
    public RuleFilter passages(String name, String measure, int words, double threshold, double most) {
        return RuleFilter.published(
                name,
                "learned: " + made + ", passages of " + words + " words above " + threshold,
                List.of(new RuleFilter.Rule(
                        measure, null, most, features -> share(features.text(), words, threshold))));
    }

    /**
     * {@return the lowest threshold at which no more than a share of wanted texts is lost} Choose it on texts that
     * nothing was learned from, and score it on others.
     *
     * @param validation labelled texts, some of them wanted
     * @param mostLost share of the wanted ones that may be lost, from 0 to below 1
     * @throws KitException for another share, or without wanted texts
     */
    public double threshold(List<Labelled> validation, double mostLost) {
        double[] wanted = validation.stream()
                .filter(each -> !each.unwanted())
                .mapToDouble(each -> probability(each.text()))
                .sorted()
                .toArray();
        if (!(mostLost >= 0 && mostLost < 1) || wanted.length == 0) {
            throw new KitException("No threshold loses at most " + mostLost + " of " + wanted.length
                    + " wanted texts: give a share from 0 to below 1, such as 0.01, and at least one text.");
        }
        return wanted[wanted.length - 1 - (int) (mostLost * wanted.length)];
    }

    /**
     * What a threshold does to labelled texts.
     *
     * @param threshold texts of a higher probability are dropped
     * @param found unwanted texts that are dropped
     * @param unwanted all of them
     * @param lost wanted texts that are dropped
     * @param wanted all of them
     */
    public record Scores(double threshold, long found, long unwanted, long lost, long wanted) {
        /**
         * {@return the share of what is dropped that is unwanted, with its 95 % interval; it depends on their share}
         */
        public Interval precision() {
            return Interval.wilson(found, found + lost);
        }

        /** {@return the share of unwanted texts that are dropped, with its 95 % interval} */
        public Interval recall() {
            return Interval.wilson(found, unwanted);
        }

        /** {@return the share of wanted texts that are dropped, which is what the filter costs, with its interval} */
        public Interval cost() {
            return Interval.wilson(lost, wanted);
        }
    }

    /**
     * {@return what a threshold does to labelled texts}
     *
     * @param texts texts that nothing was learned from
     * @param threshold texts of a higher probability are dropped
     */
    public Scores scores(List<Labelled> texts, double threshold) {
        long[] dropped = new long[2];
        long[] all = new long[2];
        for (Labelled each : texts) {
            int kind = each.unwanted() ? 1 : 0;
            all[kind]++;
            if (probability(each.text()) > threshold) {
                dropped[kind]++;
            }
        }
        return new Scores(threshold, dropped[1], all[1], dropped[0], all[0]);
    }

    private double probability(WordHashes words, int from, int to) {
        int[] features = features(words, from, to);
        return weights.probability(features, scale(features));
    }

    private static double scale(int[] features) {
        return 1 / Math.sqrt(Math.max(1, features.length));
    }

    /** The weights of a passage's words and pairs, each once. */
    private static int[] features(WordHashes words, int from, int to) {
        int[] features = new int[Math.max(0, 2 * (to - from) - 1)];
        int count = 0;
        for (int i = from; i < to; i++) {
            features[count++] = weight(words.run(i, i + 1));
            if (i + 1 < to) {
                features[count++] = weight(words.run(i, i + 2));
            }
        }
        return Arrays.stream(features, 0, count).sorted().distinct().toArray();
    }

    private static int weight(long hash) {
        return (int) (hash >>> Long.SIZE - BITS);
    }
}
