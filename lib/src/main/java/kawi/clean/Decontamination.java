package kawi.clean;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.LongPredicate;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.corpus.Split;
import kawi.evidence.Hash;
import kawi.evidence.KitException;

/**
 * Drops training documents that hold too much of what the model will be tested on, so that a good score is not a good
 * memory.
 *
 * <p>Measured is the share of a document's runs of {@code words} words (13 in GPT-3's report, Brown et al. 2020,
 * appendix C) that stand, in any case and with any punctuation, in a validation or test document that came by earlier.
 * Words are those of {@link kawi.text.WordBoundaries}; a document of fewer words is one run, so that it is found where
 * it equals a held-out document but not where it is a part of one.
 *
 * <p>What is tested on and lies outside the corpus, such as the questions of a public benchmark, is named with
 * {@link #against}.
 *
 * <p>It must see held-out documents first: {@link #heldOutFirst} puts them there, which also makes a duplicates step
 * drop the training copy and not the tested one. In another order it refuses to go on.
 */
public final class Decontamination implements RememberingStep {

    private static final byte TRAINING = 0;
    private static final byte HELD_OUT = 1;

    private final int words;
    private final double share;
    private final List<String> tests;

    private Decontamination(int words, double share, List<String> tests) {
        if (words < 1 || !(share >= 0 && share <= 1)) {
            throw new KitException("Runs of " + words + " words and a share of " + share
                    + " make no decontamination: give one word or more, and a share of 0 to 1.");
        }
        this.words = words;
        this.share = share;
        this.tests = tests;
    }

    /**
     * Drops training documents more than {@code share} (0 to 1) of whose runs of {@code words} words are in held-out
     * text.
     *
     * @param words length of a run in words, at least 1
     * @param share share of a document's runs that may be in held-out text, 0 to 1
     * @return the step
     * @throws KitException where {@code words} is below 1 or {@code share} not from 0 to 1
     */
    public static Decontamination of(int words, double share) {
        return new Decontamination(words, share, List.of());
    }

    /**
     * {@return the same, which also drops every training document that holds a single run of words of some test texts:
     * the questions of a benchmark are short, and a long document that quotes one gives it away}
     *
     * @param tests texts of test sets; one shorter than a run is found where a document is nothing else
     */
    public Decontamination against(List<String> tests) {
        return new Decontamination(words, share, List.copyOf(tests));
    }

    /**
     * {@return the corpus with its test documents first, then validation, then training, each part in the order it was}
     *
     * @param corpus a corpus in any order; it is read three times for each reading
     */
    public static Corpus heldOutFirst(Corpus corpus) {
        return new HeldOutFirst(corpus);
    }

    private record HeldOutFirst(Corpus whole) implements Corpus {
        @Override
        public long size() {
            return whole.size();
        }

        @Override
        public List<Skipped> skipped() {
            return whole.skipped();
        }

        @Override
        public Iterator<Document> iterator() {
            return new InTurn(whole);
        }
    }

    /** Part after part. Not a stream's {@code flatMap}, whose iterator holds a whole part in memory. */
    private static final class InTurn implements Iterator<Document> {
        private final Corpus whole;
        private final Iterator<Split> parts =
                List.of(Split.TEST, Split.VALIDATION, Split.TRAIN).iterator();
        private Iterator<Document> part = Collections.emptyIterator();

        InTurn(Corpus whole) {
            this.whole = whole;
        }

        @Override
        public boolean hasNext() {
            while (!part.hasNext() && parts.hasNext()) {
                part = whole.split(parts.next()).iterator();
            }
            return part.hasNext();
        }

        @Override
        public Document next() {
            if (!hasNext()) {
                throw new NoSuchElementException("all documents were read");
            }
            return part.next();
        }
    }

    @Override
    public String toString() {
        return "runs of " + words + " words, at most " + share + " of a document's"
                + (tests.isEmpty() ? "" : ", none of " + tests.size() + " texts of test sets");
    }

