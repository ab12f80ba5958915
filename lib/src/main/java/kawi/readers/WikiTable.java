package kawi.readers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A table in wikitext: a line a row, its cells between bars. */
final class WikiTable {
    private static final String HOLE = String.valueOf(WikiLines.HOLE);
    /** What a template or a kept line leaves before a row's own mark. */
    private static final Pattern BEGINNING = Pattern.compile("^[" + WikiLines.KEPT + WikiLines.HOLE + "]+");
    /** Between words of a cell: breaks, too, for a row is one line. */
    private static final Pattern BLANKS = Pattern.compile("[\\s" + WikiLines.BREAK + "]+");

    private final StringBuilder rows = new StringBuilder();
    private final List<StringBuilder> cells = new ArrayList<>();

    private WikiTable() {}

    /** {@return the lines of a table, each marked as one that is kept as it is} */
    static String of(String inside) {
        WikiTable table = new WikiTable();
        List<String> lines = inside.lines().toList();
        for (String line : lines.isEmpty() ? lines : lines.subList(1, lines.size())) { // the first has its looks
            table.line(BEGINNING.matcher(line.strip()).replaceFirst(""));
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
                .map(cell -> cell.toString().replace(HOLE, ""))
                .map(cell -> BLANKS.matcher(cell).replaceAll(" ").strip())
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
