package kawi.model;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.torch.Gguf;
import kawi.torch.OneDnn;
import kawi.torch.Torch;
import kawi.torch.Weights;

/**
 * A model that others made, looked at before it is taken: what it is, how the kit will compute it, and what memory it
 * needs. {@link LanguageModel#open} makes one; nothing but the head of a file has been read until {@link #load}.
 *
 * @param place the folder or GGUF file
 * @param name what it calls itself
 * @param config its family and sizes
 * @param stored how its weights are written, with how many of them, such as "212 Q4_K, 31 Q6_K"
 * @param bytes of the weights on disk
 */
public record ModelFile(Path place, String name, ModelConfig config, String stored, long bytes) {

    /**
     * Bytes of a process with the Java machine, PyTorch, a tokenizer and a heap that has not grown, before any weight
     * is read; measured on Linux with Java 17, and other machines differ by some tens of megabytes.
     */
    public static final long PROCESS = 240_000_000;

    private static final int FLOAT = 4;
    private static final double MB = 1e6;

    static ModelFile of(Path named) {
        Path place = ModelPlace.of(named);
        return Files.isDirectory(place) ? folder(place) : gguf(Pretrained.bare(place));
    }

    private static ModelFile gguf(Path place) {
        try (Gguf file = Gguf.open(place)) {
            ModelConfig config = GgufFamilies.config(file);
            Map<String, Integer> types = new TreeMap<>();
            long bytes = 0;
            for (String tensor : file.tensors()) {
                types.merge(file.info(tensor).type().name(), 1, Integer::sum);
                bytes += file.info(tensor).bytes();
            }
            String stored = types.entrySet().stream()
                    .map(type -> type.getValue() + " " + type.getKey())
                    .collect(Collectors.joining(", "));
            return new ModelFile(place, GgufFamilies.name(file), config, stored, bytes);
        }
    }

    /** What the {@code config.json} of a folder describes. */
    static ModelConfig config(Path folder) {
        if (!Files.exists(folder.resolve("config.json"))
                && (Files.exists(folder.resolve("model.safetensors"))
                        || Files.exists(folder.resolve("model.safetensors.index.json")))) {
            throw new KitException("The folder " + folder.getFileName() + " holds a model's weights and no config.json:"
                    + " saving it was cut short, or that file was left out when it was copied; save or fetch the model"
                    + " again.");
        }
        return ModelConfig.read(folder.resolve("config.json"));
    }

    private static ModelFile folder(Path place) {
        ModelConfig config = config(place);
        try (Weights weights = Weights.open(place);
                Stream<Path> files = Files.list(place)) {
            long bytes = 0;
            for (Path file : files.filter(each -> each.getFileName().toString().endsWith(".safetensors"))
                    .toList()) {
                bytes += Files.size(file);
            }
            TensorLayout.roomOfItsOwn(config, weights.shapes().size(), String.valueOf(place.getFileName()));
            long values =
                    weights.shapes().values().stream().mapToLong(Shape::size).sum();
            String stored = weights.shapes().size() + " of " + Math.round(8.0 * bytes / Math.max(1, values)) + " bits";
            return new ModelFile(
                    place, place.toAbsolutePath().normalize().getFileName().toString(), config, stored, bytes);
        } catch (IOException e) {
            throw KitException.of(e, "looking at a model", place);
        }
    }

    /** {@return bytes that its weights take as float32, which is how they are computed} */
    public long memory() {
        return FLOAT * config.parameterCount();
    }

    /**
     * {@return bytes that its weights take in a precision while they are made ready, when they take most} In int8 that
     * is a byte and a little for each number of a matrix, the tables of positions, and on the way either what the head
     * needs (it comes first, and lies there four times) or a layer's largest pair; the embedding stays in its file. So
     * it is for writing; {@link #memoryToScore} is for scoring too. The Java machine with PyTorch comes on top:
     * {@link #PROCESS}.
     *
     * @param precision what inference multiplies with
     * @throws KitException where it cannot be computed so
     */
    public long memory(Precision precision) {
        return memory(precision, false);
    }

    /**
     * {@return the same of a process that writes and scores texts too} Where the CPU has avx512_vnni, texts that are
     * scored have matrices of their own, of which the head is made last; elsewhere it is no more.
     *
     * @param precision what inference multiplies with
     * @throws KitException where it cannot be computed so
     */
    public long memoryToScore(Precision precision) {
        return memory(precision, OneDnn.forInt8());
    }

