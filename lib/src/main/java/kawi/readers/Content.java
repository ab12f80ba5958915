package kawi.readers;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.corpus.Compressed;
import kawi.corpus.EncodingGuess;
import org.apache.commons.io.input.ReaderInputStream;

/**
 * The bytes of one file of the reader's own, on disk or out of an archive, which can be read more than once.
 *
 * @param name its path, for what is said of it
 * @param opener opens it at its beginning
 * @param file the file on disk, or null where it is none
 */
record Content(String name, Opener opener, Path file) {
    /** Opens a file. */
    interface Opener {
        InputStream open() throws IOException;
    }

    static Content of(OwnFiles.Item item) {
        return new Content(item.name(), () -> Files.newInputStream(item.file()), item.file());
    }

    static Content of(String name, byte[] bytes) {
        return new Content(name, () -> new ByteArrayInputStream(bytes), null);
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
        if (guess.note(null) != null) {
            intake.repaired(name, guess.note(null));
        }
        InputStream in = open();
        if (charset.equals(StandardCharsets.UTF_8)) {
            return withoutMark(guess.note(null) == null ? in : transcoded(in, charset));
        }
        return withoutMark(transcoded(in, charset));
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
