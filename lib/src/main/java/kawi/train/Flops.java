package kawi.train;

import ai.djl.ndarray.types.Shape;
import java.util.Map;
import kawi.model.ModelConfig;
import kawi.model.ParameterRole;

/** How many floating-point operations learning takes (Kaplan et al. 2020, section 2.1). */
public final class Flops {
    private Flops() {}

    /**
     * Operations of forward and backward pass for a token of a full window: six for each weight of a matrix that it
     * meets, the head included, and six for each layer, position and channel of attention's two products. Tables that
     * are only looked up multiply nothing.
     *
     * @param config the model; nothing is allocated
     * @return NaN for a model that does not say what its parameters are
     */
    public static double perToken(ModelConfig config) {
        Map<String, ParameterRole> roles = config.roles();
        boolean ownHead = roles.containsValue(ParameterRole.HEAD);
        double weights = 0;
        for (Map.Entry<String, Shape> each : config.shapes().entrySet()) {
            ParameterRole role = roles.get(each.getKey());
            if (role == null) {
                return Double.NaN;
            }
            boolean multiplies =
                    role.hidden() || role == ParameterRole.HEAD || role == ParameterRole.EMBEDDING && !ownHead;
            weights += multiplies ? each.getValue().size() : 0;
        }
        return 6 * weights + (config.attends() ? 6.0 * config.layers() * config.context() * config.width() : 0);
    }
}
