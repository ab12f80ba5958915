package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import kawi.evidence.AtomicFile;
import kawi.evidence.Cores;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * The weights in a model's folder, in Hugging Face's layout: one {@code model.safetensors}, or several files ("shards")
 * and {@code model.safetensors.index.json}, which says what lies where. Tensors are read one by one, so that only those
 * asked for take memory.
 */
public final class Weights implements AutoCloseable {

    /** The most bytes of one file that {@link #write} makes, unless a single tensor is larger. */
    public static final long LARGEST_FILE = 5_000_000_000L;

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, SafeTensorsFile> files = new LinkedHashMap<>();
    private final Map<String, SafeTensorsFile> places = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private Weights() {}

    /**
     * Opens a folder's files and checks what they claim; no tensor is read yet.
     *
     * @param folder where the model's files are
     * @return the open files; close them when the tensors are read
     * @throws KitException where there are no weights, a shard is missing, a file is cut short or claims what is not
     *     so, or the index does not fit the files
     */
    public static Weights open(Path folder) {
        Path single = folder.resolve(SINGLE);
        Path index = folder.resolve(INDEX);
        Weights weights = new Weights();
        try {
            if (Files.exists(single) && Files.exists(index)) {
                throw new KitException("The folder " + folder.getFileName() + " holds two sets of weights, " + SINGLE
                        + " and those of " + INDEX + ": remove the one that is not meant.");
            } else if (Files.exists(single)) {
                SafeTensorsFile file = weights.file(single);
                file.shapes().keySet().forEach(name -> weights.place(name, file));
            } else if (Files.exists(index)) {
                map(index).forEach((name, file) -> weights.placed(name, folder.resolve(file)));
                weights.files
                        .values()
                        .forEach(file -> file.shapes().keySet().forEach(name -> {
                            if (weights.places.get(name) != file) {
                                throw SafeTensorsHeader.refused(
                                        index,
                                        "a file that it names holds the tensor " + name
                                                + ", of which it does not speak");
                            }
                        }));
            } else if (pickled(folder)) {
                throw new KitException("The weights in " + folder.getFileName() + " are a pickle of PyTorch's"
                        + " (pytorch_model.bin), which can hold programs and is not read here: convert it once, where"
                        + " transformers is, with AutoModelForCausalLM.from_pretrained(folder)"
                        + ".save_pretrained(folder), which writes " + SINGLE + ".");
            } else {
                throw new KitException(
                        "There is no " + SINGLE + " in " + folder.getFileName() + ": train or fetch the model first.");
            }
            return weights;
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static boolean pickled(Path folder) {
        return Files.exists(folder.resolve("pytorch_model.bin"))
                || Files.exists(folder.resolve("pytorch_model.bin.index.json"));
    }

    private static Map<String, String> map(Path index) {
        JsonNode root;
        try {
            root = JSON.readTree(WholeFile.bytes(index, WholeFile.SETTINGS));
        } catch (JsonProcessingException e) {
            throw SafeTensorsHeader.refused(index, "the file is not valid JSON (" + WholeFile.fault(e) + ")", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading weights", index);
        }
        if (!root.path("weight_map").isObject() || root.path("weight_map").isEmpty()) {
            throw SafeTensorsHeader.refused(index, "it has no 'weight_map'");
        }
        Map<String, String> map = new LinkedHashMap<>();
        root.get("weight_map").properties().forEach(each -> {
            String file = each.getValue().asText();
            if (!file.matches("[\\w.-]+\\.safetensors")) {
                throw SafeTensorsHeader.refused(
                        index,
                        "it places tensor " + each.getKey() + " in '" + file
                                + "', which is not a safetensors file of its folder");
            }
            map.put(each.getKey(), file);
        });
        return map;
    }

    private void placed(String name, Path shard) {
        if (!Files.exists(shard)) {
            throw new KitException("The weights are incomplete: " + INDEX + " names " + shard.getFileName()
                    + ", which is not there; fetch the missing file.");
        }
        SafeTensorsFile file = file(shard);
        if (!file.shapes().containsKey(name)) {
            throw SafeTensorsHeader.refused(
                    shard.resolveSibling(INDEX),
                    "it places tensor " + name + " in " + shard.getFileName() + ", which does not hold it");
        }
        place(name, file);
    }

    private SafeTensorsFile file(Path path) {
        return files.computeIfAbsent(path.getFileName().toString(), name -> SafeTensorsFile.open(path));
    }

    private void place(String name, SafeTensorsFile file) {
        places.put(name, file);
        shapes.put(name, file.shapes().get(name));
    }

    /** {@return names and shapes of all tensors} */
    public Map<String, Shape> shapes() {
        return shapes;
    }

    /**
     * {@return a tensor as float32 (I64 as int64), belonging to {@code manager}}
     *
     * @param torch the engine into whose memory the numbers go
     * @param manager owns the tensor
     * @param name one of {@link #shapes}
     */
    public NDArray read(Torch torch, NDManager manager, String name) {
        return places.get(name).tensor(torch, manager, name);
    }

    @Override
    public void close() {
        files.values().forEach(SafeTensorsFile::close);
    }

    /**
     * Writes tensors into a folder in the map's order: as one file, or as shards with their index, which is written
     * last.
     *
     * @param folder where they are put; it must be there
     * @param tensors arrays by name
     * @param mostBytes most bytes of a file's numbers; a larger tensor has a file to itself
     */
    public static void write(Path folder, Map<String, NDArray> tensors, long mostBytes) {
        write(folder, tensors, mostBytes, () -> {});
    }

    /**
     * The same for a caller whose other files must not be taken for those of the new weights.
     *
     * @param folder where they are put; it must be there
     * @param tensors arrays by name
     * @param mostBytes most bytes of a file's numbers; a larger tensor has a file to itself
     * @param first is run before any weights that were there are replaced: of a single file, when the new one lies on
     *     the disk whole and has not its name yet
     */
    public static void write(Path folder, Map<String, NDArray> tensors, long mostBytes, Runnable first) {
        List<Map<String, NDArray>> parts = new ArrayList<>();
        long filled = 0;
        for (Map.Entry<String, NDArray> each : tensors.entrySet()) {
            long bytes = bytes(each.getValue());
            if (parts.isEmpty() || filled + bytes > mostBytes) {
                parts.add(new LinkedHashMap<>());
                filled = 0;
            }
            parts.get(parts.size() - 1).put(each.getKey(), each.getValue());
            filled += bytes;
        }
        Map<String, String> format = Map.of("format", "pt");
        try {
            if (parts.size() <= 1) {
                SafeTensors.write(folder.resolve(SINGLE), tensors, format, first);
                Files.deleteIfExists(folder.resolve(INDEX));
                return;
            }
            first.run();
            // A kill among the shards leaves a folder without an index, which is refused, and not one that mixes two.
            Files.deleteIfExists(folder.resolve(INDEX));
            ObjectNode index = JSON.createObjectNode();
            index.putObject("metadata")
                    .put(
                            "total_size",
                            tensors.values().stream().mapToLong(Weights::bytes).sum());
            ObjectNode map = index.putObject("weight_map");
            for (int i = 0; i < parts.size(); i++) {
                String name = String.format("model-%05d-of-%05d.safetensors", i + 1, parts.size());
                SafeTensors.write(folder.resolve(name), parts.get(i), format);
                parts.get(i).keySet().forEach(tensor -> map.put(tensor, name));
            }
            AtomicFile.write(folder.resolve(INDEX), "writing the index of weights", index.toPrettyString() + "\n");
            Files.deleteIfExists(folder.resolve(SINGLE));
        } catch (IOException e) {
            throw KitException.of(e, "writing weights", folder.resolve(INDEX));
        }
    }

    /**
     * {@return SHA-256 over names, shapes and numbers of some tensors, 64 hexadecimal digits} The order of the map does
     * not matter, and all cores read.
     *
     * @param tensors arrays by name
     */
    public static String sha256(Map<String, NDArray> tensors) {
        return sha256(tensors.keySet(), (name, use) -> use.accept(tensors.get(name)));
    }

    /**
     * {@return the same of tensors that are read one by one}
     *
     * @param names of all tensors
     * @param reader gives the tensor of a name to what it is handed, and may free it after that
     */
    public static String sha256(Collection<String> names, BiConsumer<String, Consumer<NDArray>> reader) {
        Map<String, String> each = new ConcurrentSkipListMap<>();
        List<String> list = List.copyOf(names);
        Cores.each(
                list.size(),
                i -> reader.accept(list.get(i), tensor -> {
                    MessageDigest digest = sha256();
                    digest.update(
                            (tensor.getDataType() + " " + tensor.getShape() + "\n").getBytes(StandardCharsets.UTF_8));
                    digest.update(tensor.toByteBuffer(true));
                    each.put(list.get(i), HexFormat.of().formatHex(digest.digest()));
                }));
        MessageDigest all = sha256();
        each.forEach((name, hash) -> all.update((name + " " + hash + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(all.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static long bytes(NDArray tensor) {
        return tensor.size() * tensor.getDataType().getNumOfBytes();
    }
}
