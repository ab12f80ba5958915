package kawi.train;

/** What a training adds up from one point of its history to the next. */
final class StepTotals {
    private final Trainer set;
    /**
     * That the machine could learn from in a second if all it did were its fastest product; NaN for a model that does
     * not say what its parameters are.
     */
    private final double tokensAtPeak;

    private final Energy energy;
    private double lossSum;
    private int steps;
    private double seconds;
    private double peakResidentMegabytes;

    StepTotals(Trainer set) {
        this.set = set;
        double flops = Flops.perToken(set.model.config());
        this.tokensAtPeak = Double.isNaN(flops) ? flops : set.model.torch().peakFlops() / flops;
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
        peakResidentMegabytes = Math.max(peakResidentMegabytes, megabytes);
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
                Double.isNaN(tokensAtPeak) ? null : speed / tokensAtPeak,
                megabytes,
                energy.joules());
    }

    /** The most resident memory at the end of any interval, in megabytes. */
    double peakResidentMegabytes() {
        return peakResidentMegabytes;
    }

    /** Takes over what an earlier part of the same training came to. */
    void peakResidentMegabytes(double earlier) {
        peakResidentMegabytes = earlier;
    }

    boolean energyReadable() {
        return energy.readable();
    }
}
