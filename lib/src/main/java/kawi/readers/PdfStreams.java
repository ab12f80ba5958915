package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import kawi.corpus.Archive;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSObject;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.filter.Filter;
import org.apache.pdfbox.filter.FilterFactory;
import org.apache.pdfbox.io.RandomAccessRead;

/**
 * The streams of a PDF, each of which PDFBox unpacks into memory whole: what would be too long is found here first, in
 * constant memory. Streams of objects, which PDFBox unpacks while it opens a file, are looked for in the file itself;
 * those that a page needs, in what the page names. Pictures are not unpacked for a text.
 */
final class PdfStreams {
    /** What all streams may unpack to, in bytes for each byte of the file; beyond the first {@link Archive#LARGEST}. */
    private static final long MOST_TIMES = 200;
    /** Bytes before a stream in which its dictionary says what it is. */
    private static final int DICTIONARY = 1024;

    private static final String CUT_SHORT = "its content is cut short or damaged";
    private static final byte[] STREAM = "stream".getBytes(StandardCharsets.US_ASCII);

    /** More than a text needs. Unchecked, as PDFBox goes on after others. */
    static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMuch(String message) {
            super(message, null, false, false);
        }
    }

    private final long size;
    private final Set<COSBase> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<COSStream, String> damages = new IdentityHashMap<>();
    private long unpacked;

    PdfStreams(long size) {
        this.size = size;
    }

    /** Looks at the streams of objects and of references in a file. */
    void checkObjects(RandomAccessRead file) throws IOException {
        byte[] before = new byte[DICTIONARY]; // the last bytes read, in a ring
        int matched = 0;
        byte[] buffer = new byte[1 << 14];
        long at = 0;
        file.seek(0);
        for (int count; (count = file.read(buffer, 0, buffer.length)) > 0; ) {
            for (int i = 0; i < count; i++, at++) {
                byte b = buffer[i];
                before[(int) (at % DICTIONARY)] = b;
                matched = b == STREAM[matched] ? matched + 1 : b == STREAM[0] ? 1 : 0;
                if (matched == STREAM.length) {
                    matched = 0;
                    if (isOfObjects(before, at)) {
                        inflate(file, at + 1);
                        file.seek(at + 1);
                        count = i + 1; // go on behind the word
                    }
                }
            }
        }
    }

    private static boolean isOfObjects(byte[] ring, long at) {
        int length = (int) Math.min(at + 1, DICTIONARY);
        StringBuilder text = new StringBuilder(length);
        for (long i = at + 1 - length; i <= at; i++) {
            text.append((char) (ring[(int) (i % DICTIONARY)] & 0xff));
        }
        String dictionary = text.substring(Math.max(0, text.lastIndexOf(" obj")));
        return !dictionary.endsWith("endstream") && dictionary.matches("(?s).*/(ObjStm|XRef)\\b.*");
    }

    private void inflate(RandomAccessRead file, long from) throws IOException {
        file.seek(from);
        int first = file.read();
        while (first == '\r' || first == '\n' || first == ' ') {
            first = file.read();
        }
        if (first < 0) {
            return;
        }
        file.seek(file.getPosition() - 1);
        Inflater inflater = new Inflater();
        InputStream rest = new InputStream() {
            @Override
            public int read() throws IOException {
                return file.read();
            }

            @Override
            public int read(byte[] bytes, int at, int length) throws IOException {
                return file.read(bytes, at, length);
            }
        };
        try (InputStream in = new InflaterInputStream(rest, inflater, 1 << 14)) {
            in.transferTo(new Counted(OutputStream.nullOutputStream()));
        } catch (ZipException | java.io.EOFException e) {
            // Packed otherwise, encrypted or damaged: no more than was unpacked comes of it.
        } finally {
            inflater.end();
        }
    }

    /** {@return the bytes of the file} */
    long size() {
        return size;
    }

    /**
     * {@return what is wrong with what a page draws, or null} PDFBox says nothing of it: what is missing, or lies
     * behind the place of a damage, is not drawn.
     */
    String damage(COSDictionary page) {
        COSBase contents = page.getDictionaryObject(COSName.CONTENTS);
        if (contents == null) {
            boolean made = !page.containsKey(COSName.PARENT) && !page.containsKey(COSName.RESOURCES);
            return page.containsKey(COSName.CONTENTS)
                    ? "its content is not in the file"
                    : made ? "it is not in the file" : null; // PDFBox makes an empty page for one that is not there
        }
        if (contents instanceof COSStream) {
            return damage((COSStream) contents);
        }
        String damage = null;
        for (int i = 0; contents instanceof COSArray && i < ((COSArray) contents).size() && damage == null; i++) {
            COSBase each = ((COSArray) contents).getObject(i);
            damage = each instanceof COSStream ? damage((COSStream) each) : "some of its content is not in the file";
        }
        return damage;
    }

    private String damage(COSStream stream) {
        if (!damages.containsKey(stream)) {
            damages.put(stream, unpacking(stream));
        }
        return damages.get(stream);
    }

    private static String unpacking(COSStream stream) {
        COSBase named = stream.getFilters();
        List<? extends COSBase> filters =
                named instanceof COSArray ? ((COSArray) named).toList() : named == null ? List.of() : List.of(named);
        for (COSBase each : filters) {
            try {
                FilterFactory.INSTANCE.getFilter((COSName) each);
            } catch (IOException | ClassCastException e) {
                return "its content is packed in a way that is not known";
            }
        }
        if (filters.size() != 1
                || !Set.of(COSName.FLATE_DECODE, COSName.FLATE_DECODE_ABBREVIATION)
                        .contains(filters.get(0))) {
            return null;
        }
        Inflater inflater = new Inflater();
        try (InputStream in = new InflaterInputStream(stream.createRawInputStream(), inflater, 1 << 14)) {
            in.skipNBytes(Archive.LARGEST); // and no more: longer ones are left for their length
            return null;
        } catch (java.io.EOFException e) {
            return inflater.finished() ? null : CUT_SHORT;
        } catch (IOException e) {
            return CUT_SHORT;
        } finally {
            inflater.end();
        }
    }

    /** Looks at all streams that a page's text needs. */
    void checkPage(COSDictionary page, COSBase resources) throws IOException {
        check(page.getDictionaryObject(COSName.CONTENTS));
        check(resources);
    }

    /** Looks at all streams that can be reached from an object. */
    void check(COSBase from) throws IOException {
        Deque<COSBase> open = new ArrayDeque<>();
        push(from, open);
        while (!open.isEmpty()) {
            COSBase each = open.pop();
            if (each instanceof COSArray) {
                ((COSArray) each).forEach(part -> push(part, open));
            } else if (each instanceof COSDictionary) {
                COSDictionary dictionary = (COSDictionary) each;
                if (each instanceof COSStream && !COSName.IMAGE.equals(dictionary.getCOSName(COSName.SUBTYPE))) {
                    count((COSStream) each);
                }
                dictionary.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals(COSName.PARENT)
                                && !entry.getKey().equals(COSName.P))
                        .forEach(entry -> push(entry.getValue(), open));
            }
        }
    }

    private void push(COSBase part, Deque<COSBase> open) {
        COSBase object = part instanceof COSObject ? ((COSObject) part).getObject() : part;
        if ((object instanceof COSArray || object instanceof COSDictionary) && seen.add(object)) {
            open.push(object);
        }
    }

    /** Unpacks a stream to nowhere, by PDFBox's own filters. */
    private void count(COSStream stream) throws IOException {
        COSBase named = stream.getFilters();
        List<? extends COSBase> filters =
                named instanceof COSArray ? ((COSArray) named).toList() : named == null ? List.of() : List.of(named);
        try (InputStream raw = stream.createRawInputStream()) {
            InputStream in = raw;
            for (int i = 0; i < filters.size(); i++) {
                if (!(filters.get(i) instanceof COSName)) {
                    return; // which PDFBox does not unpack either
                }
                boolean last = i == filters.size() - 1;
                ByteArrayOutputStream held = new ByteArrayOutputStream();
                Filter filter = FilterFactory.INSTANCE.getFilter((COSName) filters.get(i));
                filter.decode(in, new Counted(last ? OutputStream.nullOutputStream() : held), stream, i);
                in = new ByteArrayInputStream(held.toByteArray());
            }
        } catch (TooMuch e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Damaged: said where the page is read.
        }
    }

    /** Counts what is unpacked, and ends it where it is too much. */
    private final class Counted extends OutputStream {
        private final OutputStream out;
        private long count;

        Counted(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            more(1);
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            more(length);
            out.write(bytes, from, length);
        }

        private void more(int length) {
            count += length;
            unpacked += length;
            if (count > Archive.LARGEST) {
                throw new TooMuch("a part of it unpacks to more than " + Archive.LARGEST + " bytes");
            }
            if (unpacked > Archive.LARGEST && unpacked > MOST_TIMES * size) {
                throw new TooMuch("it unpacks to more than " + MOST_TIMES + " times its size, as no text does");
            }
        }
    }
}
