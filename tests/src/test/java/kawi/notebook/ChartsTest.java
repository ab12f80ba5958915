package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ChartsTest {
    @Test
    void aLogarithmicAxisHasAtLeastTwoLabelsWhateverItsRange() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            double least = Math.pow(10, random.nextDouble() * 12 - 6);
            double most = least * (1.02 + Math.pow(10, random.nextDouble() * 4 - 2));
            double[] ticks = Charts.logTicks(least, most);
            assertTrue(ticks.length >= 2 && ticks.length <= 30, ticks.length + " between " + least + " and " + most);
            for (double tick : ticks) {
                assertTrue(tick >= least * 0.999 && tick <= most * 1.001, tick + " of " + least + " to " + most);
            }
        }
        assertArrayEquals(new double[] {500, 1000, 2000}, Charts.logTicks(257, 4096));
        assertArrayEquals(new double[] {5}, Charts.logTicks(5, 5));
    }

    @Test
    void aLiveChartHasTheAxesThatTheWorkStatesUnlessItsOwnerNamesThem() {
        LiveChart told = new LiveChart("Tuning");
        told.axes("step", "loss (nats per answer token)");
        told.point("loss", 1, 2);
        told.point("loss", 2, 1);
        assertEquals(
                "Tuning. loss (nats per answer token) against step: loss from 2 at 1 to 1 at 2.",
                told.chart().alt());
        LiveChart own = new LiveChart("Ladder", "rung", "loss (nats per letter)");
        own.axes("step", "loss (nats per token)");
        own.point("seed 1", 1, 2);
        assertTrue(
                own.chart().alt().startsWith("Ladder. loss (nats per letter) against rung:"),
                own.chart().alt());
    }

    @Test
    void aHeatMapSaysWhereItIsDarkest() {
        String alt = Charts.heatmap(
                        "Attention", "looked at", "looks", List.of("a", "b"), List.of("a", "b"), new double[][] {
                            {1, 0}, {0.25, 0.75}
                        })
                .alt();
        assertTrue(alt.contains("the largest value is 1, in row 1 (a) and column 1 (a)"), alt);
    }

    @Test
    void pointsThatALogarithmicAxisCannotShowAreLeftOut() {
        Chart chart = Charts.lineLogX(
                "L", "x", "y", Map.of("l", new Charts.Line(new double[] {0, 10, 100}, new double[] {1, 2, 3})));
        assertEquals("L. y against x: l from 2 at 10 to 3 at 100.", chart.alt());
    }

    private static int ink(double... y) throws IOException {
        double[] x = new double[y.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        BufferedImage image = ImageIO.read(
                new ByteArrayInputStream(Charts.line("L", "x", "y", x, y).png()));
        int ink = 0;
        for (int at = 0; at < image.getWidth() * image.getHeight(); at++) {
            Color here = new Color(image.getRGB(at % image.getWidth(), at / image.getWidth()));
            ink += here.getBlue() > here.getRed() + 50 ? 1 : 0; // the first line is blue, all else is grey
        }
        return ink;
    }

    @Test
    void aValueThatIsNotANumberPartsTheLineAndOneAtItsEndDoesNot() throws IOException {
        assertTrue(ink(1, 1, Double.NaN, 1, 2) < ink(1, 1, 1, 1, 2) - 100);
        assertEquals(ink(1, 1, 2), ink(1, 1, 2, Double.NaN));
        LiveChart live = new LiveChart("Lost");
        live.axes("step", "loss");
        live.point("loss", 1, 2);
        live.point("loss", 1.5, Double.NaN);
        live.point("loss", 2, 1);
        assertEquals(
                "Lost. loss against step: loss from 2 at 1 to 1 at 2.",
                live.chart().alt());
    }
}
