package kawi.readers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import kawi.corpus.Compressed;
import kawi.corpus.EncodingGuess;
import kawi.corpus.Held;
import org.apache.commons.io.input.ReaderInputStream;

/**
 * The bytes of one file of the reader's own, on disk or out of an archive, which can be read more than once.
 *
 * @param name its path, for what is said of it
 * @param opener opens it at its beginning
 * @param file the file on disk, or null where it is none
 * @param held what lies in an archive, or null
 */
record Content(String name, Opener opener, Path file, Held held) {
    /** Opens a file. */
    interface Opener {
        InputStream open() throws IOException;
    }

    Content(String name, Opener opener, Path file) {
        this(name, opener, file, null);
    }

    static Content of(OwnFiles.Item item) {
        return new Content(item.name(), () -> Files.newInputStream(item.file()), item.file());
    }

    static Content of(String name, Held held) {
        return new Content(name, held::open, null, held);
    }

    /** {@return the same under another name} */
    Content named(String other) {
        return new Content(other, opener, file, held);
    }

    /** {@return it as a file of which any place can be read; what is compressed lies on disk until that is closed} */
    SeekableByteChannel channel() throws IOException {
        if (file != null) {
            return FileChannel.open(file, StandardOpenOption.READ);
        }
        if (held != null) {
            return held.channel();
        }
        try (InputStream in = open()) {
            return Held.of(in, Long.MAX_VALUE - 1).ownChannel();
        }
    }

    InputStream open() throws IOException {
        return new BufferedInputStream(opener.open(), 1 << 16);
    }

    byte[] head() throws IOException {
        try (InputStream in = open()) {
            return in.readNBytes(Compressed.MAGIC);
        }
    }

    /** {@return what this holds where it is compressed, under its name without the ending that says so; else itself} */
    Content unpacked() throws IOException {
        String format = Compressed.format(head());
        if (format == null) {
            return this;
        }
        return new Content(withoutPacking(name), () -> Compressed.open(open(), format), null);
    }

    static String withoutPacking(String name) {
        return name.replaceFirst("(?i)\\.(gz|zst|bz2)$", "");
    }

    /**
     * {@return the text as UTF-8, without a byte-order mark} The whole file is looked at first, for its encoding; in
     * what encoding it is and what of it is damaged goes into the intake.
     */
    InputStream utf8(Intake intake) throws IOException {
        EncodingGuess guess = new EncodingGuess();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = open()) {
            for (int count; (count = in.read(buffer)) >= 0; ) {
                guess.see(buffer, 0, count);
            }
        } catch (IOException e) {
            // Cut short or damaged: what came before says enough, and the reading says that.
        }
        Charset charset = guess.charset();
        if (guess.note(null) != null && intake != null) {
            intake.repaired(name, guess.note(null));
        }
        InputStream in = open();
        if (charset.equals(StandardCharsets.UTF_8)) {
            return withoutMark(guess.note(null) == null ? in : transcoded(in, charset));
        }
        return withoutMark(transcoded(in, charset));
    }

    /** {@return the same once more, of which all has been said} */
    InputStream utf8Again() throws IOException {
        return utf8(null);
    }

    /** {@return the bytes of mail, whose encoding each message says of itself; UTF-16 as UTF-8, without a mark} */
    InputStream mail(Intake intake) throws IOException {
        byte[] head = head();
        boolean wide = head.length > 1 && (head[0] & 0xff ^ head[1] & 0xff) == 1 && (head[0] & 0xfe) == 0xfe;
        return wide ? utf8(intake) : withoutMark(open());
    }

    private static InputStream transcoded(InputStream in, Charset charset) throws IOException {
        return ReaderInputStream.builder()
                .setReader(new InputStreamReader(
                        in,
                        charset.newDecoder()
                                .onMalformedInput(CodingErrorAction.REPLACE)
                                .onUnmappableCharacter(CodingErrorAction.REPLACE)))
                .setCharset(StandardCharsets.UTF_8)
                .get();
    }

    private static InputStream withoutMark(InputStream in) throws IOException {
        InputStream marked = in.markSupported() ? in : new BufferedInputStream(in, 1 << 16);
        marked.mark(3);
        byte[] mark = marked.readNBytes(3);
        if (mark.length != 3 || mark[0] != (byte) 0xef || mark[1] != (byte) 0xbb || mark[2] != (byte) 0xbf) {
            marked.reset();
        }
        return marked;
    }
}
