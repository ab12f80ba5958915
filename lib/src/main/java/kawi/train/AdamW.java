package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.model.ParameterRole;
import kawi.torch.Ops;
import kawi.torch.Torch;

/**
 * AdamW: each weight moves by the average of its gradients over their root mean square, and shrinks a little on its own
 * (Kingma and Ba 2015; decoupled decay: Loshchilov and Hutter 2019).
 *
 * @param rate peak learning rate, about the largest change of a weight in one step
 * @param beta1 memory of the average of the gradients, in [0, 1)
 * @param beta2 memory of the average of their squares, in [0, 1)
 * @param epsilon keeps the division finite
 * @param decay weight decay, for tables and matrices only: biases and gains are few and have nothing to unlearn. Where
 *     a parameter's role is not known, one of two dimensions or more counts as a matrix
 */
public record AdamW(double rate, double beta1, double beta2, double epsilon, double decay) implements Optimizer {

    /**
     * Checks the settings.
     *
     * @param rate peak learning rate
     * @param beta1 memory of the average of the gradients
     * @param beta2 memory of the average of their squares
     * @param epsilon keeps the division finite
     * @param decay weight decay
     * @throws KitException if the rate is not positive and finite, a beta not in [0, 1), epsilon not positive, or the
     *     decay negative
     */
    public AdamW {
        checkRate(rate);
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && decay >= 0)) {
            throw new KitException("AdamW cannot use beta1 " + beta1 + ", beta2 " + beta2 + ", epsilon " + epsilon
                    + ", decay " + decay + ": betas lie in [0, 1), epsilon is positive, decay is not negative.");
        }
    }

    /** {@return rate 1e-3, betas 0.9 and 0.95, epsilon 1e-8, decay 0.1: the usual choice for small language models} */
    public static AdamW defaults() {
        return new AdamW(1e-3, 0.9, 0.95, 1e-8, 0.1);
    }

    @Override
    public AdamW withRate(double other) {
        return new AdamW(other, beta1, beta2, epsilon, decay);
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("name", "AdamW");
        settings.put("rate", rate);
        settings.put("beta1", beta1);
        settings.put("beta2", beta2);
        settings.put("epsilon", epsilon);
        settings.put("decay", decay);
        return settings;
    }

    @Override
    public State prepare(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
        return new Averages(torch, parameters, roles);
    }

    static void checkRate(double rate) {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new KitException("The learning rate is " + rate + ": give a positive, finite number such as 0.001.");
        }
    }

    /** First and second moments and step counts, in two groups: with decay (matrices) and without. */
    private final class Averages implements State {
        private final Ops ops;
        private final NDManager manager;
        private final List<Group> groups;
        private final Map<String, NDArray> tensors = new LinkedHashMap<>();

        Averages(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
            ops = torch.ops();
            manager = torch.manager().newSubManager();
            Group decayed = new Group(decay);
            Group plain = new Group(0);
            parameters.forEach((name, weight) -> {
                ParameterRole role = roles.get(name);
                boolean decays = role == null ? weight.getShape().dimension() >= 2 : role.decays();
                (decays ? decayed : plain).add(name, weight);
            });
            groups = List.of(decayed, plain);
        }

        @Override
        public void step(Map<String, NDArray> gradients, double factor) {
            for (Group group : groups) {
                if (!group.names.isEmpty()) {
                    List<NDArray> own = group.names.stream().map(gradients::get).toList();
                    ops.adamw(
                            group.weights,
                            own,
                            group.means,
                            group.squares,
                            group.counts,
                            rate * factor,
                            beta1,
                            beta2,
                            epsilon,
                            group.shrink);
                }
            }
        }

        @Override
        public Map<String, NDArray> tensors() {
            return tensors;
        }

        @Override
        public void close() {
            manager.close();
        }

        private final class Group {
            final double shrink;
            final List<String> names = new ArrayList<>();
            final List<NDArray> weights = new ArrayList<>();
            final List<NDArray> means = new ArrayList<>();
            final List<NDArray> squares = new ArrayList<>();
            final List<NDArray> counts = new ArrayList<>();

            Group(double shrink) {
                this.shrink = shrink;
            }

            void add(String name, NDArray weight) {
                names.add(name);
                weights.add(weight);
                means.add(keep(name + ".mean", weight.getShape()));
                squares.add(keep(name + ".square", weight.getShape()));
                counts.add(keep(name + ".count", new Shape()));
            }

            private NDArray keep(String name, Shape shape) {
                NDArray zeros = manager.zeros(shape);
                tensors.put(name, zeros);
                return zeros;
            }
        }
    }
}
