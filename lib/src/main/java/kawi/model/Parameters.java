package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.LongStream;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import kawi.torch.Weights;

/**
 * A model's trainable arrays by name, drawn from a seed or read from a file, freed together. Those of a model that only
 * infers may stay in their file ({@link StoredParameters}): each is read when it is first asked for.
 */
public final class Parameters implements AutoCloseable {

    /** How a parameter starts: a source of its values, made from its name and a generator of its own. */
    public interface Start {
        /**
         * {@return what is asked for one value after the other, row by row}
         *
         * @param name of the parameter, as {@link ModelConfig#shapes} names it
         * @param random a generator that only this parameter draws from
         */
        DoubleSupplier of(String name, SplittableRandom random);
    }

    private static final String HEAD = "lm_head.weight";
    private static final String INVERSE = "rotary_emb.inv_freq"; // older checkpoints of Llama keep what can be computed
    private static final String MISSING = "without it the model would say something else, so take another model";

    private static final int DRAWN_AT_ONCE = 1 << 18;

    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private Map<String, Shape> shapes = Map.of(); // of all, where some are stored
    private StoredParameters stored; // null where all are here
    private boolean learned = true;

    private Parameters(Torch torch) {
        this.manager = torch.manager().newSubManager();
    }

    /**
     * Draws every parameter from its own stream of the seed, so that one added layer changes no other parameter.
     *
     * @param torch the engine on whose device they lie
     * @param shapes the parameters' shapes by their names
     * @param seed of all of them
     * @param start how a parameter of a name starts
     * @return the parameters as float32; the caller closes them
     */
    public static Parameters drawn(Torch torch, Map<String, Shape> shapes, long seed, Start start) {
        Parameters parameters = new Parameters(torch);
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 * DRAWN_AT_ONCE).order(ByteOrder.nativeOrder());
        shapes.forEach((name, shape) -> {
            parameters.add(name, parameters.drawn(torch, shape, start.of(name, Torch.random(seed, name)), buffer));
        });
        return parameters;
    }

    /**
     * One parameter, drawn piece by piece in one buffer: memory outside the heap that is thrown away comes back only
     * with a collection.
     */
    private NDArray drawn(Torch torch, Shape shape, DoubleSupplier source, ByteBuffer buffer) {
        NDArray array = manager.create(shape, DataType.FLOAT32);
        try (NDArray flat = array.reshape(shape.size())) {
            for (long from = 0; from < shape.size(); from += DRAWN_AT_ONCE) {
                int count = (int) Math.min(DRAWN_AT_ONCE, shape.size() - from);
                for (int i = 0; i < count; i++) {
                    buffer.putFloat(4 * i, (float) source.getAsDouble());
                }
                try (NDArray piece = manager.create(buffer.limit(4 * count), new Shape(count), DataType.FLOAT32);
                        NDArray place = flat.get(from + ":" + (from + count))) {
                    torch.ops().assign(place, piece);
                } finally {
                    buffer.clear();
                }
            }
        }
        return array;
    }

    /**
     * Reads a folder's weights: those that the configuration names, and no others may be there, but for what
     * {@link Harmless} lists and what says the same twice. A file of the bare network, saved without its head, lacks
     * the {@code prefix} of the names.
     *
     * @param torch the engine on whose device they lie
     * @param folder with the weights in {@code model.safetensors}, whole or in shards
     * @param config which parameters there are, and their shapes
     * @param prefix what the names of the bare network lack, such as "transformer."
     * @param head the matrix that a head of its own would repeat, where the configuration ties it; null where it does
     *     not
     * @return the parameters; the caller closes them
     * @throws KitException where a parameter is missing, of another shape, not finite, or left over
     */
    public static Parameters read(Torch torch, Path folder, ModelConfig config, String prefix, String head) {
        Parameters parameters = new Parameters(torch);
        try (Weights weights = Weights.open(folder)) {
            Map<String, Shape> stored = weights.shapes();
            TensorLayout.room(config, stored.size(), folder.getFileName().toString());
            Map<String, Shape> left = new LinkedHashMap<>(stored);
            Map<String, String> names = new LinkedHashMap<>();
            config.shapes().forEach((name, shape) -> {
                String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
                String written = stored.containsKey(name) ? name : bare;
                if (!shape.equals(stored.get(written))) {
                    throw new KitException("The weights in " + folder.getFileName() + " do not fit its config.json: "
                            + name + " should be " + shape + " and is "
                            + (stored.containsKey(written) ? stored.get(written) : "missing")
                            + ", so take both files from the same model.");
                }
                left.remove(written);
                names.put(name, written);
            });
            left.keySet().removeIf(name -> Harmless.mask(name, left.get(name).getShape()));
            left.forEach((name, shape) -> {
                if (!name.equals(HEAD) && !name.endsWith(INVERSE)) {
                    throw left(
                            folder, name, shape, "has no place in the model that its config.json describes", MISSING);
                }
            });
            names.forEach((name, written) -> {
                NDArray read = weights.read(torch, parameters.manager, written);
                if (read.getDataType() != DataType.FLOAT32) {
                    throw new KitException("Tensor " + written + " in " + folder.getFileName()
                            + " holds whole numbers and no weights: take another model.");
                }
                parameters.add(name, read);
            });
            left.forEach((name, shape) -> {
                try (NDArray repeated = weights.read(torch, parameters.manager, name)) {
                    if (name.equals(HEAD)) {
                        if (head == null || !torch.ops().equal(repeated, parameters.get(head))) {
                            throw left(
                                    folder,
                                    name,
                                    shape,
                                    "is not the embedding, and config.json says that it is" + " (tie_word_embeddings)",
                                    "say false there to use it, or leave the tensor out");
                        }
                    } else if (!(config instanceof LlamaConfig llama && llama.turnsBy(repeated.toFloatArray()))) {
                        throw left(
                                folder,
                                name,
                                shape,
                                "turns positions in another way than the model that its" + " config.json describes",
                                MISSING);
                    }
                }
            });
            return parameters;
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    private static KitException left(Path folder, String name, Shape shape, String why, String what) {
        return new KitException(
                "Tensor " + name + " " + shape + " in " + folder.getFileName() + " " + why + ": " + what + ".");
    }

    /**
     * Takes arrays that {@code source} makes under the manager it is given; one that is missing or of another shape is
     * refused.
     */
    static Parameters made(Torch torch, Map<String, Shape> shapes, Function<NDManager, Map<String, NDArray>> source) {
        Parameters parameters = new Parameters(torch);
        try {
            Map<String, NDArray> arrays = source.apply(parameters.manager);
            shapes.forEach((name, shape) -> {
                NDArray array = arrays.get(name);
                if (array == null || !array.getShape().equals(shape)) {
                    throw unfit(name, shape, array == null ? null : array.getShape());
                }
                parameters.add(name, array);
            });
            return parameters;
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /** What is said of a parameter that is of another shape than it should, or missing (null). */
    static KitException unfit(String name, Shape shape, Shape found) {
        return new KitException("The model file's " + name + " should be " + shape + " and is "
                + (found == null ? "missing" : found)
                + ", so the file is damaged or of another architecture: fetch it again.");
    }

    /** Leaves parameters where they are stored until they are asked for. */
    static Parameters stored(Torch torch, Map<String, Shape> shapes, StoredParameters stored) {
        Parameters parameters = new Parameters(torch);
        parameters.shapes = shapes;
        parameters.stored = stored;
        return parameters;
    }

    private void add(String name, NDArray array) {
        array.setName(name);
        array.setRequiresGradient(learned);
        arrays.put(name, array);
    }

    /** Says whether gradients are recorded by them, those included that are read later. */
    synchronized void trainable(boolean wanted) {
        learned = wanted;
        arrays.values().forEach(parameter -> parameter.setRequiresGradient(wanted));
    }

    /** {@return whether gradients are recorded by them} */
    synchronized boolean trainable() {
        return learned;
    }

    /** {@return whether the parameter's array is in memory} */
    synchronized boolean holds(String name) {
        return arrays.containsKey(name);
    }

    /**
     * {@return rows {@code first} to {@code first + count - 1} of a matrix: a view of the array where it is in memory,
     * or read for this one use}
     *
     * @param work owns the result
     */
    synchronized NDArray rows(NDManager work, String name, long first, long count) {
        if (!arrays.containsKey(name)) {
            return stored.rows(
                    work, name, LongStream.range(first, first + count).toArray());
        }
        NDArray some = arrays.get(name).get(first + ":" + (first + count));
        some.attach(work);
        return some;
    }

    /**
     * {@return rows {@code ids} of a matrix, a copy of them}
     *
     * @param work owns the result
     */
    synchronized NDArray rows(NDManager work, Torch torch, String name, long[] ids) {
        return arrays.containsKey(name)
                ? torch.ops().embedding(arrays.get(name), work.create(ids))
                : stored.rows(work, name, ids);
    }

    /**
     * {@return the array of a name, read from its file if it was not here; null where there is none}
     *
     * @param name of the parameter, as {@link ModelConfig#shapes} names it
     */
    public synchronized NDArray get(String name) {
        if (stored != null && !arrays.containsKey(name) && shapes.containsKey(name)) {
            add(name, stored.read(manager, name));
        }
        return arrays.get(name);
    }

    /** Hands a parameter to {@code use}: the array itself where it is in memory, or one that is read for this alone. */
    void lend(String name, Consumer<NDArray> use) {
        NDArray held;
        StoredParameters file;
        synchronized (this) {
            held = arrays.get(name);
            file = stored;
        }
        if (held != null) { // whoever reads holds no lock: reading takes several threads, which may be lending too
            use.accept(held);
            return;
        }
        try (NDArray read = file.read(manager, name)) {
            use.accept(read);
        }
    }

    /** {@return names and arrays in the order of the saved file, all of them read} */
    public synchronized Map<String, NDArray> map() {
        if (stored != null) {
            shapes.keySet().forEach(this::get);
            Map<String, NDArray> read = new LinkedHashMap<>(arrays);
            shapes.keySet().forEach(name -> {
                arrays.remove(name);
                arrays.put(name, read.get(name));
            });
            stored.close();
            stored = null;
        }
        return Collections.unmodifiableMap(arrays);
    }

    @Override
    public synchronized void close() {
        if (stored != null) {
            stored.close();
        }
        manager.close();
    }
}
