package kawi.course;

import java.util.List;

/** What a cell hands to a check, by place; what is missing or of another kind ends the check with a sentence. */
final class Answers {
    private static final int WORDS = 25; // of an explanation
    private final Object[] given;

    Answers(Object... given) {
        this.given = given == null ? new Object[1] : given;
    }

    /** An answer that is not there, or is none. */
    static final class Missing extends RuntimeException {
        private static final long serialVersionUID = 1;

        Missing(String sentence) {
            super(sentence);
        }
    }

    <T> T get(int place, Class<T> type, String kind) {
        if (place >= given.length) {
            throw new Missing("the check wants " + (place + 1) + " values and got " + given.length
                    + "; leave its cell as it came.");
        }
        if (given[place] == null) {
            throw new Missing("nothing is answered here yet; write your code where its cell says so, and run it.");
        }
        if (!type.isInstance(given[place])) {
            throw new Missing("the answer is to be " + kind + ", and it is a "
                    + given[place].getClass().getSimpleName() + ".");
        }
        return type.cast(given[place]);
    }

    /** A number that is one. */
    double number(int place) {
        double number = get(place, Number.class, "a number").doubleValue();
        if (!Double.isFinite(number)) {
            throw new Missing("the answer is " + number + ", which is no number; look for a division by zero or a "
                    + "logarithm of it.");
        }
        return number;
    }

    String text(int place) {
        return get(place, String.class, "a text");
    }

    double[] numbers(int place) {
        return get(place, double[].class, "an array of numbers, double[]");
    }

    boolean[] truths(int place) {
        return get(place, boolean[].class, "an array of truths, boolean[]");
    }

    List<?> list(int place) {
        return get(place, List.class, "a list");
    }

    /** Whether two numbers are equal to a share of the second. */
    static boolean near(double a, double b, double share) {
        return Math.abs(a - b) <= share * Math.max(Math.abs(b), 1e-12);
    }

    /** The fault of numbers beside those expected: their count, or the first place that differs. */
    static String differ(double[] own, double[] expected, String of) {
        if (own.length != expected.length) {
            return "it gives " + own.length + " numbers for " + of + ", and " + expected.length + " belong there.";
        }
        for (int i = 0; i < own.length; i++) {
            if (!Double.isFinite(own[i])) {
                return "for " + of + ", number " + (i + 1) + " is " + own[i] + ".";
            }
            if (Math.abs(own[i] - expected[i]) > 1e-9 + 1e-6 * Math.abs(expected[i])) {
                return "for " + of + ", number " + (i + 1) + " of " + own.length + " is "
                        + (own[i] > expected[i] ? "too large." : "too small.");
            }
        }
        return null;
    }

    /** The check of every explanation: that there is one. Whether it is right, a person reads. */
    static Exercises.Check explanation() {
        return a -> {
            long words = a.text(0).strip().split("\\s+").length;
            long different = List.of(
                            a.text(0).toLowerCase(java.util.Locale.ROOT).strip().split("\\s+"))
                    .stream()
                    .distinct()
                    .count();
            if (a.text(0).isBlank()) {
                return "nothing is written here yet.";
            }
            return words < WORDS
                    ? "an explanation of " + words + " words leaves too much unsaid; take at least " + WORDS + "."
                    : different < WORDS / 2 ? "an explanation says more than the same few words." : null;
        };
    }
}
