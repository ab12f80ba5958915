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
     * by its examples} Noise never makes a distance smaller than none, so of a finite sample it is above 0 for a model
     * that is perfectly calibrated too. Its interval undoes that: its value is the error whose samples show, on
     * average, what was observed, and its ends are found by asking of errors between none and twice the observed one
     * whether samples of them would show it (see {@link SimulatedCalibration}). Where samples of a perfectly calibrated
     * model do so in more than 5 of 100 cases, it begins at 0.
     */
    public Metric error() {
        return new Metric() {
            @Override
            public String name() {
                return "calibration error";
            }

            @Override
            public int size() {
                return confidences.length;
            }

            @Override
            public double score(int[] sample) {
                double error = 0;
                for (double[] sum : sums(sample)) {
                    error += Math.abs(sum[1] - sum[2]);
                }
                return error / sample.length;
            }

            @Override
            public Interval interval(int samples, long seed) {
                return simulated(samples, seed).interval();
            }
        };
    }

    /**
     * {@return how often a perfectly calibrated model of these confidences would show an error as large, in (0, 1]
     * (consistency resampling, Broecker and Smith 2007)} Below 0.05 the model is detectably miscalibrated.
     *
     * @param samples how many samples of such a model are drawn, at least 1; 1000 are usual
     * @param seed the same seed gives the same value
     * @throws KitException for less than one sample
     */
    public double p(int samples, long seed) {
        return simulated(samples, seed).p();
    }

    private SimulatedCalibration simulated(int samples, long seed) {
        return new SimulatedCalibration(confidences, right, bins, samples, seed);
    }

    /**
     * {@return how much surer the model is than it should be: mean confidence minus accuracy, in [-1, 1]; below 0 it is
     * not sure enough}
     */
    public Metric overconfidence() {
        double[] differences = new double[confidences.length];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = confidences[i] - (right[i] ? 1 : 0);
        }
        return Metric.mean("overconfidence", differences);
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
            int bin = bin(confidences[i], bins);
            sums[bin][0]++;
            sums[bin][1] += confidences[i];
            sums[bin][2] += right[i] ? 1 : 0;
        }
        return sums;
    }

    static int bin(double confidence, int bins) {
        return Math.max(0, Math.min(bins - 1, (int) Math.ceil(confidence * bins) - 1));
    }

    private int[] all() {
        return IntStream.range(0, confidences.length).toArray();
    }
}
