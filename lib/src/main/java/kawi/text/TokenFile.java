package kawi.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import kawi.evidence.KitException;

/**
 * A text as a long row of token ids in a file that is mapped into memory, so that a model can be fed from any place of
 * it without reading the rest.
 *
 * <p>Layout, little-endian: a header of 64 bytes, then the ids, 2 bytes each where the vocabulary has at most 65,536
 * tokens, else 4.
 *
 * <pre>
 *  0  magic "KAWITOK" and a zero byte     32  documents (long)
 *  8  version 1 (int)                     40  UTF-8 bytes of the text (long)
 * 12  vocabulary size (int)               48  CRC-32C of the ids (int)
 * 16  bytes an id, 2 or 4 (int)           52  CRC-32C of header bytes 0 to 51 (int)
 * 24  tokens (long)                       56  zeros
 * </pre>
 *
 * The header is written last: a file whose writer did not finish is refused, like one that is cut short or altered.
 */
public final class TokenFile implements AutoCloseable {

    static final int HEADER = 64;
    static final int VERSION = 1;
    static final long MAGIC = 0x004B4F544957414BL; // "KAWITOK\0"
    /** Mapped a gigabyte at a time, as one buffer holds at most two. */
    private static final long SEGMENT = 1L << 30;

    private final Path path;
    private final String name;
    private final int vocabularySize;
    private final int width;
    private final long length;
    private final long documents;
    private final long bytes;
    private final int checksum;
    /** Null once closed. */
    private List<ByteBuffer> segments = new ArrayList<>();

    private TokenFile(Path path, ByteBuffer header) {
        this.path = path.toAbsolutePath();
        this.name = path.getFileName().toString();
        vocabularySize = header.getInt(12);
        width = header.getInt(16);
        length = header.getLong(24);
        documents = header.getLong(32);
        bytes = header.getLong(40);
        checksum = header.getInt(48);
    }

    /**
     * {@return a writer of a new file; an old one of that name is replaced by {@link TokenWriter#finish()}}
     *
     * @param path the file's name
     * @param vocabularySize number of ids, at least 1; every id must be below it
     * @throws KitException where the folder is not there or cannot be written to
     */
    public static TokenWriter writer(Path path, int vocabularySize) {
        return new TokenWriter(path, vocabularySize);
    }

    /**
     * Opens a token file after checking the whole of it.
     *
     * @param path the file
     * @return the file, to be closed after use
     * @throws KitException where there is no such file, or it was not finished, is cut short, altered or of another
     *     version
     */
    public static TokenFile open(Path path) {
        try (FileChannel channel = FileChannel.open(path)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining() && channel.read(header) >= 0) {}
            if (header.hasRemaining())
                throw refusal(path, "has only " + channel.size() + " bytes, too few for a token file");
            if (header.getLong(0) != MAGIC)
                throw refusal(path, header.getLong(0) == 0 ? "was never finished" : "is not a token file");
            if (header.getInt(8) != VERSION)
                throw refusal(path, "has layout version " + header.getInt(8) + ", this kit reads version " + VERSION);
            if (header.getInt(52) != checksum(header.duplicate().position(0).limit(52)))
                throw refusal(path, "has a damaged header");
            TokenFile file = new TokenFile(path, header);
            if (file.vocabularySize < 1
                    || file.width != (file.vocabularySize <= 1 << 16 ? 2 : 4)
                    || file.length < 0
                    || file.length > Long.MAX_VALUE / 8
                    || file.documents < 0
                    || file.bytes < 0
                    || header.getInt(20) != 0
                    || header.getLong(56) != 0)
                throw refusal(path, "has a header that no writer of this version makes");
            long expected = HEADER + file.length * file.width;
            if (channel.size() != expected)
                throw refusal(
                        path,
                        "has " + channel.size() + " bytes where its header promises " + expected
                                + ": it was cut short or added to");
            file.map(channel);
            file.verify(path);
            return file;
        } catch (IOException e) {
            throw KitException.of(e, "opening the token file", path);
        }
    }

    private void map(FileChannel channel) throws IOException {
        for (long from = 0; from < length * width; from += SEGMENT) {
            MappedByteBuffer segment =
                    channel.map(FileChannel.MapMode.READ_ONLY, HEADER + from, Math.min(SEGMENT, length * width - from));
            segments.add(segment.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private void verify(Path path) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer segment : segments) crc.update(segment.duplicate());
        if ((int) crc.getValue() != checksum)
            throw refusal(path, "does not match its checksum: it was altered or damaged");
        for (ByteBuffer segment : segments) {
            for (int at = 0; at < segment.limit(); at += width) {
                int id = width == 2 ? segment.getShort(at) & 0xFFFF : segment.getInt(at);
                if (id < 0 || id >= vocabularySize)
                    throw refusal(path, "holds the token id " + id + ", beyond its vocabulary of " + vocabularySize);
            }
        }
    }

    static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static KitException refusal(Path path, String why) {
        return new KitException(
                "The token file " + path.getFileName() + " " + why + "; run the notebook that makes it again.");
    }

    /** {@return where it was opened, from the root of the file system} */
    public Path path() {
        return path;
    }

    /** {@return tokens in the file, ends of documents included} */
    public long length() {
        return length;
    }

    /**
     * Ids are below this number.
     *
     * @return the number of ids
     */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** {@return documents in the file} */
    public long documents() {
        return documents;
    }

    /**
     * UTF-8 bytes of the text the tokens stand for, ends of documents not counted.
     *
     * @return the number
     */
    public long bytes() {
        return bytes;
    }

    /**
     * CRC-32C of the ids as they lie in the file (RFC 3720, appendix B.4): tells texts of one length apart.
     *
     * @return the checksum
     */
    public int checksum() {
        return checksum;
    }

    /**
     * {@return the ids at positions {@code from} to {@code from + count - 1}}
     *
     * @param from first position, from 0
     * @param count how many
     * @throws KitException where the file has no such positions
     */
    public int[] read(long from, int count) {
        if (segments == null) {
            throw new KitException("The token file " + name + " was closed: open it again to read from it.");
        }
        if (from < 0 || count < 0 || count > length - from) {
            throw new KitException("Tokens " + from + " to " + (from + count) + " were asked of " + name
                    + ", which has " + length + ".");
        }
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            long at = (from + i) * width;
            ByteBuffer segment = segments.get((int) (at / SEGMENT));
            int offset = (int) (at % SEGMENT);
            ids[i] = width == 2 ? segment.getShort(offset) & 0xFFFF : segment.getInt(offset);
        }
        return ids;
    }

    /** Lets go of the mapping; reading afterwards fails. */
    @Override
    public void close() {
        segments = null;
    }
}
