package kawi.clean;

import com.dynatrace.hash4j.similarity.ElementHashProvider;
import com.dynatrace.hash4j.similarity.SimilarityHashPolicy;
import com.dynatrace.hash4j.similarity.SimilarityHasher;
import com.dynatrace.hash4j.similarity.SimilarityHashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import kawi.corpus.Document;
import kawi.evidence.Hash;
import kawi.evidence.KitException;

/**
 * Steps that drop documents seen before; the first of equals stays. Words are those of
 * {@link kawi.text.WordBoundaries}, so that two texts that differ in case or punctuation only are near-duplicates.
 *
 * <p>What they remember of a document, about 100 bytes for equal texts and 1,000 for similar ones, lies on disk beyond
 * the first few hundred kilobytes ({@link BigLongs}), so that memory does not grow with the corpus.
 *
 * <p>The other finder of near-duplicates, {@code NearDuplicates} of the room {@code tune}, says why there are two.
 */
public final class Duplicates {
    /**
     * Components of a signature, in bands of eight: two documents of similarity s meet in a band with 1 - (1 - s^8)^16.
     */
    private static final int COMPONENTS = 128;

    private static final int BAND = 8;
    /** Words in a shingle. */
    private static final int SHINGLE = 5;

    private static final SimilarityHashPolicy SIGNATURES = SimilarityHashing.superMinHash(COMPONENTS, 8);

    private Duplicates() {}

    /**
     * Drops a document whose text, apart from case and white space, is that of an earlier one.
     *
     * @return the step
     */
    public static Step exact() {
        return new RememberingStep() {
            @Override
            public String name() {
                return "exact duplicates";
            }

            @Override
            public String settings() {
                return "";
            }

            @Override
            public byte[] key(Document document) {
                return HexFormat.of().parseHex(Hash.of(plain(document.text())));
            }

            @Override
            public Memory remember() {
                return new Texts();
            }

            @Override
            public Judge judge(byte[] known) {
                return (document, decision) -> decision.length == 0
                        ? new Verdict.Keep(document)
                        : new Verdict.Drop(
                                "equal to an earlier text",
                                1,
                                null,
                                0.0,
                                "the same as " + new String(decision, StandardCharsets.UTF_8));
            }
        };
    }

    /**
     * Drops a document whose words are nearly those of an earlier one.
     *
     * <p>Similarity is Jaccard's over sets of five-word shingles, estimated by MinHash signatures (Broder 1997; here
     * SuperMinHash, Ertl 2017) of 128 components of 8 bits; candidates meet by locality-sensitive hashing in 16 bands
     * of 8. At a threshold of 0.8 a pair exactly at the threshold is found with probability 0.95. A text of fewer words
     * than five is one shingle; a text of no words is kept.
     *
     * @param threshold similarity above which a document is dropped, from 0 to below 1
     * @return the step
     * @throws KitException where the threshold is not such a number
     */
    public static Step near(double threshold) {
        if (!(threshold >= 0 && threshold < 1)) {
            throw new KitException("Documents of a similarity of " + threshold
                    + " cannot be told from others: give a threshold from 0 to below 1, such as 0.8.");
        }
        return new RememberingStep() {
            private final ThreadLocal<SimilarityHasher> hasher = ThreadLocal.withInitial(SIGNATURES::createHasher);

            @Override
            public String name() {
                return "near duplicates";
            }

            @Override
            public String settings() {
                return "above " + threshold;
            }

            @Override
            public byte[] key(Document document) {
                long[] shingles = shingles(document.text());
                return shingles.length == 0
                        ? new byte[0]
                        : hasher.get().compute(ElementHashProvider.ofValues(shingles));
            }

            @Override
            public Memory remember() {
                return new Signatures(threshold);
            }

            @Override
            public Judge judge(byte[] known) {
                return (document, decision) -> {
                    if (decision.length == 0) {
                        return new Verdict.Keep(document);
                    }
                    ByteBuffer said = ByteBuffer.wrap(decision);
                    return new Verdict.Drop(
                            "similarity to an earlier text",
                            said.getDouble(),
                            null,
                            threshold,
                            "much like " + StandardCharsets.UTF_8.decode(said));
                };
            }
        };
    }

