package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;

/**
 * One safetensors file, open: its header is checked, and its tensors are read when they are asked for, in any order.
 */
final class SafeTensorsFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;
    private final Map<String, String> metadata;
    private final long dataStart;
    private final Map<String, SafeTensorsHeader.Entry> entries = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private SafeTensorsFile(Path path, FileChannel channel, SafeTensorsHeader header) {
        this.path = path;
        this.channel = channel;
        this.metadata = header.metadata();
        this.dataStart = header.dataStart();
        for (SafeTensorsHeader.Entry entry : header.entries()) {
            entries.put(entry.name(), entry);
            shapes.put(entry.name(), new Shape(entry.shape()));
        }
    }

    /** @throws KitException where the file is missing, is cut short, or its header claims what is not so */
    static SafeTensorsFile open(Path path) {
        try {
            FileChannel channel = FileChannel.open(path);
            try {
                return new SafeTensorsFile(path, channel, SafeTensorsHeader.read(channel, path));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw KitException.of(e, "reading weights", path);
        }
    }

    /** Names and shapes in the order of the header. */
    Map<String, Shape> shapes() {
        return shapes;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /**
     * A tensor as float32 (I64 as int64), in memory of PyTorch's own that belongs to {@code manager}.
     *
     * @throws KitException where it cannot be read, or holds NaN or an infinite number
     */
    NDArray tensor(Torch torch, NDManager manager, String name) {
        try {
            NDArray tensor = read(torch, manager, entries.get(name));
            if (tensor.getDataType() == DataType.FLOAT32 && !torch.ops().finite(tensor)) {
                tensor.close();
                throw new KitException("Tensor " + name + " of " + path.getFileName()
                        + " holds NaN or an infinite number: the file is damaged or its training diverged; take"
                        + " another.");
            }
            tensor.setName(name);
            return tensor;
        } catch (IOException e) {
            throw KitException.of(e, "reading weights", path);
        }
    }

    private NDArray read(Torch torch, NDManager manager, SafeTensorsHeader.Entry entry) throws IOException {
        long size = entry.end() - entry.begin();
        Shape shape = new Shape(entry.shape());
        if (size > Integer.MAX_VALUE) {
            throw SafeTensorsHeader.refused(
                    path, "tensor " + entry.name() + " is larger than 2 GiB, the most that is read in one piece");
        } else if (size == 0) {
            return manager.zeros(shape);
        }
        return switch (entry.dtype()) {
            case "F32" -> numbers(manager, shape, DataType.FLOAT32, entry);
            case "I64" -> numbers(manager, shape, DataType.INT64, entry);
            case "F16", "BF16" -> {
                try (NDArray halves = numbers(manager, new Shape(size), DataType.UINT8, entry)) {
                    yield torch.ops().widen(manager, halves, entry.dtype().equals("BF16"), shape);
                }
            }
            default ->
                throw new KitException(
                        "Tensor " + entry.name() + " of " + path.getFileName() + " is stored as " + entry.dtype()
                                + ", and this kit reads F32, F16, BF16 and I64; take the model saved in one of these.");
        };
    }

    /** The tensor's bytes as they are, read straight into the array's memory, so that no second copy is ever held. */
    private NDArray numbers(NDManager manager, Shape shape, DataType type, SafeTensorsHeader.Entry entry)
            throws IOException {
        if (manager.getDevice().isGpu()) {
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) (entry.end() - entry.begin()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            return manager.create(fill(bytes, entry).flip(), shape, type);
        }
        NDArray array = manager.create(shape, type);
        fill(array.toByteBuffer(true), entry);
        return array;
    }

    private ByteBuffer fill(ByteBuffer bytes, SafeTensorsHeader.Entry entry) throws IOException {
        long from = dataStart + entry.begin();
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("the file ended at byte " + (from + bytes.position()) + " while it was read");
            }
        }
        return bytes;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw KitException.of(e, "closing weights", path);
        }
    }
}
