package kawi.notebook;

import java.util.LinkedHashMap;
import java.util.Map;

/** A text in the cell that grows while it is written; drawn at most ten times a second. */
public final class LiveText {
    private static final long EVERY_NANOS = 100_000_000;

    private final Cell cell = new Cell();
    private final String heading;
    private final StringBuilder text = new StringBuilder();
    private long drawn;

    /**
     * Begins it, still empty.
     *
     * @param heading what stands above it, such as the question
     */
    public LiveText(String heading) {
        this.heading = heading;
        draw("");
    }

    /**
     * Adds to it.
     *
     * @param piece some more characters
     */
    public void add(String piece) {
        text.append(piece);
        if (System.nanoTime() - drawn > EVERY_NANOS) {
            draw("");
        }
    }

    /**
     * Ends it.
     *
     * @param text the whole text, which may differ from its pieces at the ends
     * @param note a few words below it, such as how fast it came; may be empty
     */
    public void end(String text, String note) {
        this.text.setLength(0);
        this.text.append(text);
        draw(note);
    }

    private void draw(String note) {
        drawn = System.nanoTime();
        String html = "<div><div style=\"font-weight:600\">" + Html.escape(heading) + "</div>"
                + "<div style=\"white-space:pre-wrap;border-left:3px solid #009E73;"
                + "padding:2px 0 2px 8px;margin:4px 0\">"
                + Html.escape(text.toString()) + "</div>"
                + (note.isEmpty() ? "" : "<div style=\"font-size:85%;opacity:.75\">" + Html.escape(note) + "</div>")
                + "</div>";
        Map<String, String> bundle = new LinkedHashMap<>();
        bundle.put("text/plain", heading + "\n" + text + (note.isEmpty() ? "" : "\n" + note));
        bundle.put("text/html", html);
        cell.put(bundle, null);
    }
}
