package kawi.notebook;

/**
 * A piece of HTML that is shown as such; what comes from data goes through {@link #escape} first.
 *
 * @param source the HTML, shown as it is
 */
public record Html(String source) {
    /**
     * {@return the text with the characters that mean something in HTML written as entities}
     *
     * @param text any text, such as a name or a line of a document
     */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** {@return the text without its markup, for places that show no HTML} */
    @Override
    public String toString() {
        return source.replaceAll("<[^>]*>", " ")
                .replaceAll("\\s+", " ")
                .strip()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }
}
