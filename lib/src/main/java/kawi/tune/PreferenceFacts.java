package kawi.tune;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.Hash;
import kawi.model.Llama;

/** What a {@link PreferenceTuning} was made from and what came of it, as an artifact keeps it. */
final class PreferenceFacts {

    private PreferenceFacts() {}

    static Map<String, Object> of(
            Llama model,
            LoraAdapter start,
            List<PreferencePair> pairs,
            List<PreferencePair> validation,
            List<PreferenceTuning.EncodedPair> encoded,
            PreferenceTuning recipe,
            PreferenceTuning.PreferenceResult outcome) {
        Lora lora = recipe.recipe().lora();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("pairs", pairs.size());
        facts.put(
                "pairs, SHA-256",
                Hash.of(String.join("\n", pairs.stream().map(PreferencePair::id).toList())));
        facts.put("recipe", recipe.toString());
        facts.put("begun with", start == null ? "a new adapter" : "the adapter " + start.fingerprint());
        facts.put(
                "tokens",
                encoded.stream()
                        .mapToInt(pair ->
                                pair.chosen().ids().length + pair.rejected().ids().length)
                        .sum());
        facts.put("rank", lora.rank());
        facts.put("layers", lora.layers());
        facts.put("rate", recipe.recipe().rate());
        facts.put("epochs", recipe.recipe().epochs());
        facts.put("beta", recipe.beta());
        if (!outcome.heldOut().isEmpty()) {
            facts.put("validation pairs", validation.size());
            facts.put(
                    "validation pairs, SHA-256",
                    Hash.of(String.join(
                            "\n", validation.stream().map(PreferencePair::id).toList())));
            facts.put("validation loss, first", outcome.heldOut().get(0).loss());
            int kept = kept(outcome.heldOut());
            score(facts, "validation", outcome.heldOut().get(kept));
            facts.put("steps kept", outcome.keptSteps());
        }
        facts.put("trainable parameters", lora.parameterCount(model.config()));
        facts.put("base", outcome.adapter().base().toString());
        facts.put("seconds frozen", outcome.prefixSeconds());
        facts.put("seconds of the reference", outcome.referenceSeconds());
        facts.put("seconds learning", outcome.seconds());
        if (!outcome.steps().isEmpty()) {
            score(facts, "last step", outcome.steps().get(outcome.steps().size() - 1));
        }
        return facts;
    }

    /** The first check of the lowest loss, whose adapter is kept. */
    private static int kept(List<PreferenceScore> checks) {
        int kept = 0;
        for (int i = 1; i < checks.size(); i++) {
            kept = checks.get(i).loss() < checks.get(kept).loss() ? i : kept;
        }
        return kept;
    }

    private static void score(Map<String, Object> facts, String when, PreferenceScore score) {
        facts.put(when + " loss", score.loss());
        facts.put(when + " reward of the chosen", score.chosen());
        facts.put(when + " reward of the rejected", score.rejected());
        facts.put(when + " reward accuracy", score.accuracy());
    }
}
