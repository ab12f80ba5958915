package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.model.Adapter;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;

/**
 * The matrices A and B of a {@link Lora} for one model, readable and writable as peft's {@code adapter_config.json} and
 * {@code adapter_model.safetensors}.
 */
public final class LoraAdapter implements Adapter, AutoCloseable {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";

    private final Torch torch;
    private final Lora lora;
    private final int firstLayer;
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private LoraAdapter(Torch torch, Lora lora, LlamaConfig config) {
        this.torch = torch;
        this.lora = lora;
        this.firstLayer = lora.firstLayer(config);
        this.manager = torch.manager().newSubManager();
    }

    /**
     * {@return a new adapter: A drawn uniformly within one over the root of its columns, B zero, so that it changes
     * nothing yet}
     */
    public static LoraAdapter create(Llama model, Lora lora, long seed) {
        LoraAdapter adapter = new LoraAdapter(model.torch(), lora, model.config());
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

    /** Reads what {@link #save} or peft wrote. */
    public static LoraAdapter load(Llama model, Path folder) {
        LoraAdapter adapter =
                new LoraAdapter(model.torch(), config(folder.resolve(CONFIG), model.config()), model.config());
        try {
            Path file = folder.resolve(WEIGHTS);
            if (!Files.exists(file)) {
                throw new KitException(
                        "There is no " + WEIGHTS + " in " + folder.getFileName() + "; tune the adapter first.");
            }
            Map<String, NDArray> stored = SafeTensors.read(adapter.torch, adapter.manager, file);
            adapter.lora.shapes(model.config()).forEach((name, shape) -> {
                NDArray array = stored.remove(name);
                if (array == null || !array.getShape().equals(shape)) {
                    throw new KitException("The adapter in " + folder.getFileName() + " does not fit the model: " + name
                            + " should be " + shape + " and is " + (array == null ? "missing" : array.getShape())
                            + "; take the model that it was tuned on.");
                }
                adapter.add(name, array);
            });
            stored.values().forEach(NDArray::close);
            return adapter;
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    private static Lora config(Path file, LlamaConfig model) {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw KitException.of(e, "reading an adapter's settings", file);
        }
        if (!json.path("peft_type").asText().equals("LORA")
                || json.path("use_dora").asBoolean()
                || json.path("use_rslora").asBoolean()) {
            throw new KitException(file.getFileName()
                    + " does not describe plain LoRA, the one adapter that this kit reads; give another.");
        }
        List<String> wanted = new ArrayList<>();
        json.path("target_modules").forEach(name -> wanted.add(name.asText()));
        List<String> matrices = Llama.MATRICES.stream()
                .filter(m -> wanted.stream().anyMatch(w -> m.equals(w) || m.endsWith("." + w)))
                .toList();
        int lowest = model.layers();
        for (JsonNode layer : json.path("layers_to_transform")) {
            lowest = Math.min(lowest, layer.asInt());
        }
        int number = json.path("layers_to_transform").isEmpty() ? 0 : model.layers() - lowest;
        if (number != 0 && json.path("layers_to_transform").size() != number) {
            throw new KitException(file.getFileName()
                    + " changes layers that are not the last ones, which this kit does not read; give "
                    + "another adapter.");
        }
        return new Lora(json.path("r").asInt(), json.path("lora_alpha").asDouble(), number, matrices);
    }

    private void add(String name, NDArray array) {
        array.setName(name);
        array.setRequiresGradient(true);
        arrays.put(name, array);
    }

    /** Writes {@code adapter_config.json} and {@code adapter_model.safetensors}, making the folder where needed. */
    public void save(Path folder) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("peft_type", "LORA")
                .put("task_type", "CAUSAL_LM")
                .put("r", lora.rank())
                .put("lora_alpha", lora.alpha())
                .put("lora_dropout", 0.0);
        json.put("bias", "none")
                .put("fan_in_fan_out", false)
                .put("inference_mode", true)
                .putNull("base_model_name_or_path");
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
        AtomicFile.write(folder.resolve(CONFIG), "writing an adapter's settings", json.toPrettyString() + "\n");
        SafeTensors.write(folder.resolve(WEIGHTS), arrays, Map.of("format", "pt"));
    }

    /** {@return a and B by the names that peft gives them, the live arrays} */
    public Map<String, NDArray> parameters() {
        return Collections.unmodifiableMap(arrays);
    }

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

    /** Adds the change to the model's own weights, for good; the model then needs no adapter. */
    public void mergeInto(Llama model) {
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
