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
}
