package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import kawi.model.LanguageModel;

/**
 * Compares a gradient that back-propagation computed with one measured by moving a single weight a little to either
 * side.
 *
 * @param parameter the tensor's name
 * @param index the weight's place in it, row by row
 * @param analytic the derivative of the loss by that weight, from back-propagation
 * @param numeric (loss at weight + step - loss at weight - step) / (2 step)
 * @param step how far the weight was moved
 */
public record GradientCheck(String parameter, long index, double analytic, double numeric, double step) {

    /** {@return the difference relative to the larger of the two} */
    public double relativeError() {
        return Math.abs(analytic - numeric) / Math.max(1e-12, Math.max(Math.abs(analytic), Math.abs(numeric)));
    }

    /**
     * Checks the weight of a tensor that has the largest gradient: there the rounding of float32 matters least. The
     * weight is put back.
     *
     * @param model is left as it was
     * @param batch what the loss is taken on
     * @param parameter a name among {@link LanguageModel#parameters()}
     * @param step how far to move it; 0.01 balances float32's rounding against the curve of the loss
     * @return both gradients of that weight
     */
    public static GradientCheck of(LanguageModel model, Batch batch, String parameter, double step) {
        NDArray weight = model.parameters().get(parameter);
        try (NDManager work = model.torch().manager().newSubManager()) {
            float[] gradient = gradient(model, batch, weight, work);
            int index = 0;
            for (int i = 1; i < gradient.length; i++) {
                index = Math.abs(gradient[i]) > Math.abs(gradient[index]) ? i : index;
            }
            float[] values = weight.toFloatArray();
            float middle = values[index];
            float up = (float) (middle + step);
            float down = (float) (middle - step);
            double above = lossWith(model, batch, weight, values, index, up);
            double below = lossWith(model, batch, weight, values, index, down);
            lossWith(model, batch, weight, values, index, middle);
            return new GradientCheck(parameter, index, gradient[index], (above - below) / ((double) up - down), step);
        }
    }

    private static float[] gradient(LanguageModel model, Batch batch, NDArray weight, NDManager work) {
        Map<String, NDArray> all = model.parameters();
        List<Boolean> before = all.values().stream().map(NDArray::hasGradient).toList();
        all.values().forEach(each -> each.setRequiresGradient(true));
        try {
            return model.torch().trainingExact(() -> {
                model.torch().ops().backward(model.loss(batch.ids(work), batch.targets(work)));
                List<NDArray> gradients = model.torch().ops().gradients(work, List.copyOf(all.values()));
                float[] own = model.torch()
                        .ops()
                        .gradients(work, List.of(weight))
                        .get(0)
                        .toFloatArray();
                model.torch().ops().zero(gradients);
                return own;
            });
        } finally {
            int i = 0;
            for (NDArray each : all.values()) {
                each.setRequiresGradient(before.get(i++));
            }
        }
    }

    private static double lossWith(
            LanguageModel model, Batch batch, NDArray weight, float[] values, int index, float value) {
        values[index] = value;
        return model.torch().inference(() -> {
            try (NDManager work = model.torch().manager().newSubManager()) {
                model.torch().ops().assign(weight, work.create(values, weight.getShape()));
                double sum = 0;
                for (float each : model.tokenLosses(model.hidden(batch.ids(work)), batch.targets())) {
                    sum += each;
                }
                return sum / batch.tokens();
            }
        });
    }
}
