package kawi.notebook;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A progress bar with a chart under it that is redrawn in place as points come in, at most once in two seconds. The
 * points stay, so that {@link #chart()} gives the finished chart for the report.
 */
public final class LiveChart extends ProgressBar {
    private static final long EVERY_NANOS = 2_000_000_000L;
    private static final int MOST_POINTS = 600;

    private final Cell cell = new Cell();
    private final String title;
    private final boolean labelled;
    private String xLabel;
    private String yLabel;
    private final Map<String, List<double[]>> series = new LinkedHashMap<>();
    private long drawn;
    private boolean pending;

    /**
     * A chart whose axes are named by the work that reports to it: {@link kawi.evidence.Progress#axes}.
     *
     * @param title what stands above the chart
     */
    public LiveChart(String title) {
        this(title, "", "", false);
    }

    /**
     * A chart with axes of the caller's own, which stay whatever the work calls them.
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart: "step"
     * @param yLabel the quantity and its unit: "loss (nats per letter)"
     */
    public LiveChart(String title, String xLabel, String yLabel) {
        this(title, xLabel, yLabel, true);
    }

    private LiveChart(String title, String xLabel, String yLabel, boolean labelled) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.labelled = labelled;
    }

    @Override
    public synchronized void axes(String x, String y) {
        if (!labelled) {
            xLabel = x;
            yLabel = y;
        }
    }

    @Override
    public synchronized void point(String name, double x, double y) {
        series.computeIfAbsent(name, n -> new ArrayList<>()).add(new double[] {x, y});
        pending = true;
        drawSometimes();
    }

    @Override
    public synchronized void update(long done, String note) {
        super.update(done, note);
        drawSometimes();
    }

    /** Points that come in a burst are drawn together, the last ones at the next news. */
    private void drawSometimes() {
        if (pending && System.nanoTime() - drawn > EVERY_NANOS) {
            draw();
        }
    }

    @Override
    public synchronized void end(String note) {
        super.end(note);
        if (!series.isEmpty()) {
            draw();
        }
    }

    /** {@return the chart of all points so far} */
    public synchronized Chart chart() {
        Map<String, Charts.Line> lines = new LinkedHashMap<>();
        series.forEach((name, points) -> {
            int stride = Math.max(1, points.size() / MOST_POINTS);
            List<double[]> kept = new ArrayList<>();
            for (int i = 0; i < points.size(); i++) {
                if (i % stride == 0 || i == points.size() - 1 || Double.isNaN(points.get(i)[1])) {
                    kept.add(points.get(i));
                }
            }
            lines.put(
                    name,
                    new Charts.Line(
                            kept.stream().mapToDouble(p -> p[0]).toArray(),
                            kept.stream().mapToDouble(p -> p[1]).toArray()));
        });
        return Charts.line(title, xLabel, yLabel, lines);
    }

    @Override
    synchronized void showAgain() {
        super.showAgain();
        if (!series.isEmpty()) {
            Chart chart = chart();
            Cell.show(Show.image(chart), Show.about(chart));
        }
    }

    private void draw() {
        drawn = System.nanoTime();
        pending = false;
        Chart chart = chart();
        cell.put(Show.image(chart), Show.about(chart));
    }
}
