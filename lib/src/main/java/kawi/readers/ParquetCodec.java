package kawi.readers;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;
import kawi.corpus.DamagedException;
import kawi.corpus.Gunzip;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.snappy.SnappyCompressorInputStream;
import org.brotli.dec.BrotliInputStream;

/** How the pages of a Parquet file are packed: by libraries that the kit has for other files. */
final class ParquetCodec {
    private static final String[] NAMES = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"};

    private ParquetCodec() {}

    /**
     * {@return what a page holds}
     *
     * @param packed the page
     * @param codec the number of the codec
     * @param size bytes that the page has unpacked
     */
    static byte[] unpacked(byte[] packed, int codec, int size) throws IOException {
        if (codec == 0) {
            return packed;
        }
        if (size == 0) {
            return new byte[0];
        }
        try (InputStream in = open(packed, codec)) {
            byte[] page = in.readNBytes(size);
            if (page.length < size) {
                throw new ZipException("damaged: a page that is cut short");
            }
            return page;
        } catch (RuntimeException e) {
            throw new DamagedException("a page that does not unpack", e);
        }
    }

    private static InputStream open(byte[] packed, int codec) throws IOException {
        InputStream in = new ByteArrayInputStream(packed);
        return switch (codec) {
            case 1 -> new SnappyCompressorInputStream(in);
            case 2 -> new Gunzip(in);
            case 4 -> new BrotliInputStream(in);
            case 5 -> {
                // As Hadoop writes it: two lengths before the block.
                ByteBuffer head = ByteBuffer.wrap(packed);
                boolean hadoop = packed.length >= 8 && head.getInt(4) == packed.length - 8;
                yield new BlockLZ4CompressorInputStream(
                        hadoop ? new ByteArrayInputStream(packed, 8, packed.length - 8) : in);
            }
            case 6 -> new ZstdInputStream(in);
            case 7 -> new BlockLZ4CompressorInputStream(in);
            default ->
                throw new ZipException(
                        "compressed by " + (codec >= 0 && codec < NAMES.length ? NAMES[codec] : "codec " + codec)
                                + ", which is not read");
        };
    }
}
