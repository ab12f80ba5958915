package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.torch.RoundedWeights;
import kawi.train.Fit;

/** Trainings of the same examples by one recipe or several, one after the other: the frozen layers run once for all. */
final class TuningsTogether {

    private TuningsTogether() {}

    /**
     * Learns by each recipe; see {@link LoraTuning#run}. A recipe without a weight of the hold leaves what is replayed
     * alone.
     *
     * @param model the base; its own weights stay
     * @param start an adapter to begin with a copy of, or null for new ones
     * @param recipes at least one, all of the same matrices and frozen layers
     * @param train examples to learn from, at least one
     * @param heldOut examples to judge by, or none
     * @param replayed questions with what the base says to them, or none
     * @param progress who is told of a recipe's training, asked as it begins
     * @return what came of each, in their order
     * @throws KitException where one of several is interrupted
     */
    static List<LoraTuning.TuningResult> run(
            Llama model,
            LoraAdapter start,
            List<LoraTuning> recipes,
            List<Encoded> train,
            List<Encoded> heldOut,
            List<Encoded> replayed,
            Function<LoraTuning, Progress> progress) {
        LoraTuning leading = leading(recipes);
        if (train.isEmpty()) {
            throw new KitException("There are no examples to tune on; give at least one.");
        }
        List<Encoded> all = new ArrayList<>(train);
        all.addAll(heldOut);
        all.addAll(replayed);
        int first = leading.lora().firstLayer(model.config());
        int[] judges =
                IntStream.range(train.size(), train.size() + heldOut.size()).toArray();
        return Fit.alone(() -> {
            // Only once the model is this training's alone: one that was interrupted may be ending its last step in it.
            Precision before = model.precision();
            List<LoraTuning.TuningResult> results = new ArrayList<>();
            LoraAdapter adapter = begin(model, leading, start);
            Progress told = progress.apply(leading);
            RoundedWeights kept = model.torch().ops().rounded(model.matrices(first));
            try (kept;
                    FrozenPrefix prefix = FrozenPrefix.inTraining(
                            model, first, all.stream().map(Encoded::input).toList(), leading.frozen(), told)) {
                for (LoraTuning recipe : recipes) {
                    if (!results.isEmpty()) {
                        adapter = begin(model, recipe, start);
                        told = progress.apply(recipe);
                    }
                    int replays = recipe.hold() > 0 ? train.size() + heldOut.size() : all.size();
                    try (AnswerLoss loss = new AnswerLoss(model, first, prefix, all, recipe.labels());
                            HeldToBase held = HeldToBase.of(model, first, prefix, all, replays)) {
                        model.adapter(adapter);
                        results.add(
                                prefix.complete()
                                        ? new TuningLoop(recipe, model, adapter, prefix, held)
                                                .run(objective(recipe, loss, prefix, judges), train.size(), told)
                                        : new LoraTuning.TuningResult(
                                                adapter, List.of(), List.of(), 0, prefix.seconds(), 0, true));
                    }
                    refuse(results.get(results.size() - 1).interrupted(), results.size(), recipes.size());
                }
                return List.copyOf(results);
            } catch (RuntimeException e) {
                model.adapter(null);
                adapter.close();
                results.forEach(result -> result.adapter().close());
                throw e;
            } finally {
                model.precision(before);
            }
        });
    }

    /** Of several recipes, trainings of which some were cut short or never begun say nothing beside each other. */
    static void refuse(boolean interrupted, int begun, int recipes) {
        if (interrupted && recipes > 1) {
            throw new KitException("The tunings were interrupted in the training " + begun + " of " + recipes
                    + ", and nothing was kept: run the cell again, or give fewer recipes.");
        }
    }

    /** The first recipe, where all have their frozen layers in common. */
    static LoraTuning leading(List<LoraTuning> recipes) {
        if (recipes.isEmpty()) {
            throw new KitException("There is no recipe to tune by: give at least one.");
        }
        LoraTuning leading = recipes.get(0);
        for (LoraTuning recipe : recipes) {
            if (!recipe.lora().equals(leading.lora()) || recipe.frozen() != leading.frozen()) {
                throw new KitException("Recipes whose frozen layers run once for all must change the same matrices, and"
                        + " freeze in the same numbers: one has " + leading.lora() + " over " + leading.frozen()
                        + ", another " + recipe.lora() + " over " + recipe.frozen() + ". Tune these by themselves.");
            }
        }
        return leading;
    }

    /** The adapter that a training begins with, and the model without one. */
    static LoraAdapter begin(Llama model, LoraTuning recipe, LoraAdapter start) {
        model.precision(Precision.FP32).trainable(false).adapter(null);
        return start == null ? LoraAdapter.create(model, recipe.lora(), recipe.seed()) : start.copy(recipe.lora());
    }

    private static LoraTuning.Objective objective(
            LoraTuning recipe, AnswerLoss loss, FrozenPrefix prefix, int[] judges) {
        return new LoraTuning.Objective() {
            @Override
            public NDArray loss(NDManager step, int[] which) {
                return loss.of(step, which);
            }

            @Override
            public int length(int example) {
                return prefix.length(example);
            }

            @Override
            public OptionalDouble heldOut(int steps) {
                return judges.length == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(loss.mean(judges, 4 * recipe.batch()));
            }

            @Override
            public String unit() {
                return "nats per answer token";
            }
        };
    }
}
