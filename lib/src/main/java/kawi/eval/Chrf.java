package kawi.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.stats.Metric;

/**
 * chrF (Popović 2015): an F score, recall counting twice, over the character n-grams, n from 1 to 6, that a translation
 * shares with its reference; chrF++ (Popović 2017) adds words and pairs of words. Equal to what sacrebleu 2 calls chrF2
 * and chrF2++.
 *
 * <p>Scores run from 0 to 100. Spelling that is nearly right counts, which suits rich inflection and short sentences.
 */
public final class Chrf implements Metric {

    private static final int CHARACTERS = 6;
    private static final double BETA_SQUARED = 4;
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private final int words;
    private final int references;
    private final long[][] counts; // per example and order: n-grams of the hypothesis, of the reference, of both

    private Chrf(List<String> hypotheses, List<List<String>> references, int words) {
        if (hypotheses.size() != references.size()) {
            throw new KitException("chrF of " + hypotheses.size() + " hypotheses against " + references.size()
                    + " references: give one list of references per hypothesis.");
        }
        ModelScores.present("chrF", "reference", references);
        this.words = words;
        this.references = references.stream().mapToInt(List::size).max().orElse(1);
        counts = new long[hypotheses.size()][];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = best(grams(hypotheses.get(i)), references.get(i));
        }
    }

    /**
     * {@return chrF of a corpus, in [0, 100]: of several references the best-scoring one counts}
     *
     * @param hypotheses one translation per example
     * @param references for each, one or more translations that count as right
     * @throws KitException unless there is a list of at least one reference for each hypothesis
     */
    public static Chrf corpus(List<String> hypotheses, List<List<String>> references) {
        return new Chrf(hypotheses, references, 0);
    }

    /**
     * {@return chrF++ of a corpus, in [0, 100]: words and pairs of words count as well}
     *
     * @param hypotheses one translation per example
     * @param references for each, one or more translations that count as right
     * @throws KitException unless there is a list of at least one reference for each hypothesis
     */
    public static Chrf plusPlus(List<String> hypotheses, List<List<String>> references) {
        return new Chrf(hypotheses, references, 2);
    }

    /**
     * {@return chrF of one sentence, in [0, 100]}
     *
     * @param hypothesis a translation
     * @param references one or more translations that count as right
     * @throws KitException where there is no reference
     */
    public static double sentence(String hypothesis, List<String> references) {
        return corpus(List.of(hypothesis), List.of(references)).score();
    }

    private long[] best(List<Map<String, Integer>> hypothesis, List<String> references) {
        long[] best = new long[3 * (CHARACTERS + words)];
        double bestScore = -1;
        for (String reference : references) {
            long[] count = count(hypothesis, grams(reference));
            double score = score(count);
            if (score > bestScore) {
                bestScore = score;
                best = count;
            }
        }
        return best;
    }

    private static long[] count(List<Map<String, Integer>> hypothesis, List<Map<String, Integer>> reference) {
        long[] count = new long[3 * hypothesis.size()];
        for (int n = 0; n < hypothesis.size(); n++) {
            Map<String, Integer> expected = reference.get(n);
            for (Map.Entry<String, Integer> gram : hypothesis.get(n).entrySet()) {
                // an order for which the reference is too short counts neither for nor against
                count[3 * n] += expected.isEmpty() ? 0 : gram.getValue();
                count[3 * n + 2] += Math.min(gram.getValue(), expected.getOrDefault(gram.getKey(), 0));
            }
            count[3 * n + 1] =
                    expected.values().stream().mapToLong(Integer::longValue).sum();
        }
        return count;
    }

    /** Per order the n-grams and how often each occurs: characters without white space first, then words. */
    private List<Map<String, Integer>> grams(String text) {
        List<Map<String, Integer>> grams = new ArrayList<>();
        int[] characters =
                String.join("", WhitespaceTokens.split(text)).codePoints().toArray();
        for (int n = 1; n <= CHARACTERS; n++) {
            Map<String, Integer> ofOrder = new HashMap<>();
            for (int i = 0; i + n <= characters.length; i++) {
                ofOrder.merge(new String(characters, i, n), 1, Integer::sum);
            }
            grams.add(ofOrder);
        }
        List<String> separated = words == 0 ? List.of() : separate(text);
        for (int n = 1; n <= words; n++) {
            Map<String, Integer> ofOrder = new HashMap<>();
            for (int i = 0; i + n <= separated.size(); i++) {
                ofOrder.merge(String.join(" ", separated.subList(i, i + n)), 1, Integer::sum);
            }
            grams.add(ofOrder);
        }
        return grams;
    }

    /** Words with one punctuation mark taken off the end or, where there is none, off the beginning. */
    private static List<String> separate(String text) {
        List<String> separated = new ArrayList<>();
        for (String word : WhitespaceTokens.split(text)) {
            int last = word.length() - 1;
            if (word.codePointCount(0, word.length()) == 1) {
                separated.add(word);
            } else if (PUNCTUATION.indexOf(word.charAt(last)) >= 0) {
                separated.add(word.substring(0, last));
                separated.add(word.substring(last));
            } else if (PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
                separated.add(word.substring(0, 1));
                separated.add(word.substring(1));
            } else {
                separated.add(word);
            }
        }
        return separated;
    }

    private static double score(long[] count) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int n = 0; n < count.length / 3; n++) {
            long hypothesis = count[3 * n];
            long reference = count[3 * n + 1];
            if (hypothesis > 0 && reference > 0) {
                precision += (double) count[3 * n + 2] / hypothesis;
                recall += (double) count[3 * n + 2] / reference;
                orders++;
            }
        }
        if (precision + recall == 0) {
            return 0;
        }
        precision /= orders;
        recall /= orders;
        return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
    }

    @Override
    public String name() {
        return words == 0 ? "chrF" : "chrF++";
    }

    @Override
    public int size() {
        return counts.length;
    }

    @Override
    public double score(int[] sample) {
        long[] sum = new long[3 * (CHARACTERS + words)];
        for (int i : sample) {
            for (int k = 0; k < sum.length; k++) {
                sum[k] += counts[i][k];
            }
        }
        return score(sum);
    }

    /**
     * {@return how the score was made, in sacrebleu's notation, by which program, and which version of sacrebleu gives
     * the same score}
     */
    public String signature() {
        return "nrefs:" + references + "|case:mixed|eff:yes|nc:" + CHARACTERS + "|nw:" + words + "|space:no|"
                + Bleu.PROGRAM;
    }
}
