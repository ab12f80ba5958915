package kawi.clean;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * The texts that were kept: which of them may be like another, by bands of their signatures, and how like they are,
 * counted over their shingles. A band leads to the last document that lies in it, and each document to the one before
 * it.
 */
final class SimilarTexts implements RememberingStep.Memory {
    /** Components of a signature, each a byte. */
    static final int COMPONENTS = 128;

    private static final int MOST_ROWS = Long.BYTES;
    private static final double FOUND = 0.94;

    private final double threshold;
    private final int rows;
    private final int bands;
    private final LongTable last = new LongTable();
    private final BigLongs before = new BigLongs();
    private final BigLongs places = new BigLongs();
    private final ByteLog seen = new ByteLog();
    private long documents;

    SimilarTexts(double threshold) {
        this.threshold = threshold;
        this.rows = rows(threshold);
        this.bands = COMPONENTS / rows;
    }

    /** {@return how many components a band has: as many as find a pair at the threshold often enough, at most 8} */
    static int rows(double threshold) {
        int rows = MOST_ROWS;
        while (rows > 1 && found(threshold, rows) < FOUND) {
            rows--;
        }
        return rows;
    }

    /** {@return the probability that two texts of a similarity have a band in common} */
    static double found(double similarity, int rows) {
        return 1 - Math.pow(1 - Math.pow(similarity, rows), COMPONENTS / rows);
    }

    /** {@return what is looked at in a text: its signature, and its shingles in order} */
    static byte[] key(byte[] signature, int[] shingles) {
        ByteBuffer key = ByteBuffer.allocate(COMPONENTS + Integer.BYTES * shingles.length);
        key.put(signature);
        for (int shingle : shingles) {
            key.putInt(shingle);
        }
        return key.array();
    }

    /** How like an earlier text it is and that one's id, or nothing where no earlier one is like enough. */
    @Override
    public byte[] decide(String id, byte[] key) {
        if (key.length == 0) {
            return new byte[0]; // without words there is nothing to be similar in
        }
        byte[] shingles = new byte[key.length - COMPONENTS];
        System.arraycopy(key, COMPONENTS, shingles, 0, shingles.length);
        long nearest = -1;
        double closest = threshold;
        Set<Long> compared = new HashSet<>();
        for (int i = 0; i < bands; i++) {
            for (long other = last.get(band(key, i)); other >= 0; other = before.get(bands * other + i) - 1) {
                if (!compared.add(other)) {
                    continue;
                }
                double similarity = similarity(shingles, places.get(other), closest);
                if (similarity > closest || similarity == closest && (nearest < 0 || other < nearest)) {
                    closest = similarity;
                    nearest = other;
                }
            }
        }
        if (nearest >= 0) {
            long place = places.get(nearest);
            byte[] name = seen.get(seen.behind(place));
            return ByteBuffer.allocate(Double.BYTES + name.length)
                    .putDouble(closest)
                    .put(name)
                    .array();
        }
        places.set(documents, seen.add(shingles));
        seen.add(id);
        for (int i = 0; i < bands; i++) {
            before.set(bands * documents + i, last.put(band(key, i), documents) + 1);
        }
        documents++;
        return new byte[0];
    }

    /** Jaccard's similarity of two sets; -1 where their sizes alone keep it below what it must reach. */
    private double similarity(byte[] one, long place, double least) {
        int smaller = Math.min(one.length, seen.length(place));
        int larger = Math.max(one.length, seen.length(place));
        if ((double) smaller / larger < least) {
            return -1;
        }
        ByteBuffer first = ByteBuffer.wrap(one);
        ByteBuffer second = ByteBuffer.wrap(seen.get(place));
        int both = 0;
        int all = 0;
        while (first.hasRemaining() && second.hasRemaining()) {
            int a = first.getInt(first.position());
            int b = second.getInt(second.position());
            if (a <= b) {
                first.getInt();
            }
            if (b <= a) {
                second.getInt();
            }
            both += a == b ? 1 : 0;
            all++;
        }
        all += (first.remaining() + second.remaining()) / Integer.BYTES;
        return (double) both / all;
    }

    private long band(byte[] signature, int band) {
        long key = 0;
        for (int i = band * rows; i < (band + 1) * rows; i++) {
            key = key << Byte.SIZE | signature[i] & 0xFF;
        }
        return key ^ (band + 1) * 0x9E3779B97F4A7C15L; // the bands share a table, and short ones have equal keys
    }
}
