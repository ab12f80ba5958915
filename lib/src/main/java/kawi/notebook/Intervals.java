package kawi.notebook;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import kawi.stats.Interval;

/**
 * Estimates with their intervals side by side: a dot each, and a whisker from the low end of its interval to the high
 * end. The two arms of a whisker are as long as the interval states, which for a share near 0 or 1 is not equally long;
 * an estimate without an interval, such as the score of a single example, has no whisker.
 */
public final class Intervals {
    private static final int LEFT = 78;
    private static final int TOP = 44;
    private static final int RIGHT = 18;
    private static final int DOT = 8;
    private static final int MOST_SAID = 20;
    private static final int TURNED = 40; // degrees
    private static final int APART = 8; // the least room between two names, in pixels
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    private static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    /**
     * One estimate.
     *
     * @param name what stands below it
     * @param value the estimate; one that is not a number is not shown
     * @param low low end of its 95 % interval, in the unit of the value; NaN or infinite where there is no interval
     * @param high high end, in the same way
     */
    public record Estimate(String name, double value, double low, double high) {
        /**
         * {@return a value and its interval under a name}
         *
         * @param name what stands below it
         * @param interval the value with its 95 % interval, which may be undefined
         */
        public static Estimate of(String name, Interval interval) {
            return new Estimate(name, interval.value(), interval.low(), interval.high());
        }

        /** {@return whether there is an interval to draw: both of its ends are finite} */
        public boolean hasInterval() {
            return Double.isFinite(low) && Double.isFinite(high);
        }

        private boolean shown() {
            return Double.isFinite(value);
        }

        private String said() {
            return name + " " + Tables.number(value)
                    + (hasInterval()
                            ? " (" + Tables.number(low) + " to " + Tables.number(high) + ")"
                            : " (no interval)");
        }
    }

    private Intervals() {}

    /**
     * {@return the chart of one series}
     *
     * @param title what stands above the chart
     * @param xLabel what the names are, may be empty
     * @param yLabel the quantity and its unit
     * @param estimates the estimates, from left to right
     * @param reference a value to compare with, drawn as a broken line, or NaN
     */
    public static Chart chart(String title, String xLabel, String yLabel, List<Estimate> estimates, double reference) {
        return chart(title, xLabel, yLabel, Map.of("", estimates), reference);
    }

    /**
     * {@return the chart of several series, a colour for each}
     *
     * <p>Estimates of the same name stand together.
     *
     * @param title what stands above the chart
     * @param xLabel what the names are, may be empty
     * @param yLabel the quantity and its unit
     * @param series estimates by the series' name, in the order of the legend
     * @param reference a value to compare with, drawn as a broken line, or NaN
     */
    public static Chart chart(
            String title, String xLabel, String yLabel, Map<String, List<Estimate>> series, double reference) {
        Map<String, List<Estimate>> shown = new LinkedHashMap<>();
        series.forEach((name, each) ->
                shown.put(name, each.stream().filter(Estimate::shown).toList()));
        Picture picture = new Picture(title, xLabel, yLabel, shown, reference);
        byte[] png = Charts.png((graphics, width, height) -> picture.paint(graphics), Charts.WIDTH, Charts.HEIGHT);
        return new Chart(png, Charts.WIDTH, Charts.HEIGHT, title, title + ". " + alt(yLabel, shown, reference));
    }

    private static String alt(String yLabel, Map<String, List<Estimate>> series, double reference) {
        List<String> said = new ArrayList<>();
        series.forEach((name, each) -> {
            String all = String.join(
                    ", ", each.stream().limit(MOST_SAID).map(Estimate::said).toList());
            String more = each.size() > MOST_SAID ? " and " + (each.size() - MOST_SAID) + " more" : "";
            if (!each.isEmpty()) {
                said.add((name.isEmpty() ? "" : name + ": ") + all + more);
            }
        });
        return yLabel + " with 95 % intervals: " + (said.isEmpty() ? "nothing to show" : String.join("; ", said))
                + (Double.isFinite(reference) ? "; for comparison " + Tables.number(reference) : "") + ".";
    }