    /**
     * Similarity of two texts, 0 to 1, counted exactly over their five-word shingles.
     *
     * @param one a text
     * @param other another
     * @return Jaccard's similarity; 1 where neither has a word
     */
    public static double similarity(String one, String other) {
        Set<Long> first = new HashSet<>();
        Set<Long> second = new HashSet<>();
        for (long shingle : shingles(one)) {
            first.add(shingle);
        }
        for (long shingle : shingles(other)) {
            second.add(shingle);
        }
        long both = first.stream().filter(second::contains).count();
        long all = first.size() + second.size() - both;
        return all == 0 ? 1 : (double) both / all;
    }

    /** The hashes of all texts, each with the id of the first document that had it. */
    private static final class Texts implements RememberingStep.Memory {
        private final LongTable places = new LongTable();
        private final ByteLog seen = new ByteLog();

        @Override
        public byte[] decide(String id, byte[] key) {
            long hash = ByteBuffer.wrap(key).getLong();
            for (long place; (place = places.get(hash)) >= 0; hash++) { // two texts may begin with the same hash
                if (Arrays.equals(seen.get(place), key)) {
                    return seen.get(place + 1 + (key.length + Long.BYTES - 1) / Long.BYTES);
                }
            }
            places.put(hash, seen.add(key));
            seen.add(id);
            return new byte[0];
        }
    }

    /**
     * The signatures of documents that were kept, and in which bands each lies. A band leads to the last document that
     * lies in it, and each document to the one before it.
     */
    private static final class Signatures implements RememberingStep.Memory {
        private static final int BANDS = COMPONENTS / BAND;

        private final double threshold;
        private final LongTable last = new LongTable();
        private final BigLongs before = new BigLongs();
        private final BigLongs places = new BigLongs();
        private final ByteLog seen = new ByteLog();
        private long documents;

        Signatures(double threshold) {
            this.threshold = threshold;
        }

        @Override
        public byte[] decide(String id, byte[] signature) {
            if (signature.length == 0) {
                return new byte[0]; // without words there is nothing to be similar in
            }
            long nearest = -1;
            double closest = 0;
            Set<Long> compared = new HashSet<>();
            for (int i = 0; i < BANDS; i++) {
                for (long other = last.get(key(signature, i)); other >= 0; other = before.get(BANDS * other + i) - 1) {
                    double similarity = compared.add(other) ? similarity(signature, seen.get(places.get(other))) : 0;
                    if (similarity > closest || similarity == closest && other < nearest) {
                        closest = similarity;
                        nearest = other;
                    }
                }
            }
            if (nearest >= 0 && closest > threshold) {
                byte[] name = seen.get(places.get(nearest) + 1 + COMPONENTS / Long.BYTES);
                return ByteBuffer.allocate(Double.BYTES + name.length)
                        .putDouble(closest)
                        .put(name)
                        .array();
            }
            places.set(documents, seen.add(signature));
            seen.add(id);
            for (int i = 0; i < BANDS; i++) {
                before.set(BANDS * documents + i, last.put(key(signature, i), documents) + 1);
            }
            documents++;
            return new byte[0];
        }

        /** Equal components, less those that are equal by chance, one in 256. */
        private static double similarity(byte[] one, byte[] other) {
            double equal = SIGNATURES.getFractionOfEqualComponents(one, other);
            return Math.max(0, (equal - 1 / 256.0) / (1 - 1 / 256.0));
        }

        private static long key(byte[] signature, int band) {
            long key = 0;
            for (int i = band * BAND; i < (band + 1) * BAND; i++) {
                key = key << 8 | SIGNATURES.getComponent(signature, i);
            }
            return (key + band) * 0x9E3779B97F4A7C15L; // the bands share a table
        }
    }

    /** The text in lower case, every run of white space one space: what must be equal in exact duplicates. */
    private static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        boolean gap = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                gap = true;
            } else {
                if (gap && plain.length() > 0) {
                    plain.append(' ');
                }
                gap = false;
                plain.append(c);
            }
        }
        return plain.toString().toLowerCase(Locale.ROOT);
    }

    private static long[] shingles(String text) {
        return WordHashes.of(text).runs(SHINGLE);
    }
}
