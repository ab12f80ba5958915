package kawi.notebook;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import kawi.text.Tokenizer;

/** Text in colours: what a step took away and put in, and the pieces a tokenizer sees. */
public final class Marked {
    private static final String FRAME =
            "<div style=\"font-family:monospace;white-space:pre-wrap;line-height:1.7;color:#222;background:#fff\">";
    private static final String GONE = "<del style=\"background:#fbd5c5;color:#7a2000\">";
    private static final String CAME = "<ins style=\"background:#cfe8f7;color:#003b5c;text-decoration:none\">";
    private static final String[] GROUNDS = {"#cfe8f7", "#fde3b8", "#cdeadd", "#f3d9ea"};
    /** Beyond this many cells of the comparison, texts are shown one after the other. */
    private static final long MOST_CELLS = 4_000_000;

    private Marked() {}

    /**
     * {@return what changed between two texts, character by character: gone on red and struck through, new on blue;
     * marks stand for what cannot be seen}
     *
     * @param before the text as it was
     * @param after the text as it is
     */
    public static Html difference(String before, String after) {
        int[] a = before.codePoints().toArray();
        int[] b = after.codePoints().toArray();
        StringBuilder html = new StringBuilder(FRAME);
        if ((long) a.length * b.length > MOST_CELLS) {
            return new Html(mark(mark(html, GONE, "</del>", a, 0, a.length), CAME, "</ins>", b, 0, b.length)
                    .append("</div>")
                    .toString());
        }
        List<Run> runs = runs(a, b);
        for (Run run : calm(runs)) {
            html.append(Html.escape(new String(run.same)));
            mark(html, GONE, "</del>", run.gone, 0, run.gone.length);
            mark(html, CAME, "</ins>", run.came, 0, run.came.length);
        }
        return new Html(html.append("</div>").toString());
    }

    /** What is the same, then what went and what came after it. */
    private record Run(String same, int[] gone, int[] came) {}

    private static List<Run> runs(int[] a, int[] b) {
        int[][] common = common(a, b);
        List<Run> runs = new ArrayList<>();
        for (int i = 0, j = 0; i < a.length || j < b.length; ) {
            int same = i;
            for (; i < a.length && j < b.length && a[i] == b[j]; i++) j++;
            String text = new String(a, same, i - same);
            int fromA = i;
            int fromB = j;
            while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] == b[j])) {
                if (i < a.length && (j == b.length || common[i + 1][j] >= common[i][j + 1])) i++;
                else j++;
            }
            runs.add(new Run(text, Arrays.copyOfRange(a, fromA, i), Arrays.copyOfRange(b, fromB, j)));
        }
        return runs;
    }

    /** Changes with no more than two letters between them read better as one. */
    private static List<Run> calm(List<Run> runs) {
        List<Run> calm = new ArrayList<>();
        for (Run run : runs) {
            Run last = calm.isEmpty() ? null : calm.get(calm.size() - 1);
            boolean lone = last != null
                    && run.same.length() < 3
                    && run.same.chars().allMatch(Character::isLetterOrDigit)
                    && run.gone.length + run.came.length > 0;
            if (!lone) {
                calm.add(run);
                continue;
            }
            int[] between = run.same.codePoints().toArray();
            calm.set(
                    calm.size() - 1,
                    new Run(last.same, joined(last.gone, between, run.gone), joined(last.came, between, run.came)));
        }
        return calm;
    }

    private static int[] joined(int[]... parts) {
        return Stream.of(parts).flatMapToInt(Arrays::stream).toArray();
    }

    /** Length of the longest common subsequence of the texts' ends, by the places they begin at. */
    private static int[][] common(int[] a, int[] b) {
        int[][] common = new int[a.length + 1][b.length + 1];
        for (int i = a.length - 1; i >= 0; i--) {
            for (int j = b.length - 1; j >= 0; j--) {
                common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    private static StringBuilder mark(StringBuilder html, String open, String close, int[] text, int from, int to) {
        if (from == to) return html;
        StringBuilder seen = new StringBuilder();
        for (int i = from; i < to; i++) seen.append(visible(text[i]));
        return html.append(open).append(Html.escape(seen.toString())).append(close);
    }

    private static String visible(int c) {
        if (c == ' ') return "\u00B7";
        if (c == '\n') return "\u21B5\n";
        if (c == '\t') return "\u2192";
        boolean seen = Character.isLetterOrDigit(c)
                || c < 0x7F && c > ' '
                || Character.getType(c) != Character.FORMAT
                        && Character.getType(c) != Character.CONTROL
                        && Character.getType(c) != Character.SPACE_SEPARATOR
                        && Character.getType(c) != Character.NON_SPACING_MARK;
        return seen ? Character.toString(c) : "U+%04X".formatted(c);
    }

    /**
     * {@return a text in the pieces a tokenizer makes of it, each on its own ground; a space shows as a dot}
     *
     * @param tokenizer what parts the text
     * @param text any text
     */
    public static Html pieces(Tokenizer tokenizer, String text) {
        return pieces(tokenizer.pieces(text));
    }

    /**
     * {@return pieces of a text, each on its own ground; a space shows as a dot}
     *
     * @param pieces the pieces, in the order of the text
     */
    public static Html pieces(List<String> pieces) {
        List<String> marked = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            String seen = pieces.get(i).replace(' ', '\u00B7').replace("\n", "\u21B5\n");
            marked.add("<span style=\"background:" + GROUNDS[i % GROUNDS.length] + ";padding:2px 0\">"
                    + Html.escape(seen) + "</span>");
        }
        return new Html(FRAME + String.join("<wbr>", marked) + "</div>");
    }
}
