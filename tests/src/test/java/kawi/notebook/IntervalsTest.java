package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class IntervalsTest {
    @Test
    void theAlternativeTextSaysEveryEstimateWithBothArmsAndLeavesOutWhatIsNoNumber() {
        Chart chart = Intervals.chart(
                "Shares",
                "",
                "share",
                List.of(
                        new Intervals.Estimate("a", 0, 0, 0.3),
                        new Intervals.Estimate("b", 0.5, 0.25, 0.6),
                        new Intervals.Estimate("c", Double.NaN, 0, 1),
                        new Intervals.Estimate("d", 0.4, Double.NaN, Double.NaN)),
                0.5);
        assertEquals(
                "Shares. share with 95 % intervals: a 0 (0 to 0.3), b 0.5 (0.25 to 0.6), d 0.4 (no interval); for comparison 0.5.",
                chart.alt());
    }

    @Test
    void aWhiskerReachesFromTheLowEndToTheHighEndAndASingleExampleHasNone() throws IOException {
        // One estimate in the middle of the picture: a column of pixels through it holds the whisker and the dot.
        int whole = coloured(new Intervals.Estimate("a", 5, 0, 10));
        int lower = coloured(new Intervals.Estimate("a", 5, 0, 5));
        int upper = coloured(new Intervals.Estimate("a", 5, 5, 10));
        int none = coloured(new Intervals.Estimate("a", 5, Double.NaN, Double.NaN));
        assertTrue(none < 20, none + " pixels: a dot");
        assertTrue(whole > 300, whole + " pixels: the whole axis");
        assertEquals(whole / 2.0, lower, 20);
        assertEquals(whole / 2.0, upper, 20);
    }

    /** Pixels of the series' colour in the column of the estimate; the reference lines at 0 and 10 fix the axis. */
    private static int coloured(Intervals.Estimate estimate) throws IOException {
        Map<String, List<Intervals.Estimate>> series = new LinkedHashMap<>();
        series.put("shown", List.of(estimate));
        series.put("", List.of(new Intervals.Estimate("b", 0, 0, 10)));
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(
                Intervals.chart("T", "", "y", series, 0).png()));
        int most = 0;
        for (int x = 0; x < image.getWidth(); x++) {
            int here = 0;
            for (int y = 90; y < image.getHeight(); y++) {
                here += (image.getRGB(x, y) & 0xFFFFFF) == (Charts.PALETTE[0].getRGB() & 0xFFFFFF) ? 1 : 0;
            }
            most = x < 1100 ? Math.max(most, here) : most;
        }
        return most;
    }

    @Test
    void nothingToShowIsStillAPicture() {
        assertTrue(Intervals.chart("Empty", "", "share", List.of(), Double.NaN).png().length > 1000);
    }

    @Test
    void namesThatWouldTouchBesideALegendAreTurned() throws IOException {
        List<Intervals.Estimate> sources = List.of(
                        "harbour-notes", "java-docs", "moby-dick", "shakespeare", "spam-assassin", "state-of-the-union")
                .stream()
                .map(name -> new Intervals.Estimate(name, 1, 0, 2))
                .toList();
        Map<String, List<Intervals.Estimate>> short4 =
                Map.of("ours", sources.subList(0, 2), "SmolLM2", sources.subList(0, 2));
        int straight = axis(Intervals.chart("T", "source", "y", short4, Double.NaN));
        int turned = axis(Intervals.chart("T", "source", "y", Map.of("ours", sources, "SmolLM2", sources), Double.NaN));
        assertTrue(turned < straight - 60, "the axis makes room: " + turned + " instead of " + straight);
    }

    /** The lowest row of pixels that is dark for more than half of its length: the axis above the names. */
    private static int axis(Chart chart) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(chart.png()));
        for (int y = image.getHeight() - 1; y > 0; y--) {
            int dark = 0;
            for (int x = 0; x < image.getWidth(); x++) {
                dark += (image.getRGB(x, y) & 0xFF) < 100 ? 1 : 0;
            }
            if (dark > image.getWidth() / 2) {
                return y;
            }
        }
        return 0;
    }
}
