package kawi.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import kawi.evidence.KitException;

/**
 * A training on many machines, on paper: what it would take in time, energy and memory, and where it breaks. Nothing is
 * run. {@link PublishedRun} holds the same arithmetic against runs that others have published.
 *
 * <p>Each machine has the same share of a step's tokens. Then gradients (or, every so many steps, weights) are averaged
 * as this kit does it: each machine owns a slice, receives it from all others and hands the sum around. Computing and
 * exchanging do not overlap. Not counted: reading data, evaluations, checkpoints, activations.
 *
 * @param machine of which all are
 * @param link that each machine has to the others
 * @param work the model and its tokens
 * @param machines how many
 * @param averageEvery steps from one exchange to the next: 1 exchanges gradients in every step
 * @param sharding what each machine keeps of the model
 * @param bytesPerNumber of what is sent: 4 for float32, 2 for 16 bits
 */
public record ScalePlan(
        Machine machine, Link link, Work work, int machines, int averageEvery, Sharding sharding, int bytesPerNumber) {

    /**
     * One machine.
     *
     * @param name in words
     * @param flops floating-point operations a second that it does while it trains, not its peak
     * @param watts that it takes while it trains
     * @param gigabytes of memory, in units of 10^9 bytes
     */
    public record Machine(String name, double flops, double watts, double gigabytes) {
        /**
         * {@return the machine on which a step was measured}
         *
         * @param name in words
         * @param flopsPerToken of the model that was measured, as from {@link kawi.train.Flops}
         * @param tokensPerStep tokens of the step
         * @param seconds that the step took
         * @param watts that it takes while it trains
         * @param gigabytes of memory
         */
        public static Machine measured(
                String name,
                double flopsPerToken,
                double tokensPerStep,
                double seconds,
                double watts,
                double gigabytes) {
            return new Machine(name, flopsPerToken * tokensPerStep / seconds, watts, gigabytes);
        }
    }

    /**
     * What joins a machine to the others.
     *
     * @param name in words
     * @param bitsPerSecond in each direction
     * @param latency seconds until a message's first byte is there
     */
    public record Link(String name, double bitsPerSecond, double latency) {}

    /**
     * What is to be trained.
     *
     * @param name in words
     * @param parameters numbers of the model
     * @param flopsPerToken forward and backward
     * @param context tokens of a window; a machine needs one at least
     * @param tokensPerStep tokens of a step of all machines together
     * @param tokens of the whole training
     */
    public record Work(
            String name, double parameters, double flopsPerToken, int context, double tokensPerStep, double tokens) {
        /**
         * {@return a GPT of so many parameters, by 6 operations for each of them and 12 for each layer, position and
         * dimension of the attention (Kaplan et al. 2020, section 2.1)}
         *
         * @param name in words
         * @param parameters numbers of the model
         * @param layers transformer layers
         * @param width size of a token's vector
         * @param context tokens of a window
         * @param tokensPerStep tokens of a step of all machines together
         * @param tokens of the whole training
         */
        public static Work gpt(
                String name,
                double parameters,
                int layers,
                int width,
                int context,
                double tokensPerStep,
                double tokens) {
            double flops = 6 * parameters + 12.0 * layers * width * context;
            return new Work(name, parameters, flops, context, tokensPerStep, tokens);
        }
    }

    /**
     * What each machine keeps of weights (4 bytes a number), gradients (4) and the optimizer's two averages (8), by the
     * stages of ZeRO (Rajbhandari et al. 2020); FSDP calls the last one full sharding. With weights and gradients of 16
     * bits and float32 copies beside them it is 16 bytes as well, divided otherwise.
     */
    public enum Sharding {
        /** Everything on every machine. */
        NONE("everything everywhere", 8, 8, 2),
        /** The optimizer's averages in slices. */
        OPTIMIZER("ZeRO 1: averages in slices", 8, 8, 2),
        /** Gradients too. */
        GRADIENTS("ZeRO 2: gradients too", 4, 12, 2),
        /** Weights too: they are fetched for the forward and again for the backward pass. */
        WEIGHTS("ZeRO 3, FSDP: weights too", 0, 16, 3);

        private final String title;
        private final double whole;
        private final double sliced;
        private final int transfers;

        Sharding(String title, double whole, double sliced, int transfers) {
            this.title = title;
            this.whole = whole;
            this.sliced = sliced;
            this.transfers = transfers;
        }

        /** {@return what is in slices, in words} */
        public String title() {
            return title;
        }

        /**
         * {@return bytes for each parameter on a machine}
         *
         * @param machines how many share
         */
        public double bytes(int machines) {
            return whole + sliced / (this == NONE ? 1 : machines);
        }
    }

    /**
     * Checks the numbers.
     *
     * @param machine of which all are
     * @param link that each machine has to the others
     * @param work the model and its tokens
     * @param machines how many
     * @param averageEvery steps from one exchange to the next
     * @param sharding what each machine keeps of the model
     * @param bytesPerNumber of what is sent
     * @throws KitException if there is no machine, or weights are averaged only now and then although they are in
     *     slices
     */
    public ScalePlan {
        if (machines < 1 || averageEvery < 1 || bytesPerNumber < 1) {
            throw new KitException("A plan for " + machines + " machines that average every " + averageEvery
                    + " steps cannot be made: give 1 or more of each.");
        }
        if (averageEvery > 1 && sharding != Sharding.NONE) {
            throw new KitException("Machines that train apart for " + averageEvery
                    + " steps need everything themselves: choose Sharding.NONE, or average in every step.");
        }
    }

    /**
     * {@return a plan of whole models and float32 exchanged in every step}
     *
     * @param machine of which all are
     * @param link that each machine has to the others
     * @param work the model and its tokens
     * @param machines how many
     */
    public static ScalePlan of(Machine machine, Link link, Work work, int machines) {
        return new ScalePlan(machine, link, work, machines, 1, Sharding.NONE, 4);
    }

    /**
     * {@return the same with exchanges of weights every so many steps, as local SGD and DiLoCo have them}
     *
     * @param steps from one exchange to the next
     */
    public ScalePlan every(int steps) {
        return new ScalePlan(machine, link, work, machines, steps, sharding, bytesPerNumber);
    }

    /**
     * {@return the same with another sharding}
     *
     * @param other what each machine keeps
     */
    public ScalePlan sharded(Sharding other) {
        return new ScalePlan(machine, link, work, machines, averageEvery, other, bytesPerNumber);
    }

    /**
     * {@return the same with so many bytes for each number that is sent}
     *
     * @param bytes 4 for float32, 2 for 16 bits
     */
    public ScalePlan sending(int bytes) {
        return new ScalePlan(machine, link, work, machines, averageEvery, sharding, bytes);
    }

    /** {@return bytes that a machine sends in one exchange, and receives} */
    public double bytesPerExchange() {
        return sharding.transfers * (machines - 1.0) / machines * work.parameters * bytesPerNumber;
    }

    /** {@return seconds of one exchange: its bytes over the link, and a message to each other machine and back} */
    public double secondsPerExchange() {
        return 8 * bytesPerExchange() / link.bitsPerSecond + 2.0 * (machines - 1) * link.latency;
    }

    /** {@return seconds in which a machine computes its share of a step, one window at least} */
    public double computing() {
        return work.flopsPerToken * Math.max(work.tokensPerStep / machines, work.context) / machine.flops;
    }

    /** {@return seconds of exchanging for each step, on average} */
    public double exchanging() {
        return secondsPerExchange() / averageEvery;
    }

    /** {@return the share of the time in which machines compute, 0 to 1: the scaling efficiency of the plan} */
    public double efficiency() {
        return computing() / (computing() + exchanging());
    }

    /** {@return seconds of the whole training} */
    public double seconds() {
        return work.tokens / work.tokensPerStep * (computing() + exchanging());
    }

    /**
     * {@return energy of all machines for the whole training, in kWh; a machine that waits is counted as one that
     * works}
     */
    public double kilowattHours() {
        return machines * machine.watts * seconds() / 3.6e6;
    }

    /** {@return weights, gradients and averages on one machine, in units of 10^9 bytes; activations come on top} */
    public double gigabytes() {
        return work.parameters * sharding.bytes(machines) / 1e9;
    }

    /**
     * {@return machines that fail during the training, on average}
     *
     * @param hoursBetween hours from one failure of a machine to its next
     */
    public double failures(double hoursBetween) {
        return machines * seconds() / 3600 / hoursBetween;
    }

    /** {@return where the plan breaks, one sentence for each place; none where it holds} */
    public List<String> limits() {
        List<String> limits = new ArrayList<>();
        if (gigabytes() > machine.gigabytes) {
            limits.add(say("needs %.1f GB on a machine that has %.0f", gigabytes(), machine.gigabytes));
        }
        if (work.tokensPerStep < (double) machines * work.context) {
            limits.add(say(
                    "a step has %.0f windows for %d machines: %.0f of them stand idle",
                    work.tokensPerStep / work.context, machines, machines - work.tokensPerStep / work.context));
        }
        if (efficiency() < 0.5) {
            limits.add(say("waits for the link %.1f %% of the time", 100 * (1 - efficiency())));
        }
        if (seconds() > 365 * 86_400) {
            limits.add(say("takes %.1f years", seconds() / 365 / 86_400));
        }
        return limits;
    }

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
