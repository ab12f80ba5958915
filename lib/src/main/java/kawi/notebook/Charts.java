package kawi.notebook;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.HeatMapSeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The charts of the kit, drawn by XChart in one house style: white ground, few grid lines, a palette for the
 * colour-blind.
 */
public final class Charts {
    /**
     * The palette of Okabe and Ito (2008), which people with any kind of colour blindness can tell apart; without its
     * yellow.
     */
    public static final Color[] PALETTE = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9),
        new Color(0x444444)
    };

    static final Color INK = new Color(0x333333);
    /** The first colour of the palette, thinned. */
    static final Color PALE = new Color(0x9CC9E2);

    static final Color GRID = new Color(0xE3E3E3);
    static final int WIDTH = 720;
    static final int HEIGHT = 360;
    private static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    private static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    /** Room for the labels and the title of a logarithmic axis. */
    private static final int LOG_AXIS = 40;

    private Charts() {}

    /**
     * The points of a line, or of a group of points.
     *
     * @param x the values along the chart; a point whose x is not finite is left out
     * @param y a value for each of them; one that is not a number breaks a line, any other that is not finite is left
     *     out
     */
    public record Line(double[] x, double[] y) {
        /**
         * {@return the points of two lists}
         *
         * @param x the values along the chart
         * @param y a value for each of them
         */
        public static Line of(List<? extends Number> x, List<? extends Number> y) {
            return new Line(
                    x.stream().mapToDouble(Number::doubleValue).toArray(),
                    y.stream().mapToDouble(Number::doubleValue).toArray());
        }
    }

    /**
     * Lines over a common axis.
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart, and its unit
     * @param yLabel the quantity and its unit
     * @param lines the points of each line by its name, in the order of the legend
     * @return the chart, whose description names each line's first and last value
     */
    public static Chart line(String title, String xLabel, String yLabel, Map<String, Line> lines) {
        return xy(title, xLabel, yLabel, lines, XYSeries.XYSeriesRenderStyle.Line, false);
    }

    /**
     * {@return one line}
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart, and its unit
     * @param yLabel the quantity and its unit
     * @param x the values along the chart
     * @param y a value for each of them
     */
    public static Chart line(String title, String xLabel, String yLabel, double[] x, double[] y) {
        return line(title, xLabel, yLabel, Map.of(yLabel, new Line(x, y)));
    }

    /**
     * {@return lines over a logarithmic x axis}
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart, and its unit
     * @param yLabel the quantity and its unit
     * @param lines the points of each line by its name, in the order of the legend; points whose x is 0 or less are
     *     left out
     */
    public static Chart lineLogX(String title, String xLabel, String yLabel, Map<String, Line> lines) {
        return xy(title, xLabel, yLabel, lines, XYSeries.XYSeriesRenderStyle.Line, true);
    }

    /**
     * {@return points, a colour for each group}
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart, and its unit
     * @param yLabel the quantity and its unit
     * @param groups the points of each group by its name, in the order of the legend
     */
    public static Chart scatter(String title, String xLabel, String yLabel, Map<String, Line> groups) {
        return xy(title, xLabel, yLabel, groups, XYSeries.XYSeriesRenderStyle.Scatter, false);
    }

    /**
     * {@return a bar for each entry, in the map's order}
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart, and its unit
     * @param yLabel the quantity and its unit
     * @param bars the height of each bar by the label under it
     */
    public static Chart bar(String title, String xLabel, String yLabel, Map<String, ? extends Number> bars) {
        return bars(title, xLabel, yLabel, List.copyOf(bars.keySet()), Map.of(yLabel, List.copyOf(bars.values())));
    }

    /**
     * {@return groups of bars}
     *
     * <p>Values that have intervals are drawn by {@link Intervals}.
     *
     * @param title what stands above the chart
     * @param xLabel what is counted along the chart, and its unit
     * @param yLabel the quantity and its unit
     * @param groups the labels under the groups
     * @param series a value for each group, by the series' name
     */
    public static Chart bars(
            String title,
            String xLabel,
            String yLabel,
            List<String> groups,
            Map<String, ? extends List<? extends Number>> series) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xLabel)
                .yAxisTitle(yLabel)
                .build();
        style(chart.getStyler(), series.size());
        chart.getStyler().setAvailableSpaceFill(series.size() > 1 ? 0.75 : 0.6);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Tables::number);
        chart.getStyler().setXAxisLabelRotation(rotation(groups));
        chart.getStyler()
                .setXAxisTickMarkSpacingHint(20); // every group has its label: by default XChart leaves some out
        series.forEach((name, values) -> chart.addSeries(name, groups, values));
        String alt = "Bar chart, " + yLabel + (xLabel.isEmpty() ? "" : " by " + xLabel) + ": "
                + series.entrySet().stream()
                        .map(s -> (series.size() > 1 ? s.getKey() + " " : "") + pairs(groups, s.getValue()))
                        .collect(Collectors.joining("; "))
                + ".";
        return new Chart(png(chart::paint, WIDTH, HEIGHT), WIDTH, HEIGHT, title, title + ". " + alt);
    }

    /**
     * {@return how often values fall into each of {@code bins} equal ranges from the smallest value to the largest}
     *
     * @param title what stands above the chart
     * @param xLabel what was measured, and its unit
     * @param values the values, finite
     * @param bins how many ranges, 1 or more
     */
    public static Chart histogram(String title, String xLabel, double[] values, int bins) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double v : values) {
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
        double step = high > low ? (high - low) / bins : 1;
        int[] counts = new int[bins];
        for (double v : values) {
            counts[Math.min(bins - 1, (int) ((v - low) / step))]++;
        }
        Map<String, Integer> bars = new LinkedHashMap<>();
        for (int i = 0; i < bins; i++) {
            bars.merge(Tables.number(low + (i + 0.5) * step), counts[i], Integer::sum);
        }
        return bar(title, xLabel, "count", bars);
    }

    /**
     * {@return a heat map: the darker a cell, the larger its value}
     *
     * @param title what stands above the chart
     * @param xLabel what the columns are
     * @param yLabel what the rows are
     * @param xs the labels of the columns, from left to right
     * @param ys the labels of the rows, from top to bottom
     * @param values one row for each label of y, from top to bottom, with a value for each label of x
     */
    public static Chart heatmap(
            String title, String xLabel, String yLabel, List<String> xs, List<String> ys, double[][] values) {
        int size = Math.max(380, Math.min(680, 70 + 34 * Math.max(xs.size(), ys.size())));
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(size + 120)
                .height(size)
                .title(title)
                .xAxisTitle(xLabel)
                .yAxisTitle(yLabel)
                .build();
        style(chart.getStyler(), 2);
        chart.getStyler().setRangeColors(new Color[] {Color.WHITE, PALE, PALETTE[0], new Color(0x08306B)});
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setPlotGridLinesVisible(false);
        chart.getStyler().setPlotContentSize(1);
        chart.getStyler().setShowValue(false);
        boolean narrow =
                xs.stream().mapToInt(String::length).max().orElse(0) * 7 > (size - 80) / Math.max(1, xs.size());
        chart.getStyler().setXAxisLabelRotation(narrow ? 90 : 0);
        chart.getStyler()
                .setXAxisLabelAlignmentVertical(
                        narrow ? TextAlignment.Right : TextAlignment.Centre); // turned, so this is the end at the axis
        chart.getStyler().setYAxisLabelAlignment(TextAlignment.Right);
        chart.getStyler()
                .setXAxisTickMarkSpacingHint(
                        14); // of both axes: a label's height, so that about 30 rows and columns all have theirs
        List<Number[]> cells = new ArrayList<>();
        for (int y = 0; y < ys.size(); y++) {
            for (int x = 0; x < xs.size(); x++) {
                // XChart counts rows from the bottom, a reader from the top.
                cells.add(new Number[] {x, ys.size() - 1 - y, values[y][x]});
            }
        }
        List<String> upwards = new ArrayList<>(distinct(ys));
        Collections.reverse(upwards);
        HeatMapSeries series = chart.addSeries(title, distinct(xs), upwards, cells);
        series.setMin(rounded(series.getMin()));
        series.setMax(rounded(series.getMax()));
        String alt = "Heat map of " + ys.size() + " rows (" + yLabel + ") by " + xs.size() + " columns (" + xLabel + ")"
                + darkest(xs, ys, values) + ".";
        return new Chart(png(chart::paint, size + 120, size), size + 120, size, title, title + ". " + alt);
    }

    /** Where the largest value of a heat map stands, in words. */
    private static String darkest(List<String> xs, List<String> ys, double[][] values) {
        int row = -1;
        int column = -1;
        for (int y = 0; y < ys.size(); y++) {
            for (int x = 0; x < xs.size(); x++) {
                if (Double.isFinite(values[y][x]) && (row < 0 || values[y][x] > values[row][column])) {
                    row = y;
                    column = x;
                }
            }
        }
        return row < 0
                ? ""
                : "; the largest value is " + Tables.number(values[row][column]) + ", in row " + (row + 1) + " ("
                        + ys.get(row) + ") and column " + (column + 1) + " (" + xs.get(column) + ")";
    }

    private static Chart xy(
            String title,
            String xLabel,
            String yLabel,
            Map<String, Line> lines,
            XYSeries.XYSeriesRenderStyle how,
            boolean logX) {
        // XChart labels a logarithmic axis at powers of ten only, of which the data may meet one or none: the axis is
        // ours then.
        int ownAxis = logX ? LOG_AXIS : 0;
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT - ownAxis)
                .title(title)
                .xAxisTitle(logX ? "" : xLabel)
                .yAxisTitle(yLabel)
                .build();
        style(chart.getStyler(), lines.size());
        chart.getStyler().setDefaultSeriesRenderStyle(how);
        chart.getStyler().setXAxisTickMarkSpacingHint(80);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Tables::number);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Tables::number);
        if (logX) {
            chart.getStyler().setXAxisTicksVisible(false);
        }
        List<String> said = new ArrayList<>();
        double[] range = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        lines.forEach((name, line) -> {
            double[][] finite = finite(line, logX);
            if (finite[0].length == 0) {
                return;
            }
            double[][] drawn = how == XYSeries.XYSeriesRenderStyle.Line ? withGaps(line, logX) : finite;
            double[] x = logX ? Arrays.stream(drawn[0]).map(Math::log10).toArray() : uneven(drawn[0]);
            XYSeries series = chart.addSeries(name, x, drawn[1]);
            series.setLineStyle(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            boolean marked = how == XYSeries.XYSeriesRenderStyle.Scatter || finite[0].length <= 12;
            series.setMarker(marked ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            range[0] = Math.min(range[0], Arrays.stream(finite[0]).min().orElseThrow());
            range[1] = Math.max(range[1], Arrays.stream(finite[0]).max().orElseThrow());
            int last = finite[0].length - 1;
            said.add(name + " from " + Tables.number(finite[1][0]) + " at " + Tables.number(finite[0][0]) + " to "
                    + Tables.number(finite[1][last]) + " at " + Tables.number(finite[0][last]));
        });
        if (said.isEmpty()) {
            chart.addSeries("nothing yet", new double[] {1}, new double[] {0}).setMarker(SeriesMarkers.NONE);
        }
        String alt = yLabel + " against " + xLabel + ": " + String.join("; ", said) + ".";
        Painter painter = (graphics, width, height) -> {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            chart.paint(graphics, width, height - ownAxis);
            if (logX) {
                logAxis(graphics, chart, xLabel, range[0], range[1]);
            }
        };
        return new Chart(png(painter, WIDTH, HEIGHT), WIDTH, HEIGHT, title, title + ". " + alt);
    }

    private static void logAxis(Graphics2D graphics, XYChart chart, String label, double least, double most) {
        graphics.setColor(INK);
        graphics.setStroke(new BasicStroke(1f));
        graphics.setFont(TICK);
        for (double tick : logTicks(least, most)) {
            double x = chart.getScreenXFromChart(Math.log10(tick));
            String text = Tables.number(tick);
            graphics.draw(new Line2D.Double(x, HEIGHT - LOG_AXIS - 8, x, HEIGHT - LOG_AXIS - 3));
            graphics.drawString(
                    text, (float) x - graphics.getFontMetrics().stringWidth(text) / 2f, HEIGHT - LOG_AXIS + 11);
        }
        graphics.setFont(LABEL);
        double middle =
                (chart.getScreenXFromChart(Math.log10(least)) + chart.getScreenXFromChart(Math.log10(most))) / 2;
        graphics.drawString(label, (float) middle - graphics.getFontMetrics().stringWidth(label) / 2f, HEIGHT - 8);
    }

    /**
     * Where a logarithmic axis is labelled: at powers of ten, at 1, 2 and 5 times these where the powers alone are
     * fewer than three, and at evenly spaced round numbers where even those are fewer than two.
     */
    static double[] logTicks(double least, double most) {
        if (!(least > 0) || !(most >= least)) {
            return new double[0];
        }
        for (double[] times : new double[][] {{1}, {1, 2, 5}}) {
            double[] ticks = IntStream.rangeClosed(
                            (int) Math.floor(Math.log10(least)), (int) Math.ceil(Math.log10(most)))
                    .boxed()
                    .flatMapToDouble(power -> Arrays.stream(times).map(t -> Double.parseDouble(t + "e" + power)))
                    .filter(tick -> tick >= least * (1 - 1e-9) && tick <= most * (1 + 1e-9))
                    .toArray();
            if (ticks.length >= (times.length == 1 ? 3 : 2)) {
                return ticks;
            }
        }
        if (most == least) {
            return new double[] {least};
        }
        double step = niceStep((most - least) / 6);
        return LongStream.rangeClosed((long) Math.ceil(least / step), (long) Math.floor(most / step))
                .mapToDouble(i -> i * step)
                .toArray();
    }

    /**
     * XChart labels an axis at evenly spaced data, at 9, 54, 99 for every ninth step; a nudge that nobody sees gives it
     * round numbers.
     */
    private static double[] uneven(double[] x) {
        double[] nudged = x.clone();
        if (x.length > 8 && x[x.length - 1] - x[0] > 1) {
            nudged[0] += 2e-4 * Math.max(1, (x[x.length - 1] - x[0]) / 1000);
        }
        return nudged;
    }

    private static double[][] finite(Line line, boolean positive) {
        return points(line, positive, false);
    }

    /** The same with what breaks the line between its points: a value that is not a number, as XChart takes it. */
    private static double[][] withGaps(Line line, boolean positive) {
        return points(line, positive, true);
    }

    private static double[][] points(Line line, boolean positive, boolean gaps) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < Math.min(line.x().length, line.y().length); i++) {
            boolean gap = gaps && !points.isEmpty() && Double.isNaN(line.y()[i]);
            if (Double.isFinite(line.x()[i])
                    && (gap || Double.isFinite(line.y()[i]))
                    && (!positive || line.x()[i] > 0)) {
                points.add(new double[] {line.x()[i], line.y()[i]});
            }
        }
        while (gaps && !points.isEmpty() && Double.isNaN(points.get(points.size() - 1)[1])) {
            points.remove(points.size() - 1); // nothing follows from which the line could be parted
        }
        return new double[][] {
            points.stream().mapToDouble(p -> p[0]).toArray(),
            points.stream().mapToDouble(p -> p[1]).toArray()
        };
    }

    /** Labels made different with a mark that does not show, for XChart takes equal ones as one. */
    private static List<String> distinct(List<String> labels) {
        List<String> made = new ArrayList<>();
        for (String label : labels) {
            String each = label;
            while (made.contains(each)) {
                each += "\u200b";
            }
            made.add(each);
        }
        return made;
    }

    /** To three digits: XChart writes the ends of a colour scale as they are. */
    private static double rounded(double value) {
        return BigDecimal.valueOf(value).round(new MathContext(3)).doubleValue();
    }

    /** The round number, 1, 2 or 5 times a power of ten, that is next above a step of an axis. */
    static double niceStep(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        double times = step / power;
        return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    static void style(AxesChartStyler styler, int series) {
        styler.setBaseFont(LABEL);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setAxisTitleFont(LABEL);
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setLegendFont(LABEL);
        styler.setChartFontColor(INK);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1f));
        styler.setAxisTickMarksColor(GRID);
        styler.setAxisTickLabelsColor(INK);
        styler.setChartTitleBoxVisible(false);
        styler.setChartPadding(12);
        styler.setLegendVisible(series > 1);
        styler.setLegendPosition(LegendPosition.OutsideE);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setSeriesColors(PALETTE);
        styler.setSeriesMarkers(new Marker[] {SeriesMarkers.CIRCLE});
        styler.setMarkerSize(6);
        styler.setLocale(Locale.ROOT);
    }

    /** Degrees by which labels under bars are turned: not at all where all of them fit side by side. */
    static int rotation(List<String> labels) {
        return labels.stream().mapToInt(label -> label.length() + 2).sum() > 95 ? 40 : 0;
    }

    private static String pairs(List<String> names, List<? extends Number> values) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < Math.min(names.size(), 12); i++) {
            pairs.add(names.get(i) + " " + Tables.number(values.get(i)));
        }
        return String.join(", ", pairs) + (names.size() > 12 ? " and " + (names.size() - 12) + " more" : "");
    }

    /** Something that paints itself into a rectangle. */
    interface Painter {
        void paint(Graphics2D graphics, int width, int height);
    }

    /** A picture of twice the stated size in pixels. */
    static byte[] png(Painter painter, int width, int height) {
        BufferedImage image = new BufferedImage(2 * width, 2 * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.scale(2, 2);
        painter.paint(graphics, width, height);
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
