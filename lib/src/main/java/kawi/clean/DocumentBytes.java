package kawi.clean;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import kawi.corpus.Document;

/**
 * A document as bytes that hold all of it, halves of characters too, which JSON cannot: equal documents have equal
 * bytes, and other documents others.
 */
final class DocumentBytes {
    private static final int NONE = -1;

    private DocumentBytes() {}

    static byte[] of(Document document) {
        List<String> fields = Arrays.asList(
                document.id(),
                document.source(),
                document.title(),
                document.author(),
                document.year() == null ? null : document.year().toString(),
                document.genre(),
                document.licence(),
                document.url(),
                document.text());
        int size = 0;
        for (String field : fields) {
            size += Integer.BYTES + (field == null ? 0 : Character.BYTES * field.length());
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (String field : fields) {
            bytes.putInt(field == null ? NONE : field.length());
            for (int i = 0; field != null && i < field.length(); i++) {
                bytes.putChar(field.charAt(i));
            }
        }
        return bytes.array();
    }

    /** {@return the document that {@link #of} made these bytes of} */
    static Document from(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        String id = next(in);
        String source = next(in);
        String title = next(in);
        String author = next(in);
        String year = next(in);
        return new Document(
                id,
                source,
                title,
                author,
                year == null ? null : Integer.valueOf(year),
                next(in),
                next(in),
                next(in),
                next(in));
    }

    private static String next(ByteBuffer in) {
        int length = in.getInt();
        if (length == NONE) {
            return null;
        }
        char[] letters = new char[length];
        in.asCharBuffer().get(letters);
        in.position(in.position() + Character.BYTES * length);
        return new String(letters);
    }
}
