package kawi.eval;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Metric;

/**
 * BLEU (Papineni et al. 2002): how many word n-grams of a translation, n from 1 to 4, occur in a reference, times a
 * penalty for being too short. Equal to sacrebleu 2: its 13a tokenisation and its exponential smoothing (Post 2018).
 *
 * <p>Scores run from 0 to 100. Two BLEU scores may be compared only where their {@linkplain #signature() signatures}
 * agree.
 */
public final class Bleu implements Metric {

    /** Who computed the score, and whose the same score would be: the end of each signature. */
    static final String PROGRAM =
            "by:kawi|as:sacrebleu-2.6.0"; // the version whose scores the tests hold these equal to

    private static final int ORDER = 4;
    private static final Pattern SYMBOLS = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern POINT_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
    private static final Pattern POINT_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    private final long[][] counts; // per example: hypothesis words, reference words, 4 x matched n-grams, 4 x n-grams
    private final int references;
    private final boolean effectiveOrder;

    private Bleu(List<String> hypotheses, List<List<String>> references, boolean effectiveOrder) {
        if (hypotheses.size() != references.size()) {
            throw new KitException("BLEU of " + hypotheses.size() + " hypotheses against " + references.size()
                    + " references: give one list of references per hypothesis.");
        }
        ModelScores.present("BLEU", "reference", references);
        this.effectiveOrder = effectiveOrder;
        this.references = references.stream().mapToInt(List::size).max().orElse(1);
        counts = new long[hypotheses.size()][];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = count(
                    tokenize(hypotheses.get(i)),
                    references.get(i).stream().map(Bleu::tokenize).toList());
        }
    }

    /**
     * {@return the score of a corpus, in [0, 100]: counts are summed over all examples, then divided}
     *
     * @param hypotheses one translation per example
     * @param references for each, one or more translations that count as right
     * @throws KitException unless there is a list of at least one reference for each hypothesis
     */
    public static Bleu corpus(List<String> hypotheses, List<List<String>> references) {
        return new Bleu(hypotheses, references, false);
    }

    /**
     * {@return the score of one sentence, in [0, 100]: only n-gram orders that the sentence is long enough for count}
     *
     * @param hypothesis a translation
     * @param references one or more translations that count as right
     * @throws KitException where there is no reference
     */
    public static double sentence(String hypothesis, List<String> references) {
        return new Bleu(List.of(hypothesis), List.of(references), true).score();
    }

    /**
     * {@return words and punctuation marks as mteval-v13a separates them, in order}
     *
     * @param text any text
     */
    public static List<String> tokenize(String text) {
        String line = WhitespaceTokens.stripEnd(text)
                .replace("<skipped>", "")
                .replace("-\n", "")
                .replace("\n", " ");
        line = line.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = SYMBOLS.matcher(" " + line + " ").replaceAll(" $1 ");
        line = POINT_AFTER_OTHER.matcher(line).replaceAll("$1 $2 ");
        line = POINT_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return WhitespaceTokens.split(line);
    }

    private static long[] count(List<String> hypothesis, List<List<String>> references) {
        long[] count = new long[2 + 2 * ORDER];
        count[0] = hypothesis.size();
        count[1] = closest(hypothesis.size(), references);
        for (int n = 1; n <= ORDER; n++) {
            Map<List<String>, Integer> allowed = new HashMap<>();
            for (List<String> reference : references) {
                grams(reference, n).forEach((gram, times) -> allowed.merge(gram, times, Math::max));
            }
            for (Map.Entry<List<String>, Integer> gram : grams(hypothesis, n).entrySet()) {
                count[1 + n] += Math.min(gram.getValue(), allowed.getOrDefault(gram.getKey(), 0));
                count[1 + ORDER + n] += gram.getValue();
            }
        }
        return count;
    }

    /** The length of the reference nearest in length; of two equally near ones the shorter. */
    private static int closest(int length, List<List<String>> references) {
        return references.stream()
                .map(List::size)
                .min((a, b) -> Math.abs(a - length) != Math.abs(b - length)
                        ? Integer.compare(Math.abs(a - length), Math.abs(b - length))
                        : Integer.compare(a, b))
                .orElse(0);
    }

    private static Map<List<String>, Integer> grams(List<String> words, int n) {
        Map<List<String>, Integer> grams = new HashMap<>();
        for (int i = 0; i + n <= words.size(); i++) {
            grams.merge(words.subList(i, i + n), 1, Integer::sum);
        }
        return grams;
    }

    @Override
    public String name() {
        return "BLEU";
    }

    @Override
    public int size() {
        return counts.length;
    }

    @Override
    public double score(int[] sample) {
        long[] sum = sum(sample);
        double[] precisions = precisions(sum);
        if (precisions == null) {
            return 0;
        }
        double logs = 0;
        for (double precision : precisions) {
            // sacrebleu's stand-in for log 0: an order with no n-grams at all brings the score to nothing
            logs += precision == 0 ? -9999999999.0 : Math.log(precision);
        }
        return brevityPenalty(sum) * Math.exp(logs / precisions.length);
    }

    /** {@return precisions of 1- to 4-grams in per cent, smoothed; all zero where no word matches} */
    public double[] precisions() {
        double[] precisions = precisions(sum(all()));
        return precisions == null ? new double[ORDER] : precisions;
    }

    /**
     * {@return the factor in [0, 1] that a translation shorter than its reference costs: exp(1 - reference /
     * hypothesis)}
     */
    public double brevityPenalty() {
        return brevityPenalty(sum(all()));
    }

    private double[] precisions(long[] sum) {
        if (Arrays.stream(sum, 2, 2 + ORDER).allMatch(matched -> matched == 0)) {
            return null;
        }
        double[] precisions = new double[ORDER];
        double smooth = 1;
        int order = effectiveOrder ? 0 : ORDER;
        for (int n = 1; n <= ORDER && sum[1 + ORDER + n] > 0; n++) {
            double matched = sum[1 + n];
            if (matched == 0) {
                smooth *= 2; // each order without a match counts half as much as the one before
                matched = 1 / smooth;
            }
            precisions[n - 1] = 100 * matched / sum[1 + ORDER + n];
            order = effectiveOrder ? n : ORDER;
        }
        return Arrays.copyOf(precisions, order);
    }

    private static double brevityPenalty(long[] sum) {
        if (sum[0] >= sum[1]) {
            return 1;
        }
        return sum[0] == 0 ? 0 : Math.exp(1 - (double) sum[1] / sum[0]);
    }

    private long[] sum(int[] sample) {
        long[] sum = new long[2 + 2 * ORDER];
        for (int i : sample) {
            for (int k = 0; k < sum.length; k++) {
                sum[k] += counts[i][k];
            }
        }
        return sum;
    }

    private int[] all() {
        return IntStream.range(0, size()).toArray();
    }

    /**
     * {@return how the score was made, in sacrebleu's notation, by which program, and which version of sacrebleu gives
     * the same score}
     */
    public String signature() {
        return "nrefs:" + references + "|case:mixed|eff:" + (effectiveOrder ? "yes" : "no") + "|tok:13a|smooth:exp|"
                + PROGRAM;
    }
}
