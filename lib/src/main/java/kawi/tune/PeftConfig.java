package kawi.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import kawi.evidence.KitException;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.model.Settings;

/**
 * An {@code adapter_config.json} as peft writes it, of which every key is used or refused: what peft can do beyond
 * plain LoRA changes what a model says.
 *
 * @param base what it calls its base model, or "an unnamed model"
 * @param scale by which {@code B A} is multiplied
 * @param targets names, or ends of names, of the matrices that are changed; empty where {@code pattern} says it
 * @param pattern what the whole name of a changed matrix matches, or null
 * @param layers which layers are changed; empty for all
 * @param dropout share of A's numbers that were dropped while it was learned; only a further training draws on it
 */
record PeftConfig(
        String base,
        int rank,
        double scale,
        List<String> targets,
        Pattern pattern,
        Set<Integer> layers,
        double dropout) {

    private static final String PLAIN = "this kit reads plain LoRA on the matrices of a Llama's layers";
    private static final int LONGEST_PATTERN = 2000;
    private static final Pattern TENSOR = Pattern.compile(
            "base_model\\.model\\.(model\\.layers\\.(\\d{1,6})\\.(\\w+\\.\\w+))\\.lora_([AB])\\.weight");

    /** Kinds of first weights that leave the base as it is; the others (PiSSA, OLoRA, LoftQ, ...) change it. */
    private static final Object[] STARTS = {true, false, "gaussian", "eva", "orthogonal"};

    /**
     * Reads the file.
     *
     * @throws KitException if it asks for more than plain LoRA, or says something that is not understood
     */
    static PeftConfig read(Path file) {
        Settings json = Settings.read(file);
        json.only("peft_type", PLAIN, "LORA");
        if (!json.has("peft_type")) {
            throw new KitException(
                    file.getFileName() + " does not say peft_type = LORA, and " + PLAIN + ": give another.");
        }
        json.only("task_type", "this kit's adapters are of language models", "CAUSAL_LM");
        json.only("bias", "this kit's Llama has no biases", "none");
        for (String key : List.of("use_dora", "use_qalora", "use_bdlora", "lora_bias", "fan_in_fan_out")) {
            json.only(key, PLAIN, false);
        }
        json.only("ensure_weight_tying", PLAIN, false);
        json.only("init_lora_weights", "an adapter that began so was tuned on changed weights of its base", STARTS);
        json.only("layers_pattern", "a Llama's layers are called layers", "layers", List.of("layers"));
        json.skip(key -> Set.of(
                        "inference_mode", // how it was used last
                        "peft_version",
                        "revision", // of the base, by name; its weights are compared
                        "qalora_group_size", // of a kind that is refused above
                        "megatron_core") // the name of a library
                .contains(key));
        int rank = json.whole("r");
        double alpha = json.real("lora_alpha", 8); // peft's default
        if (rank < 1 || !(alpha > 0)) {
            throw new KitException(file.getFileName() + " says r = " + rank + " and lora_alpha = " + alpha
                    + ", and both must be above 0: give another adapter.");
        }
        double dropout = json.real("lora_dropout", 0);
        if (!(dropout >= 0 && dropout < 1)) {
            throw new KitException(file.getFileName() + " says lora_dropout = " + dropout
                    + ", which is no share from 0 to below 1: give another adapter.");
        }
        boolean byRoot = json.flag("use_rslora", false);
        Set<Integer> layers = layers(json, file);
        Pattern pattern = null;
        List<String> targets = List.of();
        if (json.has("target_modules")) {
            try {
                targets = json.texts("target_modules");
            } catch (KitException notAList) {
                String text = json.text("target_modules", "");
                pattern = text.equals("all-linear") ? Pattern.compile(".*") : compiled(text, file);
            }
        }
        String base = json.text("base_model_name_or_path", "an unnamed model");
        json.done(); // alpha_pattern, rank_pattern, modules_to_save, exclude_modules, ... where they hold something
        return new PeftConfig(
                base,
                rank,
                byRoot ? alpha / Math.sqrt(rank) : alpha / rank,
                List.copyOf(targets),
                pattern,
                layers,
                dropout);
    }

    private static Set<Integer> layers(Settings json, Path file) {
        Set<Integer> layers = new TreeSet<>();
        if (json.has("layers_to_transform")) {
            Collection<?> said;
            try {
                said = json.list("layers_to_transform");
            } catch (KitException one) {
                said = List.of(json.whole("layers_to_transform", 0));
            }
            for (Object each : said) {
                if (!(each instanceof Integer layer) || layer < 0) {
                    throw new KitException(file.getFileName() + " says layers_to_transform = " + said
                            + ", which are not layers: give another adapter.");
                }
                layers.add(layer);
            }
        }
        return layers;
    }

    private static Pattern compiled(String text, Path file) {
        if (text.length() > LONGEST_PATTERN) {
            throw new KitException(file.getFileName() + " has a pattern of " + text.length()
                    + " characters as target_modules, more than " + LONGEST_PATTERN + ": give another adapter.");
        }
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new KitException(
                    file.getFileName() + " says target_modules = " + text + ", which is no pattern: give another"
                            + " adapter.",
                    e);
        }
    }

    /**
     * {@return the LoRA of these settings, as the tensors beside them carry it out}
     *
     * @param folder the adapter's folder, for what is said of it
     * @throws KitException if a tensor is no A or B of a layer's matrix, if they are not the same matrices of the last
     *     layers, or not those that the settings name
     */
    Lora lora(String folder, Set<String> tensors, LlamaConfig model) {
        Set<Integer> changed = new TreeSet<>();
        Set<String> matrices = new LinkedHashSet<>();
        Set<String> modules = new LinkedHashSet<>();
        for (String name : tensors) {
            Matcher tensor = TENSOR.matcher(name);
            if (!tensor.matches() || !Llama.MATRICES.contains(tensor.group(3))) {
                throw new KitException("Tensor " + name + " of the adapter in " + folder
                        + " has no place in plain LoRA on a Llama's layers: without it the model would say something"
                        + " else, so give another adapter.");
            }
            modules.add(tensor.group(1));
            changed.add(Integer.parseInt(tensor.group(2)));
            matrices.add(tensor.group(3));
        }
        List<String> ordered =
                Llama.MATRICES.stream().filter(matrices::contains).toList();
        int lowest = changed.isEmpty() ? 0 : changed.iterator().next();
        int number = model.layers() - lowest;
        if (changed.size() != number || modules.size() != number * ordered.size()) {
            throw new KitException("The adapter in " + folder + " changes the layers " + changed + " and the matrices "
                    + ordered + ", not the same matrices in all of the last layers of " + model.layers()
                    + ", which is what this kit reads; give another adapter.");
        }
        List<String> strange = new ArrayList<>();
        for (String target : targets) {
            if (modules.stream().noneMatch(module -> ends(module, target))) {
                strange.add(target);
            }
        }
        for (String module : modules) {
            int layer = Integer.parseInt(module.split("\\.")[2]);
            boolean named = pattern != null
                    ? pattern.matcher(module).matches()
                    : targets.isEmpty() || targets.stream().anyMatch(target -> ends(module, target));
            if (!named || !layers.isEmpty() && !layers.contains(layer)) {
                strange.add(module);
            }
        }
        if (!strange.isEmpty() || !layers.isEmpty() && !layers.equals(changed)) {
            throw new KitException("The settings and the weights of the adapter in " + folder
                    + " do not speak of the same matrices: " + (strange.isEmpty() ? "layers " + layers : strange)
                    + "; take both files from one adapter.");
        }
        return new Lora(rank, scale * rank, lowest == 0 ? 0 : number, ordered, dropout);
    }

    private static boolean ends(String module, String target) {
        return module.equals(target) || module.endsWith("." + target);
    }
}
