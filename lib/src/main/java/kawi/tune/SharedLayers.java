package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.torch.NotFiniteException;

/**
 * The same examples asked of several tuned models that differ in their last layers only: what the layers below make of
 * them is computed once. To compare tunings of the last 4 of 30 layers costs, from the second on, an eighth.
 */
public final class SharedLayers implements AutoCloseable {
    private final Pretrained base;
    private final Task task;
    private final Shared shared;

    private SharedLayers(Pretrained base, Task task, Shared shared) {
        this.base = base;
        this.task = task;
        this.shared = shared;
    }

    /**
     * Runs the layers that the tunings have in common, in float32.
     *
     * @param base the pretrained model
     * @param task what it is asked; one with choices
     * @param lora what was learned; a tuning of fewer last layers may be asked too
     * @param examples what is asked
     * @param progress is told tokens
     * @return the layers' results
     * @throws KitException for a task without choices, and where the work is interrupted
     */
    public static SharedLayers of(Pretrained base, Task task, Lora lora, List<Example> examples, Progress progress) {
        if (task.choices().isEmpty()) {
            throw new KitException("The task '" + task.name()
                    + "' has no choices to be probable: layers are shared for the choice among some.");
        }
        return new SharedLayers(
                base,
                task,
                of(
                        base.model(),
                        lora,
                        examples.stream()
                                .map(example -> base.tokenizer().encode(task.prompt(example)))
                                .toList(),
                        progress));
    }

    /** The same prompts under adapters of a model's last layers. */
    record Shared(Llama model, int first, FrozenPrefix prefix, int[] length) {}

    static Shared of(Llama model, Lora lora, List<int[]> prompts, Progress progress) {
        model.adapter(null);
        int first = lora.firstLayer(model.config());
        FrozenPrefix prefix = FrozenPrefix.of(model, first, prompts, Precision.FP32, progress);
        if (!prefix.complete()) {
            prefix.close();
            throw new KitException("Reading the examples was interrupted: run the cell again.");
        }
        return new Shared(
                model, first, prefix, prompts.stream().mapToInt(p -> p.length).toArray());
    }

    /**
     * {@return the probability in [0, 1] of each of the task's choices for each example: {@code [example][choice]}, a
     * row sums to one; {@link Tuned#probabilities} gives the same}
     *
     * @param tuned a tuning of the same model
     * @throws KitException for a tuning of another model or of layers that are shared, and for a task of which a choice
     *     is not one token
     * @throws NotFiniteException where a logit is NaN or infinite
     */
    public double[][] probabilities(Tuned tuned) {
        if (tuned.base().model() != shared.model) {
            throw new KitException("The layers of " + base.name() + " are not those of another model: read the examples"
                    + " with that one.");
        }
        tuned.putInPlace();
        return probabilities(
                shared,
                task.choices().stream()
                        .map(choice -> single(choice, base.tokenizer().encode(task.completion(choice))))
                        .toList());
    }

    /** Of each label after each prompt, by the adapter that is in the model now. */
    static double[][] probabilities(Shared shared, List<Integer> labels) {
        Llama model = shared.model;
        if (model.adapter() instanceof LoraAdapter lora && lora.lora().firstLayer(model.config()) < shared.first) {
            throw new KitException("This tuning changes layers below the " + (shared.first + 1) + "th, which were read"
                    + " without it: share fewer layers.");
        }
        double[][] probabilities = new double[shared.length.length][];
        try (NDManager manager = model.torch().manager().newSubManager()) {
            NDArray rows = model.torch().inference(() -> LabelScorer.rows(manager, model, labels));
            for (List<Integer> batch : FrozenPrefix.batches(shared.length)) {
                int[] which = batch.stream().mapToInt(Integer::intValue).toArray();
                float[] logits = model.torch().inference(() -> logits(manager, shared, which, rows));
                for (int i = 0; i < which.length; i++) {
                    NotFiniteException.refuse(
                            Arrays.copyOfRange(logits, i * labels.size(), (i + 1) * labels.size()),
                            "The logits of the labels after prompt " + which[i]);
                    probabilities[which[i]] = LabelScorer.softmax(logits, i * labels.size(), labels.size());
                }
            }
        }
        return probabilities;
    }

    private static float[] logits(NDManager manager, Shared shared, int[] which, NDArray rows) {
        Llama model = shared.model;
        try (NDManager work = manager.newSubManager()) {
            NDArray y = model.layers(
                    shared.prefix.batch(work, which),
                    shared.first,
                    model.config().layers()); // (batch, time, width)
            int time = shared.prefix.time(which);
            long[] last = IntStream.range(0, which.length)
                    .mapToLong(row -> (long) row * time + shared.length[which[row]] - 1)
                    .toArray();
            NDArray flat = y.reshape(
                    new Shape((long) which.length * time, model.config().width()));
            NDArray chosen = model.torch().ops().embedding(flat, work.create(last)); // (batch, width)
            return model.torch().ops().linear(model.norm(chosen), rows, null).toFloatArray(); // (batch, labels)
        }
    }

    private static int single(String choice, int[] ids) {
        if (ids.length != 1) {
            throw new KitException("The choice '" + choice + "' is " + ids.length
                    + " tokens of this model, and a choice must be one: choose another word.");
        }
        return ids[0];
    }

    /** Frees the layers' results; the model stays. */
    @Override
    public void close() {
        shared.prefix.close();
    }
}
