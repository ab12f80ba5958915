package kawi.readers;

import java.util.ArrayList;
import java.util.List;

/** A table in wikitext: a line a row, its cells between bars. */
final class WikiTable {
    private final StringBuilder rows = new StringBuilder();
    private final List<StringBuilder> cells = new ArrayList<>();

    private WikiTable() {}

    /** {@return the lines of a table, each marked as one that is kept as it is} */
    static String of(String inside) {
        WikiTable table = new WikiTable();
        List<String> lines = inside.lines().toList();
        for (String line : lines.isEmpty() ? lines : lines.subList(1, lines.size())) { // the first has its looks
            table.line(line.strip().replace(String.valueOf(WikiLines.KEPT), ""));
        }
        table.end();
        return "\n\n" + table.rows + "\n";
    }

    private void line(String line) {
        if (line.startsWith("|-")) {
            end();
        } else if (line.startsWith("|+")) {
            end();
            cell(line.substring(2));
            end();
        } else if (line.startsWith("|")) {
            for (String cell : line.substring(1).split("\\|\\|", -1)) {
                cell(cell);
            }
        } else if (line.startsWith("!")) {
            for (String cell : line.substring(1).split("!!|\\|\\|", -1)) {
                cell(cell);
            }
        } else if (!cells.isEmpty()) {
            cells.get(cells.size() - 1).append(' ').append(line);
        } else {
            cell(line); // in no cell, as of a table in this one: a wiki shows it too
            end();
        }
    }

    private void cell(String text) {
        // Before a bar stands how it looks; other words there are text, as those of a link.
        int bar = text.indexOf('|');
        String looks = text.substring(0, Math.max(0, bar)).strip();
        cells.add(new StringBuilder(looks.contains("=") || !looks.contains(" ") ? text.substring(bar + 1) : text));
    }

    private void end() {
        List<String> said = cells.stream()
                .map(cell -> cell.toString().replaceAll("\\s+", " ").strip())
                .filter(cell -> !cell.isEmpty())
                .toList();
        if (!said.isEmpty()) {
            rows.append(WikiLines.KEPT)
                    .append(String.join(" " + WikiLines.BAR + " ", said))
                    .append('\n');
        }
        cells.clear();
    }
}
