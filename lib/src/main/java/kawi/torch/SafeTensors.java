package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Reads and writes weights in the safetensors format (8 bytes of header length, a JSON header, the numbers), tensor by
 * tensor between the file and PyTorch's memory, so that no copy of the weights passes through the Java heap.
 *
 * <p>Read: F32, F16 and BF16 (both as float32), I64. Written: F32 and I64. A file that is cut short or whose header
 * claims what is not so is refused in a sentence before anything is read from it. {@link Weights} reads and writes a
 * model's folder of such files.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class SafeTensors {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SafeTensors() {}

    /**
     * {@return all tensors of a file in the order of the header, belonging to the engine's manager}
     *
     * @param torch the engine into whose memory the numbers go
     * @param file the safetensors file
     */
    public static Map<String, NDArray> read(Torch torch, Path file) {
        return read(torch, torch.manager(), file);
    }

    /**
     * {@return all tensors of a file in the order of the header, belonging to {@code manager}, as float32 (I64 as
     * int64)}
     *
     * @param torch the engine into whose memory the numbers go
     * @param manager owns the tensors
     * @param file the safetensors file
     */
    public static Map<String, NDArray> read(Torch torch, NDManager manager, Path file) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        try (SafeTensorsFile opened = SafeTensorsFile.open(file)) {
            for (String name : opened.shapes().keySet()) {
                tensors.put(name, opened.tensor(torch, manager, name));
            }
            return tensors;
        } catch (KitException e) {
            tensors.values().forEach(NDArray::close);
            throw e;
        }
    }

    /**
     * {@return names and shapes of a file's tensors, without reading them}
     *
     * @param file the safetensors file
     */
    public static Map<String, Shape> shapes(Path file) {
        try (SafeTensorsFile opened = SafeTensorsFile.open(file)) {
            return opened.shapes();
        }
    }

    /**
     * {@return the free text that a file carries beside its tensors}
     *
     * @param file the safetensors file
     */
    public static Map<String, String> metadata(Path file) {
        try (SafeTensorsFile opened = SafeTensorsFile.open(file)) {
            return opened.metadata();
        }
    }

    /**
     * Writes tensors in the map's order under a temporary name and moves the finished file into place.
     *
     * @param file the safetensors file
     * @param tensors float32 and int64 arrays by name
     * @param metadata free text beside the tensors, such as {@code format} = {@code pt}
     */
    public static void write(Path file, Map<String, NDArray> tensors, Map<String, String> metadata) {
        write(file, tensors, metadata, () -> {});
    }

    /** The same; what is to be done first is done when the bytes are on the disk and nothing has its name yet. */
    static void write(Path file, Map<String, NDArray> tensors, Map<String, String> metadata, Runnable first) {
        try (AtomicFile atomic = AtomicFile.begin(file, "writing weights")) {
            try (FileChannel channel = FileChannel.open(atomic.path(), StandardOpenOption.WRITE)) {
                writeFully(channel, header(tensors, metadata));
                for (NDArray tensor : tensors.values()) {
                    writeFully(channel, tensor.toByteBuffer(false));
                }
            } catch (IOException e) {
                throw atomic.failure(e);
            }
            atomic.prepare();
            first.run();
            atomic.commit();
        }
    }

    private static ByteBuffer header(Map<String, NDArray> tensors, Map<String, String> metadata) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            root.set("__metadata__", JSON.valueToTree(metadata));
        }
        long offset = 0;
        for (Map.Entry<String, NDArray> each : tensors.entrySet()) {
            NDArray tensor = each.getValue();
            ObjectNode entry = root.putObject(each.getKey());
            entry.put("dtype", dtype(each.getKey(), tensor.getDataType()));
            entry.set("shape", JSON.valueToTree(tensor.getShape().getShape()));
            long end = offset + tensor.getShape().size() * tensor.getDataType().getNumOfBytes();
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        String json = JSON.writeValueAsString(root);
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        byte[] padded = (json + " ".repeat((8 - length % 8) % 8)).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + padded.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length)
                .put(padded)
                .flip();
    }

    private static String dtype(String name, DataType type) {
        return switch (type) {
            case FLOAT32 -> "F32";
            case INT64 -> "I64";
            default ->
                throw new IllegalArgumentException(
                        "tensor " + name + " is " + type + ": only float32 and int64 are written");
        };
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
