package kawi.notebook;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import kawi.evidence.Progress;

/**
 * A bar in the cell with the share done, the rate and the time left; drawn at most four times a second, whatever the
 * work reports.
 */
public class ProgressBar implements Progress {
    private static final long EVERY_NANOS = 250_000_000;

    /** The bar that began last in this kernel; null before the first. */
    private static volatile ProgressBar last;

    private final Cell cell = new Cell();
    private Map<String, String> shown = Map.of();
    private String what = "";
    private long total = -1;
    private long began = System.nanoTime();
    private long drawn;
    private long first = -1;
    private long latest;
    private String sample = "";

    @Override
    public void begin(String what, long total) {
        this.what = what;
        this.total = total;
        this.began = System.nanoTime();
        this.first = -1;
        this.latest = 0;
        last = this;
        draw(0, "", false);
        drawn = 0; // the first news is shown at once
    }

    @Override
    public void update(long done, String note) {
        latest = done;
        first = first < 0 ? done : first; // work that goes on from an earlier run was not done in this one's time
        if (System.nanoTime() - drawn > EVERY_NANOS) {
            draw(done, note, false);
        }
    }

    /** {@return how many units were done at the last news; 0 before the first} */
    public long done() {
        return latest;
    }

    @Override
    public void end(String note) {
        draw(total, note, true);
    }

    @Override
    public void sample(String text) {
        sample = text;
        drawn = 0;
    }

    private void draw(long done, String note, boolean ended) {
        drawn = System.nanoTime();
        double seconds = (drawn - began) / 1e9;
        long from = first > 1 ? first : 0;
        double share = total > 0 ? Math.min(1, (double) done / total) : ended ? 1 : 0;
        String times = ended
                ? "took " + time(seconds)
                : total > 0 && done > from
                        ? String.format(
                                Locale.ROOT,
                                "%.0f %%, %s left",
                                100 * share,
                                time(seconds / (done - from) * (total - done)))
                        : time(seconds) + " so far";
        String text = what + ": " + times + (note.isEmpty() ? "" : " · " + note);
        StringBuilder html = new StringBuilder("<div style=\"display:flex;align-items:center;gap:10px;font-size:90%\">"
                + "<div role=\"progressbar\" style=\"width:220px;height:10px;background:#e3e3e3;border-radius:5px\">");
        html.append(String.format(
                Locale.ROOT,
                "<div style=\"width:%.1f%%;height:10px;background:#0072B2;border-radius:5px\"></div></div>",
                100 * share));
        html.append("<span>").append(Html.escape(text)).append("</span></div>");
        if (!sample.isEmpty()) {
            html.append("<pre style=\"white-space:pre-wrap;font-size:90%;border-left:3px solid "
                            + "#009E73;padding-left:8px\">")
                    .append(Html.escape(sample))
                    .append("</pre>");
        }
        Map<String, String> bundle = new LinkedHashMap<>();
        bundle.put("text/plain", text + (sample.isEmpty() ? "" : "\n" + sample));
        bundle.put("text/html", html.toString());
        shown = bundle;
        cell.put(bundle, null);
    }

    /** {@return the bar that began last in this kernel, which may be at its end; null where none did} */
    static ProgressBar last() {
        return last;
    }

    /** Shows in the cell that runs now what this bar says at the moment; later news go where they went before. */
    void showAgain() {
        Cell.show(shown, null);
    }

    static String time(double seconds) {
        if (seconds < 90) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
        }
        return String.format(Locale.ROOT, "%d min %02d s", (int) (seconds / 60), (int) (seconds % 60));
    }
}
