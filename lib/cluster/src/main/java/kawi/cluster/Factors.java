package kawi.cluster;

import kawi.train.Schedule;

/**
 * The factors of some steps, by number: a schedule of a cell's own need not travel.
 *
 * @param from the step, counted from 0, that the first factor is for
 * @param factors of the steps from there
 * @param steps of the whole schedule
 */
record Factors(long from, double[] factors, long steps) implements Schedule {
    @Override
    public double factor(long step) {
        return factors[(int) (step - from)];
    }
}
