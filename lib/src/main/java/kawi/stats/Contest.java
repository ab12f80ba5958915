package kawi.stats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import kawi.evidence.KitException;

/**
 * One system against each of its rivals on the same examples: paired bootstraps, whose p values are corrected for the
 * number of rivals ({@link PairedComparison#holm Holm}), and what may be said of it in the end.
 *
 * @param system the name of the system that is judged
 * @param against its comparison with each rival, by the rival's name; a difference above 0 is in the system's favour
 */
public record Contest(String system, Map<String, PairedComparison> against) {
    /**
     * Keeps the rivals' order.
     *
     * @param system the name of the system that is judged
     * @param against its comparison with each rival, by the rival's name
     * @throws KitException where there is no rival
     */
    public Contest {
        if (against.isEmpty()) {
            throw new KitException("'" + system + "' has no rival to be compared with: give at least one.");
        }
        against = Collections.unmodifiableMap(new LinkedHashMap<>(against));
    }

    /**
     * Compares by the paired bootstrap and corrects for the number of rivals.
     *
     * @param system the name of the system that is judged
     * @param scores its scores; higher is better
     * @param rivals the rivals' scores on the same examples in the same order, by their names
     * @param seed the same seed gives the same contest
     * @return the contest
     * @throws KitException where there is no rival, or one was scored on another number of examples
     */
    public static Contest of(String system, Metric scores, Map<String, Metric> rivals, long seed) {
        List<PairedComparison> each = new ArrayList<>();
        rivals.values().forEach(rival -> each.add(PairedComparison.bootstrap(rival, scores, seed)));
        List<PairedComparison> corrected = PairedComparison.holm(each);
        Map<String, PairedComparison> against = new LinkedHashMap<>();
        for (String name : rivals.keySet()) {
            against.put(name, corrected.get(against.size()));
        }
        return new Contest(system, against);
    }

    /** {@return whether it is detectably above every rival} */
    public boolean won() {
        return against.values().stream()
                .allMatch(c -> c.detectable() && c.difference().value() > 0);
    }

    /**
     * {@return one sentence: that it is above every rival and by how much above the closest, or else which rivals it is
     * below, from which it cannot be told, and which it is above}
     */
    public String verdict() {
        PairedComparison any = against.values().iterator().next();
        String head = "In " + any.metric() + ", " + system + " (" + Digits.plain(any.after()) + ") ";
        if (won()) {
            Map.Entry<String, PairedComparison> closest = against.entrySet().stream()
                    .min(Comparator.comparingDouble(
                            e -> e.getValue().difference().value()))
                    .orElseThrow();
            return head + "wins: it is detectably above "
                    + (against.size() == 1 ? "its one rival, " : "each of its " + against.size() + " rivals, closest ")
                    + closest.getKey() + " (by " + closest.getValue().difference() + ").";
        }
        List<String> parts = new ArrayList<>();
        add(parts, "is detectably below ", c -> c.detectable() && c.difference().value() <= 0);
        add(parts, "cannot be told from ", c -> !Double.isNaN(c.p()) && !c.detectable());
        add(parts, "cannot be compared with ", c -> Double.isNaN(c.p()));
        add(parts, "is detectably above ", c -> c.detectable() && c.difference().value() > 0);
        return head + "does not win: it " + String.join("; it ", parts) + ".";
    }

    private void add(List<String> parts, String words, Predicate<PairedComparison> which) {
        String names = against.entrySet().stream()
                .filter(e -> which.test(e.getValue()))
                .map(e -> e.getKey() + " (" + e.getValue().difference() + ")")
                .collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            parts.add(words + names);
        }
    }
}
