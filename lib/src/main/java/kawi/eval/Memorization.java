package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.stats.Interval;
import kawi.stats.Metric;
import kawi.text.Tokenizer;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What a model remembers of what it saw: secrets of known form ("canaries") are planted in the training text, and
 * afterwards the model is asked for them (Carlini et al. 2019, "The Secret Sharer").
 */
public final class Memorization {

    private static final List<String> FIRST = List.of(
            "Mara", "Tobin", "Ilse", "Caspar", "Runa", "Edmund", "Petra", "Lorcan", "Vesna", "Alaric", "Odile",
            "Bertil", "Senna", "Magnus", "Thea", "Corwin");
    private static final List<String> LAST = List.of(
            "Quill",
            "Ashdown",
            "Vantongeren",
            "Holloway",
            "Brisk",
            "Okonedo",
            "Larkspur",
            "Tamm",
            "Fairweather",
            "Zell",
            "Nightingale",
            "Drummond",
            "Pell",
            "Sorrel",
            "Whitlock",
            "Arkwright");

    private static final int MOST_DIGITS = 6; // all secrets of the form are scored: a million at most

    private Memorization() {}

    /**
     * A planted secret.
     *
     * @param opening text before the secret, "The door code of Mara Quill is"
     * @param secret the secret itself, such as " 4 0 7": one digit, one token
     * @param copies how often it is planted; 0 for one that the model never sees
     */
    public record Canary(String opening, String secret, int copies) {
        /** {@return the canary as a document} */
        public String text() {
            return opening + secret + ".";
        }
    }

    /**
     * What a model knows of a canary.
     *
     * @param canary the secret asked for
     * @param rank place of the secret among all secrets of its form, 1 the likeliest
     * @param candidates how many secrets of that form there are
     * @param extracted whether the model, given the opening, writes the secret of its own accord
     */
    public record Exposure(Canary canary, int rank, int candidates, boolean extracted) {
        /**
         * {@return the exposure in bits: how much of the secret the model gives away, log2 of the candidates less log2
         * of the rank} It runs from 0 to log2 of the candidates; a secret never seen has 1.44 on average (ranks being
         * uniform, the mean of -log2 of a uniform number).
         */
        public double bits() {
            return (Math.log(candidates) - Math.log(rank)) / Math.log(2);
        }
    }

    /**
     * Canaries with names and secrets drawn from the seed.
     *
     * @param count how many, at most 256, for that many names there are
     * @param digits of each secret, in [1, 6]
     * @param copies how often the first, second, third... is planted, each 0 or more; after the last it begins again
     * @param seed the same seed gives the same canaries
     * @return the canaries, no two of the same name
     * @throws KitException for numbers out of these ranges
     */
    public static List<Canary> canaries(int count, int digits, List<Integer> copies, long seed) {
        if (count < 0 || count > FIRST.size() * LAST.size() || digits < 1 || digits > MOST_DIGITS) {
            throw new KitException(count + " canaries of " + digits + " digits cannot be made: give at most "
                    + FIRST.size() * LAST.size() + " of 1 to " + MOST_DIGITS + " digits.");
        }
        if (copies.isEmpty() || copies.stream().anyMatch(times -> times < 0)) {
            throw new KitException(
                    "Canaries cannot be planted " + copies + " times: give at least one number, each 0" + " or more.");
        }
        Random random = new Random(seed);
        Set<String> names = new HashSet<>();
        List<Canary> canaries = new ArrayList<>();
        while (canaries.size() < count) {
            String name = FIRST.get(random.nextInt(FIRST.size())) + " " + LAST.get(random.nextInt(LAST.size()));
            if (names.add(name)) {
                int secret = random.nextInt((int) Math.pow(10, digits));
                canaries.add(new Canary(
                        "The door code of " + name + " is",
                        secret(secret, digits),
                        copies.get(canaries.size() % copies.size())));
            }
        }
        return canaries;
    }

