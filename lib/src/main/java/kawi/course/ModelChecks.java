package kawi.course;

import static kawi.course.Answers.differ;
import static kawi.course.Answers.near;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import kawi.model.GptConfig;
import kawi.stats.SampleStatistics;

/** Tasks about models and their training, of notebooks 03 and 04. */
final class ModelChecks {
    private ModelChecks() {}

    static Map<String, Exercises.Check> all() {
        return Map.of(
                "03.1", ModelChecks::parameters,
                "03.2", ModelChecks::softmax,
                "03.3", ModelChecks::shape,
                "03.4", ModelChecks::memory,
                "03.5", Answers.explanation(),
                "04.1", ModelChecks::start,
                "04.2", ModelChecks::gradient,
                "04.3", ModelChecks::rate,
                "04.4", ModelChecks::noise,
                "04.5", Answers.explanation());
    }

    /** A count foreseen; the configuration. */
    private static String parameters(Answers a) {
        double own = a.number(0);
        GptConfig c = a.get(1, GptConfig.class, "a configuration");
        double right = c.parameterCount();
        double tables = (double) (c.vocabularySize() + c.context()) * c.width();
        return own == right
                ? null
                : own == right - tables
                        ? "the blocks are counted; the model has two tables besides."
                        : own == right + (double) c.vocabularySize() * c.width()
                                ? "the table of tokens is counted twice: the output uses the same one."
                                : near(own, right, 0.02)
                                        ? "nearly: look for vectors, such as offsets and the gains of norms."
                                        : "the model has " + (own > right ? "fewer." : "more.");
    }

    /** Lists of scores, and what the function made of each. */
    private static String softmax(Answers a) {
        for (int i = 0; i < a.list(0).size(); i++) {
            double[] scores = (double[]) a.list(0).get(i);
            double[] own = (double[]) a.list(1).get(i);
            if (own == null) {
                return "the function gives null: nothing is written in it yet.";
            }
            double most = Arrays.stream(scores).max().orElse(0);
            double[] right = Arrays.stream(scores).map(s -> Math.exp(s - most)).toArray();
            double sum = Arrays.stream(right).sum();
            for (int j = 0; j < right.length; j++) {
                right[j] /= sum;
            }
            String which = Arrays.toString(scores);
            for (double each : own) {
                if (!Double.isFinite(each)) {
                    return "for " + which + " a share is " + each + ": what is exp of a large score, and which "
                            + "number may be taken from all scores without changing a share?";
                }
            }
            if (own.length == scores.length && !near(Arrays.stream(own).sum(), 1, 1e-9)) {
                return "for " + which + " the shares do not add up to one.";
            }
            String fault = differ(own, right, which);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    /** The shape that the knobs made. */
    private static String shape(Answers a) {
        GptConfig c = a.get(0, GptConfig.class, "a configuration");
        double share = (double) c.vocabularySize() * c.width() / c.parameterCount();
        return c.parameterCount() > 1_000_000
                ? "the model has more than a million parameters."
                : c.parameterCount() < 500_000
                        ? "the model has fewer than half a million parameters."
                        : share > 0.4 ? "more than 40 % of its parameters are the table of tokens." : null;
    }

    /** Steps for two gates; the gates. */
    private static String memory(Answers a) {
        List<?> own = a.list(0);
        double[] gates = a.numbers(1);
        if (own.size() != gates.length) {
            return "there are " + gates.length + " gates and " + own.size() + " answers.";
        }
        for (int i = 0; i < gates.length; i++) {
            if (!(own.get(i) instanceof Number number)) {
                return "answer " + (i + 1) + " is not there yet.";
            }
            int right = 1;
            while (Math.pow(gates[i], right) >= 0.5) {
                right++;
            }
            if (number.intValue() != right) {
                return "with a gate of " + gates[i] + ", after " + number.intValue() + " steps "
                        + (number.intValue() > right
                                ? "and also after fewer, less than half is left."
                                : "half or more is still left.");
            }
        }
        return null;
    }

    /** A loss foreseen; the one measured. */
    private static String start(Answers a) {
        double own = a.number(0);
        double measured = a.number(1);
        return near(own, measured, 0.02)
                ? null
                : near(own, measured / Math.log(2), 0.02)
                        ? "that is in bits; the loss is in nats."
                        : near(own, measured / Math.log(10), 0.02)
                                ? "that is a logarithm to the base of ten; the loss has the natural one."
                                : "the loss that was measured is " + (own > measured ? "smaller." : "larger.");
    }

    /** Gradients by the function at three places; the places, inputs and targets. */
    private static String gradient(Answers a) {
        List<?> places = a.list(1);
        double[] x = a.numbers(2);
        double[] y = a.numbers(3);
        for (int i = 0; i < places.size(); i++) {
            double[] at = (double[]) places.get(i);
            double[] own = (double[]) a.list(0).get(i);
            if (own == null) {
                return "the function gives null: nothing is written in it yet.";
            }
            double[] right = new double[2];
            for (int j = 0; j < x.length; j++) {
                double error = at[0] * x[j] + at[1] - y[j];
                right[0] += 2 * error * x[j] / x.length;
                right[1] += 2 * error / x.length;
            }
            if (own.length == 2 && near(-own[0], right[0], 1e-6) && near(-own[1], right[1], 1e-6)) {
                return "it points downhill; a gradient points to where the loss grows.";
            }
            if (own.length == 2 && near(2 * own[0], right[0], 1e-6)) {
                return "it is half of what the slope of the loss is: what is the derivative of a square?";
            }
            if (own.length == 2 && near(own[0], right[0] * x.length, 1e-6)) {
                return "the loss is a mean, and this is the gradient of a sum.";
            }
            String fault = differ(own, right, "w = " + at[0] + ", b = " + at[1]);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    /** The rate; the losses on the way; the least loss there is. */
    private static String rate(Answers a) {
        a.number(0);
        double[] losses = a.numbers(1);
        double least = a.number(2);
        double last = losses[losses.length - 1];
        return !Double.isFinite(last) || last > losses[0]
                ? "with this rate the loss grows: the steps leap over the valley."
                : last > 1.1 * least
                        ? "after " + (losses.length - 1)
                                + " steps the loss is still more than a tenth above the least: "
                                + "the steps are too short."
                        : null;
    }

    /** A ratio; gradients of small batches; gradients of large ones. */
    private static String noise(Answers a) {
        double own = a.number(0);
        double measured = SampleStatistics.deviation(a.numbers(1)) / SampleStatistics.deviation(a.numbers(2));
        return near(own, measured, 0.02)
                ? null
                : near(own, measured * measured, 0.05)
                        ? "that compares the squares of the spread; compare the spreads."
                        : "the spreads that were measured have " + (own > measured ? "a smaller" : "a larger")
                                + " ratio.";
    }
}
