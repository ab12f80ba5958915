package kawi.torch;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
    static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 2, 1);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    @Test
    void whatIsWrittenIsReadBack() {
        try (NDManager m = torch.manager().newSubManager()) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            tensors.put("b", m.randomNormal(new Shape(3, 5)));
            tensors.put("a", m.create(new long[] {1, -2, 1L << 40}));
            tensors.put("scalar", m.create(2.5f));
            tensors.put("slice", tensors.get("b").get(":,1:3"));
            Path file = folder.resolve("x.safetensors");
            SafeTensors.write(file, tensors, Map.of("format", "pt"));
            Map<String, NDArray> again = SafeTensors.read(torch, m, file);
            assertEquals(
                    tensors.keySet().stream().toList(), again.keySet().stream().toList());
            tensors.forEach((name, tensor) -> assertTrue(tensor.contentEquals(again.get(name)), name));
            assertEquals(Map.of("format", "pt"), SafeTensors.metadata(file));
            assertEquals(new Shape(3, 5), SafeTensors.shapes(file).get("b"));
        }
    }

    @Test
    void halfPrecisionIsWidened() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) 0x3C00)
                .putShort((short) 0xC100)
                .putShort((short) 0x3F80)
                .putShort((short) 0xC020);
        Path file = file(
                "{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"BF16\","
                        + "\"shape\":[2],\"data_offsets\":[4,8]}}",
                data.array());
        try (NDManager m = torch.manager().newSubManager()) {
            Map<String, NDArray> read = SafeTensors.read(torch, m, file);
            assertArrayEquals(new float[] {1, -2.5f}, read.get("h").toFloatArray());
            assertArrayEquals(new float[] {1, -2.5f}, read.get("b").toFloatArray());
        }
    }

    @Test
    void truncatedOverlappingAndLyingFilesAreRefusedInASentence() throws IOException {
        byte[] four = new byte[4], eight = new byte[8];
        refused("fewer than the 8", Files.write(folder.resolve("f"), four));
        refused(
                "claims",
                Files.write(
                        folder.resolve("f"),
                        ByteBuffer.allocate(16)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(1L << 60)
                                .array()));
        refused("not valid JSON", file("{\"a\":", four));
        refused("not a JSON object", file("[1]", four));
        refused("cut short", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", four));
        refused(
                "overlap",
                file(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                        eight));
        refused(
                "after its last tensor",
                file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", eight));
        refused("by its offsets", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,4]}}", four));
        refused(
                "too large to be true",
                file("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}", four));
        refused("no proper shape", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", four));
        refused(
                "this kit reads F32, F16, BF16 and I64",
                file("{\"a\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}", four));
        refused("does not know", file("{\"a\":{\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]}}", four));
        refused(
                "Duplicate",
                file(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                        four));
        refused("not there", folder.resolve("absent"));
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return Files.write(
                folder.resolve("f"),
                ByteBuffer.allocate(8 + json.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .put(data)
                        .array());
    }

    private void refused(String part, Path file) {
        KitException e = assertThrows(KitException.class, () -> SafeTensors.read(torch, file));
        assertTrue(e.getMessage().contains(part) && e.getMessage().endsWith("."), e.getMessage());
    }
}