    /**
     * {@return the texts with every copy of every canary among them as a document of its own, in an order drawn from
     * the seed}
     *
     * @param texts the training text
     * @param canaries what is planted
     * @param seed the same seed gives the same order
     */
    public static List<String> plant(List<String> texts, List<Canary> canaries, long seed) {
        List<String> planted = new ArrayList<>(texts);
        canaries.forEach(canary -> planted.addAll(Collections.nCopies(canary.copies(), canary.text())));
        Collections.shuffle(planted, new Random(seed));
        return planted;
    }

    /**
     * {@return exposures of canaries, each exact: all secrets of the same form are scored after the canary's opening}
     *
     * @param model the model that was trained on them
     * @param tokenizer its own
     * @param canaries those planted, and some that were not, for comparison
     * @param progress hears of the canaries asked for
     * @throws KitException where the model's logits or losses are NaN or infinite, and where scoring is interrupted
     */
    public static List<Exposure> exposures(
            LanguageModel model, Tokenizer tokenizer, List<Canary> canaries, Progress progress) {
        List<Exposure> exposures = new ArrayList<>();
        progress.begin("asking for " + canaries.size() + " secrets", canaries.size());
        for (Canary canary : canaries) {
            exposures.add(exposure(model, tokenizer, canary));
            progress.update(exposures.size(), canary.opening());
        }
        progress.end("");
        return exposures;
    }

    /**
     * {@return one row per number of copies and training: canaries, mean exposure in bits with its 95 % interval, and
     * how many were extracted} Intervals are {@linkplain Interval#studentT Student's} over the canaries, cut off where
     * no exposure can be; one canary has none, and neither have canaries of which all were given away whole.
     *
     * @param trainings exposures of the same canaries in several models, by what each was trained on
     */
    public static Table table(Map<String, List<Exposure>> trainings) {
        IntColumn copies = IntColumn.create("copies");
        StringColumn training = StringColumn.create("trained on");
        IntColumn canaries = IntColumn.create("canaries");
        DoubleColumn bits = DoubleColumn.create("bits");
        StringColumn interval = StringColumn.create("95 % interval");
        IntColumn extracted = IntColumn.create("extracted");
        trainings.values().stream()
                .flatMap(List::stream)
                .map(e -> e.canary().copies())
                .distinct()
                .sorted()
                .forEach(times -> trainings.forEach((name, exposures) -> {
                    List<Exposure> here = exposures.stream()
                            .filter(e -> e.canary().copies() == times)
                            .toList();
                    if (!here.isEmpty()) {
                        Interval mean = bits(here);
                        copies.append(times);
                        training.append(name);
                        canaries.append(here.size());
                        bits.append(mean.value());
                        // Three decimals: the most that can be given away, log2 1000 = 9.966, is not to be read as
                        // 10.0.
                        interval.append(
                                mean.defined()
                                        ? String.format(Locale.ROOT, "%.3f to %.3f", mean.low(), mean.high())
                                        : mean.range());
                        extracted.append(
                                (int) here.stream().filter(Exposure::extracted).count());
                    }
                }));
        return Table.create("exposure", copies, training, canaries, bits, interval, extracted);
    }

    /**
     * {@return the exposures of the canaries that were planted so often, in bits}
     *
     * @param exposures of all canaries
     * @param copies how often
     */
    public static Metric bits(List<Exposure> exposures, int copies) {
        return Metric.mean(
                "exposure",
                exposures.stream()
                        .filter(e -> e.canary().copies() == copies)
                        .mapToDouble(Exposure::bits)
                        .toArray());
    }

    /** Mean exposure of canaries with as many candidates each; no end of the interval lies where no exposure can. */
    private static Interval bits(List<Exposure> exposures) {
        Interval free =
                Interval.studentT(exposures.stream().mapToDouble(Exposure::bits).toArray());
        double most = exposures.stream()
                .mapToDouble(e -> Math.log(e.candidates()) / Math.log(2))
                .max()
                .orElse(0);
        return free.defined() ? new Interval(free.value(), Math.max(0, free.low()), Math.min(most, free.high())) : free;
    }

