package kawi.clean;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import kawi.clean.Pipeline.Count;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What a pipeline counted, as tables. */
final class CleaningTables {
    /** Sources that have a column of their own; what comes from others stands in one together. */
    private static final int SOURCES = 6;

    private CleaningTables() {}

    static Table steps(List<Count> counts) {
        return Table.create(
                "cleaning",
                StringColumn.create("step", counts.stream().map(Count::step)),
                IntColumn.create(
                        "documents in",
                        counts.stream().mapToInt(c -> (int) c.documents()).toArray()),
                IntColumn.create(
                        "dropped",
                        counts.stream().mapToInt(c -> (int) c.dropped()).toArray()),
                IntColumn.create(
                        "changed",
                        counts.stream().mapToInt(c -> (int) c.changed()).toArray()),
                IntColumn.create(
                        "kept",
                        counts.stream()
                                .mapToInt(c -> (int) (c.documents() - c.dropped()))
                                .toArray()),
                LongColumn.create(
                        "bytes in", counts.stream().mapToLong(Count::bytes).toArray()),
                LongColumn.create(
                        "bytes dropped",
                        counts.stream().mapToLong(Count::droppedBytes).toArray()),
                LongColumn.create(
                        "bytes kept",
                        counts.stream().mapToLong(Count::keptBytes).toArray()));
    }

    /** A row for what was collected, one for each step that took or added any byte, and one for what is left. */
    static Table bytes(List<Count> all, Map<String, List<Count>> bySource) {
        List<Integer> rows = new ArrayList<>();
        for (int step = 0; step < all.size(); step++) {
            int each = step;
            if (bySource.values().stream().anyMatch(counts -> counts.get(each).takenBytes() != 0)) {
                rows.add(step);
            }
        }
        StringColumn names = StringColumn.create("bytes");
        names.append("collected");
        rows.forEach(step -> names.append("- " + all.get(step).step()));
        names.append("left");
        Table table = Table.create("bytes that each step takes, by source", names);
        List<String> sources = bySource.keySet().stream()
                .sorted(Comparator.comparing((String source) -> -collected(bySource.get(source))))
                .toList();
        int own = sources.size() <= SOURCES ? sources.size() : SOURCES - 1;
        for (String source : sources.subList(0, own)) {
            table.addColumns(column(named(source, table), rows, List.of(bySource.get(source))));
        }
        if (own < sources.size()) {
            List<List<Count>> others = sources.subList(own, sources.size()).stream()
                    .map(bySource::get)
                    .toList();
            table.addColumns(column(named(others.size() + " others", table), rows, others));
        }
        return table.addColumns(column("all", rows, List.of(all)));
    }

    /** A table takes no two columns whose names differ in case only. */
    private static String named(String source, Table table) {
        String name = source;
        while (name.equalsIgnoreCase("all") || table.columnNames().stream().anyMatch(name::equalsIgnoreCase)) {
            name = "source " + name;
        }
        return name;
    }

    private static LongColumn column(String name, List<Integer> rows, List<List<Count>> of) {
        LongColumn column = LongColumn.create(name);
        column.append(sum(of, CleaningTables::collected));
        rows.forEach(step -> column.append(sum(of, counts -> counts.get(step).takenBytes())));
        column.append(sum(
                of,
                counts -> counts.isEmpty() ? 0 : counts.get(counts.size() - 1).keptBytes()));
        return column;
    }

    private static long collected(List<Count> counts) {
        return counts.isEmpty() ? 0 : counts.get(0).bytes();
    }

    private static long sum(List<List<Count>> of, ToLongFunction<List<Count>> value) {
        return of.stream().mapToLong(value).sum();
    }
}
