package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.model.Adapter;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;
import kawi.torch.Weights;

/**
 * The matrices A and B of a {@link Lora} for one model, readable and writable as peft's {@code adapter_config.json} and
 * {@code adapter_model.safetensors}.
 */
public final class LoraAdapter implements Adapter, AutoCloseable {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";
    private static final String BASE_WEIGHTS = "base_weights_sha256";

    /**
     * The model that an adapter was tuned on.
     *
     * @param name what it was called, such as {@code SmolLM2-135M-Instruct}
     * @param weights {@link kawi.model.LanguageModel#fingerprint} of it; empty where the adapter does not say (peft
     *     writes a name only), so that nothing was compared
     */
    public record Base(String name, String weights) {

        private void check(String adapter, Llama model) {
            if (weights.isEmpty()) {
                return;
            }
            String found = model.fingerprint();
            if (!weights.equals(found)) {
                String wanted = weights.substring(0, Math.min(12, weights.length()));
                throw new KitException(adapter + " was tuned on '" + name + "' (weights " + wanted
                        + "), and the model here is '" + model.name() + "' (weights " + found.substring(0, 12)
                        + "): on other weights it would say something that nobody has measured, so load the model that"
                        + " it was tuned on.");
            }
        }

        /** {@return the base in words, and whether it was compared} */
        @Override
        public String toString() {
            return weights.isEmpty()
                    ? "'" + name + "' by the adapter's own word; its weights were not compared"
                    : name + ", weights " + weights.substring(0, Math.min(12, weights.length()));
        }
    }

    private final Torch torch;
    private final Lora lora;
    private final Base base;
    private final int firstLayer;
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private LoraAdapter(Torch torch, Lora lora, Base base, LlamaConfig config) {
        this(torch, lora, base, lora.firstLayer(config));
    }

    private LoraAdapter(Torch torch, Lora lora, Base base, int firstLayer) {
        this.torch = torch;
        this.lora = lora;
        this.base = base;
        this.firstLayer = firstLayer;
        this.manager = torch.manager().newSubManager();
    }

