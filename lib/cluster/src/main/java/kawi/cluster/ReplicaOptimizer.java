package kawi.cluster;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.model.ParameterRole;
import kawi.torch.Torch;
import kawi.train.Optimizer;

/**
 * What the driver keeps for workers that train alone between two averagings: the averages of each worker's optimizer,
 * and the momentum of the outer step. It takes no step itself; a checkpoint writes what it keeps, and its settings tell
 * one such run from another.
 *
 * @param inner what each worker steps by
 * @param workers how many they are
 * @param averaging when they compare
 */
record ReplicaOptimizer(Optimizer inner, int workers, Averaging averaging) implements Optimizer {
    private static final String OUTER = "outer ";

    @Override
    public double rate() {
        return inner.rate();
    }

    @Override
    public Optimizer withRate(double rate) {
        return new ReplicaOptimizer(inner.withRate(rate), workers, averaging);
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>(inner.settings());
        settings.put("workers", workers);
        settings.put("averaging", averaging.toString());
        return settings;
    }

    @Override
    public State prepare(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
        List<State> states = new ArrayList<>();
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        for (int i = 0; i < workers; i++) {
            State each = inner.prepare(torch, parameters, roles);
            states.add(each);
            String worker = "worker " + i + " ";
            each.tensors().forEach((name, tensor) -> tensors.put(worker + name, tensor));
        }
        NDManager outer = torch.manager().newSubManager();
        if (averaging.kind() == Averaging.Kind.DILOCO) {
            parameters.forEach((name, weight) -> tensors.put(OUTER + name, outer.zeros(weight.getShape())));
        }
        return new State() {
            @Override
            public void step(Map<String, NDArray> gradients, double factor) {
                throw new IllegalStateException("workers step, and not the driver");
            }

            @Override
            public Map<String, NDArray> tensors() {
                return tensors;
            }

            @Override
            public void close() {
                states.forEach(State::close);
                outer.close();
            }
        };
    }

    /** {@return those of the tensors that one worker needs: its own averages, then the momentum} */
    static List<NDArray> of(Map<String, NDArray> tensors, int worker) {
        List<NDArray> own = new ArrayList<>();
        String prefix = "worker " + worker + " ";
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix) || name.startsWith(OUTER)) {
                own.add(tensor);
            }
        });
        return own;
    }
}
