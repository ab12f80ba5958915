package kawi.notebook;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import kawi.stats.Interval;
import kawi.stats.IntervalColumn;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** Small tablesaw tables made in a line, and any table as HTML and as plain text. */
public final class Tables {
    private static final int MOST_ROWS = 40;
    /** A table with more rows or columns stands in a box that scrolls. */
    private static final int LONG = 15;

    private static final int WIDE = 8;
    private static final String BOX = "<div style=\"max-height:30em;max-width:100%;overflow:auto\">";
    /** Spaces as wide as a digit and as a point, which align decimals. */
    private static final String FIGURE = "\u2007";

    private static final String POINT = "\u2008";
    /** What stands where there is no number. */
    private static final String NONE = "\u2014";

    private Tables() {}

    /**
     * {@return a table of one row from alternating names and values: {@code row("loss", 3.2, "tokens", 4096)}}
     *
     * @param namesAndValues as many names, each a text, as values
     */
    public static Table row(Object... namesAndValues) {
        Rows rows = columns(names(namesAndValues));
        Object[] values = new Object[namesAndValues.length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = namesAndValues[2 * i + 1];
        }
        return rows.row(values).table();
    }

    /**
     * {@return a table of two columns, a row for each entry}
     *
     * @param map the entries, in the order of the rows
     * @param key the heading above the keys
     * @param value the heading above the values
     */
    public static Table of(Map<?, ?> map, String key, String value) {
        Rows rows = columns(key, value);
        map.forEach((k, v) -> rows.row(k, v));
        return rows.table();
    }

    /**
     * Begins a table with named columns; the columns' types are those of the values that come.
     *
     * @param names the headings, each another
     * @return the table in the making, still without rows
     */
    public static Rows columns(String... names) {
        return new Rows(names);
    }

    /** A table in the making, row by row. */
    public static final class Rows {
        private final Map<String, List<Object>> columns = new LinkedHashMap<>();

        private Rows(String... names) {
            for (String name : names) {
                columns.put(name, new ArrayList<>());
            }
        }

        /**
         * Adds a row.
         *
         * @param values a value for each column, in their order; null stands for none
         * @return this
         * @throws IllegalArgumentException where there are fewer values than columns, or more
         */
        public Rows row(Object... values) {
            if (values.length != columns.size()) {
                throw new IllegalArgumentException(
                        values.length + " values for " + columns.size() + " columns " + columns.keySet());
            }
            int i = 0;
            for (List<Object> column : columns.values()) {
                column.add(values[i++]);
            }
            return this;
        }

        /** {@return the table of the rows so far, as plain text} */
        @Override
        public String toString() {
            return plain(table());
        }

        /** {@return the table of the rows so far} */
        public Table table() {
            Table table = Table.create();
            columns.forEach((name, values) -> table.addColumns(column(name, values)));
            return table;
        }
    }

    private static Column<?> column(String name, List<Object> values) {
        if (all(values, Interval.class) && !values.contains(null)) {
            return StringColumn.create(
                    name,
                    IntervalColumn.of(values.stream().map(Interval.class::cast).toList()));
        }
        if (all(values, Boolean.class)) {
            BooleanColumn column = BooleanColumn.create(name);
            values.forEach(v -> column.append((Boolean) v));
            return column;
        }
        if (all(values, Integer.class)) {
            IntColumn column = IntColumn.create(name);
            values.forEach(v -> column.append((Integer) v));
            return column;
        }
        if (all(values, Integer.class, Long.class)) {
            LongColumn column = LongColumn.create(name);
            for (Object v : values) {
                if (v == null) {
                    column.appendMissing();
                } else {
                    column.append(((Number) v).longValue());
                }
            }
            return column;
        }
        if (all(values, Number.class)) {
            DoubleColumn column = DoubleColumn.create(name);
            for (Object v : values) {
                if (v == null) {
                    column.appendMissing();
                } else {
                    column.append(((Number) v).doubleValue());
                }
            }
            return column;
        }
        StringColumn column = StringColumn.create(name);
        values.forEach(v -> column.append(v == null ? "" : text(v)));
        return column;
    }

    private static boolean all(List<Object> values, Class<?>... types) {
        boolean some = false;
        for (Object value : values) {
            if (value != null) {
                boolean fits = false;
                for (Class<?> type : types) {
                    fits |= type.isInstance(value);
                }
                if (!fits) {
                    return false;
                }
                some = true;
            }
        }
        return some;
    }

    private static String[] names(Object[] namesAndValues) {
        String[] names = new String[namesAndValues.length / 2];
        for (int i = 0; i < names.length; i++) {
            names[i] = (String) namesAndValues[2 * i];
        }
        return names;
    }

    /**
     * {@return a number as a reader wants it: whole ones in groups of three, others to four significant digits}
     *
     * @param number any number; one that is not a number is a dash, an infinite one a word
     */
    public static String number(Number number) {
        double value = number.doubleValue();
        if (Double.isNaN(value)) {
            return NONE;
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "infinite" : "minus infinite";
        }
        if (number instanceof Integer || number instanceof Long) {
            // A year is not a quantity: four digits stand without a separator.
            return Math.abs(value) < 10_000 ? number.toString() : String.format(Locale.ROOT, "%,d", number.longValue());
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Math.abs(value) < 10_000
                    ? String.format(Locale.ROOT, "%.0f", value)
                    : String.format(Locale.ROOT, "%,.0f", value);
        }
        if (Math.abs(value) >= 1000) {
            return String.format(Locale.ROOT, "%,.1f", value);
        }
        if (Math.abs(value) < 1e-4) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        return new BigDecimal(value)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
    }

