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
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import kawi.evidence.Cores;
import kawi.evidence.KitException;

/**
 * Reads a model in llama.cpp's GGUF format (versions 2 and 3): its metadata, and its tensors as 32-bit floats.
 *
 * <p>A tensor, or some rows of it, is read in small pieces and dequantised by all cores straight into its final place,
 * so reading costs no second copy. Everything the header claims is checked against the file before any tensor is read.
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
    private final Map<String, Object> metadata;
    private final Map<String, Tensor> tensors;
    private final Queue<Scratch> idle = new ConcurrentLinkedQueue<>();
    private final FileTime written;
    private volatile FileChannel channel;
    private volatile boolean closed;

    private Gguf(Path path, FileChannel channel, Map<String, Object> metadata, Map<String, Tensor> tensors)
            throws IOException {
        this.path = path;
        this.channel = channel;
        this.metadata = metadata;
        this.tensors = tensors;
        this.written = Files.getLastModifiedTime(path);
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
            GgufHeader header = GgufHeader.read(path.getFileName().toString(), channel);
            return new Gguf(path, channel, header.metadata(), header.tensors());
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

    /**
     * {@return the same file opened once more, for its tensors alone: a vocabulary takes megabytes, and whoever keeps
     * the file open to read tensors later needs none}
     *
     * @throws KitException when it cannot be opened, or has been written to meanwhile
     */
    public Gguf again() {
        FileChannel second = null;
        try {
            second = reopened();
            return new Gguf(path, second, Map.of(), tensors);
        } catch (IOException e) {
            close(second);
            throw unreadable(e);
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
        try {
            read(tensor, memory(array));
        } catch (RuntimeException e) {
            array.close();
            throw e;
        }
        return array;
    }

    /**
     * {@return rows of a matrix as a float32 array {@code (rows, columns)}} Nothing else of the matrix is read, so a
     * table of which a few rows are looked up takes no memory.
     *
     * @param manager owns the array, on a CPU
     * @param name a tensor of {@link #tensors} with two dimensions
     * @param rows which, each from 0 to below the matrix's rows
     */
    public NDArray rows(NDManager manager, String name, long[] rows) {
        Tensor tensor = info(name);
        int width = Math.toIntExact(tensor.shape()[1]);
        for (long row : rows) {
            Objects.checkIndex(row, tensor.shape()[0]);
        }
        NDArray array = manager.create(new Shape(rows.length, width), DataType.FLOAT32);
        FloatBuffer out = memory(array);
        List<int[]> runs = new ArrayList<>(); // neighbours are read together
        for (int i = 0; i < rows.length; i++) {
            int[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && rows[i] == rows[i - 1] + 1 && (last[1] + 1) * width <= VALUES_PER_TASK) {
                last[1]++;
            } else {
                runs.add(new int[] {i, 1});
            }
        }
        Cores.each(runs.size(), task -> {
            int[] run = runs.get(task);
            FloatBuffer place = out.duplicate().position(run[0] * width);
            if (width <= VALUES_PER_TASK) {
                piece(tensor, rows[run[0]] * width, run[1] * width, place);
            } else {
                read(tensor, rows[run[0]] * width, width, place);
            }
        });
        return array;
    }

    /** The array's own memory, not a copy. */
    private static FloatBuffer memory(NDArray array) {
        return array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private void read(Tensor tensor, FloatBuffer out) {
        read(tensor, 0, Math.toIntExact(tensor.size()), out);
    }

    /** Values {@code first} to {@code first + size - 1}, whole blocks, to the buffer's position. */
    private void read(Tensor tensor, long first, int size, FloatBuffer out) {
        int block = tensor.type().blockValues();
        int perTask = VALUES_PER_TASK / block * block;
        int place = out.position();
        Cores.each((size + perTask - 1) / perTask, task -> {
            int at = task * perTask;
            piece(
                    tensor,
                    first + at,
                    Math.min(perTask, size - at),
                    out.duplicate().position(place + at));
        });
    }

    private void piece(Tensor tensor, long from, int count, FloatBuffer out) {
        int block = tensor.type().blockValues();
        Scratch scratch = Objects.requireNonNullElseGet(idle.poll(), Scratch::new);
        if (!tensor.type()
                .dequantise(bytes(tensor, scratch.bytes, from / block, count / block), scratch.values, count)) {
            throw new KitException("Tensor " + tensor.name() + " of " + name()
                    + " holds NaN or an infinite number among its values " + from + " to " + (from + count - 1)
                    + ": the file is damaged or its training diverged; take another.");
        }
        out.put(scratch.values, 0, count);
        idle.add(scratch);
    }

    private ByteBuffer bytes(Tensor tensor, ByteBuffer into, long firstBlock, int blocks) {
        long from = tensor.offset() + firstBlock * tensor.type().blockBytes();
        into.clear().limit(blocks * tensor.type().blockBytes());
        try {
            FileChannel open = open();
            while (into.hasRemaining()) {
                if (open.read(into, from + into.position()) < 0) {
                    throw new EOFException("the file ended while it was read");
                }
            }
            return into.flip();
        } catch (ClosedChannelException e) {
            throw new KitException(
                    closed
                            ? path.getFileName() + " was closed with its model: load the model again."
                            : "Reading " + path.getFileName() + " was interrupted; run the cell again.",
                    e);
        } catch (IOException e) {
            throw new KitException(
                    "Tensor " + tensor.name() + " of " + path.getFileName() + " cannot be read (" + e.getMessage()
                            + "); check the disk.",
                    e);
        }
    }

    /** Java closes the channel of a thread that is interrupted, and the file may be read again after that. */
    private FileChannel open() throws IOException {
        FileChannel now = channel;
        if (now.isOpen()) {
            return now;
        }
        synchronized (this) {
            if (!closed && !channel.isOpen() && !Thread.currentThread().isInterrupted()) {
                channel = reopened();
            }
            return channel;
        }
    }

    private FileChannel reopened() throws IOException {
        FileChannel second = FileChannel.open(path, StandardOpenOption.READ);
        long end = tensors.values().stream()
                .mapToLong(tensor -> tensor.offset() + tensor.bytes())
                .max()
                .orElse(0);
        if (second.size() < end || !Files.getLastModifiedTime(path).equals(written)) {
            close(second);
            throw new KitException("The file " + path.getFileName() + " has been written to since the model was opened:"
                    + " load the model again.");
        }
        return second;
    }

    private KitException unreadable(IOException e) {
        return new KitException(
                path.getFileName() + " cannot be read (" + e.getMessage()
                        + "); check the disk and the file's permissions.",
                e);
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

    /** {@return the file's name and how many tensors it holds} */
    @Override
    public String toString() {
        return name() + ", a GGUF file of " + tensors.size() + " tensors";
    }

    @Override
    public synchronized void close() {
        closed = true;
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
