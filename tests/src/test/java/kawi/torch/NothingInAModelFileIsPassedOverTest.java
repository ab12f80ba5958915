package kawi.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Of a file of weights every byte is a header's or a tensor's, and every key is known; else it is refused. */
class NothingInAModelFileIsPassedOverTest {
    private static final String TENSOR = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    @TempDir
    Path folder;

    private static void refused(String words, Executable reading) {
        String said = assertThrows(KitException.class, reading).getMessage();
        assertTrue(said.contains(words), said);
        assertFalse(said.contains("\n"), said);
    }

    private Path safetensors(String header, Charset charset) throws IOException {
        byte[] text = header.getBytes(charset);
        return Files.write(
                folder.resolve("m.safetensors"),
                ByteBuffer.allocate(16 + text.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length)
                        .put(text)
                        .array());
    }

    private void refusedHeader(String words, String header) throws IOException {
        Path file = safetensors(header, StandardCharsets.UTF_8);
        refused(words, () -> SafeTensors.shapes(file));
    }

    @Test
    void aSafetensorsHeaderIsOneObjectOfKnownKeys() throws IOException {
        assertEquals(
                Map.of("k", "v"),
                SafeTensors.metadata(
                        safetensors("{\"__metadata__\":{\"k\":\"v\"}," + TENSOR + "}   ", StandardCharsets.UTF_8)));
        refusedHeader("the key 'scale'", "{" + TENSOR.replace("{\"d", "{\"scale\":2,\"d") + "}");
        refusedHeader("something follows", "{" + TENSOR + "}{}");
        refusedHeader("not valid JSON", "{" + TENSOR + "}x");
        refusedHeader("says of 'k' what is no text", "{\"__metadata__\":{\"k\":1}," + TENSOR + "}");
        refusedHeader("not an object of texts", "{\"__metadata__\":[]," + TENSOR + "}");
        refusedHeader("not valid JSON", "\ufeff{" + TENSOR + "}");
        Path wide = safetensors("{" + TENSOR + "}", StandardCharsets.UTF_16LE);
        refused("header", () -> SafeTensors.shapes(wide));
    }

    @Test
    void aHeaderOfManyNumbersTakesNoMemoryOfTheirNumber() throws IOException {
        refusedHeader("no proper shape", "{" + TENSOR.replace("[2]", "[" + "0,".repeat(20_000_000) + "0]") + "}");
    }

    private Path gguf(byte[]... parts) throws IOException {
        Path file = folder.resolve("m.gguf");
        Files.write(file, new byte[0]);
        for (byte[] part : parts) {
            Files.write(file, part, java.nio.file.StandardOpenOption.APPEND);
        }
        return file;
    }

    private static GgufBytes two(long second) {
        return new GgufBytes()
                .head(2, 0)
                .tensor("t", 0, 0, 8)
                .tensor("u", 0, second, 8)
                .align32();
    }

    private static void open(Path file) {
        Gguf.open(file).close();
    }

    @Test
    void everyByteOfAGgufFileIsOfItsHeaderOrATensor() throws IOException {
        byte[] whole = two(32).bytes();
        open(gguf(whole, new byte[64]));
        refused("behind its last tensor", () -> open(gguf(whole, new byte[64], whole, new byte[64])));
        refused("behind its last tensor", () -> open(gguf(whole, new byte[96])));
        refused("between t and tensor u", () -> open(gguf(two(64).bytes(), new byte[96])));
        refused("overlap", () -> open(gguf(two(0).bytes(), new byte[32])));
    }

    @Test
    void whatAGgufHeaderSaysIsOfItsKind() throws IOException {
        GgufBytes aligned =
                new GgufBytes().head(0, 1).text("general.alignment").put(4, 8).text("64");
        refused("general.alignment", () -> open(gguf(aligned.bytes())));
        byte[] latin =
                new GgufBytes().head(0, 1).text("k").put(4, 8).text("caf~").bytes();
        latin[latin.length - 1] = (byte) 0xe9;
        refused("not UTF-8", () -> open(gguf(latin)));
        byte[] swapped = ByteBuffer.allocate(24)
                .order(ByteOrder.BIG_ENDIAN)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(0)
                .putLong(0)
                .array();
        refused("big-endian", () -> open(gguf(swapped)));
        GgufBytes numbers = new GgufBytes()
                .head(0, 1)
                .text("tokens")
                .put(4, 9)
                .put(4, 4)
                .put(8, 1)
                .put(4, 7);
        try (Gguf file = Gguf.open(gguf(numbers.bytes()))) {
            refused("which is no text", () -> file.texts("tokens"));
        }
    }

    @Test
    void aListIsNoLongerThanItsFileCanHold() throws IOException {
        for (int type : List.of(0, 8, 9)) {
            Path file = gguf(new GgufBytes()
                    .head(0, 1)
                    .text("l")
                    .put(4, 9)
                    .put(4, type)
                    .put(8, 1_900_000_000L)
                    .bytes());
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(2_000_000_000L);
            }
            refused("claims 1900000000 values", () -> open(file));
        }
    }
}