    /**
     * {@return the table as HTML: numbers to the right, at most forty rows, and a line that says how many more there
     * are}
     *
     * @param table any table
     */
    public static Html html(Table table) {
        int rows = Math.min(table.rowCount(), MOST_ROWS);
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        List<List<String>> cells = new ArrayList<>();
        for (Column<?> column : table.columns()) {
            html.append("<th style=\"text-align:")
                    .append(side(column))
                    .append("\">")
                    .append(Html.escape(visible(column.name())))
                    .append("</th>");
            cells.add(cells(column, rows, FIGURE, POINT));
        }
        html.append("</tr></thead><tbody>\n");
        for (int r = 0; r < rows; r++) {
            html.append("<tr>");
            for (int c = 0; c < cells.size(); c++) {
                html.append("<td style=\"text-align:")
                        .append(side(table.column(c)))
                        .append("\">")
                        .append(Html.escape(cells.get(c).get(r)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        html.append("</tbody></table>");
        String boxed = boxed(html.toString(), rows, table.columnCount());
        return new Html(
                table.rowCount() > MOST_ROWS
                        ? boxed + "<p>" + number(table.rowCount() - MOST_ROWS) + " more rows</p>"
                        : boxed);
    }

    /** A table's HTML, in a box that scrolls where it is long or wide. */
    static String boxed(String table, int rows, int columns) {
        return rows > LONG || columns > WIDE ? BOX + table + "</div>" : table;
    }

    /** A column's cells; those of fractions are filled up at their ends, so that the points stand below each other. */
    private static List<String> cells(Column<?> column, int rows, String digit, String point) {
        List<String> cells = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            cells.add(cell(column, row));
        }
        if (!(column instanceof DoubleColumn)) {
            return cells;
        }
        int most = cells.stream().mapToInt(Tables::decimals).max().orElse(0);
        return cells.stream()
                .map(cell -> cell.isEmpty() || cell.equals(NONE) || cell.contains("e") || most == 0
                        ? cell
                        : cell + (decimals(cell) == 0 ? point : "") + digit.repeat(most - decimals(cell)))
                .toList();
    }

    /** Digits after the point. */
    private static int decimals(String cell) {
        int point = cell.indexOf('.');
        return point < 0 || cell.contains("e") ? 0 : cell.length() - point - 1;
    }

    /** The cell as a reader sees it; empty where there is no value. */
    static String cell(Column<?> column, int row) {
        if (column.isMissing(row)) {
            return "";
        }
        return visible(text(column.get(row)));
    }

    /**
     * {@return a value in a reader's words: numbers as {@link #number} writes them, yes or no, the name of an enum's
     * constant in lower case with spaces, unless it has a text of its own, and of a collection what is in it, with
     * commas, or "none"}
     *
     * @param value any value, also null
     */
    public static String text(Object value) {
        if (value instanceof Number n) {
            return number(n);
        }
        if (value instanceof Boolean b) {
            return b ? "yes" : "no";
        }
        if (value instanceof Enum<?> constant && constant.toString().equals(constant.name())) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
        if (value instanceof Collection<?> all) {
            return all.isEmpty() ? "none" : all.stream().map(Tables::text).collect(Collectors.joining(", "));
        }
        return String.valueOf(value);
    }

    /** Ends of lines would break a cell and blanks alone leave it empty, so marks stand for them. */
    private static String visible(String text) {
        String marked = text.isBlank() ? text.replace(' ', '\u2423') : text;
        return marked.replace("\r\n", "\u23ce")
                .replace('\n', '\u23ce')
                .replace('\r', '\u23ce')
                .replace('\t', '\u21e5');
    }

    /**
     * {@return the table as plain text, with the same cells as in HTML: numbers to the right, at most forty rows, and a
     * line that says how many more there are}
     *
     * @param table any table
     */
    public static String plain(Table table) {
        int rows = Math.min(table.rowCount(), MOST_ROWS);
        StringBuilder[] lines = new StringBuilder[rows + 2];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = new StringBuilder();
        }
        for (Column<?> column : table.columns()) {
            List<String> cells = new ArrayList<>(List.of(visible(column.name())));
            cells.addAll(cells(column, rows, " ", " "));
            int width = cells.stream()
                    .mapToInt(cell -> cell.codePointCount(0, cell.length()))
                    .max()
                    .orElse(0);
            cells.add(1, "-".repeat(width));
            boolean left = side(column).equals("left");
            for (int i = 0; i < lines.length; i++) {
                String cell = cells.get(i);
                String room = " ".repeat(width - cell.codePointCount(0, cell.length()));
                lines[i].append(lines[i].isEmpty() ? "" : "  ").append(left ? cell + room : room + cell);
            }
        }
        StringBuilder all = new StringBuilder();
        for (StringBuilder line : lines) {
            all.append(line.toString().stripTrailing()).append('\n');
        }
        if (table.rowCount() > rows) {
            all.append(number(table.rowCount() - rows)).append(" more rows\n");
        }
        return all.toString();
    }

    private static String side(Column<?> column) {
        ColumnType type = column.type();
        return type == ColumnType.STRING || type == ColumnType.BOOLEAN ? "left" : "right";
    }
}
