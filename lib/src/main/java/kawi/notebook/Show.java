package kawi.notebook;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tech.tablesaw.api.Table;

/** Shows a result in the cell. Meant to be imported as {@code import static kawi.notebook.Show.*}. */
public final class Show {
    private Show() {}

    /**
     * Shows a table, a chart, HTML, a map or anything else: tables and maps as HTML tables, charts as pictures, the
     * rest as its text.
     */
    public static void show(Object value) {
        if (value instanceof Table table) {
            Cell.show(bundle(table.printAll(), "text/html", Tables.html(table).source()), null);
        } else if (value instanceof Chart chart) {
            Cell.show(image(chart), size(chart));
        } else if (value instanceof Html html) {
            Cell.show(bundle(html.toString(), "text/html", html.source()), null);
        } else if (value instanceof Map<?, ?> map) {
            show(Tables.of(map, "name", "value"));
        } else {
            System.out.println(
                    value instanceof Double || value instanceof Float
                            ? Tables.number((Number) value)
                            : String.valueOf(value));
        }
    }

    /** Shows a piece of HTML. */
    public static void html(String source) {
        show(new Html(source));
    }

    /** Shows Markdown. */
    public static void markdown(String source) {
        Cell.show(bundle(source, "text/markdown", source), null);
    }

    /** Shows names and values in one narrow table. */
    public static void facts(Map<String, ?> facts) {
        StringBuilder html = new StringBuilder("<table><tbody>\n");
        StringBuilder plain = new StringBuilder();
        facts.forEach((name, value) -> {
            String text = value instanceof Number n ? Tables.number(n) : String.valueOf(value);
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

    static Map<String, String> image(Chart chart) {
        return bundle(chart.alt(), "image/png", Base64.getEncoder().encodeToString(chart.png()));
    }

    static Map<String, Integer> size(Chart chart) {
        return Map.of("width", chart.width(), "height", chart.height());
    }

    static Map<String, String> bundle(String plain, String type, String rich) {
        Map<String, String> bundle = new LinkedHashMap<>();
        bundle.put("text/plain", plain);
        bundle.put(type, rich);
        return bundle;
    }
}
