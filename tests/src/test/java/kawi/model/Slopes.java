package kawi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import kawi.torch.Torch;

/** Gradients beside what the loss does when weights are moved. */
final class Slopes {

    private Slopes() {}

    /**
     * Along the gradient's own direction the loss changes by its norm: that is so for every tensor of a model whose
     * loss was just differentiated.
     *
     * @param step how far each tensor is moved to either side
     */
    static void agree(LanguageModel model, NDArray ids, NDArray targets, double step) {
        Torch torch = model.torch();
        try (NDManager work = torch.manager().newSubManager()) {
            List<NDArray> leaves = new ArrayList<>(model.parameters().values());
            List<NDArray> gradients = torch.ops().gradients(work, leaves);
            for (int i = 0; i < leaves.size(); i++) {
                double norm = gradients.get(i).norm().getFloat();
                NDArray start = torch.ops().copy(work, leaves.get(i));
                NDArray away = torch.ops().scale(gradients.get(i), step / (norm + 1e-12));
                double up = lossAt(model, leaves.get(i), start.add(away), ids, targets);
                double down = lossAt(model, leaves.get(i), start.sub(away), ids, targets);
                torch.ops().assign(leaves.get(i), start);
                assertEquals(
                        norm,
                        (up - down) / (2 * step),
                        2e-3 + 0.02 * norm,
                        model.config().describe() + ": " + leaves.get(i).getName());
            }
        }
    }

    private static double lossAt(LanguageModel model, NDArray leaf, NDArray value, NDArray ids, NDArray targets) {
        model.torch().ops().assign(leaf, value);
        return model.torch().inference(() -> model.loss(ids, targets).getFloat());
    }
}
