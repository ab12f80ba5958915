package kawi.readers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The lines of one page of a PDF by paragraph, and the text of several: a line that was broken for the width of the
 * page goes on with the next, a word that was divided is one again, and so is a paragraph that was broken by the page.
 * A line that is far shorter than its paragraph's longest ended there on purpose, as in a poem, and is kept as one.
 */
final class PdfLines {
    /** Of a paragraph's longest line: a shorter one was not broken by the width of the page. */
    private static final double SHORT = 0.55;
    /** A line at the edge is one that recurs if as many pages have it. */
    private static final int LEAST_PAGES = 3;
    /** And of all pages this share: the name of a chapter stands on its pages alone. */
    private static final double LEAST_SHARE = 0.02;

    private static final int EDGE_LINES = 2;
    /** Of its size in points, how far a line may stand below another for being of the same text. */
    private static final double FAR = 3;
    /** Of the usual distance, from which a line begins a paragraph. */
    private static final double FARTHER = 1.25;

    private static final double OTHER_SIZE = 0.15;
    private static final Pattern ITEM =
            Pattern.compile("(?s)([\u2022\u25cf\u25aa\u25e6\u2023\u00b7]|\\(?\\d{1,3}[.)])\\s.*");
    private static final Pattern OF_CONTENTS = Pattern.compile(".*\\. ?\\. ?\\. ?\\d{1,4}");
    private static final Pattern DIVIDED = Pattern.compile("(?s).*\\p{L}[-\u2010\u00ad]");
    private static final Pattern GOES_ON = Pattern.compile("(?s)\\p{Ll}.*");
    private static final Pattern ENDS = Pattern.compile("(?s).*[.!?:;\u2026\u3002\uff01\uff1f][\\p{Pf}\\p{Pe}\"']*");

    /**
     * A paragraph.
     *
     * @param lines its lines
     * @param top whether it is the first of a page or a column
     */
    private record Paragraph(List<String> lines, boolean top) {}

    private final List<Paragraph> paragraphs = new ArrayList<>();

    private PdfLines() {}

    /**
     * A line of a page.
     *
     * @param text its characters
     * @param x where it begins, in points from the left
     * @param y where it stands, in points from the top
     * @param size of its first character, in points
     */
    record Line(String text, float x, float y, float size) {}

    /** {@return the paragraphs that the lines of a page are} */
    static PdfLines of(List<Line> lines) {
        PdfLines page = new PdfLines();
        Map<Integer, Double> distances = distances(lines);
        Line last = null;
        List<String> paragraph = List.of();
        for (Line line : lines) {
            if (last == null || begins(last, line, paragraph.size() == 1, distances)) {
                paragraph = new ArrayList<>();
                page.paragraphs.add(new Paragraph(paragraph, last == null || line.y() < last.y()));
            }
            paragraph.add(line.text());
            last = line;
        }
        return page;
    }

    /** {@return how far lines of each size stand from one another, in points: half of them not farther} */
    private static Map<Integer, Double> distances(List<Line> lines) {
        Map<Integer, List<Float>> all = new HashMap<>();
        for (int i = 1; i < lines.size(); i++) {
            Line last = lines.get(i - 1);
            Line line = lines.get(i);
            float distance = line.y() - last.y();
            if (isOfSize(last, line) && distance > 0 && distance < FAR * line.size()) {
                all.computeIfAbsent(Math.round(line.size()), size -> new ArrayList<>())
                        .add(distance);
            }
        }
        Map<Integer, Double> half = new HashMap<>();
        all.forEach((size, each) -> {
            each.sort(null);
            half.put(size, (double) each.get((each.size() - 1) / 2));
        });
        return half;
    }

    private static boolean isOfSize(Line one, Line other) {
        return Math.abs(one.size() - other.size()) < OTHER_SIZE * Math.max(one.size(), other.size());
    }

    /** Whether a line begins a paragraph: it stands farther from the last than others, is indented, or is an item. */
    private static boolean begins(Line last, Line line, boolean second, Map<Integer, Double> distances) {
        float down = line.y() - last.y();
        if (down <= 0 && down > -line.size() / 2) {
            return false; // on the same line, as after a gap
        }
        double usual = distances.getOrDefault(Math.round(line.size()), 1.2 * line.size());
        if (down < 0
                || down > FARTHER * usual
                || !isOfSize(last, line)
                || ITEM.matcher(line.text()).matches()) {
            return true;
        }
        // The first line of a paragraph may be indented, or the others may.
        return Math.abs(line.x() - last.x()) > 0.8 * line.size() && !second;
    }

