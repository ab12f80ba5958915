package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import kawi.evidence.KitException;

/**
 * Reads a model in llama.cpp's GGUF format (versions 2 and 3): its metadata, and its tensors as 32-bit floats.
 *
 * <p>A tensor is read in small pieces and dequantised by all cores straight into its final place, so reading costs no
 * second copy. Everything the header claims is checked against the file before any tensor is read.
 *
 * <p>Source: the GGUF specification and block layouts of ggml ({@code docs/gguf.md}, {@code ggml-common.h}).
 */
public final class Gguf implements AutoCloseable {

    /**
     * One tensor.
     *
     * @param name its name in the file
     * @param shape its shape in row-major order (rows first, as in PyTorch)
     * @param type how its values are written
     * @param offset where its bytes begin, from the beginning of the file
     * @param bytes how many there are
     */
    public record Tensor(String name, long[] shape, GgufType type, long offset, long bytes) {
        /** {@return number of values} */
        public long size() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }
    }

    private static final int VALUES_PER_TASK = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final Map<String, Object> metadata;
    private final Map<String, Tensor> tensors;
    private final Queue<Scratch> idle = new ConcurrentLinkedQueue<>();

    private Gguf(Path path, FileChannel channel, GgufHeader header) {
        this.path = path;
        this.channel = channel;
        this.metadata = header.metadata();
        this.tensors = header.tensors();
    }

    /**
     * Opens a file and reads its header.
     *
     * @param path the file
     * @return the open file; close it when its tensors are read
     * @throws KitException when the file is missing, is no GGUF file, is cut short, holds a tensor of a type that is
     *     none of {@link GgufType}, or claims tensors that do not lie inside it
     */
    public static Gguf open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new KitException("There is no GGUF file " + path.getFileName()
                    + "; fetch it with environment/setup or give another path.");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return new Gguf(path, channel, GgufHeader.read(path.getFileName().toString(), channel));
        } catch (IOException e) {
            close(channel);
            throw new KitException(
                    path.getFileName() + " cannot be read (" + e.getMessage()
                            + "); check the disk and the file's permissions.",
                    e);
        } catch (RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /** {@return the file's name, without its folder} */
    public String name() {
        return path.getFileName().toString();
    }

    /** {@return metadata in file order; values are Long, Double, Boolean, String or a List of these} */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** {@return tensor names in file order} */
    public List<String> tensors() {
        return List.copyOf(tensors.keySet());
    }

    /**
     * {@return what the header says about a tensor}
     *
     * @param name a tensor of {@link #tensors}
     */
    public Tensor info(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new KitException("The model file " + path.getFileName() + " has no tensor " + name
                    + "; it is not the model that was asked for.");
        }
        return tensor;
    }

    /**
     * {@return true if the file holds this tensor}
     *
     * @param name name of a tensor
     */
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /**
     * {@return a tensor's values, dequantised, in row-major order}
     *
     * @param name a tensor of {@link #tensors}
     */
    public float[] floats(String name) {
        float[] values = new float[Math.toIntExact(info(name).size())];
        read(info(name), FloatBuffer.wrap(values));
        return values;
    }

    /**
     * {@return a tensor as a float32 array on the manager's device}
     *
     * @param manager owns the array
     * @param name a tensor of {@link #tensors}
     */
    public NDArray tensor(NDManager manager, String name) {
        Tensor tensor = info(name);
        Shape shape = new Shape(tensor.shape());
        if (manager.getDevice().isGpu()) {
            return manager.create(floats(name), shape);
        }
        NDArray array = manager.create(shape, DataType.FLOAT32);
        ByteBuffer memory =
                array.toByteBuffer(true).order(ByteOrder.nativeOrder()); // the array's own memory, not a copy
        read(tensor, memory.asFloatBuffer());
        return array;
    }

    private void read(Tensor tensor, FloatBuffer out) {
        int block = tensor.type().blockValues();
        int perTask = VALUES_PER_TASK / block * block;
        int size = Math.toIntExact(tensor.size());
        IntStream.range(0, (size + perTask - 1) / perTask).parallel().forEach(task -> {
            Scratch scratch = Objects.requireNonNullElseGet(idle.poll(), Scratch::new);
            int from = task * perTask;
            int count = Math.min(perTask, size - from);
            if (!tensor.type()
                    .dequantise(bytes(tensor, scratch.bytes, from / block, count / block), scratch.values, count)) {
                throw new KitException("Tensor " + tensor.name() + " of " + name()
                        + " holds NaN or an infinite number among its values " + from + " to " + (from + count - 1)
                        + ": the file is damaged or its training diverged; take another.");
            }
            out.duplicate().position(from).put(scratch.values, 0, count);
            idle.add(scratch);
        });
    }

    private ByteBuffer bytes(Tensor tensor, ByteBuffer into, int firstBlock, int blocks) {
        long from = tensor.offset() + (long) firstBlock * tensor.type().blockBytes();
        into.clear().limit(blocks * tensor.type().blockBytes());
        try {
            while (into.hasRemaining()) {
                if (channel.read(into, from + into.position()) < 0) {
                    throw new EOFException("the file ended while it was read");
                }
            }
            return into.flip();
        } catch (ClosedByInterruptException e) {
            throw new KitException("Reading " + path.getFileName() + " was interrupted; run the cell again.", e);
        } catch (IOException e) {
            throw new KitException(
                    "Tensor " + tensor.name() + " of " + path.getFileName() + " cannot be read (" + e.getMessage()
                            + "); check the disk.",
                    e);
        }
    }

    /**
     * What one core works with, used again for the next piece: garbage of the weights' size would make the heap grow by
     * as much.
     */
    private static final class Scratch {
        final ByteBuffer bytes =
                ByteBuffer.allocateDirect(VALUES_PER_TASK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        final float[] values = new float[VALUES_PER_TASK];
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new KitException("A model file could not be closed: " + e.getMessage() + ".", e);
        }
    }

    /**
     * {@return a metadata number}
     *
     * @param key a key of {@link #metadata}
     */
    public long number(String key) {
        return required(key, Number.class).longValue();
    }

    /**
     * {@return a metadata number with a fraction}
     *
     * @param key a key of {@link #metadata}
     */
    public double real(String key) {
        return required(key, Number.class).doubleValue();
    }

    /**
     * {@return a metadata text}
     *
     * @param key a key of {@link #metadata}
     */
    public String text(String key) {
        return required(key, String.class);
    }

    /**
     * {@return a metadata list of texts}
     *
     * @param key a key of {@link #metadata}
     */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Object each : required(key, List.class)) {
            if (!(each instanceof String text)) {
                throw new KitException("The model file " + path.getFileName() + " says of " + key + " the value " + each
                        + ", which is no text: fetch the file again.");
            }
            texts.add(text);
        }
        return Collections.unmodifiableList(texts);
    }

    private <T> T required(String key, Class<T> type) {
        Object value = metadata.get(key);
        if (!type.isInstance(value)) {
            throw new KitException("The model file " + path.getFileName() + " does not say " + key
                    + "; it is cut or of an architecture that this kit does not read.");
        }
        return type.cast(value);
    }
}
