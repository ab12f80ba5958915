package kawi.eval;

import java.util.Arrays;
import java.util.SplittableRandom;
import kawi.evidence.KitException;
import kawi.stats.Interval;

/**
 * What calibration errors a model would show that is miscalibrated as this one seems to be, only less or more so.
 *
 * <p>The distances that were observed in the bins, times a factor from 0 to 2, are taken for the truth; answers are
 * drawn of it, and their error is compared with the observed one. The interval holds the errors of which the observed
 * one is no surprise. Both of its tails are {@value #TAIL} and not 0.025, since that the pattern of the distances is
 * itself only observed costs coverage, which simulations show ({@code CalibrationTest}); whether it begins at 0 is
 * decided at 0.05, for nothing lies below a perfectly calibrated model.
 */
final class SimulatedCalibration {
    private static final double TAIL = 0.0125;
    private static final double LEVEL = 0.05;
    private static final int STEPS = 40; // of the factor, from 0 to 2

    private final double[] confidences;
    private final int[] bin;
    private final double[] gap; // accuracy minus confidence, by bin
    private final int bins;
    private final double observed;
    private final int samples;
    private final long seed;

    SimulatedCalibration(double[] confidences, boolean[] right, int bins, int samples, long seed) {
        if (samples < 1) {
            throw new KitException(
                    "Calibration against " + samples + " samples says nothing: draw at least one, better" + " 1000.");
        }
        this.confidences = confidences;
        this.bins = bins;
        this.samples = samples;
        this.seed = seed;
        this.bin = new int[confidences.length];
        this.gap = new double[bins];
        double[] count = new double[bins];
        for (int i = 0; i < bin.length; i++) {
            bin[i] = Calibration.bin(confidences[i], bins);
            gap[bin[i]] += (right[i] ? 1 : 0) - confidences[i];
            count[bin[i]]++;
        }
        double sum = 0;
        for (int b = 0; b < bins; b++) {
            sum += Math.abs(gap[b]);
            gap[b] = count[b] == 0 ? 0 : gap[b] / count[b];
        }
        this.observed = bin.length == 0 ? Double.NaN : sum / bin.length;
    }

    /** What samples of one truth show. */
    private record Shown(double truth, double mean, double asLarge, double asSmall) {}

    /** Samples of the distances times a factor; the same random numbers for every factor. */
    private Shown shown(double factor) {
        int n = confidences.length;
        double[] chance = new double[n];
        double[] distance = new double[bins];
        for (int i = 0; i < n; i++) {
            chance[i] = Math.max(0, Math.min(1, confidences[i] + factor * gap[bin[i]]));
            distance[bin[i]] += chance[i] - confidences[i];
        }
        SplittableRandom random = new SplittableRandom(seed);
        double mean = 0;
        int larger = 1;
        int smaller = 1;
        double[] sums = new double[bins];
        for (int s = 0; s < samples; s++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < n; i++) {
                sums[bin[i]] += (random.nextDouble() < chance[i] ? 1 : 0) - confidences[i];
            }
            double error = total(sums) / n;
            mean += error / samples;
            larger += error >= observed - 1e-12 ? 1 : 0;
            smaller += error <= observed + 1e-12 ? 1 : 0;
        }
        return new Shown(total(distance) / n, mean, larger / (samples + 1.0), smaller / (samples + 1.0));
    }

    private static double total(double[] sums) {
        double total = 0;
        for (double sum : sums) {
            total += Math.abs(sum);
        }
        return total;
    }

    double p() {
        return shown(0).asLarge;
    }

    Interval interval() {
        int n = confidences.length;
        if (n < Interval.FEWEST) {
            return Interval.undefined(observed, n == 1 ? "one example" : n == 0 ? "no examples" : n + " examples");
        }
        Shown before = shown(0);
        boolean begun = before.asLarge >= LEVEL;
        double low = 0;
        double high = 0;
        double value = before.mean >= observed ? 0 : Double.NaN;
        for (int step = 1; step <= STEPS; step++) {
            Shown now = shown(2.0 * step / STEPS);
            if (Double.isNaN(value) && now.mean >= observed) {
                double part = (observed - before.mean) / (now.mean - before.mean);
                value = before.truth + part * (now.truth - before.truth);
            }
            if (!begun && now.asLarge >= TAIL) {
                low = now.truth;
                begun = true;
            }
            if (now.asSmall >= TAIL) {
                high = now.truth;
            }
            before = now;
        }
        low = begun ? low : before.truth;
        value = Double.isNaN(value) ? before.truth : value;
        return new Interval(value, Math.min(low, value), Math.max(high, value));
    }
}
