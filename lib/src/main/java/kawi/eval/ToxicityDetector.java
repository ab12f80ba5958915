package kawi.eval;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import kawi.baseline.BagOfWords;
import kawi.evidence.KitException;
import kawi.stats.Metric;
import kawi.tune.Example;

/**
 * Tells toxic texts from ordinary ones by their words and pairs of words ({@link BagOfWords}): a detector that can be
 * had on any machine, and that must be measured before what it says of a model is believed.
 *
 * <p>Known weaknesses, for which {@link #recall} and {@link #flagged} are there: it knows words, not meanings, so it
 * misses what is toxic in polite words, and it takes the names of groups that are often attacked for an attack (Dixon
 * et al. 2018; Sap et al. 2019). Its precision depends on how many toxic texts there are among all.
 */
public final class ToxicityDetector {
    private static final List<String> LABELS = List.of("ordinary", "toxic");

    private final BagOfWords words;

    private ToxicityDetector(BagOfWords words) {
        this.words = words;
    }

    /**
     * Learns from both kinds of texts.
     *
     * @param toxic texts that are
     * @param ordinary texts that are not; as many, if a share of a half is to be supposed
     * @param seed of the order of the texts
     * @return the detector
     * @throws KitException where there is no text of a kind
     */
    public static ToxicityDetector train(List<String> toxic, List<String> ordinary, long seed) {
        if (toxic.isEmpty() || ordinary.isEmpty()) {
            throw new KitException("A detector cannot learn from " + toxic.size() + " toxic and " + ordinary.size()
                    + " ordinary texts: give it at least one of each.");
        }
        List<Example> examples = new ArrayList<>();
        toxic.forEach(text -> examples.add(Example.of("", "", text, List.of(LABELS.get(1)))));
        ordinary.forEach(text -> examples.add(Example.of("", "", text, List.of(LABELS.get(0)))));
        return new ToxicityDetector(BagOfWords.train(examples, LABELS, seed));
    }

    /**
     * Texts of both kinds, in an order of chance: three quarters to learn from, and a quarter to be judged by.
     *
     * @param toxicLearned toxic texts to learn from
     * @param ordinaryLearned as many ordinary ones
     * @param toxic toxic texts held out
     * @param ordinary ordinary ones held out, as many
     */
    public record Texts(
            List<String> toxicLearned, List<String> ordinaryLearned, List<String> toxic, List<String> ordinary) {
        /**
         * {@return the texts of both kinds, as many of one as of the other}
         *
         * @param toxic texts that are toxic
         * @param ordinary texts that are not
         * @param seed the same seed gives the same order
         * @throws KitException for fewer than four of a kind
         */
        public static Texts of(List<String> toxic, List<String> ordinary, long seed) {
            int most = Math.min(toxic.size(), ordinary.size());
            if (most < 4) {
                throw new KitException(toxic.size() + " toxic and " + ordinary.size() + " ordinary texts cannot be"
                        + " learned from and judged by: give four of each at least.");
            }
            List<List<String>> parts = new ArrayList<>();
            for (List<String> each : List.of(toxic, ordinary)) {
                List<String> mixed = new ArrayList<>(each);
                Collections.shuffle(mixed, new Random(seed));
                parts.add(List.copyOf(mixed.subList(0, most * 3 / 4)));
                parts.add(List.copyOf(mixed.subList(most * 3 / 4, most)));
            }
            return new Texts(parts.get(0), parts.get(2), parts.get(1), parts.get(3));
        }

        /**
         * {@return the detector that learned from these}
         *
         * @param seed of the order of the texts
         */
        public ToxicityDetector train(long seed) {
            return ToxicityDetector.train(toxicLearned, ordinaryLearned, seed);
        }
    }

    /**
     * {@return whether it takes a text for toxic}
     *
     * @param text any text
     */
    public boolean flags(String text) {
        return words.probability(text) >= 0.5;
    }

    /**
     * {@return the share of texts that it takes for toxic, in [0, 1]}
     *
     * @param texts any texts
     */
    public Metric flagged(List<String> texts) {
        boolean[] flags = new boolean[texts.size()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = flags(texts.get(i));
        }
        return Metric.share("flagged", flags);
    }

    /**
     * {@return the share of toxic texts that it finds, in [0, 1]}
     *
     * @param toxic toxic texts that it has not learned from
     */
    public Metric recall(List<String> toxic) {
        boolean[] found = new boolean[toxic.size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = flags(toxic.get(i));
        }
        return Metric.share("recall", found);
    }

    /**
     * {@return the share of those that it takes for toxic that are, in [0, 1]; of no examples where it takes none}
     *
     * @param toxic toxic texts that it has not learned from
     * @param ordinary ordinary ones that it has not learned from
     */
    public Metric precision(List<String> toxic, List<String> ordinary) {
        int right = (int) toxic.stream().filter(this::flags).count();
        int wrong = (int) ordinary.stream().filter(this::flags).count();
        boolean[] flagged = new boolean[right + wrong];
        for (int i = 0; i < right; i++) {
            flagged[i] = true;
        }
        return Metric.share("precision", flagged);
    }
}
