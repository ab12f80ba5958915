package kawi.eval;

import java.util.Locale;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import kawi.stats.Metric;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Whether a model that says "90 % sure" is right nine times in ten (Guo et al. 2017). */
public final class Calibration {

    private final double[] confidences;
    private final boolean[] right;
    private final int bins;

    private Calibration(double[] confidences, boolean[] right, int bins) {
        this.confidences = confidences;
        this.right = right;
        this.bins = bins;
    }

    /**
     * Compares confidence with success.
     *
     * @param confidences probability, in [0, 1], that the model gave to the label it chose
     * @param right whether that label was right
     * @param bins into how many equally wide bins of confidence the examples are sorted, at least 1: (0, 1/bins], ...
     * @return the comparison
     * @throws KitException for a confidence outside [0, 1], more or fewer outcomes than confidences, or no bin
     */
    public static Calibration of(double[] confidences, boolean[] right, int bins) {
        ModelScores.equal("Calibration of confidences and outcomes", confidences.length, right.length);
        ModelScores.probabilities("confidence", confidences);
        if (bins < 1) {
            throw new KitException("Calibration in " + bins + " bins is not possible: give at least one, usually 10.");
        }
        return new Calibration(confidences.clone(), right.clone(), bins);
    }

    /**
     * {@return the expected calibration error, in [0, 1]: the distance of confidence and accuracy in each bin, weighted
     * by its examples} Its bootstrap interval leans upwards, for noise never makes a distance smaller than none.
     */
    public Metric error() {
        return Metric.of("calibration error", confidences.length, sample -> {
            double[][] sums = sums(sample);
            double error = 0;
            for (double[] sum : sums) {
                error += Math.abs(sum[1] - sum[2]);
            }
            return error / sample.length;
        });
    }

    /**
     * {@return the Brier score of the chosen label (Brier 1950), in [0, 1]: the mean squared distance of confidence
     * from being right (1) or wrong (0)}
     */
    public Metric brier() {
        double[] squares = new double[confidences.length];
        for (int i = 0; i < squares.length; i++) {
            double distance = confidences[i] - (right[i] ? 1 : 0);
            squares[i] = distance * distance;
        }
        return Metric.mean("Brier score", squares);
    }

    /**
     * {@return one row per bin that holds examples: its range, how many, mean confidence, and accuracy with the ends of
     * its Wilson interval, which are missing where the bin holds one example}
     */
    public Table reliability() {
        StringColumn range = StringColumn.create("confidence");
        IntColumn examples = IntColumn.create("examples");
        DoubleColumn confidence = DoubleColumn.create("mean confidence");
        DoubleColumn accuracy = DoubleColumn.create("accuracy");
        DoubleColumn low = DoubleColumn.create("low");
        DoubleColumn high = DoubleColumn.create("high");
        double[][] sums = sums(all());
        for (int bin = 0; bin < bins; bin++) {
            if (sums[bin][0] > 0) {
                Interval wilson = sums[bin][0] > 1
                        ? Interval.wilson((long) sums[bin][2], (long) sums[bin][0])
                        : Interval.undefined(sums[bin][2], "one example");
                range.append(String.format(Locale.ROOT, "%.2f to %.2f", (double) bin / bins, (bin + 1.0) / bins));
                examples.append((int) sums[bin][0]);
                confidence.append(sums[bin][1] / sums[bin][0]);
                accuracy.append(wilson.value());
                low.append(wilson.low());
                high.append(wilson.high());
            }
        }
        return Table.create("reliability", range, examples, confidence, accuracy, low, high);
    }

    /** Per bin: examples, sum of confidences, right answers. */
    private double[][] sums(int[] sample) {
        double[][] sums = new double[bins][3];
        for (int i : sample) {
            int bin = Math.max(0, Math.min(bins - 1, (int) Math.ceil(confidences[i] * bins) - 1));
            sums[bin][0]++;
            sums[bin][1] += confidences[i];
            sums[bin][2] += right[i] ? 1 : 0;
        }
        return sums;
    }

    private int[] all() {
        return IntStream.range(0, confidences.length).toArray();
    }
}
