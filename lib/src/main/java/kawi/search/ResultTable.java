package kawi.search;

import java.util.LinkedHashMap;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * A table of results in the making: its columns are those of the first row, and a cell is empty where there is no
 * number.
 */
final class ResultTable {
    private final String name;
    private final Map<String, Column<?>> columns = new LinkedHashMap<>();

    ResultTable(String name) {
        this.name = name;
    }

    ResultTable put(String column, String text) {
        ((StringColumn) columns.computeIfAbsent(column, StringColumn::create)).append(text);
        return this;
    }

    ResultTable put(String column, long number) {
        ((LongColumn) columns.computeIfAbsent(column, LongColumn::create)).append(number);
        return this;
    }

    ResultTable put(String column, double number) {
        DoubleColumn numbers = (DoubleColumn) columns.computeIfAbsent(column, DoubleColumn::create);
        if (Double.isFinite(number)) {
            numbers.append(number);
        } else {
            numbers.appendMissing();
        }
        return this;
    }

    Table table() {
        return Table.create(name, columns.values().toArray(new Column<?>[0]));
    }
}
