package kawi.readers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paragraphs of a wiki's page, made of lines from which everything has gone that stands inside one. Headings under
 * which nothing is left are left out, and so are brackets around nothing.
 */
final class WikiLines {
    /** Before a line that is kept as it is: no XML has it. */
    static final char KEPT = '\1';
    /** In the place of a line break inside a paragraph. */
    static final char BREAK = '\2';

    /** In the place of a bar that is a character of the text, and parts no cells. */
    static final char BAR = '\3';
    /** In the place of a template in a table, so that bars around it stay apart. */
    static final char HOLE = '\4';

    private static final Pattern HEADING = Pattern.compile("(={1,6})(.+?)\\1\\s*");
    private static final Pattern ITEM = Pattern.compile("[*#;:]+\\s*(.*)");

    private static final Pattern RULE = Pattern.compile("-{4,}");
    private static final Pattern BREAKS = Pattern.compile(" *" + BREAK + "[" + BREAK + " ]*");
    private static final Pattern BLANKS = Pattern.compile("[ \t\u00a0]{2,}");
    private static final Pattern SIGNS_BEHIND_A_BRACKET =
            Pattern.compile("([(\uff08])[\\s,;:\u3001\uff1b]*[,;:\u3001\uff1b]\\s*");
    private static final Pattern SIGNS_BEFORE_A_BRACKET =
            Pattern.compile("(?<=\\S)[,;\u3001\uff1b][\\s,;\u3001\uff1b]*([)\uff09])");
    private static final Pattern EMPTY_BRACKETS = Pattern.compile("\\s?[(\uff08]\\s*[)\uff09]");
    private static final Pattern BLANK_BEFORE_A_SIGN = Pattern.compile(" ([,.](?:\\s|$))");

    private final List<String> paragraphs = new ArrayList<>();
    private final List<String> headings = new ArrayList<>(); // over what comes next, and not written yet
    private final List<Integer> levels = new ArrayList<>();
    private final StringBuilder run = new StringBuilder();
    private boolean prose; // whether a line goes on with the one before it

    private WikiLines() {}

    static String text(String lines) {
        WikiLines all = new WikiLines();
        lines.replace(String.valueOf(HOLE), "").lines().forEach(all::line); // of a table that did not close
        all.end();
        return String.join("\n\n", all.paragraphs).replace(BAR, '|');
    }

    private void line(String line) {
        if (!line.isEmpty() && line.charAt(0) == KEPT) {
            add(line.substring(1).stripTrailing(), '\n', false);
            return;
        }
        String bare = tidied(line.strip());
        if (bare.isEmpty() || RULE.matcher(bare).matches()) {
            end();
            return;
        }
        Matcher heading = HEADING.matcher(bare);
        Matcher item = ITEM.matcher(bare);
        if (heading.matches()) {
            end();
            heading(heading.group(1).length(), heading.group(2).strip());
        } else if (item.matches()) {
            if (!item.group(1).isBlank()) {
                add(item.group(1), '\n', false);
            }
        } else if (line.startsWith(" ")) {
            add(bare, '\n', false);
        } else {
            add(bare, prose ? ' ' : '\n', true);
        }
    }

    private void add(String line, char between, boolean goesOn) {
        if (run.length() > 0) {
            run.append(between);
        }
        run.append(line);
        prose = goesOn;
    }

    private void heading(int level, String text) {
        while (!levels.isEmpty() && levels.get(levels.size() - 1) >= level) {
            levels.remove(levels.size() - 1);
            headings.remove(headings.size() - 1);
        }
        levels.add(level);
        headings.add(text);
    }

    private void end() {
        if (!run.toString().isBlank()) {
            paragraphs.addAll(headings);
            headings.clear();
            levels.clear();
            paragraphs.add(BREAKS.matcher(run).replaceAll("\n").strip());
        }
        run.setLength(0);
        prose = false;
    }

    /** Closes the holes that templates leave. */
    private static String tidied(String line) {
        String text = BLANKS.matcher(line).replaceAll(" ");
        if (text.indexOf('(') >= 0 || text.indexOf('\uff08') >= 0) {
            text = SIGNS_BEHIND_A_BRACKET.matcher(text).replaceAll("$1");
            text = SIGNS_BEFORE_A_BRACKET.matcher(text).replaceAll("$1");
            text = EMPTY_BRACKETS.matcher(text).replaceAll("");
        }
        return BLANK_BEFORE_A_SIGN.matcher(text).replaceAll("$1");
    }
}
