package kawi.notebook;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Estimates with their intervals side by side: a dot each, on a pale bar from the low end to the high end. Unlike the
 * error bars of a bar chart the two arms may differ, as those of a share near 0 or 1 must. Values are not negative.
 */
public final class Intervals {
    /**
     * One estimate.
     *
     * @param low low end of its interval, in the unit of the value
     * @param high high end
     */
    public record Estimate(String name, double value, double low, double high) {}

    private Intervals() {}

    /**
     * {@return the chart; estimates that are not numbers are left out}
     *
     * @param reference a value to compare with, drawn as a line, or NaN
     */
    public static Chart chart(String title, String xLabel, String yLabel, List<Estimate> estimates, double reference) {
        return chart(title, xLabel, yLabel, estimates, reference, 0);
    }

    /**
     * {@return the same with the values' axis from {@code floor} and up, where what matters is small beside the values
     * themselves}
     */
    public static Chart chart(
            String title, String xLabel, String yLabel, List<Estimate> estimates, double reference, double floor) {
        List<Estimate> shown = estimates.stream()
                .filter(e -> Double.isFinite(e.value() + e.low() + e.high()))
                .toList();
        List<String> names = shown.isEmpty()
                ? List.of("")
                : shown.stream().map(Estimate::name).toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(Charts.WIDTH)
                .height(Charts.HEIGHT)
                .title(title)
                .xAxisTitle(xLabel)
                .yAxisTitle(yLabel)
                .build();
        Charts.style(chart.getStyler(), 1);
        chart.getStyler().setOverlapped(true);
        chart.getStyler().setAvailableSpaceFill(0.3);
        chart.getStyler().setYAxisMin(floor);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Tables::number);
        chart.getStyler().setXAxisLabelRotation(Charts.rotation(names));
        chart.getStyler()
                .setXAxisTickMarkSpacingHint(20); // every estimate has its label: by default XChart leaves some out
        bar(chart, "high end", names, shown.stream().map(Estimate::high).toList(), Charts.PALE);
        bar(chart, "low end", names, shown.stream().map(Estimate::low).toList(), Color.WHITE);
        if (Double.isFinite(reference)) {
            CategorySeries line = chart.addSeries("reference", names, Collections.nCopies(names.size(), reference));
            line.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line);
            line.setMarker(SeriesMarkers.NONE);
            line.setLineColor(Charts.PALETTE[1]);
            line.setLineStyle(
                    new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {6, 4}, 0));
        }
        CategorySeries dots = chart.addSeries(
                "value",
                names,
                shown.isEmpty()
                        ? List.of(0)
                        : shown.stream().map(Estimate::value).toList());
        dots.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
        dots.setMarker(SeriesMarkers.CIRCLE);
        dots.setMarkerColor(Charts.PALETTE[0]);
        return new Chart(
                Charts.png(chart::paint, Charts.WIDTH, Charts.HEIGHT),
                Charts.WIDTH,
                Charts.HEIGHT,
                title,
                title + ". " + alt(yLabel, shown, reference));
    }

    private static void bar(CategoryChart chart, String name, List<String> names, List<Double> values, Color colour) {
        CategorySeries series = chart.addSeries(name, names, values.isEmpty() ? List.of(0) : values);
        series.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Bar);
        series.setFillColor(colour);
    }

    private static String alt(String yLabel, List<Estimate> shown, double reference) {
        List<String> said = new ArrayList<>();
        for (Estimate each : shown.subList(0, Math.min(12, shown.size()))) {
            said.add(each.name() + " " + Tables.number(each.value()) + " (" + Tables.number(each.low()) + " to "
                    + Tables.number(each.high()) + ")");
        }
        return yLabel + " with intervals: " + String.join(", ", said)
                + (shown.size() > 12 ? " and " + (shown.size() - 12) + " more" : "")
                + (Double.isFinite(reference) ? "; for comparison " + Tables.number(reference) : "") + ".";
    }
}
