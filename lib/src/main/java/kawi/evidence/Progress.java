package kawi.evidence;

/**
 * The only way in which long work speaks: it reports to a listener and never prints.
 *
 * <p>Work calls {@link #begin} once, {@link #update} as often as it likes (a listener decides how often to draw), and
 * {@link #end} once. Work that can be interrupted polls {@link Thread#interrupted()} itself, stops cleanly and keeps
 * what is done.
 */
public interface Progress {
    /** Listens to nothing. */
    Progress NONE = new Progress() {
        @Override
        public void begin(String what, long total) {}

        @Override
        public void update(long done, String note) {}

        @Override
        public void end(String note) {}
    };

    /**
     * @param what what is being done, as a reader would call it: "learning merges"
     * @param total how many units there are to do, or -1 where that is not known
     */
    void begin(String what, long total);

    /**
     * @param done units done so far, 0 to total
     * @param note a few words on the state of things, such as "loss 3.21"; may be empty
     */
    void update(long done, String note);

    /** @param note a few words on how it ended; may be empty */
    void end(String note);

    /**
     * Says what the points mean, before the first of them.
     *
     * @param x what is counted along the chart, with its unit where it has one: "step", "seconds"
     * @param y the quantity and its unit: "loss (nats per token)"
     */
    default void axes(String x, String y) {}

    /**
     * A point of a live chart: the value {@code y} of the series at {@code x}.
     *
     * @param series name of the line that the point belongs to
     * @param x where it stands along the chart, see {@link #axes}
     * @param y its value; one that is not a number parts the line there, where something was lost
     */
    default void point(String series, double x, double y) {}

    /**
     * A text to be shown while the work goes on, such as what the model writes at this step.
     *
     * @param text the text
     */
    default void sample(String text) {}
}