    private long memory(Precision precision, boolean twice) {
        if (precision == Precision.FP32) {
            return memory();
        }
        if (!(config instanceof LlamaConfig c)) {
            throw new KitException("'" + name + "' is no plain Llama (" + config.describe()
                    + "): it is computed in float32, and not in int8 here.");
        }
        if (Files.isDirectory(place)) {
            throw new KitException("'" + name + "' is a folder, whose weights are read in float32 before they are"
                    + " rounded: write it as a GGUF file to compute it in int8 with less memory.");
        }
        long head = rounded(c.vocabularySize(), c.width());
        long heads = (long) c.heads() * c.headSize();
        long groups = (long) c.keyValueHeads() * c.headSize();
        long pair = rounded(2L * c.feedForward(), c.width());
        long layer = rounded(heads + 2 * groups, c.width())
                + rounded(c.width(), heads)
                + pair
                + rounded(c.width(), c.feedForward())
                + 2L * FLOAT * c.width();
        long tables = 2L * FLOAT * c.context() * c.headSize();
        long all = c.layers() * layer + head + tables;
        long written = Math.max(all + 3 * pair, 4 * head + tables);
        long scored = twice ? all + c.layers() * layer + 4 * head : 0;
        return Math.max(written, scored) + 4L * FLOAT * Int8Matrices.PIECE;
    }

    /** A matrix as fbgemm keeps it: bytes, and for each row a scale, a zero point and a sum. */
    private static long rounded(long rows, long columns) {
        return rows * (columns + 3 * FLOAT);
    }

    /**
     * {@return bytes that keys and values of texts take beside the weights}
     *
     * @param tokens of all texts that are written side by side, together
     */
    public long memory(int tokens) {
        long each = 0;
        if (config instanceof LlamaConfig c) {
            each = 2L * c.layers() * c.keyValueHeads() * c.headSize();
        } else if (config instanceof TransformerConfig c) {
            each = 2L * c.layers() * c.sizes().keyValueHeads() * c.sizes().headSize();
        } else if (config.attends()) {
            each = 2L * config.layers() * config.width();
        }
        return FLOAT * each * tokens;
    }

    /** {@return how it will be computed, in words} */
    public String arithmetic() {
        if (config instanceof LlamaConfig) {
            return "float32, or int8 after precision(INT8); it can be tuned";
        }
        return config instanceof TransformerConfig ? "float32, to be used and not to be trained" : "float32";
    }

    /**
     * Takes the model with its tokenizer and chat template.
     *
     * @param torch the engine on whose device the model will lie
     * @return the model, frozen
     * @throws KitException where this machine's memory cannot hold it, or {@link Pretrained#load} refuses it
     */
    public Pretrained load(Torch torch) {
        return load(torch, Precision.FP32);
    }

    /**
     * Takes the model with its tokenizer and chat template, to be computed in a precision.
     *
     * @param torch the engine on whose device the model will lie
     * @param precision what inference multiplies with; see {@link Pretrained#load(Torch, Path, Precision)}
     * @return the model, frozen
     * @throws KitException where this machine's memory cannot hold it, or {@link Pretrained#load} refuses it
     */
    public Pretrained load(Torch torch, Precision precision) {
        if (precision == Precision.FP32 || Files.isDirectory(place)) {
            fits(torch, memory(), "float32");
        } else {
            fits(torch, memory(precision), "int8");
        }
        return Pretrained.load(torch, place, precision);
    }

    /**
     * Takes the network alone, where there is no tokenizer.
     *
     * @param torch the engine on whose device the model will lie
     * @return the model
     * @throws KitException where this machine's memory cannot hold it, or a tensor is missing, damaged or left over
     */
    public LanguageModel model(Torch torch) {
        fits(torch, memory(), "float32");
        if (Files.isDirectory(place)) {
            return LanguageModel.load(torch, place);
        }
        try (Gguf file = Gguf.open(place)) {
            return GgufFamilies.read(torch, file);
        }
    }

    private void fits(Torch torch, long needed, String numbers) {
        long whole = machine();
        if (!torch.device().isGpu() && needed > whole) {
            throw new KitException(String.format(
                    Locale.ROOT,
                    "'%s' needs %.0f MB for its weights in %s and this machine has %.0f MB in all: take a smaller"
                            + " model.",
                    name,
                    needed / MB,
                    numbers,
                    whole / MB));
        }
    }

    private static long machine() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %s; %,d parameters in %.1f MB (%s). Computed in %s. It needs %.1f MB of memory%s and %.1f MB for"
                        + " every 1,000 tokens of text, beside about %.0f MB of Java and PyTorch; this machine has"
                        + " %.0f MB.",
                name,
                config.describe(),
                config.parameterCount(),
                bytes / MB,
                stored,
                arithmetic(),
                memory() / MB,
                config instanceof LlamaConfig && !Files.isDirectory(place)
                        ? String.format(
                                Locale.ROOT,
                                " (loaded for int8 %.1f MB to write, %.1f MB to score texts as well)",
                                memory(Precision.INT8) / MB,
                                memoryToScore(Precision.INT8) / MB)
                        : "",
                memory(1000) / MB,
                PROCESS / MB,
                machine() / MB);
    }
}
