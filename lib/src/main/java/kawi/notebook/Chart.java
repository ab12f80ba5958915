package kawi.notebook;

/**
 * A drawn chart.
 *
 * @param png its picture, drawn at twice the size it is shown in, so that it is sharp on every screen
 * @param width the width it is shown in, pixels
 * @param height the height it is shown in, pixels
 * @param title its title
 * @param alt what it shows, in a sentence, for those who cannot see it
 */
public record Chart(byte[] png, int width, int height, String title, String alt) {
    /**
     * {@return the same chart with a better description}
     *
     * @param better what it shows, in a sentence, in place of {@link #alt}
     */
    public Chart describe(String better) {
        return new Chart(png, width, height, title, better);
    }
}