    /** The drawing: a plain axis of values to the left, the names below. */
    private static final class Picture {
        private final String title;
        private final String xLabel;
        private final String yLabel;
        private final Map<String, List<Estimate>> series;
        private final double reference;
        private final List<String> names;
        private final double low;
        private final double high;
        private final double step;
        private int rotation;
        private int bottom;

        Picture(String title, String xLabel, String yLabel, Map<String, List<Estimate>> series, double reference) {
            this.title = title;
            this.xLabel = xLabel;
            this.yLabel = yLabel;
            this.series = series;
            this.reference = reference;
            Set<String> all = new LinkedHashSet<>();
            series.values().forEach(each -> each.forEach(e -> all.add(e.name())));
            this.names = List.copyOf(all);
            double[] ends = series.values().stream()
                    .flatMap(List::stream)
                    .flatMap(e -> e.hasInterval() ? Stream.of(e.value(), e.low(), e.high()) : Stream.of(e.value()))
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            double least = Double.isFinite(reference) ? reference : Double.POSITIVE_INFINITY;
            double most = Double.isFinite(reference) ? reference : Double.NEGATIVE_INFINITY;
            for (double end : ends) {
                least = Math.min(least, end);
                most = Math.max(most, end);
            }
            if (least > most) {
                least = 0;
                most = 1;
            }
            // A dot needs no zero under it; where zero is near it is shown all the same.
            least = least > 0 && least < most / 2 ? 0 : least;
            most = most < 0 && most > least / 2 ? 0 : most;
            double room = most > least ? most - least : Math.max(Math.abs(most), 1e-9);
            this.step = Charts.niceStep(room / 5);
            this.low = Math.floor(least / step + 1e-9) * step;
            this.high = Math.max(low + step, Math.ceil(most / step - 1e-9) * step);
        }