    boolean isEmpty() {
        return paragraphs.isEmpty();
    }

    /**
     * Takes off the lines at the upper and lower edge that recur from page to page, but for their numbers. {@return how
     * many characters that was}
     */
    static int withoutEdges(List<PdfLines> pages) {
        int out = 0;
        for (int round = 0; round < EDGE_LINES; round++) {
            for (boolean first : new boolean[] {true, false}) {
                Map<String, Integer> on = new HashMap<>();
                pages.forEach(page -> on.merge(shape(page.edge(first)), 1, Integer::sum));
                double least = Math.max(LEAST_PAGES, LEAST_SHARE * pages.size());
                for (PdfLines page : pages) {
                    String line = page.edge(first);
                    if (!line.isEmpty() && on.get(shape(line)) >= least) {
                        out += line.length();
                        page.removeEdge(first);
                    }
                }
            }
        }
        return out;
    }

    private static String shape(String line) {
        return line.replaceAll("[0-9]+|^[ivxlc]+$", "0");
    }

    private String edge(boolean first) {
        if (paragraphs.isEmpty()) {
            return "";
        }
        List<String> lines = paragraphs.get(first ? 0 : paragraphs.size() - 1).lines();
        return lines.get(first ? 0 : lines.size() - 1);
    }

    private void removeEdge(boolean first) {
        List<String> lines = paragraphs.get(first ? 0 : paragraphs.size() - 1).lines();
        lines.remove(first ? 0 : lines.size() - 1);
        if (lines.isEmpty()) {
            paragraphs.remove(first ? 0 : paragraphs.size() - 1);
            if (first && !paragraphs.isEmpty()) {
                paragraphs.set(0, new Paragraph(paragraphs.get(0).lines(), true));
            }
        }
    }

    /** {@return the text of pages, a blank line between paragraphs} */
    static String text(List<PdfLines> pages) {
        StringBuilder all = new StringBuilder();
        for (PdfLines page : pages) {
            for (Paragraph paragraph : page.paragraphs) {
                List<String> lines = paragraph.lines();
                if (paragraph.top() && all.length() > 0 && isBroken(all, lines.get(0))) {
                    join(all, lines.get(0), true);
                } else {
                    all.append(all.length() == 0 ? "" : "\n\n").append(lines.get(0));
                }
                rest(all, lines);
            }
        }
        return all.toString().replace("\u00ad", "");
    }

    private static void rest(StringBuilder all, List<String> lines) {
        int longest = lines.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 1; i < lines.size(); i++) {
            String last = lines.get(i - 1);
            join(
                    all,
                    lines.get(i),
                    last.length() >= SHORT * longest
                            && !OF_CONTENTS.matcher(last).matches());
        }
    }

    /** Whether a paragraph goes on, at the top of the next page or column. */
    private static boolean isBroken(StringBuilder all, String next) {
        String last = all.substring(Math.max(0, all.length() - 40));
        return GOES_ON.matcher(next).matches() && !ENDS.matcher(last).matches();
    }

    private static void join(StringBuilder all, String next, boolean broken) {
        String last = all.substring(Math.max(0, all.length() - 2));
        if (DIVIDED.matcher(last).matches()) {
            if (GOES_ON.matcher(next).matches()) {
                all.setLength(all.length() - 1);
            }
        } else if (!broken) {
            all.append('\n');
        } else if (!(isIdeographic(all.codePointBefore(all.length())) && isIdeographic(next.codePointAt(0)))) {
            all.append(' ');
        }
        all.append(next);
    }

    /** Whether a character is of a script that parts no words. */
    private static boolean isIdeographic(int c) {
        Character.UnicodeScript script = Character.UnicodeScript.of(c);
        return Character.isIdeographic(c)
                || script == Character.UnicodeScript.HIRAGANA
                || script == Character.UnicodeScript.KATAKANA
                || c >= 0x3000 && c <= 0x303f
                || c >= 0xff00 && c <= 0xffef;
    }
}
