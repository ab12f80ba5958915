package kawi.audit;

/**
 * A share of two counts gathered over documents, with its 95 % interval.
 *
 * <p>Words of one document are not independent: a text about a queen says "she" a hundred times. So the interval comes
 * from how the documents differ (the linearised variance of a ratio over clusters, Cochran 1977, section 6.4), not from
 * the number of words.
 *
 * @param value the share, 0 to 1
 * @param low lower end of the interval
 * @param high upper end
 * @param documents documents that had anything to count
 */
public record Ratio(double value, double low, double high, int documents) {

    /** Gathers counts, a document at a time. */
    static final class Gathering {
        private long parts;
        private long wholes;
        private double partsSquared;
        private double wholesSquared;
        private double products;
        private int documents;

        /** @param part of {@code whole} words of one document those counted */
        void add(long part, long whole) {
            if (whole > 0) {
                parts += part;
                wholes += whole;
                partsSquared += (double) part * part;
                wholesSquared += (double) whole * whole;
                products += (double) part * whole;
                documents++;
            }
        }

        /** The share; NaN with the whole range as its interval where nothing was counted or only in one document. */
        Ratio ratio() {
            double value = wholes == 0 ? Double.NaN : (double) parts / wholes;
            if (documents < 2) {
                return new Ratio(value, 0, 1, documents);
            }
            double residuals = partsSquared - 2 * value * products + value * value * wholesSquared;
            double error = Math.sqrt(Math.max(0, residuals) * documents / (documents - 1)) / wholes;
            double unseen = 1 - Math.pow(0.05, 1.0 / documents);
            return new Ratio(
                    value,
                    parts == wholes ? 1 - unseen : Math.max(0, value - 1.96 * error),
                    parts == 0 ? unseen : Math.min(1, value + 1.96 * error),
                    documents);
        }
    }
}