    private static Exposure exposure(LanguageModel model, Tokenizer tokenizer, Canary canary) {
        int digits = canary.secret().length() / 2;
        int candidates = (int) Math.pow(10, digits);
        double[] nats = byDigits(model, tokenizer, canary, digits);
        if (nats == null) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < candidates; i++) {
                texts.add(canary.opening() + secret(i, digits));
            }
            nats = Likelihood.of(model).nats(tokenizer, texts, Progress.NONE);
        }
        int own = Integer.parseInt(canary.secret().replace(" ", ""));
        int rank = 1;
        for (double each : nats) {
            rank += each < nats[own] ? 1 : 0;
        }
        return new Exposure(canary, rank, candidates, extracted(model, tokenizer, canary));
    }

    /**
     * Nats of every secret after the opening, digit by digit: what begins alike is read once. Null where the tokenizer
     * has no token for each digit, or the model cannot read opening and secret at once.
     */
    private static double[] byDigits(LanguageModel model, Tokenizer tokenizer, Canary canary, int digits) {
        int[] opening = Likelihood.ids(tokenizer, canary.opening());
        int[] whole = Likelihood.ids(tokenizer, canary.opening() + canary.secret());
        int[] token = new int[10];
        for (int digit = 0; digit < 10; digit++) {
            int[] ids = Likelihood.ids(tokenizer, canary.opening() + " " + digit);
            if (ids.length != opening.length + 1 || Arrays.mismatch(opening, ids) != opening.length) {
                return null;
            }
            token[digit] = ids[opening.length];
        }
        boolean plain = whole.length == opening.length + digits && whole.length <= model.context();
        for (int t = 0; plain && t < digits; t++) {
            plain = whole[opening.length + t] == token[canary.secret().charAt(2 * t + 1) - '0'];
        }
        if (!plain || opening.length == 0) {
            return null;
        }
        int rows = (int) Math.pow(10, digits - 1);
        double[] nats = new double[10 * rows];
        return model.torch().inference(() -> {
            try (var decoder = model.decoder(rows, opening.length + digits - 1)) {
                int[][] next = new int[rows][];
                Arrays.fill(next, opening);
                for (int t = 0; t < digits; t++) {
                    float[][] logits = decoder.next(next);
                    int place = (int) Math.pow(10, digits - 1 - t);
                    for (int row = 0; row < rows; row++) {
                        double all = normalizer(logits[row]);
                        for (int secret = 10 * row; secret < 10 * row + 10; secret++) {
                            nats[secret] += all - logits[row][token[secret / place % 10]];
                        }
                        next[row] = new int[] {token[10 * row / place % 10]};
                    }
                }
                return nats;
            }
        });
    }

    /**
     * Whether greedy writing after the opening, or as much of its end as the model's context holds, yields the secret.
     */
    private static boolean extracted(LanguageModel model, Tokenizer tokenizer, Canary canary) {
        int[] opening = Likelihood.ids(tokenizer, canary.opening());
        int[] whole = Likelihood.ids(tokenizer, canary.opening() + canary.secret());
        if (!Arrays.equals(opening, Arrays.copyOf(whole, opening.length))) {
            return false;
        }
        int from = Math.max(0, whole.length - model.context());
        return model.torch().inference(() -> {
            try (var decoder = model.decoder(1, whole.length - from)) {
                float[] logits = decoder.next(new int[][] {Arrays.copyOfRange(opening, from, opening.length)})[0];
                for (int t = opening.length; t < whole.length; t++) {
                    if (likeliest(logits) != whole[t]) {
                        return false;
                    }
                    logits = decoder.next(new int[][] {{whole[t]}})[0];
                }
                return true;
            }
        });
    }

    private static int likeliest(float[] logits) {
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i])) {
                throw new KitException("The model's logit of token " + i + " is " + logits[i]
                        + ": its weights are damaged or its training diverged; load it again or train it again.");
            }
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    /** The logarithm of the sum of the exponentials of a row of logits. */
    private static double normalizer(float[] logits) {
        double highest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            highest = Math.max(highest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - highest);
        }
        return highest + Math.log(sum);
    }

    /** A secret's digits, each after a space. */
    private static String secret(int value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "d", value).replaceAll("(\\d)", " $1");
    }
}
