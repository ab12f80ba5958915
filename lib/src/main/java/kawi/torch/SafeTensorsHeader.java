package kawi.torch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/** The header of a safetensors file, believed only after every claim in it was held against the file. */
record SafeTensorsHeader(Map<String, String> metadata, List<Entry> entries, long dataStart) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final long LARGEST_HEADER = 100_000_000;
    private static final int MOST_DIMENSIONS = 16;
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
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        try (JsonParser json = JSON.createParser(text(channel, (int) length, file))) {
            open(json, file);
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("__metadata__")) {
                    metadata(json, metadata, file);
                } else {
                    entries.add(entry(name, json, file));
                }
            }
            if (json.nextToken() != null) {
                throw refused(file, "something follows the JSON object of its header");
            }
        } catch (JsonProcessingException e) {
            throw refused(file, "its header is not valid JSON (" + WholeFile.fault(e) + ")", e);
        }
        checkLayout(entries, size - 8 - length, file);
        return new SafeTensorsHeader(metadata, entries, 8 + length);
    }

    /** UTF-8 that begins with a brace, as the format asks: what is in another encoding is no such header. */
    private static String text(FileChannel channel, int length, Path file) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(readAt(channel, 8, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused(file, "its header is not valid JSON (it is not UTF-8)", e);
        }
    }

    private static void open(JsonParser json, Path file) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw refused(file, "its header is not a JSON object");
        }
    }

    private static void metadata(JsonParser json, Map<String, String> metadata, Path file) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw refused(file, "its __metadata__ is not an object of texts");
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw refused(file, "its __metadata__ says of '" + shortened(key) + "' what is no text");
            }
            metadata.put(key, json.getText());
        }
    }

    /** Read as it comes, so that a header of a hundred million brackets takes no more memory than its text. */
    private static Entry entry(String name, JsonParser json, Path file) throws IOException {
        String tensor = "tensor " + shortened(name);
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw refused(file, tensor + " has no proper shape and offsets");
        }
        String dtype = "";
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" ->
                    dtype = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : json.currentToken() + "";
                case "shape" -> shape = wholeNumbers(json, tensor, MOST_DIMENSIONS, file);
                case "data_offsets" -> offsets = wholeNumbers(json, tensor, 2, file);
                default ->
                    throw refused(
                            file, tensor + " has the key '" + shortened(key) + "', which the format does not know");
            }
        }
        if (!BYTES.containsKey(dtype)) {
            throw refused(file, tensor + " has the type '" + shortened(dtype) + "', which the format does not know");
        }
        if (shape == null || offsets == null || offsets.length != 2) {
            throw refused(file, tensor + " has no proper shape and offsets");
        }
        long bytes = BYTES.get(dtype);
        for (long extent : shape) {
            try {
                bytes = Math.multiplyExact(bytes, extent);
            } catch (ArithmeticException e) {
                throw refused(file, tensor + " has a shape too large to be true", e);
            }
        }
        if (offsets[1] - offsets[0] != bytes) {
            throw refused(
                    file,
                    tensor + " needs " + bytes + " bytes by its shape and has " + (offsets[1] - offsets[0])
                            + " by its offsets");
        }
        return new Entry(name, dtype, shape, offsets[0], offsets[1]);
    }

    /** A list of whole numbers of 63 bits, at most so many. */
    private static long[] wholeNumbers(JsonParser json, String tensor, int most, Path file) throws IOException {
        long[] numbers = new long[most];
        int count = 0;
        boolean proper = json.currentToken() == JsonToken.START_ARRAY;
        while (proper && json.nextToken() != JsonToken.END_ARRAY) {
            proper = count < most
                    && json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                    && json.getLongValue() >= 0;
            if (proper) {
                numbers[count++] = json.getLongValue();
            }
        }
        if (!proper) {
            throw refused(file, tensor + " has no proper shape and offsets");
        }
        return Arrays.copyOf(numbers, count);
    }

    private static String shortened(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "..." : name;
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
