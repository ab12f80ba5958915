package kawi.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Writes a {@link TokenFile} document by document: memory stays small however long the text is. The file is complete or
 * absent: it takes its name with {@link #finish()}; {@link #close()} without it, which is what an exception leads to,
 * throws the half file away.
 */
public final class TokenWriter implements AutoCloseable {

    private final Path path;
    private final AtomicFile atomic;
    private final FileChannel channel;
    private final int vocabularySize;
    private final int width;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private long tokens;
    private long documents;
    private long bytes;

    TokenWriter(Path path, int vocabularySize) {
        if (vocabularySize < 1)
            throw new KitException(
                    "A token file needs a vocabulary of at least one token, not " + vocabularySize + ".");
        this.path = path;
        this.vocabularySize = vocabularySize;
        this.width = vocabularySize <= 1 << 16 ? 2 : 4;
        this.atomic = AtomicFile.begin(path, "writing the token file");
        try {
            channel = FileChannel.open(atomic.path(), StandardOpenOption.WRITE);
            write(ByteBuffer.allocate(TokenFile.HEADER));
        } catch (IOException e) {
            atomic.close();
            throw atomic.failure(e);
        }
    }

    /**
     * Writes a document: its tokens, then the end of text where the tokenizer has one.
     *
     * @param tokenizer what gives the ids
     * @param text the document
     * @return this writer
     * @throws KitException where an id is beyond the vocabulary that the file was begun for, or the disk is full
     */
    public TokenWriter document(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        int end = tokenizer.id(Tokenizer.END_OF_TEXT);
        if (end >= 0) check(end);
        tokens(ids);
        if (end >= 0) tokens(end);
        documents++;
        bytes += utf8Bytes(text);
        return this;
    }

    /**
     * {@return the length of a text in UTF-8, as {@link TokenFile#bytes} counts it}
     *
     * @param text any
     */
    public static long utf8Bytes(String text) {
        return text.codePoints()
                .mapToLong(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4)
                .sum();
    }

    /**
     * Writes a document already encoded; {@code utf8Bytes} is the length of its text in UTF-8.
     *
     * @param ids the ids, the end of text among them where one is wanted
     * @param utf8Bytes length of the document's text in UTF-8
     * @return this writer
     * @throws KitException where an id is beyond the vocabulary that the file was begun for, or the disk is full
     */
    public TokenWriter document(int[] ids, long utf8Bytes) {
        tokens(ids);
        documents++;
        bytes += utf8Bytes;
        return this;
    }

    private void tokens(int... ids) {
        checkOpen();
        check(ids); // before any is written: half a document is none
        try {
            for (int id : ids) {
                if (buffer.remaining() < 4) flush();
                if (width == 2) buffer.putShort((short) id);
                else buffer.putInt(id);
            }
            tokens += ids.length;
        } catch (IOException e) {
            throw atomic.failure(e);
        }
    }

    private void check(int... ids) {
        for (int id : ids) {
            if (id < 0 || id >= vocabularySize) {
                throw new KitException("Token id " + id + " is beyond the vocabulary of " + vocabularySize + " that "
                        + path.getFileName() + " was opened for.");
            }
        }
    }

    private void checkOpen() {
        if (atomic.done())
            throw new IllegalStateException("the token file " + path.getFileName() + " was already finished or closed");
    }

    private void flush() throws IOException {
        checksum.update(buffer.flip().duplicate());
        write(buffer);
        buffer.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    /** {@return tokens written so far} */
    public long length() {
        return tokens;
    }

    /**
     * Completes the file and gives it its name; {@link TokenFile#open} reads it.
     *
     * @throws KitException where the disk is full or the folder cannot be written to; then nothing is left of it
     * @throws IllegalStateException where it was finished or closed before
     */
    public void finish() {
        checkOpen();
        try (AtomicFile closing = atomic) {
            try (channel) {
                flush();
                ByteBuffer header = ByteBuffer.allocate(TokenFile.HEADER).order(ByteOrder.LITTLE_ENDIAN);
                header.putLong(TokenFile.MAGIC)
                        .putInt(TokenFile.VERSION)
                        .putInt(vocabularySize)
                        .putInt(width)
                        .putInt(0);
                header.putLong(tokens).putLong(documents).putLong(bytes).putInt((int) checksum.getValue());
                header.putInt(TokenFile.checksum(header.duplicate().flip())).clear();
                channel.position(0);
                write(header);
            } catch (IOException e) {
                throw atomic.failure(e);
            }
            closing.commit();
        }
    }

    /** Throws an unfinished file away; nothing happens after {@link #finish()}. */
    @Override
    public void close() {
        try (atomic) {
            channel.close();
        } catch (IOException e) {
            throw atomic.failure(e);
        }
    }
}
