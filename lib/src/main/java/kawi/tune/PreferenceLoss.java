package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import kawi.model.Llama;
import kawi.torch.NotFiniteException;
import kawi.torch.Torch;

/**
 * The loss of direct preference optimisation on pairs whose answers stand by turns in an {@link AnswerLoss}: example 2
 * i is the chosen answer of pair i, 2 i + 1 the rejected. The reference's probabilities are computed once; the frozen
 * layers below serve the model and its reference alike.
 */
final class PreferenceLoss implements LoraTuning.Objective {

    private static final int TOGETHER = 16;

    private final Torch torch;
    private final AnswerLoss answers;
    private final FrozenPrefix prefix;
    private final double beta;
    private final double smoothing;
    private final int train; // pairs that are learned from; those after them judge
    private final double[] reference; // nats of each answer by the reference
    private final List<PreferenceScore> steps = new ArrayList<>();
    private final List<PreferenceScore> checks = new ArrayList<>();

    /** Of a model that is its own reference now. */
    PreferenceLoss(
            Llama model, AnswerLoss answers, FrozenPrefix prefix, int train, int pairs, double beta, double smoothing) {
        this.torch = model.torch();
        this.answers = answers;
        this.prefix = prefix;
        this.train = train;
        this.beta = beta;
        this.smoothing = smoothing;
        this.reference = new double[2 * pairs];
        // In the numbers of the steps, which may be bfloat16, so that the first step finds no difference; what is
        // judged is in float32, before and after.
        fill(IntStream.range(0, 2 * train).toArray(), true);
        fill(IntStream.range(2 * train, 2 * pairs).toArray(), false);
    }

    /** The same answers and reference, begun anew at another beta and smoothing. */
    private PreferenceLoss(PreferenceLoss other, double beta, double smoothing) {
        this.torch = other.torch;
        this.answers = other.answers;
        this.prefix = other.prefix;
        this.train = other.train;
        this.beta = beta;
        this.smoothing = smoothing;
        this.reference = other.reference;
    }

    PreferenceLoss at(double otherBeta, double otherSmoothing) {
        return new PreferenceLoss(this, otherBeta, otherSmoothing);
    }

    private void fill(int[] which, boolean asInSteps) {
        double[] nats = nats(which, asInSteps);
        for (int i = 0; i < which.length; i++) {
            reference[which[i]] = nats[i];
        }
    }

    /** Nats of each of some answers. */
    private double[] nats(int[] which, boolean asInSteps) {
        int[] order = IntStream.range(0, which.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> prefix.length(which[i])))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] nats = new double[which.length];
        for (int at = 0; at < order.length; at += TOGETHER) {
            int[] part = Arrays.copyOfRange(order, at, Math.min(order.length, at + TOGETHER));
            int[] asked = IntStream.of(part).map(i -> which[i]).toArray();
            float[] found = asInSteps ? torch.training(() -> read(asked)) : torch.inference(() -> read(asked));
            NotFiniteException.refuse(found, "The nats of the answers of " + part.length + " pairs");
            for (int i = 0; i < part.length; i++) {
                nats[part[i]] = found[i];
            }
        }
        return nats;
    }

    private float[] read(int[] which) {
        try (NDManager work = torch.manager().newSubManager()) {
            return answers.nats(work, which).toFloatArray();
        }
    }

    @Override
    public NDArray loss(NDManager step, int[] pairs) {
        int[] good = IntStream.of(pairs).map(pair -> 2 * pair).toArray();
        int[] bad = IntStream.of(pairs).map(pair -> 2 * pair + 1).toArray();
        NDArray chosen = answers.nats(step, good); // apart: the two sides differ in length
        NDArray rejected = answers.nats(step, bad);
        float[] held = new float[pairs.length];
        for (int i = 0; i < held.length; i++) {
            held[i] = (float) (reference[bad[i]] - reference[good[i]]);
        }
        steps.add(score(pairs, doubles(chosen), doubles(rejected)));
        NDArray margins = rejected.sub(chosen).sub(step.create(held));
        return torch.ops().preferenceLoss(margins, beta, smoothing);
    }

    private static double[] doubles(NDArray x) {
        float[] values = x.toFloatArray();
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** The score of pairs whose answers have so many nats. */
    private PreferenceScore score(int[] pairs, double[] chosen, double[] rejected) {
        double[][] logarithms = new double[4][pairs.length];
        for (int i = 0; i < pairs.length; i++) {
            logarithms[0][i] = -chosen[i];
            logarithms[1][i] = -rejected[i];
            logarithms[2][i] = -reference[2 * pairs[i]];
            logarithms[3][i] = -reference[2 * pairs[i] + 1];
        }
        return PreferenceScore.of(logarithms[0], logarithms[1], logarithms[2], logarithms[3], beta, smoothing);
    }

    @Override
    public int length(int pair) {
        return Math.max(prefix.length(2 * pair), prefix.length(2 * pair + 1));
    }

    @Override
    public OptionalDouble heldOut(int taken) {
        int[] judges = IntStream.range(train, reference.length / 2).toArray();
        if (judges.length == 0) {
            return OptionalDouble.empty();
        }
        double[] nats = nats(IntStream.range(2 * train, reference.length).toArray(), false);
        double[] chosen = new double[judges.length];
        double[] rejected = new double[judges.length];
        for (int i = 0; i < judges.length; i++) {
            chosen[i] = nats[2 * i];
            rejected[i] = nats[2 * i + 1];
        }
        checks.add(score(judges, chosen, rejected));
        return OptionalDouble.of(checks.get(checks.size() - 1).loss());
    }

    @Override
    public String unit() {
        return "nats per pair";
    }

    /** One score for each step that was taken, of the model before it. */
    List<PreferenceScore> steps() {
        return List.copyOf(steps);
    }

    /** One score of the held-out pairs before the first step and at each check. */
    List<PreferenceScore> checks() {
        return List.copyOf(checks);
    }
}
