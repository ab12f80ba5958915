package kawi.course;

import static kawi.course.Answers.differ;
import static kawi.course.Answers.near;

import java.util.List;
import java.util.Map;
import kawi.clean.Pii;
import kawi.search.ScalePlan;

/** Tasks about responsible use and about several machines, of notebooks 07 and 08. */
final class CareChecks {
    private CareChecks() {}

    static Map<String, Exercises.Check> all() {
        return Map.of(
                "07.1", CareChecks::exposure,
                "07.2", CareChecks::swapped,
                "07.3", CareChecks::recited,
                "07.4", CareChecks::personal,
                "07.5", Answers.explanation(),
                "08.1", CareChecks::sent,
                "08.2", CareChecks::averaged,
                "08.3", CareChecks::seldom,
                "08.4", CareChecks::order,
                "08.5", Answers.explanation());
    }

    /** An exposure foreseen; how many secrets are possible; the rank. */
    private static String exposure(Answers a) {
        double own = a.number(0);
        double ratio = a.number(1) / a.number(2);
        return near(own, Math.log(ratio) / Math.log(2), 0.01)
                ? null
                : near(own, Math.log(ratio), 0.01)
                        ? "that is in nats; exposure is counted in bits."
                        : own > Math.log(ratio) / Math.log(2) ? "it is less." : "it is more.";
    }

    /** Sentences; their counterfactuals by the rule; those of the function. */
    private static String swapped(Answers a) {
        for (int i = 0; i < a.list(0).size(); i++) {
            String own = (String) a.list(2).get(i);
            if (own == null) {
                return "the function gives null: nothing is written in it yet.";
            }
            if (!own.equals(a.list(1).get(i))) {
                return "\"" + a.list(0).get(i) + "\" became \"" + own + "\": "
                        + (own.equals(a.list(0).get(i))
                                ? "a word of the table is still there."
                                : own.equalsIgnoreCase((String) a.list(1).get(i))
                                        ? "capital letters stay where they were."
                                        : "exchange whole words only, and each of them once.");
            }
        }
        return null;
    }

    /** The number of words; the share of foreign passages that it takes for recited. */
    private static String recited(Answers a) {
        return a.number(0) > 12
                ? "a recited run of twelve words would no longer be found."
                : a.number(1) > 0.01 ? "more than 1 % of passages that nobody copied are taken for recited." : null;
    }

    /** The source with more; the texts of each, by source. */
    private static String personal(Answers a) {
        Map<?, ?> texts = a.get(1, Map.class, "texts by source");
        String own = a.text(0);
        if (!texts.containsKey(own)) {
            return "the answer is one of " + texts.keySet() + ".";
        }
        double mine = finds((List<?>) texts.get(own));
        return texts.values().stream().anyMatch(other -> finds((List<?>) other) > mine)
                ? "count what is found for each megabyte: another source has more."
                : null;
    }

    private static double finds(List<?> texts) {
        double finds = 0;
        double bytes = 0;
        for (Object text : texts) {
            finds += Pii.find((String) text).size();
            bytes += ((String) text).length();
        }
        return finds / bytes;
    }

    /** Megabytes foreseen; parameters; workers; steps. */
    private static String sent(Answers a) {
        double own = a.number(0);
        double all = 4 * a.number(1) * a.number(3) / 1e6;
        double right = 2 * (a.number(2) - 1) * all;
        return near(own, right, 0.005)
                ? null
                : near(own, right / 2, 0.005)
                        ? "that is one of two ways: sums are gathered, and then handed out again."
                        : near(own, right / 4, 0.005) || near(own, right / 8, 0.005)
                                ? "how many bytes has a number in 32 bits?"
                                : near(own, 2 * a.number(2) * all, 0.005)
                                        ? "what a worker owns it need not send to itself."
                                        : "it is " + (own > right ? "less." : "more.");
    }

    /** Gradients of the workers; windows of each; the mean by the function. */
    private static String averaged(Answers a) {
        double[] windows = a.numbers(1);
        List<?> gradients = a.list(0);
        double[] right = new double[((double[]) gradients.get(0)).length];
        double[] plain = new double[right.length];
        double sum = 0;
        for (int k = 0; k < windows.length; k++) {
            sum += windows[k];
            for (int i = 0; i < right.length; i++) {
                right[i] += windows[k] * ((double[]) gradients.get(k))[i];
                plain[i] += ((double[]) gradients.get(k))[i] / windows.length;
            }
        }
        for (int i = 0; i < right.length; i++) {
            right[i] /= sum;
        }
        double[] own = a.numbers(2);
        return differ(own, plain, "") == null && differ(right, plain, "") != null
                ? "a worker with few windows counts as much as one with many."
                : differ(own, right, "the workers' gradients");
    }

    /** The plan with the chosen number of steps between exchanges. */
    private static String seldom(Answers a) {
        ScalePlan plan = a.get(0, ScalePlan.class, "a plan");
        double share = plan.exchanging() / (plan.computing() + plan.exchanging());
        return share > 0.1
                ? "the machines still spend more than a tenth of their time in exchanges."
                : share < 0.05
                        ? "they exchange less often than they need to: less than a twentieth of the time."
                        : null;
    }

    /** The verdict; the numbers. */
    private static String order(Answers a) {
        float[] numbers = a.get(1, float[].class, "an array of numbers, float[]");
        float forward = 0;
        float backward = 0;
        for (int i = 0; i < numbers.length; i++) {
            forward += numbers[i];
            backward += numbers[numbers.length - 1 - i];
        }
        String right = forward == backward ? "the same" : "different";
        return a.text(0).equals(right)
                ? null
                : !List.of("the same", "different").contains(a.text(0))
                        ? "the answer is \"the same\" or \"different\"."
                        : "compare the two sums to their last digit.";
    }
}
