package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is read as a whole up to its bound, and what is wrong in it has a line. */
class WholeFileTest {
    @TempDir
    Path folder;

    @Test
    void aFileOfTheMostBytesIsReadAndOneOfMoreIsRefusedByItsName() throws IOException {
        Path file = Files.write(folder.resolve("a.json"), new byte[] {1, 2, 3, 0});
        assertArrayEquals(new byte[] {1, 2, 3, 0}, WholeFile.bytes(file, 4));
        assertArrayEquals(new byte[] {1, 2, 3, 0}, WholeFile.bytes(file, 5));
        FileSystemException refused = assertThrows(FileSystemException.class, () -> WholeFile.bytes(file, 3));
        assertEquals(file.toString(), refused.getFile());
        assertEquals(
                "it has more than the 3 bytes that such a file is read up to; take another file", refused.getReason());
    }

    @Test
    void aFileThatHasMoreThanItsSizeSaysIsRefusedAsWell() {
        Path endless = Path.of("/dev/zero"); // of no size, and without an end, as a file that grows while it is read
        assumeTrue(Files.isReadable(endless));
        assertThrows(FileSystemException.class, () -> WholeFile.bytes(endless, 1000));
    }

    @Test
    void textIsUtf8WithEachOfItsCharactersOrRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "\uFEFFKāwi\n");
        assertEquals("\uFEFFKāwi\n", WholeFile.text(file, 100));
        Files.write(file, new byte[] {'K', (byte) 0xe4, 'w', 'i'});
        assertThrows(CharacterCodingException.class, () -> WholeFile.text(file, 100));
    }

    @Test
    void aFaultIsOneLineWithItsNumberWhereTheParserKnowsIt() {
        JsonProcessingException wrong =
                assertThrows(JsonProcessingException.class, () -> new ObjectMapper().readTree("{\n\"a\": 1,\n oops}"));
        String said = WholeFile.fault(wrong);
        assertEquals(1, said.lines().count());
        assertEquals(", line 3", said.substring(said.length() - 8));
        assertEquals(3, WholeFile.line(wrong));
        JsonProcessingException somewhere = fault("nobody \n\t knows (set Deserialization so)", null);
        assertEquals("nobody knows", WholeFile.fault(somewhere));
        assertEquals(1, WholeFile.line(somewhere));
    }

    @Test
    void aFaultOfMoreThan200CharactersIsCutAndSoMarked() {
        JsonLocation second = new JsonLocation(null, 0, 2, 1);
        assertEquals("x".repeat(200) + ", line 2", WholeFile.fault(fault("x".repeat(200), second)));
        assertEquals("x".repeat(200) + "..., line 2", WholeFile.fault(fault("x".repeat(201), second)));
    }

    private static JsonProcessingException fault(String said, JsonLocation where) {
        return new JsonParseException(null, said, where);
    }
}
