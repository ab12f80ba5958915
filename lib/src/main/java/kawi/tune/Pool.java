package kawi.tune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a data set holds for a task: the examples there are to choose from, and what of it made none.
 *
 * @param examples the examples, in the data's order
 * @param leftOut how many entries were left out, by reason, the most frequent first
 * @param readOtherwise how many were kept and read otherwise than they were written, such as in another encoding, by
 *     how, the most frequent first
 */
public record Pool(List<Example> examples, Map<String, Integer> leftOut, Map<String, Integer> readOtherwise) {
    /**
     * Copies all three.
     *
     * @param examples the examples
     * @param leftOut how many entries were left out, by reason
     * @param readOtherwise how many were read otherwise than they were written, by how
     */
    public Pool {
        examples = List.copyOf(examples);
        leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
        readOtherwise = Collections.unmodifiableMap(new LinkedHashMap<>(readOtherwise));
    }

    /**
     * A pool of what was read as it was written.
     *
     * @param examples the examples
     * @param leftOut how many entries were left out, by reason
     */
    public Pool(List<Example> examples, Map<String, Integer> leftOut) {
        this(examples, leftOut, Map.of());
    }

    /** {@return the number of entries that were left out} */
    public int leftOutInAll() {
        return leftOut.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Gathers a pool. */
    static final class Gathering {
        private final List<Example> examples = new ArrayList<>();
        private final Map<String, Integer> leftOut = new TreeMap<>();
        private final Map<String, Integer> readOtherwise = new TreeMap<>();

        void add(Example example) {
            examples.add(example);
        }

        void leaveOut(String reason) {
            leaveOut(reason, 1);
        }

        void leaveOut(String reason, int count) {
            if (count > 0) {
                leftOut.merge(reason, count, Integer::sum);
            }
        }

        void readOtherwise(String how, int count) {
            if (count > 0) {
                readOtherwise.merge(how, count, Integer::sum);
            }
        }

        boolean isEmpty() {
            return examples.isEmpty();
        }

        Pool pool() {
            return new Pool(examples, frequentFirst(leftOut), frequentFirst(readOtherwise));
        }

        private static Map<String, Integer> frequentFirst(Map<String, Integer> counts) {
            Map<String, Integer> sorted = new LinkedHashMap<>();
            counts.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                    .forEach(each -> sorted.put(each.getKey(), each.getValue()));
            return sorted;
        }
    }
}
