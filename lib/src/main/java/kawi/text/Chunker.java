package kawi.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;

/**
 * Cuts a long text into overlapping chunks that fit a model's context, or that a search can point to.
 *
 * <p>Overlap keeps together, in one chunk at least, what a border would tear apart. Chunks by tokens are of equal
 * length and may begin in the middle of a sentence; chunks by sentences end where sentences end and are of unequal
 * length.
 */
public final class Chunker {

    /**
     * A chunk of a text.
     *
     * @param index its place among the chunks, from 0
     * @param tokens its length in tokens
     * @param text its text
     */
    public record Chunk(int index, int tokens, String text) {}

    private final Tokenizer tokenizer;
    private final int size;
    private final int overlap;

    /**
     * Chunks of at most {@code size} tokens, each beginning with the last {@code overlap} tokens, or about that many,
     * of the one before.
     *
     * @param tokenizer what counts the tokens
     * @param size most tokens of a chunk
     * @param overlap tokens that two neighbours share, 0 to {@code size - 1}
     * @throws KitException where the size is below 1, or the overlap is negative or not below the size
     */
    public Chunker(Tokenizer tokenizer, int size, int overlap) {
        if (size < 1 || overlap < 0 || overlap >= size) {
            throw new KitException("Chunks of " + size + " tokens cannot overlap by " + overlap
                    + ": the overlap must be from 0 to one less than the size.");
        }
        this.tokenizer = tokenizer;
        this.size = size;
        this.overlap = overlap;
    }

    /**
     * {@return windows of tokens; a character is never cut in two, so that a window may be a token or more shorter}
     *
     * @param text a text
     */
    public List<Chunk> byTokens(String text) {
        int[] ids = tokenizer.encode(text);
        List<Chunk> chunks = new ArrayList<>();
        for (int from = 0; from < ids.length; ) {
            int to = from + size >= ids.length ? ids.length : start(ids, from, from + size);
            chunks.add(new Chunk(chunks.size(), to - from, tokenizer.decode(Arrays.copyOfRange(ids, from, to))));
            if (to == ids.length) break;
            from = Math.max(from + 1, start(ids, from, to - overlap));
            while (from < to && !begins(ids[from])) from++; // where the overlap is less than a character, there is none
        }
        return chunks;
    }

    /**
     * The last place at or before {@code at}, but after {@code from}, where a character begins; {@code at} itself if
     * there is none.
     */
    private int start(int[] ids, int from, int at) {
        for (int place = at; place > from; place--) {
            if (begins(ids[place])) return place;
        }
        return at;
    }

    private boolean begins(int id) {
        byte[] bytes = tokenizer.bytes(id);
        return bytes.length == 0 || (bytes[0] & 0xC0) != 0x80;
    }

    /**
     * Whole sentences, as many as fit; a sentence longer than a chunk is cut into windows of its own.
     *
     * @param text a text
     * @return the chunks in order
     */
    public List<Chunk> bySentences(String text) {
        List<Chunk> chunks = new ArrayList<>();
        List<String> held = new ArrayList<>();
        boolean fresh = false;
        for (String sentence : Sentences.in(text)) {
            if (!held.isEmpty() && tokens(held) + tokens(List.of(" " + sentence)) > size) {
                if (fresh) chunks.add(chunk(chunks.size(), held));
                fresh = false;
                while (!held.isEmpty()
                        && (tokens(held) > overlap || tokens(held) + tokens(List.of(" " + sentence)) > size))
                    held.remove(0);
            }
            if (tokens(List.of(sentence)) > size) {
                for (Chunk window : byTokens(sentence))
                    chunks.add(new Chunk(chunks.size(), window.tokens, window.text));
                continue; // whatever was held did not fit beside it, and is gone
            }
            held.add(sentence);
            fresh = true;
        }
        if (fresh) chunks.add(chunk(chunks.size(), held));
        return chunks;
    }

    private Chunk chunk(int index, List<String> sentences) {
        return new Chunk(index, tokens(sentences), String.join(" ", sentences));
    }

    private int tokens(List<String> sentences) {
        return tokenizer.encode(String.join(" ", sentences)).length;
    }
}
