package kawi.train;

/** What a training adds up from one point of its history to the next. */
final class StepTotals {
    private final Trainer set;
    private final double
            tokensAtPeak; // that the machine could learn from in a second if all it did were its fastest product
    private final Energy energy;
    private double lossSum;
    private int steps;
    private double seconds;
    private double peakMegabytes;

    StepTotals(Trainer set) {
        this.set = set;
        this.tokensAtPeak = set.model.torch().peakFlops() / Flops.perToken(set.model.config());
        this.energy = new Energy(set.energyCounters);
    }

    /** One step: its loss in nats per token, and the seconds that it took. */
    void add(double loss, double took) {
        lossSum += loss;
        steps++;
        seconds += took;
    }

    /**
     * The point at the last step that was added; the next interval begins.
     *
     * @param validation nats per token on the validation text; null where it was not scored
     */
    Training.Point end(Fit.Step last, Double validation) {
        double megabytes = Memory.megabytes();
        peakMegabytes = Math.max(peakMegabytes, megabytes);
        double loss = lossSum / steps;
        double speed = (double) steps * set.tokensPerStep() / seconds;
        lossSum = 0;
        steps = 0;
        seconds = 0;
        return new Training.Point(
                last.number(),
                loss,
                Evaluation.bitsPerByte(loss, set.train),
                validation,
                Evaluation.bitsPerByte(validation, set.validation),
                last.factor() * set.optimizer.rate(),
                last.gradientNorm(),
                speed,
                speed / tokensAtPeak,
                megabytes,
                energy.joules());
    }

    /** The most resident memory at the end of any interval, in megabytes. */
    double peakMegabytes() {
        return peakMegabytes;
    }

    /** Takes over what an earlier part of the same training came to. */
    void peakMegabytes(double earlier) {
        peakMegabytes = earlier;
    }

    boolean energyReadable() {
        return energy.readable();
    }
}
