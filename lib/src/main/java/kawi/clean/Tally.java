package kawi.clean;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.corpus.Document;

/**
 * What each step of a pipeline did with the documents of each source, in one process or on several. Memory: six numbers
 * for each source and step, however many documents there are.
 */
public final class Tally implements Serializable {
    private static final long serialVersionUID = 1;

    private static final int DOCUMENTS = 0;
    private static final int BYTES = 1;
    private static final int DROPPED = 2;
    private static final int DROPPED_BYTES = 3;
    private static final int CHANGED = 4;
    private static final int GROWN = 5;
    private static final int NUMBERS = 6;

    private final int steps;
    private final TreeMap<String, long[][]> bySource = new TreeMap<>();

    /**
     * Nothing was counted yet.
     *
     * @param steps how many steps the pipeline has
     */
    public Tally(int steps) {
        this.steps = steps;
    }

    /** {@return a tally of these numbers, as {@link #numbers} gave them} */
    static Tally of(int steps, Map<String, long[][]> numbers) {
        Tally tally = new Tally(steps);
        tally.add(numbers);
        return tally;
    }

    /**
     * Counts one document.
     *
     * @param step number of the step that judged it, from 0
     * @param document as it came to the step
     * @param bytes {@link Document#bytes} of it, which the caller knows already
     * @param verdict what the step said
     * @return bytes of the document as it goes on; those it came with where it is dropped
     */
    public long count(int step, Document document, long bytes, Verdict verdict) {
        long[] numbers = of(document.source())[step];
        numbers[DOCUMENTS]++;
        numbers[BYTES] += bytes;
        if (!(verdict instanceof Verdict.Keep keep)) {
            numbers[DROPPED]++;
            numbers[DROPPED_BYTES] += bytes;
            return bytes;
        }
        if (keep.document() == document) {
            return bytes;
        }
        long after = keep.document().bytes();
        numbers[CHANGED]++;
        numbers[GROWN] += after - bytes;
        return after;
    }

    /**
     * Adds what was counted elsewhere.
     *
     * @param other a tally of the same steps
     */
    public void add(Tally other) {
        add(other.bySource);
    }

    private void add(Map<String, long[][]> other) {
        other.forEach((source, counted) -> {
            long[][] own = of(source);
            for (int step = 0; step < steps; step++) {
                for (int i = 0; i < NUMBERS; i++) {
                    own[step][i] += counted[step][i];
                }
            }
        });
    }

    private long[][] of(String source) {
        return bySource.computeIfAbsent(String.valueOf(source), added -> new long[steps][NUMBERS]);
    }

    /** {@return the numbers by source and step, to be written down} */
    Map<String, long[][]> numbers() {
        return bySource;
    }

    /**
     * {@return what each step did with the documents of all sources}
     *
     * @param of the steps, in their order
     */
    public List<Pipeline.Count> counts(List<Step> of) {
        long[][] all = new long[steps][NUMBERS];
        for (long[][] each : bySource.values()) {
            for (int step = 0; step < steps; step++) {
                for (int i = 0; i < NUMBERS; i++) {
                    all[step][i] += each[step][i];
                }
            }
        }
        return counts(of, all);
    }

    /**
     * {@return what each step did with the documents of each source, by the sources' ids in alphabetical order}
     *
     * @param of the steps, in their order
     */
    public Map<String, List<Pipeline.Count>> bySource(List<Step> of) {
        Map<String, List<Pipeline.Count>> counts = new LinkedHashMap<>();
        bySource.forEach((source, numbers) -> counts.put(source, counts(of, numbers)));
        return counts;
    }

    private static List<Pipeline.Count> counts(List<Step> of, long[][] numbers) {
        List<Pipeline.Count> counts = new ArrayList<>();
        for (int step = 0; step < numbers.length; step++) {
            long[] n = numbers[step];
            counts.add(new Pipeline.Count(
                    of.get(step).name(), n[DOCUMENTS], n[BYTES], n[DROPPED], n[DROPPED_BYTES], n[CHANGED], n[GROWN]));
        }
        return counts;
    }
}
