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
        }
    }

    private void cell(String text) {
        cells.add(new StringBuilder(text.substring(text.indexOf('|') + 1))); // before a bar stands how it looks
    }

    private void end() {
        List<String> said = cells.stream()
                .map(cell -> cell.toString().replaceAll("\\s+", " ").strip())
                .filter(cell -> !cell.isEmpty())
                .toList();
        if (!said.isEmpty()) {
            rows.append(WikiLines.KEPT).append(String.join(" | ", said)).append('\n');
        }
        cells.clear();
    }
}
