package kawi.readers;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/** Characters of a file of which one that is damaged, or that XML does not allow, costs no more than itself. */
final class WikiCharacters extends FilterReader {
    private static final char NONE = '\ufffd';
    /** For bytes that are no character: none of a text, where U+FFFD may be one. */
    private static final String DAMAGED = "\uffff";

    private final Charset charset;
    private long replaced;

    WikiCharacters(InputStream in, Charset charset) {
        super(new InputStreamReader(
                in,
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE)
                        .replaceWith(DAMAGED)));
        this.charset = charset;
    }

    @Override
    public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] chars, int from, int length) throws IOException {
        int count = super.read(chars, from, length);
        for (int i = from; i < from + count; i++) {
            char c = chars[i];
            if (c < ' ' && c != '\n' && c != '\r' && c != '\t' || c > NONE) {
                chars[i] = NONE;
                replaced++;
            }
        }
        return count;
    }

    /** {@return the encoding in which they are} */
    Charset charset() {
        return charset;
    }

    /** {@return how many were replaced so far} */
    long replaced() {
        return replaced;
    }
}
