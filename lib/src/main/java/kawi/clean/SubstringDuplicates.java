package kawi.clean;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.text.WordBoundaries;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Takes out every stretch of many words that stood before, wherever it begins and ends: quotations, clauses, forms that
 * were filled in. Found by a suffix array of the whole corpus, as in Lee et al., "Deduplicating Training Data Makes
 * Language Models Better" (2022), where a stretch has 50 tokens. Words are those of {@link WordBoundaries}, compared
 * whatever their case and the punctuation between them.
 *
 * <p>The first of equal stretches stays, and of a stretch that repeats itself its first turn. A document of nothing
 * else is dropped. {@link RepeatedParagraphs} sees whole paragraphs alone, from twenty words on: it needs no more
 * memory for a larger corpus and decides as documents come, so it belongs before this step, which is for what it
 * leaves, the long quotation inside of a paragraph. {@link Duplicates} drops documents, and sees no part of one.
 *
 * <p>The corpus is read twice before the step is there; 38 bytes of heap a word are needed meanwhile, about 8 times the
 * size of an English text, and a corpus for which the heap is too small is refused. Afterwards the step has 16 bytes
 * for each document and 8 for each stretch, on disk where they are many ({@link BigLongs}).
 */
public final class SubstringDuplicates implements RememberingStep {
    private final Map<String, long[]> bySource = new TreeMap<>();
    private final BigLongs hashes = new BigLongs();
    private final BigLongs places = new BigLongs();
    private final ByteLog cuts = new ByteLog();
    private final int words;
    private String known = Hash.of("");
    private long documents;

    private SubstringDuplicates(int words) {
        this.words = words;
    }

    /**
     * {@return the step that takes out of a corpus what stands in it before}
     *
     * @param corpus the documents as they come to the step, all of them in their order; read twice
     * @param words fewest words of a stretch, such as 50
     * @throws KitException for fewer than 1 word, or where the heap is too small for the corpus
     */
    public static SubstringDuplicates of(Corpus corpus, int words) {
        return of(corpus, words, new TokenSequence());
    }

    static SubstringDuplicates of(Corpus corpus, int words, TokenSequence sequence) {
        if (words < 1) {
            throw new KitException("Stretches of " + words + " words cannot be repeated: give at least 1, such as 50.");
        }
        corpus.forEach(sequence::add);
        BitSet repeated = sequence.repeated(words);
        SubstringDuplicates step = new SubstringDuplicates(words);
        int[] next = {0};
        for (Document document : corpus) {
            step.add(document, repeated, next);
        }
        return step;
    }

    private void add(Document document, BitSet repeated, int[] next) {
        String text = document.text();
        List<int[]> stretches = new ArrayList<>();
        boolean[] open = {false};
        WordBoundaries.visit(text, 0, text.length(), (from, to) -> {
            boolean again = repeated.get(next[0]++);
            if (again && !open[0]) {
                stretches.add(new int[] {from, text.length()});
            } else if (!again && open[0]) {
                stretches.get(stretches.size() - 1)[1] = from;
            }
            open[0] = again;
        });
        next[0]++;
        ByteBuffer bytes = ByteBuffer.allocate(2 * Integer.BYTES * stretches.size());
        long[] counts = bySource.computeIfAbsent(document.source(), source -> new long[5]);
        counts[0]++;
        counts[2] += stretches.size();
        counts[3] += document.bytes();
        for (int[] each : stretches) {
            bytes.putInt(each[0]).putInt(each[1]);
            counts[4] += text.substring(each[0], each[1]).getBytes(StandardCharsets.UTF_8).length;
        }
        if (!stretches.isEmpty()) {
            counts[1]++;
            places.set(documents, cuts.add(bytes.array()) + 1);
        }
        String hash = Hash.of(text);
        hashes.set(documents++, first(hash));
        known = Hash.of(known + hash);
    }

    /** The first 64 bits of a hash. */
    private static long first(String hash) {
        return Long.parseUnsignedLong(hash.substring(0, 16), 16);
    }

    /** {@return what is taken out, by source: documents, how many of them have repeats, stretches, bytes} */
    public Table table() {
        Table table = Table.create("Repeated stretches");
        table.addColumns(StringColumn.create("source", bySource.keySet()));
        String[] names = {"documents", "with repeats", "stretches", "bytes", "bytes repeated"};
        for (int i = 0; i < names.length; i++) {
            LongColumn column = LongColumn.create(names[i]);
            for (long[] counts : bySource.values()) {
                column.append(counts[i]);
            }
            table.addColumns(column);
        }
        DoubleColumn share = DoubleColumn.create("share of bytes");
        for (long[] counts : bySource.values()) {
            share.append(counts[3] == 0 ? 0 : (double) counts[4] / counts[3]);
        }
        return table.addColumns(share);
    }

    @Override
    public String name() {
        return "repeated stretches";
    }

    /** The length of a stretch, and a hash of all texts among which it was looked for. */
    @Override
    public String settings() {
        return words + " words, " + documents + " documents, SHA-256 " + known;
    }

    /** A hash of the text, by which the document is known again. */
    @Override
    public byte[] key(Document document) {
        return ByteBuffer.allocate(Long.BYTES)
                .putLong(first(Hash.of(document.text())))
                .array();
    }

    /** Looks up what is to be taken out of the next document: where each stretch begins and ends. */
    @Override
    public Memory remember() {
        long[] next = {0};
        return (id, key) -> {
            long number = next[0]++;
            if (number >= documents
                    || hashes.get(number) != ByteBuffer.wrap(key).getLong()) {
                throw new KitException("Document " + id + " is not number " + (number + 1) + " of the " + documents
                        + " among which repeated stretches were looked for: give SubstringDuplicates the corpus as it"
                        + " comes to the step, and put the step first.");
            }
            long place = places.get(number) - 1;
            return place < 0 ? new byte[0] : cuts.get(place);
        };
    }

    @Override
    public Judge judge(byte[] known) {
        return (document, decision) -> {
            if (decision.length == 0) {
                return new Verdict.Keep(document);
            }
            String text = document.text();
            StringBuilder kept = new StringBuilder(text.length());
            int from = 0;
            for (ByteBuffer cut = ByteBuffer.wrap(decision); cut.hasRemaining(); ) {
                kept.append(text, from, cut.getInt());
                from = cut.getInt();
            }
            String left = kept.append(text, from, text.length()).toString().stripTrailing();
            return WordHashes.of(left).count() == 0
                    ? new Verdict.Drop(
                            "words that did not stand before", 0, 1.0, null, "stretches of earlier documents alone")
                    : new Verdict.Keep(document.withText(left));
        };
    }
}
