package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.model.ParameterRole;
import kawi.torch.Script;
import kawi.torch.Torch;

/**
 * Muon: the averaged gradient of a hidden matrix is replaced by the nearest matrix that stretches every direction
 * alike, so that rare directions are learned as fast as common ones (Jordan et al. 2024). Embeddings, the head, biases
 * and gains go to AdamW.
 *
 * <p>The orthogonalisation is four Newton-Schulz iterations, matrix products only; where training multiplies in
 * bfloat16 ({@link Torch#bf16()}), so do they. The step is scaled to the size of AdamW's by 0.2 sqrt(longer side) (Liu
 * et al. 2025). A fused query-key-value matrix is three matrices and is treated as three. Which parameter is what, the
 * model says ({@link ParameterRole}); one that does not say is refused.
 *
 * @param rate peak learning rate of the matrices
 * @param momentum memory of the average of the gradients, in [0, 1)
 * @param decay weight decay of the matrices
 * @param others what trains everything that is not a hidden matrix
 */
public record Muon(double rate, double momentum, double decay, AdamW others) implements Optimizer {

    /**
     * Checks the settings.
     *
     * @param rate peak learning rate of the matrices
     * @param momentum memory of the average of the gradients
     * @param decay weight decay of the matrices
     * @param others what trains everything else
     * @throws KitException if the rate is not positive and finite, the momentum not in [0, 1), or the decay negative
     */
    public Muon {
        AdamW.checkRate(rate);
        if (!(momentum >= 0 && momentum < 1 && decay >= 0)) {
            throw new KitException("Muon cannot use momentum " + momentum + " and decay " + decay
                    + ": momentum lies in [0, 1), decay is not negative.");
        }
    }

    /**
     * Rate 5e-3 for the matrices, AdamW at the same rate for the rest.
     *
     * @return the rule as it is used for small language models
     */
    public static Muon defaults() {
        return new Muon(5e-3, 0.95, 0.1, AdamW.defaults().withRate(5e-3));
    }

    /**
     * {@return the same optimizer with another peak rate; that of the parameters that AdamW moves changes by the same
     * ratio}
     *
     * @param other the peak rate of the matrices
     */
    @Override
    public Muon withRate(double other) {
        return new Muon(other, momentum, decay, others.withRate(others.rate() * other / rate));
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("name", "Muon");
        settings.put("rate", rate);
        settings.put("momentum", momentum);
        settings.put("decay", decay);
        settings.put("others", others.settings());
        return settings;
    }

    @Override
    public State prepare(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
        parameters.forEach((name, weight) -> check(name, weight.getShape(), roles.get(name)));
        return new Momentum(torch, parameters, roles);
    }

    private static void check(String name, Shape shape, ParameterRole role) {
        if (role == null) {
            throw new KitException("Muon must know what each parameter is in its model, and of '" + name
                    + "' nothing is said: name its role in the model configuration's roles(), or train with AdamW.");
        }
        boolean three = role == ParameterRole.QUERY_KEY_VALUE;
        if (role.hidden() && (shape.dimension() != 2 || three && shape.get(1) % 3 != 0)) {
            throw new KitException("Muon turns matrices" + (three ? ", here three side by side," : "") + " and '" + name
                    + "' of the role " + role + " has the shape " + shape + ": correct its role.");
        }
    }

    /** One momentum per matrix; matrices of one shape are orthogonalised together, as a batch. */
    private final class Momentum implements State {
        private final Torch torch;
        private final Script script;
        private final NDManager manager;
        private final Collection<Group> groups;
        private final State rest;
        private final Map<String, NDArray> tensors = new LinkedHashMap<>();

        Momentum(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
            this.torch = torch;
            script = Script.load(torch, "kawi/train/muon.py");
            manager = torch.manager().newSubManager();
            Map<String, Group> byShape = new LinkedHashMap<>();
            Map<String, NDArray> remaining = new LinkedHashMap<>();
            parameters.forEach((name, weight) -> {
                if (roles.get(name).hidden()) {
                    int parts = roles.get(name) == ParameterRole.QUERY_KEY_VALUE ? 3 : 1;
                    byShape.computeIfAbsent(weight.getShape() + "/" + parts, k -> new Group(parts))
                            .add(name, weight);
                } else {
                    remaining.put(name, weight);
                }
            });
            groups = byShape.values();
            rest = others.prepare(torch, remaining, roles);
            groups.forEach(Group::allocate);
            tensors.putAll(rest.tensors());
        }

        @Override
        public void step(Map<String, NDArray> gradients, double factor) {
            for (Group group : groups) {
                List<NDArray> own = group.names.stream().map(gradients::get).toList();
                script.raw(
                                "step",
                                false,
                                group.weights,
                                own,
                                group.mean,
                                rate * factor,
                                momentum,
                                decay,
                                group.parts,
                                torch.bf16())
                        .close();
            }
            rest.step(gradients, factor);
        }

        @Override
        public Map<String, NDArray> tensors() {
            return tensors;
        }

        @Override
        public void close() {
            rest.close();
            script.close();
            manager.close();
        }

        private final class Group {
            final int parts;
            final List<String> names = new ArrayList<>();
            final List<NDArray> weights = new ArrayList<>();
            NDArray mean;

            Group(int parts) {
                this.parts = parts;
            }

            void add(String name, NDArray weight) {
                names.add(name);
                weights.add(weight);
            }

            /** One array (matrices, rows, columns) for all of them; a name stands for its slice, a view. */
            void allocate() {
                Shape shape = weights.get(0).getShape();
                mean = manager.zeros(new Shape(names.size(), shape.get(0), shape.get(1)));
                for (int i = 0; i < names.size(); i++) {
                    tensors.put(names.get(i) + ".momentum", mean.get(i));
                }
            }
        }
    }
}
