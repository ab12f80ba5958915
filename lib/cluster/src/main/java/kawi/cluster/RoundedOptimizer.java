package kawi.cluster;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.model.ParameterRole;
import kawi.torch.Torch;
import kawi.train.Optimizer;

/**
 * An optimizer whose gradients were rounded on their way between workers: the same steps, and settings that tell such a
 * run from one without.
 *
 * @param inner what steps
 * @param sent as what gradients travel
 */
record RoundedOptimizer(Optimizer inner, WireFormat sent) implements Optimizer {
    @Override
    public double rate() {
        return inner.rate();
    }

    @Override
    public Optimizer withRate(double rate) {
        return new RoundedOptimizer(inner.withRate(rate), sent);
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>(inner.settings());
        settings.put("gradients sent as", sent.toString());
        return settings;
    }

    @Override
    public State prepare(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
        return inner.prepare(torch, parameters, roles);
    }
}
