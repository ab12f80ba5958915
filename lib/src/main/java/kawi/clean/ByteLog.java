package kawi.clean;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes that are kept one behind the other and found by the place they got; large ones lie on disk. */
final class ByteLog {
    private final BigLongs longs = new BigLongs();
    private long end;

    /** Keeps bytes. {@return their place, from 0} */
    long add(byte[] bytes) {
        long place = end;
        longs.set(end++, bytes.length);
        ByteBuffer padded = ByteBuffer.allocate((bytes.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
        padded.put(bytes).clear();
        while (padded.hasRemaining()) {
            longs.set(end++, padded.getLong());
        }
        return place;
    }

    long add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the bytes at a place that {@link #add} gave} */
    byte[] get(long place) {
        int length = length(place);
        ByteBuffer padded = ByteBuffer.allocate((length + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
        for (long at = place + 1; padded.hasRemaining(); at++) {
            padded.putLong(longs.get(at));
        }
        byte[] bytes = new byte[length];
        padded.flip().get(bytes);
        return bytes;
    }

    /** {@return how many bytes lie at a place that {@link #add} gave} */
    int length(long place) {
        return (int) longs.get(place);
    }

    /** {@return the place of what was added next} */
    long behind(long place) {
        return place + 1 + (length(place) + Long.BYTES - 1) / Long.BYTES;
    }

    String text(long place) {
        return new String(get(place), StandardCharsets.UTF_8);
    }
}