    /**
     * {@return a new adapter: A drawn uniformly within one over the root of its columns, B zero, so that it changes
     * nothing yet}
     *
     * @param model the base
     * @param lora which matrices it changes, and how
     * @param seed of the first A
     */
    public static LoraAdapter create(Llama model, Lora lora, long seed) {
        LoraAdapter adapter =
                new LoraAdapter(model.torch(), lora, new Base(model.name(), model.fingerprint()), model.config());
        lora.shapes(model.config()).forEach((name, shape) -> {
            float[] values = new float[(int) shape.size()];
            if (name.contains("lora_A")) {
                SplittableRandom random = Torch.random(seed, name);
                double bound = 1 / Math.sqrt(shape.get(1));
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
                }
            }
            try (NDArray inJavaMemory = adapter.manager.create(values, shape)) {
                adapter.add(name, adapter.torch.ops().copy(adapter.manager, inJavaMemory));
            }
        });
        return adapter;
    }

    /**
     * Reads what {@link #save} or peft wrote.
     *
     * @param model the base
     * @param folder where the two files are
     * @return the adapter, not yet in use
     * @throws KitException where the adapter was tuned on other weights than the model's, does not fit it, is no plain
     *     LoRA of the last layers, or holds a setting or tensor that is not understood
     */
    public static LoraAdapter load(Llama model, Path folder) {
        Path file = folder.resolve(WEIGHTS);
        if (!Files.exists(file)) {
            throw new KitException(
                    "There is no " + WEIGHTS + " in " + folder.getFileName() + "; tune the adapter first.");
        }
        PeftConfig settings = PeftConfig.read(folder.resolve(CONFIG));
        Lora lora = settings.lora(
                folder.getFileName().toString(), SafeTensors.shapes(file).keySet(), model.config());
        Base base = new Base(settings.base(), SafeTensors.metadata(file).getOrDefault(BASE_WEIGHTS, ""));
        base.check("The adapter in " + folder.getFileName(), model);
        LoraAdapter adapter = new LoraAdapter(model.torch(), lora, base, model.config());
        try {
            Map<String, NDArray> stored = SafeTensors.read(adapter.torch, adapter.manager, file);
            adapter.lora.shapes(model.config()).forEach((name, shape) -> {
                NDArray array = stored.remove(name);
                if (array != null && array.getDataType() != DataType.FLOAT32) {
                    throw new KitException("Tensor " + name + " of the adapter in " + folder.getFileName()
                            + " holds whole numbers and no weights: give another adapter.");
                } else if (array == null || !array.getShape().equals(shape)) {
                    throw new KitException("The adapter in " + folder.getFileName() + " does not fit the model: " + name
                            + " should be " + shape + " and is " + (array == null ? "missing" : array.getShape())
                            + "; take the model that it was tuned on.");
                }
                adapter.add(name, array);
            });
            return adapter;
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    /**
     * An adapter of its own with the same numbers, to be learned further.
     *
     * @param wanted which matrices are to be changed, and how: what this one says, but for the dropout
     * @throws KitException where that is another rank, alpha, number of layers or choice of matrices
     */
    LoraAdapter copy(Lora wanted) {
        if (!wanted.dropout(0).equals(lora.dropout(0))) {
            throw new KitException("An adapter is to be learned further as " + wanted + " and is " + lora
                    + ": give the recipe the same rank, alpha, layers and matrices, or begin without it.");
        }
        LoraAdapter copy = new LoraAdapter(torch, wanted, base, firstLayer);
        torch.inference(() -> {
            arrays.forEach((name, array) -> copy.add(name, torch.ops().copy(copy.manager, array)));
            return null;
        });
        return copy;
    }

    /** The SHA-256 of its names, shapes and numbers, in hex. */
    String fingerprint() {
        return Weights.sha256(arrays);
    }

    private void add(String name, NDArray array) {
        array.setName(name);
        array.setRequiresGradient(true);
        arrays.put(name, array);
    }

    /**
     * Writes {@code adapter_config.json} and {@code adapter_model.safetensors}, making the folder where needed; the
     * name and the fingerprint of the base go with them.
     *
     * @param folder where they are put
     * @throws KitException if they cannot be written
     */
    public void save(Path folder) {
        save(folder, base.name());
    }

    /**
     * The same for peft, which opens the base by what the adapter says of it
     * ({@code AutoPeftModelForCausalLM.from_pretrained(folder)}).
     *
     * @param folder where they are put
     * @param place what peft is to open: the folder of the exported base ({@link kawi.model.Export}), where a relative
     *     one is looked for from where the program is started, or a name on a hub
     * @throws KitException if they cannot be written, or no place is given
     */
    public void save(Path folder, String place) {
        if (place.isBlank()) {
            throw new KitException(
                    "An adapter without a place of its base opens in no other program: give the folder of"
                            + " the exported base, or its name on a hub.");
        }
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("peft_type", "LORA")
                .put("task_type", "CAUSAL_LM")
                .put("r", lora.rank())
                .put("lora_alpha", lora.alpha())
                .put("lora_dropout", lora.dropout());
        json.put("bias", "none")
                .put("fan_in_fan_out", false)
                .put("inference_mode", true)
                .put("base_model_name_or_path", place);
        ArrayNode modules = json.putArray("target_modules");
        lora.matrices().forEach(matrix -> modules.add(matrix.substring(matrix.indexOf('.') + 1)));
        if (lora.layers() > 0) {
            ArrayNode layers = json.putArray("layers_to_transform");
            for (int i = 0; i < lora.layers(); i++) {
                layers.add(firstLayer + i);
            }
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw KitException.of(e, "making an adapter's folder", folder);
        }
        Map<String, String> about = new LinkedHashMap<>(Map.of("format", "pt"));
        if (!base.weights().isEmpty()) { // beside the tensors: peft does not take a key of ours among its settings
            about.put(BASE_WEIGHTS, base.weights());
        }
        try (AtomicFile settings = AtomicFile.begin(folder.resolve(CONFIG), "writing an adapter's settings")) {
            try {
                settings.stream().write((json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw settings.failure(e);
            }
            SafeTensors.write(folder.resolve(WEIGHTS), arrays, about);
            settings.commit(); // where the weights cannot be written, those before them keep their own settings
        }
    }

    /** {@return the model that it was tuned on} */
    public Base base() {
        return base;
    }

    /** {@return A and B by the names that peft gives them, the live arrays} */
    public Map<String, NDArray> parameters() {
        return Collections.unmodifiableMap(arrays);
    }

    /** {@return which matrices it changes, and how} */
    public Lora lora() {
        return lora;
    }

    @Override
    public boolean covers(int layer, String matrix) {
        return layer >= firstLayer && arrays.containsKey(Lora.name(layer, matrix, "A"));
    }

    @Override
    public NDArray product(int layer, String matrix, NDArray x, NDArray weight) {
        return torch.ops().adapted(x, weight, side(layer, matrix, "A"), side(layer, matrix, "B"), scale());
    }

    @Override
    public NDArray change(int layer, String matrix) { // (out, in)
        try (NDArray product = side(layer, matrix, "B").matMul(side(layer, matrix, "A"))) {
            return torch.ops().scale(product, scale());
        }
    }

    /**
     * Adds the change to the model's own weights, for good; the model then needs no adapter.
     *
     * @param model the base, whose weights change
     * @throws KitException if the model is not the one that the adapter was tuned on
     */
    public void mergeInto(Llama model) {
        base.check("The adapter", model);
        torch.inference(() -> {
            for (int layer = firstLayer; layer < model.config().layers(); layer++) {
                for (String matrix : lora.matrices()) {
                    NDArray weight = model.parameters().get("model.layers." + layer + "." + matrix + ".weight");
                    try (NDArray change = change(layer, matrix);
                            NDArray sum = weight.add(change)) {
                        torch.ops().assign(weight, sum);
                    }
                }
            }
            return null;
        });
        if (model.adapter() == this) {
            model.adapter(null);
        }
    }

    private double scale() {
        return lora.alpha() / lora.rank();
    }

    private NDArray side(int layer, String matrix, String side) {
        return arrays.get(Lora.name(layer, matrix, side));
    }

    @Override
    public void close() {
        manager.close();
    }
}