    @Override
    public String name() {
        return "decontamination";
    }

    @Override
    public String settings() {
        StringBuilder against = new StringBuilder();
        tests.forEach(test -> against.append(test.length()).append(':').append(test));
        return words + " words, " + share + ", against " + Hash.of(against.toString());
    }

    /**
     * Of a held-out document the hashes of its runs; of a training document nothing, for nothing of it is remembered.
     */
    @Override
    public byte[] key(Document document) {
        if (document.split() == Split.TRAIN) {
            return new byte[] {TRAINING};
        }
        long[] runs = WordHashes.of(document.text()).runs(words);
        ByteBuffer key = ByteBuffer.allocate(1 + Long.BYTES * runs.length).put(HELD_OUT);
        key.asLongBuffer().put(runs);
        return key.array();
    }

    @Override
    public Memory remember() {
        return new HeldOut();
    }

    /** The runs of held-out documents, of which none may come after a training document. */
    private static final class HeldOut implements Memory {
        private final LongTable runs = new LongTable();
        private boolean training;

        @Override
        public byte[] decide(String id, byte[] key) {
            if (key[0] == TRAINING) {
                training = true;
            } else {
                if (training) {
                    throw tooLate(id);
                }
                LongBuffer own = ByteBuffer.wrap(key, 1, key.length - 1).slice().asLongBuffer();
                while (own.hasRemaining()) {
                    runs.put(own.get(), 0);
                }
            }
            return new byte[0];
        }

        @Override
        public byte[] known() {
            ByteBuffer known = ByteBuffer.allocate(Math.toIntExact(Math.multiplyExact(Long.BYTES, runs.size())));
            LongBuffer all = known.asLongBuffer();
            runs.hashes(all::put);
            long[] sorted = new long[all.position()];
            all.flip().get(sorted);
            Arrays.sort(sorted);
            all.clear().put(sorted);
            return known.array();
        }
    }

    private static KitException tooLate(String heldOut) {
        return new KitException("Decontamination met the held-out document " + heldOut
                + " after training documents that it could not compare with it: run the pipeline over"
                + " Decontamination.heldOutFirst(corpus).");
    }

    @Override
    public Judge judge(byte[] known) {
        LongBuffer all = ByteBuffer.wrap(known).asLongBuffer();
        LongSet heldOut = new LongSet(all.remaining());
        while (all.hasRemaining()) {
            heldOut.add(all.get());
        }
        return judgeBy(heldOut::contains);
    }

    /** All held-out documents were seen before the first that is judged by them, and none may come later. */
    @Override
    public Judge judge(Memory memory) {
        LongTable heldOut = ((HeldOut) memory).runs;
        return judgeBy(run -> heldOut.get(run) >= 0);
    }

    private Judge judgeBy(LongPredicate heldOut) {
        Set<Long> tested = tested();
        return (document, decision) -> document.split() == Split.TRAIN
                ? verdict(document, WordHashes.of(document.text()).runs(words), heldOut, tested)
                : new Verdict.Keep(document);
    }

    /** {@return the runs of the test sets' texts} */
    private Set<Long> tested() {
        Set<Long> tested = new HashSet<>();
        for (String test : tests) {
            for (long run : WordHashes.of(test).runs(words)) tested.add(run);
        }
        return tested;
    }

    private Verdict verdict(Document document, long[] runs, LongPredicate heldOut, Set<Long> tested) {
        int seen = 0;
        int given = 0;
        for (long run : runs) {
            if (tested.contains(run)) given++;
            if (heldOut.test(run)) seen++;
        }
        if (given > 0) {
            return new Verdict.Drop("runs of " + words + " words of a test set", given, null, 0.0, null);
        }
        double found = runs.length == 0 ? 0 : (double) seen / runs.length;
        return found <= share
                ? new Verdict.Keep(document)
                : new Verdict.Drop(
                        "runs of " + words + " words in held-out text",
                        found,
                        null,
                        share,
                        seen + " of " + runs.length);
    }
}
