package kawi.notebook;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;
import tech.tablesaw.api.Table;

/** Shows a result in the cell. Meant to be imported as {@code import static kawi.notebook.Show.*}. */
public final class Show {
    private Show() {}

    /**
     * Shows a table, a chart, HTML, a map or anything else: tables and maps as HTML tables, charts as pictures, the
     * rest as its text.
     *
     * @param value what is shown; null is shown as "null"
     */
    public static void show(Object value) {
        if (value instanceof Chart chart) {
            Cell.show(image(chart), about(chart));
        } else if (value instanceof Table || value instanceof Html) {
            Cell.show(bundle(value), null);
        } else if (value instanceof Map<?, ?> map) {
            show(Tables.of(map, "name", "value"));
        } else {
            System.out.println(
                    value instanceof Double || value instanceof Float || value instanceof Enum<?>
                            ? Tables.text(value)
                            : String.valueOf(value));
        }
    }

    /**
     * Shows a piece of HTML.
     *
     * @param source the HTML, shown as it is; what comes from data goes through {@link Html#escape} first
     */
    public static void html(String source) {
        show(new Html(source));
    }

    /**
     * Shows Markdown.
     *
     * @param source the Markdown
     */
    public static void markdown(String source) {
        Cell.show(bundle(source, "text/markdown", source), null);
    }

    /**
     * Shows a sentence that was made from the numbers: each {@code {}} is replaced by the next value, numbers as in a
     * table. A conclusion that may go either way is said so, and not written down beforehand.
     *
     * @param sentence Markdown with a {@code {}} for each value
     * @param values numbers and texts, in the order of their places
     * @throws IllegalArgumentException where there are not as many values as places for them
     */
    public static void say(String sentence, Object... values) {
        markdown(filled(sentence, values));
    }

    /**
     * {@return the sentence that {@link #say} shows}
     *
     * @param sentence Markdown with a {@code {}} for each value
     * @param values numbers and texts, in the order of their places
     * @throws IllegalArgumentException where there are not as many values as places for them
     */
    public static String filled(String sentence, Object... values) {
        String[] parts = sentence.split("\\{}", -1);
        if (parts.length != values.length + 1) {
            throw new IllegalArgumentException("\"" + sentence + "\" has " + (parts.length - 1) + " places for "
                    + values.length + " values: give one value for each");
        }
        StringBuilder filled = new StringBuilder(parts[0]);
        for (int i = 0; i < values.length; i++) {
            filled.append(Tables.text(values[i])).append(parts[i + 1]);
        }
        return filled.toString();
    }

    /**
     * Asserts a sentence: shows it, with the figures that it rests on, where it is true, and fails the cell where it is
     * not, so that no sentence can stay beside numbers that say otherwise. It is for what must hold in every run; what
     * may go either way is computed and {@linkplain #say said}.
     *
     * @param sentence one sentence, as it would stand in the text
     * @param holds whether the numbers agree
     * @param namesAndValues the figures, alternating names and values; may be none
     * @throws KitException quoting the sentence and the figures, where they do not agree
     */
    public static void claim(String sentence, boolean holds, Object... namesAndValues) {
        StringBuilder figures = new StringBuilder();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            figures.append(i == 0 ? " (" : ", ")
                    .append(namesAndValues[i])
                    .append(' ')
                    .append(Tables.text(value));
        }
        figures.append(figures.isEmpty() ? "" : ")");
        if (!holds) {
            throw new KitException(
                    "The sentence \"" + sentence + "\" is not true here: the numbers beside it say otherwise" + figures
                            + ". Find out why, or change the sentence.");
        }
        markdown("*Checked:* " + sentence + figures);
    }

    /**
     * Shows the bar and the chart of the last live work again, as they are now. JupyterLab forgets what a running cell
     * shows when its page is reloaded; the work itself goes on, and this brings back what can be seen of it.
     *
     * @throws KitException where no work with a bar has begun in this kernel
     */
    public static void again() {
        ProgressBar last = ProgressBar.last();
        if (last == null) {
            throw new KitException("No work with a progress bar has begun in this kernel: run such a cell first.");
        }
        last.showAgain();
    }

    /**
     * Shows what a class of the kit is for and what its public methods do, from its documentation.
     *
     * @param type a class of the kit
     * @throws KitException where the class's source does not lie in the clone that the library was built from
     */
    public static void help(Class<?> type) {
        html(Documentation.of(type).html());
    }

    /**
     * Shows names and values in one narrow table.
     *
     * @param facts a row for each entry, in the map's order; numbers are written as in a table
     */
    public static void facts(Map<String, ?> facts) {
        StringBuilder html = new StringBuilder("<table><tbody>\n");
        StringBuilder plain = new StringBuilder();
        facts.forEach((name, value) -> {
            String text = Tables.text(value);
            html.append("<tr><th style=\"text-align:left\">")
                    .append(Html.escape(name))
                    .append("</th><td style=\"text-align:left\">")
                    .append(Html.escape(text))
                    .append("</td></tr>\n");
            plain.append(name).append(": ").append(text).append('\n');
        });
        Cell.show(
                bundle(
                        plain.toString(),
                        "text/html",
                        html.append("</tbody></table>").toString()),
                null);
    }

    /**
     * Lets tables, charts and HTML show as by {@link #show} where a cell ends with one, without a call; in a kernel of
     * the IJava family, once for all cells.
     *
     * @return whether this kernel lets values be shown so
     */
    public static boolean lastValues() {
        return LastValue.tell();
    }

    static Map<String, String> image(Chart chart) {
        return bundle(chart.alt(), "image/png", Base64.getEncoder().encodeToString(chart.png()));
    }

    /**
     * What JupyterLab and nbconvert read beside a picture: the size to show it in, and the text for those who cannot
     * see it.
     */
    static Map<String, Object> about(Chart chart) {
        return Map.of("width", chart.width(), "height", chart.height(), "alt", chart.alt());
    }

    /** What is shown of a table, a chart or HTML: its forms by their MIME types. */
    static Map<String, String> bundle(Object value) {
        if (value instanceof Table table) {
            return bundle(Tables.plain(table), "text/html", Tables.html(table).source());
        }
        return value instanceof Chart chart
                ? image(chart)
                : bundle(value.toString(), "text/html", ((Html) value).source());
    }

    static Map<String, String> bundle(String plain, String type, String rich) {
        Map<String, String> bundle = new LinkedHashMap<>();
        bundle.put("text/plain", plain);
        bundle.put(type, rich);
        return bundle;
    }
}
