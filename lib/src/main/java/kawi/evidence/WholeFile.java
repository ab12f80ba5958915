package kawi.evidence;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is read into memory as a whole, such as settings or a vocabulary: of a bounded size, so that one of many
 * gigabytes under its name is an {@link IOException} and not the end of the memory.
 */
public final class WholeFile {
    /** The most bytes of a file of settings; the largest vocabularies that are published have a third of them. */
    public static final int SETTINGS = 100_000_000;

    /** The most bytes of a file of data that is read at once. */
    public static final int DATA = 500_000_000;

    private WholeFile() {}

    /**
     * {@return a file's bytes}
     *
     * @param file where it is
     * @param most the most bytes that it may have, such as {@link #SETTINGS}
     * @throws IOException where it cannot be read, or has more
     */
    public static byte[] bytes(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            long size = Files.size(file);
            byte[] bytes = size > most ? new byte[0] : in.readNBytes(most);
            if (size > most || in.read() >= 0) { // it may also grow while it is read
                throw new FileSystemException(
                        file.toString(),
                        null,
                        "it has more than the " + most + " bytes that such a file is read up to; take another file");
            }
            return bytes;
        }
    }

    /**
     * {@return a file's text, which is UTF-8; a byte-order mark is a character of it}
     *
     * @param file where it is
     * @param most the most bytes that it may have, such as {@link #SETTINGS}
     * @throws java.nio.charset.CharacterCodingException where its bytes are not UTF-8
     * @throws IOException where it cannot be read, or has more bytes
     */
    public static String text(Path file, int most) throws IOException {
        return StandardCharsets.UTF_8
                .newDecoder() // it refuses what String replaces without a word
                .decode(ByteBuffer.wrap(bytes(file, most)))
                .toString();
    }

    /**
     * {@return what is wrong with a JSON text, on one line, with the line's number where the parser knows it}
     *
     * @param fault what the parser said
     */
    public static String fault(JsonProcessingException fault) {
        String said = String.valueOf(fault.getOriginalMessage())
                .replaceAll("\\s+", " ")
                .replaceFirst(" \\(set Deserialization.*", "");
        String shortened = said.length() > 200 ? said.substring(0, 200) + "..." : said;
        return fault.getLocation() == null
                ? shortened
                : shortened + ", line " + fault.getLocation().getLineNr();
    }

    /**
     * {@return the line of a JSON text in which it is wrong, from 1; 1 where the parser does not say}
     *
     * @param fault what the parser said
     */
    public static int line(JsonProcessingException fault) {
        return fault.getLocation() == null ? 1 : fault.getLocation().getLineNr();
    }
}
