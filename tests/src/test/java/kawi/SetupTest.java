package kawi;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.GraphicsEnvironment;
import org.junit.jupiter.api.Test;

/**
 * What environment/setup promises; it runs this once, which also brings all that Maven needs for tests with the network
 * off.
 */
class SetupTest {
    @Test
    void javaIsNewEnoughForTheKernelAndTheLibrary() {
        assertTrue(Runtime.version().feature() >= 17, "Java " + Runtime.version() + " is older than 17");
    }

    @Test
    void aFontIsThereForCharts() {
        assertTrue(
                GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length > 0,
                "Java finds no font");
    }
}
