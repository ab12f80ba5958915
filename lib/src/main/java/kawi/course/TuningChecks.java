package kawi.course;

import static kawi.course.Answers.differ;
import static kawi.course.Answers.near;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.eval.SquadScore;
import kawi.stats.Interval;
import kawi.stats.PairedComparison;
import kawi.stats.Power;

/** Tasks about tuning and measuring, of notebooks 05 and 06. */
final class TuningChecks {
    private TuningChecks() {}

    static Map<String, Exercises.Check> all() {
        return Map.of(
                "05.1", TuningChecks::lowRank,
                "05.2", TuningChecks::nucleus,
                "05.3", TuningChecks::temperature,
                "05.4", TuningChecks::rival,
                "05.5", Answers.explanation(),
                "06.1", TuningChecks::width,
                "06.2", TuningChecks::overlap,
                "06.3", TuningChecks::power,
                "06.4", TuningChecks::perByte,
                "06.5", Answers.explanation());
    }

    /** A count foreseen; rows, columns, rank. */
    private static String lowRank(Answers a) {
        double own = a.number(0);
        double right = a.number(3) * (a.number(1) + a.number(2));
        return own == right
                ? null
                : own == a.number(1) * a.number(2)
                        ? "that is the whole matrix, which stays as it is."
                        : 2 * own == right || own == a.number(3) * a.number(1) || own == a.number(3) * a.number(2)
                                ? "that is one of the two thin matrices."
                                : "it is " + (own > right ? "fewer." : "more.");
    }

    /** Lists of probabilities; the masses; what the function made of them. */
    private static String nucleus(Answers a) {
        double[] masses = a.numbers(1);
        for (int i = 0; i < masses.length; i++) {
            double[] p = (double[]) a.list(0).get(i);
            double[] own = (double[]) a.list(2).get(i);
            if (own == null) {
                return "the function gives null: nothing is written in it yet.";
            }
            List<Integer> order = IntStream.range(0, p.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer j) -> -p[j]))
                    .toList();
            double[] right = new double[p.length];
            double sum = 0;
            for (int j = 0; j < p.length && sum < masses[i] - 1e-12; j++) {
                right[order.get(j)] = p[order.get(j)];
                sum += p[order.get(j)];
            }
            for (int j = 0; j < p.length; j++) {
                right[j] /= sum;
            }
            String of = "top-p " + masses[i] + " of " + p.length + " tokens";
            long kept = Arrays.stream(own).filter(v -> v > 0).count();
            long keep = Arrays.stream(right).filter(v -> v > 0).count();
            if (own.length == p.length && kept != keep) {
                return "for " + of + ", " + kept + " tokens are kept, which are too " + (kept > keep ? "many" : "few")
                        + ": the fewest that hold the mass together, the one that reaches it included.";
            }
            if (own.length == p.length && !near(Arrays.stream(own).sum(), 1, 1e-9)) {
                return "for " + of + ", what is kept does not add up to one.";
            }
            String fault = differ(own, right, of);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    /** The temperature; scores. */
    private static String temperature(Answers a) {
        double t = a.number(0);
        double[] scores = a.numbers(1);
        if (t <= 0) {
            return "a temperature is above zero.";
        }
        double most = Arrays.stream(scores).max().orElse(0);
        double share =
                1 / Arrays.stream(scores).map(s -> Math.exp((s - most) / t)).sum();
        return share > 0.6
                ? "the likeliest letter still has more than 60 %."
                : share < 0.4 ? "the likeliest letter has less than 40 %." : null;
    }

    /** The verdict; right and wrong answers of the rival; of the majority. */
    private static String rival(Answers a) {
        return verdict(a.text(0), List.of("bag of words", "majority"), a.truths(1), a.truths(2));
    }

    private static String verdict(String own, List<String> names, boolean[] first, boolean[] second) {
        if (!own.equals("no detectable difference") && !names.contains(own)) {
            return "the answer is one of " + names + " or \"no detectable difference\".";
        }
        PairedComparison compared = PairedComparison.mcnemar("accuracy", second, first, 1);
        String right = !compared.detectable()
                ? "no detectable difference"
                : names.get(compared.difference().value() > 0 ? 0 : 1);
        return own.equals(right)
                ? null
                : compared.detectable()
                        ? "a paired test on these answers finds something else."
                        : "a paired test cannot tell the two apart on so few answers.";
    }

    /** A width foreseen, in percentage points; successes and trials. */
    private static String width(Answers a) {
        Interval interval = Interval.wilson((long) a.number(1), (long) a.number(2));
        double own = a.number(0);
        double right = 100 * (interval.high() - interval.low());
        return near(own, right, 0.1)
                ? null
                : near(2 * own, right, 0.1)
                        ? "that is the half on one side; the width is of both."
                        : own < 1 && near(100 * own, right, 0.1)
                                ? "that is the width as a share; give it in percentage points."
                                : "the interval is " + (own > right ? "narrower." : "wider.");
    }

    /** Answers; references; F1 by the function for each. */
    private static String overlap(Answers a) {
        double[] own = a.numbers(2);
        for (int i = 0; i < own.length; i++) {
            String answer = (String) a.list(0).get(i);
            String reference = (String) a.list(1).get(i);
            double right = SquadScore.f1(answer, reference);
            if (Double.isNaN(own[i])) {
                return "for \"" + answer + "\" and \"" + reference + "\" it is no number: what if no word is shared?";
            }
            if (!near(own[i], right, 1e-6)) {
                return "for \"" + answer + "\" and \"" + reference + "\" F1 is too "
                        + (own[i] > right
                                ? "large: a word that stands once counts once."
                                : "small: precision is of the answer's words, recall of the reference's.");
            }
        }
        return null;
    }

    /** A number of examples; the difference; the share of answers that disagree. */
    private static String power(Answers a) {
        int n = (int) a.number(0);
        double power = Power.mcnemar(n, a.number(1), a.number(2));
        double with = n <= 100 ? 0 : Power.mcnemar(n - 100, a.number(1), a.number(2));
        return power < 0.8
                ? "with so many examples a difference of this size is missed in more than one comparison of five."
                : with >= 0.8 ? "a hundred fewer would do." : null;
    }

    /** The better one's name; bits per byte of each by name. */
    private static String perByte(Answers a) {
        Map<?, ?> bits = a.get(1, Map.class, "bits per byte by model");
        Map<?, ?> reference = a.get(2, Map.class, "nats and bytes by model");
        for (Map.Entry<?, ?> each : reference.entrySet()) {
            double[] natsAndBytes = (double[]) each.getValue();
            double right = natsAndBytes[0] / Math.log(2) / natsAndBytes[1];
            if (!(bits.get(each.getKey()) instanceof Number own)) {
                return "there are no bits per byte for \"" + each.getKey() + "\" yet.";
            }
            if (near(own.doubleValue(), right * Math.log(2), 1e-6)) {
                return "those of \"" + each.getKey() + "\" are nats; a bit is the surprise of one half.";
            }
            if (!near(own.doubleValue(), right, 1e-6)) {
                return "those of \"" + each.getKey() + "\" are too " + (own.doubleValue() > right ? "many" : "few")
                        + ": all surprise, over all bytes.";
            }
        }
        String best = bits.entrySet().stream()
                .min(Comparator.comparingDouble(e -> ((Number) e.getValue()).doubleValue()))
                .map(e -> e.getKey().toString())
                .orElse("");
        return a.text(0).equals(best) ? null : "the better model needs fewer bits for a byte.";
    }
}