        void paint(Graphics2D g) {
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, Charts.WIDTH, Charts.HEIGHT);
            g.setColor(Charts.INK);
            g.setFont(TITLE);
            g.drawString(title, (Charts.WIDTH - g.getFontMetrics().stringWidth(title)) / 2f, 24);
            int right = Charts.WIDTH - RIGHT - legend(g);
            double slot = (right - LEFT) / (double) Math.max(1, names.size());
            rotation = overlap(g.getFontMetrics(TICK), slot) ? TURNED : 0;
            bottom = Charts.HEIGHT - (xLabel.isEmpty() ? 12 : 30) - nameRoom(g.getFontMetrics(TICK));
            values(g, right);
            if (Double.isFinite(reference)) {
                g.setColor(Charts.PALETTE[1]);
                g.setStroke(
                        new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {6, 4}, 0));
                g.draw(new Line2D.Double(LEFT, y(reference), right, y(reference)));
            }
            int each = 0;
            for (List<Estimate> estimates : series.values()) {
                double offset = series.size() == 1 ? 0.5 : 0.2 + 0.6 * (each + 0.5) / series.size();
                for (Estimate e : estimates) {
                    mark(
                            g,
                            LEFT + slot * (names.indexOf(e.name()) + offset),
                            e,
                            Charts.PALETTE[each % Charts.PALETTE.length]);
                }
                each++;
            }
            labels(g, slot, right);
        }

        /** Whether the names of two neighbours, each in the middle of its slot, would touch. */
        private boolean overlap(FontMetrics metrics, double slot) {
            for (int i = 1; i < names.size(); i++) {
                int both = metrics.stringWidth(names.get(i - 1)) + metrics.stringWidth(names.get(i));
                if (both / 2.0 + APART > slot) {
                    return true;
                }
            }
            return false;
        }

        private int nameRoom(FontMetrics metrics) {
            int widest = names.stream().mapToInt(metrics::stringWidth).max().orElse(0);
            return rotation == 0 ? 22 : (int) Math.min(150, 20 + widest * Math.sin(Math.toRadians(rotation)));
        }

        /** Draws the legend and says how much room it takes. */
        private int legend(Graphics2D g) {
            if (series.size() < 2) {
                return 0;
            }
            g.setFont(LABEL);
            int width = series.keySet().stream()
                            .mapToInt(g.getFontMetrics()::stringWidth)
                            .max()
                            .orElse(0)
                    + 34;
            int x = Charts.WIDTH - RIGHT - width + 14;
            int line = 0;
            for (String name : series.keySet()) {
                g.setColor(Charts.PALETTE[line % Charts.PALETTE.length]);
                g.fill(new Ellipse2D.Double(x, TOP + 6 + 22 * line, DOT, DOT));
                g.setColor(Charts.INK);
                g.drawString(name, x + 16, TOP + 15 + 22 * line);
                line++;
            }
            return width;
        }

        private void values(Graphics2D g, int right) {
            g.setFont(TICK);
            g.setStroke(new BasicStroke(1));
            for (int i = 0; low + i * step <= high + step / 2; i++) {
                // Of 0.1 and 0.2 the sum is not 0.3: a tick is what it would be called.
                double value = Math.round((low + i * step) / step) * step;
                String label = Tables.number(Double.parseDouble(String.format(Locale.ROOT, "%.10g", value)));
                g.setColor(Charts.GRID);
                g.draw(new Line2D.Double(LEFT, y(value), right, y(value)));
                g.setColor(Charts.INK);
                g.drawString(label, LEFT - 8 - g.getFontMetrics().stringWidth(label), (float) y(value) + 4);
            }
            g.setFont(LABEL);
            AffineTransform upright = g.getTransform();
            g.rotate(-Math.PI / 2);
            g.drawString(yLabel, -(TOP + bottom + g.getFontMetrics().stringWidth(yLabel)) / 2f, 20);
            g.setTransform(upright);
        }

        private void mark(Graphics2D g, double x, Estimate e, Color colour) {
            g.setColor(colour);
            if (e.hasInterval()) {
                g.setStroke(new BasicStroke(2));
                g.draw(new Line2D.Double(x, y(e.low()), x, y(e.high())));
                g.draw(new Line2D.Double(x - 5, y(e.low()), x + 5, y(e.low())));
                g.draw(new Line2D.Double(x - 5, y(e.high()), x + 5, y(e.high())));
            }
            g.fill(new Ellipse2D.Double(x - DOT / 2.0, y(e.value()) - DOT / 2.0, DOT, DOT));
        }

        private void labels(Graphics2D g, double slot, int right) {
            g.setFont(TICK);
            g.setColor(Charts.INK);
            FontMetrics metrics = g.getFontMetrics();
            for (int i = 0; i < names.size(); i++) {
                double x = LEFT + slot * (i + 0.5);
                int width = metrics.stringWidth(names.get(i));
                if (rotation == 0) {
                    g.drawString(names.get(i), (float) x - width / 2f, bottom + 18);
                } else {
                    AffineTransform upright = g.getTransform();
                    g.translate(x + 4, bottom + 14);
                    g.rotate(Math.toRadians(-rotation));
                    g.drawString(names.get(i), -width, 0);
                    g.setTransform(upright);
                }
            }
            g.setColor(Charts.INK);
            g.setStroke(new BasicStroke(1));
            g.draw(new Line2D.Double(LEFT, bottom, right, bottom));
            g.setFont(LABEL);
            g.drawString(
                    xLabel, LEFT + (right - LEFT - g.getFontMetrics().stringWidth(xLabel)) / 2f, Charts.HEIGHT - 12);
        }

        private double y(double value) {
            return bottom - (value - low) / (high - low) * (bottom - TOP);
        }
    }
}
