package kawi.train;

import ai.djl.ndarray.types.Shape;
import java.util.Map;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;

/** How many floating-point operations learning takes (Kaplan et al. 2020, section 2.1). */
public final class Flops {
    private Flops() {}

    /**
     * Operations of forward and backward pass for a token of a full window: six for each weight of a matrix that it
     * meets, the head included, and six for each layer, position and channel of attention's two products. Tables that
     * are only looked up multiply nothing.
     */
    public static double perToken(ModelConfig config) {
        boolean ownHead = config.shapes().containsKey("lm_head.weight");
        double weights = 0;
        for (Map.Entry<String, Shape> each : config.shapes().entrySet()) {
            boolean lookup = each.getKey().endsWith("wpe.weight")
                    || ownHead && each.getKey().matches(".*(wte|embed_tokens).weight");
            weights += each.getValue().dimension() < 2 || lookup
                    ? 0
                    : each.getValue().size();
        }
        return 6 * weights
                + (config instanceof RecurrentConfig ? 0 : 6.0 * config.layers() * config.context() * config.width());
    }
}
