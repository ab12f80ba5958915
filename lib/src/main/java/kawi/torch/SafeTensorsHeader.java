package kawi.torch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/** The header of a safetensors file, believed only after every claim in it was held against the file. */
record SafeTensorsHeader(Map<String, String> metadata, List<Entry> entries, long dataStart) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final long LARGEST_HEADER = 100_000_000;
    /**
     * Bytes of a number of every type of the format, read by the kit or not: without them the layout could not be
     * checked.
     */
    private static final Map<String, Integer> BYTES = Map.ofEntries(
            Map.entry("F64", 8),
            Map.entry("F32", 4),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("I64", 8),
            Map.entry("I32", 4),
            Map.entry("I16", 2),
            Map.entry("I8", 1),
            Map.entry("U64", 8),
            Map.entry("U32", 4),
            Map.entry("U16", 2),
            Map.entry("U8", 1),
            Map.entry("BOOL", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("F8_E5M2", 1));

    /** One tensor: offsets are bytes from the start of the data. */
    record Entry(String name, String dtype, long[] shape, long begin, long end) {}

    static SafeTensorsHeader read(FileChannel channel, Path file) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw refused(file, "it has " + size + " bytes, fewer than the 8 of the header's length");
        }
        long length = readAt(channel, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > LARGEST_HEADER || length > size - 8) {
            throw refused(file, "its header claims " + Long.toUnsignedString(length) + " bytes in a file of " + size);
        }
        JsonNode root;
        try {
            root = JSON.readTree(readAt(channel, 8, (int) length).array());
        } catch (JsonProcessingException e) {
            throw refused(file, "its header is not valid JSON (" + e.getOriginalMessage() + ")", e);
        }
        if (!root.isObject()) {
            throw refused(file, "its header is not a JSON object");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        root.path("__metadata__")
                .properties()
                .forEach(each -> metadata.put(each.getKey(), each.getValue().asText()));
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!field.getKey().equals("__metadata__")) {
                entries.add(entry(field.getKey(), field.getValue(), file));
            }
        }
        checkLayout(entries, size - 8 - length, file);
        return new SafeTensorsHeader(metadata, entries, 8 + length);
    }

    private static Entry entry(String name, JsonNode node, Path file) {
        String dtype = node.path("dtype").asText();
        if (!BYTES.containsKey(dtype)) {
            throw refused(file, "tensor " + name + " has the type '" + dtype + "', which the format does not know");
        }
        JsonNode dimensions = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!dimensions.isArray()
                || !offsets.isArray()
                || offsets.size() != 2
                || !wholeNumbers(dimensions)
                || !wholeNumbers(offsets)) {
            throw refused(file, "tensor " + name + " has no proper shape and offsets");
        }
        long[] shape = new long[dimensions.size()];
        long bytes = BYTES.get(dtype);
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dimensions.get(i).asLong();
            try {
                bytes = Math.multiplyExact(bytes, shape[i]);
            } catch (ArithmeticException e) {
                throw refused(file, "tensor " + name + " has a shape too large to be true", e);
            }
        }
        long begin = offsets.get(0).asLong();
        long end = offsets.get(1).asLong();
        if (end - begin != bytes) {
            throw refused(
                    file,
                    "tensor " + name + " needs " + bytes + " bytes by its shape and has " + (end - begin)
                            + " by its offsets");
        }
        return new Entry(name, dtype, shape, begin, end);
    }

    private static boolean wholeNumbers(JsonNode array) {
        for (JsonNode each : array) {
            if (!each.isIntegralNumber() || !each.canConvertToLong() || each.asLong() < 0) {
                return false;
            }
        }
        return true;
    }

    private static void checkLayout(List<Entry> entries, long dataBytes, Path file) {
        List<Entry> inOrder = new ArrayList<>(entries);
        inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry each : inOrder) {
            if (each.end() > dataBytes) {
                throw refused(
                        file,
                        "tensor " + each.name() + " ends at byte " + each.end() + " of data of which the file has "
                                + dataBytes + ", so the file was cut short");
            }
            if (each.begin() != covered) {
                throw refused(
                        file,
                        "tensor " + each.name() + " begins at byte " + each.begin() + " where " + covered
                                + " was due, so tensors overlap or leave a hole");
            }
            covered = each.end();
        }
        if (covered != dataBytes) {
            throw refused(file, "it has " + (dataBytes - covered) + " bytes after its last tensor");
        }
    }

    private static ByteBuffer readAt(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException("the file ends at byte " + (position + bytes.position()));
            }
        }
        return bytes.flip();
    }

    static KitException refused(Path file, String why) {
        return refused(file, why, null);
    }

    static KitException refused(Path file, String why, Throwable cause) {
        return new KitException(
                "The weights " + file.getFileName() + " are refused because " + why + ": make or fetch the file again.",
                cause);
    }
}
