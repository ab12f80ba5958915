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
 * <p>What they remember of a document, about 100 bytes for equal texts and, at a threshold of 0.8, 1,000 and 4 for each
 * word for similar ones (a low one takes several times that, and heap), lies on disk beyond the first few hundred
 * kilobytes ({@link BigLongs}), so that memory does not grow with the corpus.
 *
 * <p>The other finder of near-duplicates, {@code NearDuplicates} of the room {@code tune}, says why there are two.
 */
public final class Duplicates {
    /** Words in a shingle. */
    private static final int SHINGLE = 5;

    private static final SimilarityHashPolicy SIGNATURES = SimilarityHashing.superMinHash(SimilarTexts.COMPONENTS, 8);

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
     * <p>Similarity is Jaccard's over sets of five-word shingles. Candidates meet by locality-sensitive hashing of
     * MinHash signatures (Broder 1997; here SuperMinHash, Ertl 2017) of 128 components of 8 bits, in bands of at most 8
     * components, fewer for a low threshold; of each candidate the similarity is then counted, over 32-bit hashes of
     * the shingles. So what is dropped is as similar as it says, and of pairs at the threshold the share {@link #found}
     * is, which is 0.947 at 0.8. A text of fewer words than five is one shingle; a text of no words is kept.
     *
     * @param threshold similarity from which on a document is dropped, from 0 to below 1
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
                return "from " + threshold;
            }

            @Override
            public byte[] key(Document document) {
                long[] shingles = shingles(document.text());
                return shingles.length == 0
                        ? new byte[0]
                        : SimilarTexts.key(
                                hasher.get().compute(ElementHashProvider.ofValues(shingles)),
                                Arrays.stream(shingles)
                                        .mapToInt(shingle -> (int) (shingle >>> Integer.SIZE))
                                        .sorted()
                                        .distinct()
                                        .toArray());
            }

            @Override
            public Memory remember() {
                return new SimilarTexts(threshold);
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
                            Math.nextDown(threshold),
                            "much like " + StandardCharsets.UTF_8.decode(said));
                };
            }
        };
    }

    /**
     * {@return the share of pairs of texts of a similarity that {@link #near} finds, in [0, 1]: 1 - (1 - s^r)^b, in b =
     * 128/r bands, rounded down, of r components} At the threshold itself it is 0.94 or more, for thresholds of 0.03 or
     * more; a larger similarity is found more often. Below 0.21 a band is a single component, and nearly half of all
     * texts must be compared with each other.
     *
     * @param threshold the threshold of the step, from 0 to below 1
     * @param similarity of the two texts, from the threshold to 1
     */
    public static double found(double threshold, double similarity) {
        return SimilarTexts.found(similarity, SimilarTexts.rows(threshold));
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
                    return seen.get(seen.behind(place));
                }
            }
            places.put(hash, seen.add(key));
            seen.add(id);
            return new byte[0];
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
