package kawi.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.Progress;

/**
 * Byte-level byte-pair encoding, the tokenizer of the GPT family: any text has ids, and {@code decode(encode(text))} is
 * the text.
 *
 * <p>The vocabulary is written as in a Hugging Face {@code tokenizer.json}, each byte as a visible character (a space
 * reads Ġ). WordTokenizer already encoded are remembered, per thread, up to a bound; encoding is then little more than
 * splitting.
 */
public final class Bpe implements Tokenizer {

    private static final int REMEMBERED_WORDS = 1 << 16;
    private static final int LONGEST_REMEMBERED = 64;

    private final List<String> vocabulary;
    private final List<String> merges;
    private final Splitter splitter;
    private final Map<String, Integer> specials;
    private final Set<Integer> specialIds;
    private final List<BpeTrainer.Merge> learned;
    private final byte[][] bytes;
    private final int[] byteIds = new int[256];
    private final Merges table;
    private final Map<String, Integer> whole; // words that are tokens, by their bytes; null where merges decide alone
    private final ThreadLocal<Memory> memory = ThreadLocal.withInitial(Memory::new);

    private static final class Memory {
        final WordTable words = new WordTable();
        int[][] ids = new int[1 << 12][];
    }

    private Bpe(
            List<String> vocabulary,
            List<String> merges,
            Splitter splitter,
            Map<String, Integer> specials,
            List<BpeTrainer.Merge> learned,
            boolean wholeFirst,
            Merges table) {
        this.vocabulary = List.copyOf(vocabulary);
        this.merges = table == null ? List.copyOf(merges) : merges;
        this.splitter = splitter;
        this.learned = List.copyOf(learned);
        Map<String, Integer> inOrder = new LinkedHashMap<>();
        specials.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .forEach(e -> inOrder.put(e.getKey(), e.getValue()));
        this.specials = Collections.unmodifiableMap(inOrder);
        this.specialIds = Set.copyOf(inOrder.values());
        this.bytes = new byte[vocabulary.size()][];
        Map<String, Integer> ids = new HashMap<>(vocabulary.size() * 2);
        for (int id = 0; id < bytes.length; id++) {
            String token = vocabulary.get(id);
            bytes[id] = this.specials.getOrDefault(token, -1) == id
                    ? token.getBytes(StandardCharsets.UTF_8)
                    : ByteLevel.read(token);
            if (bytes[id] == null) bytes[id] = token.getBytes(StandardCharsets.UTF_8);
            ids.putIfAbsent(token, id);
        }
        for (int b = 0; b < 256; b++) byteIds[b] = ids.getOrDefault(String.valueOf(ByteLevel.character(b)), -1);
        this.whole = wholeFirst ? new HashMap<>(2 * bytes.length) : null;
        for (int id = 0; wholeFirst && id < bytes.length; id++) {
            if (!specialIds.contains(id) && knows(id))
                whole.putIfAbsent(new String(bytes[id], StandardCharsets.ISO_8859_1), id);
        }
        for (int id : byteIds) refuseOrdinary(id);
        this.table = table == null ? table(ids) : table;
    }

    private Merges table(Map<String, Integer> ids) {
        Merges made = new Merges(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            String merge = merges.get(rank);
            int space = merge.indexOf(' ', 1);
            if (space < 0)
                throw new KitException("Merge " + rank + " of the tokenizer, \"" + merge
                        + "\", is not two tokens with a space between.");
            String left = merge.substring(0, space);
            String right = merge.substring(space + 1);
            String what = "merge " + rank + ", \"" + merge + "\"";
            int id = known(ids, left + right, what);
            refuseOrdinary(id);
            made.put(rank, known(ids, left, what), known(ids, right, what), id);
        }
        return made;
    }

    /** What a byte or a merge becomes is no special token: else any text that holds it could speak as one. */
    private void refuseOrdinary(int id) {
        if (id >= 0 && specialIds.contains(id))
            throw new KitException("The special token \"" + vocabulary.get(id) + "\" (id " + id
                    + ") is also what ordinary text is encoded as, so that a user's text could end or begin a turn:"
                    + " give a tokenizer whose special tokens are no pieces of text.");
    }

    private static int known(Map<String, Integer> ids, String token, String what) {
        Integer id = ids.get(token);
        if (id == null)
            throw new KitException("The tokenizer's vocabulary has no token \"" + token + "\", which " + what
                    + " needs: the file is incomplete.");
        return id;
    }

    /**
     * Learns a tokenizer of {@code size} ids from texts, split as GPT-2 does; see {@link BpeTrainer}.
     *
     * @param texts texts to learn from, gone through once
     * @param size ids wanted, at least 257: the bytes, the end of text, and the merges; fewer come out where the texts
     *     have no more pairs
     * @param progress is told of the texts and the merges
     * @return the tokenizer
     */
    public static Bpe train(Iterable<String> texts, int size, Progress progress) {
        BpeTrainer trainer = new BpeTrainer(Splitter.GPT2);
        progress.begin("counting words", -1);
        for (String text : texts) {
            if (Thread.currentThread().isInterrupted()) break;
            trainer.add(text);
            progress.update(trainer.bytes(), trainer.words() + " different words");
        }
        progress.end(trainer.words() + " different words");
        return trainer.learn(size, progress);
    }

    /**
     * {@return a tokenizer with a given vocabulary}
     *
     * @param vocabulary tokens in order of id, in byte-level writing; special tokens as they are, and nothing where no
     *     token has the id. Where it lacks a byte (SmolLM2's lacks some control characters), encoding leaves the byte
     *     out, as Hugging Face's tokenizers do
     * @param merges "left right", in order of rank
     * @param splitter how texts are cut into words before merging
     * @param specials ids of the special tokens, each below {@code vocabulary.size()}
     */
    public static Bpe of(
            List<String> vocabulary, List<String> merges, Splitter splitter, Map<String, Integer> specials) {
        return of(vocabulary, merges, splitter, specials, false);
    }

    /**
     * {@return a tokenizer with a given vocabulary, which may take a word that is a token as that token, whatever the
     * merges would make of it (Llama 3's {@code ignore_merges})}
     *
     * @param vocabulary tokens in order of id, in byte-level writing; special tokens as they are
     * @param merges "left right", in order of rank
     * @param splitter how texts are cut into words before merging
     * @param specials ids of the special tokens, each below {@code vocabulary.size()}
     * @param wholeFirst whether a word that is a token is that token
     */
    public static Bpe of(
            List<String> vocabulary,
            List<String> merges,
            Splitter splitter,
            Map<String, Integer> specials,
            boolean wholeFirst) {
        specials.forEach((token, id) -> {
            if (id < 0 || id >= vocabulary.size()) {
                throw new KitException("The special token " + token + " has id " + id + ", but the vocabulary has "
                        + vocabulary.size() + " tokens.");
            }
        });
        return new Bpe(vocabulary, merges, splitter, specials, List.of(), wholeFirst, null);
    }

    /**
     * One in which any two neighbours are merged that together are a token, the lowest id first, and a word that is a
     * token is that token.
     *
     * @param vocabulary as in {@link #of}; what is special is no token that others make
     */
    static Bpe ranked(List<String> vocabulary, RankedMerges ranks, Splitter splitter, Map<String, Integer> specials) {
        return new Bpe(vocabulary, ranks.merges(vocabulary), splitter, specials, List.of(), true, ranks.table());
    }

    static Bpe learned(List<String> vocabulary, List<BpeTrainer.Merge> learned, Splitter splitter) {
        List<String> merges = new ArrayList<>();
        for (BpeTrainer.Merge merge : learned) merges.add(merge.left() + " " + merge.right());
        return new Bpe(vocabulary, merges, splitter, Map.of(END_OF_TEXT, 0), learned, false, null);
    }

    /**
     * What every vocabulary of the kit begins with: the end of text, then the bytes in order of the character that
     * writes them.
     */
    static List<String> alphabet() {
        char[] characters = new char[256];
        for (int b = 0; b < 256; b++) characters[b] = ByteLevel.character(b);
        Arrays.sort(characters);
        List<String> alphabet = new ArrayList<>(List.of(END_OF_TEXT));
        for (char c : characters) alphabet.add(String.valueOf(c));
        return alphabet;
    }

    /**
     * {@return the tokenizer a shorter training would have given: the first {@code size} ids} Only for a tokenizer
     * learned here.
     *
     * @param size ids wanted, at least 257
     */
    public Bpe first(int size) {
        int kept = 0;
        var known = new java.util.HashSet<>(alphabet());
        for (BpeTrainer.Merge merge : learned) {
            if (!known.contains(merge.made()) && known.size() >= size) break;
            known.add(merge.made());
            kept++;
        }
        return learned(vocabulary.subList(0, Math.min(size, vocabulary.size())), learned.subList(0, kept), splitter);
    }

    /** {@return the merges with the counts they were chosen by, in order; empty for a tokenizer that was loaded} */
    public List<BpeTrainer.Merge> learned() {
        return learned;
    }

    @Override
    public int size() {
        return bytes.length;
    }

    @Override
    public int[] encode(String text) {
        byte[] utf8 = Utf8.bytes(text);
        Memory remembered = memory.get();
        int[] ids = new int[utf8.length / 3 + 16];
        int count = 0;
        for (int from = 0, next; from < utf8.length; from = next) {
            next = splitter.next(utf8, from, utf8.length);
            int[] word = next - from <= LONGEST_REMEMBERED
                    ? remembered(remembered, utf8, from, next)
                    : merged(utf8, from, next);
            if (count + word.length > ids.length)
                ids = Arrays.copyOf(ids, Math.max(count + word.length, ids.length * 2));
            if (word.length == 1) ids[count] = word[0];
            else System.arraycopy(word, 0, ids, count, word.length);
            count += word.length;
        }
        return Arrays.copyOf(ids, count);
    }

    private int[] remembered(Memory memory, byte[] utf8, int from, int to) {
        int known = memory.words.size();
        int word = memory.words.index(utf8, from, to);
        if (word < known) return memory.ids[word];
        int[] ids = merged(utf8, from, to);
        if (word == REMEMBERED_WORDS) {
            memory.words.clear(); // the oldest memory is as good as any: begin anew
            return ids;
        }
        if (word == memory.ids.length) memory.ids = Arrays.copyOf(memory.ids, word * 2);
        return memory.ids[word] = ids;
    }

    private int[] merged(byte[] utf8, int from, int to) {
        Integer known =
                whole == null ? null : whole.get(new String(utf8, from, to - from, StandardCharsets.ISO_8859_1));
        if (known != null) return new int[] {known};
        int[] ids = new int[to - from];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            int id = byteIds[utf8[from + i] & 0xFF];
            if (id >= 0) ids[count++] = id;
        }
        if (count < ids.length) ids = Arrays.copyOf(ids, count);
        if (count == 0) return ids;
        return ids.length == 1 ? ids : Arrays.copyOf(ids, table.apply(ids));
    }

    @Override
    public byte[] bytes(int id) {
        check(id);
        return bytes[id].clone();
    }

    @Override
    public Map<String, Integer> specials() {
        return specials;
    }

    @Override
    public boolean knows(int id) {
        return Tokenizer.super.knows(id) && !vocabulary.get(id).isEmpty();
    }

    /** {@return the tokens in order of id, in byte-level writing; empty where no token has an id} */
    public List<String> vocabulary() {
        return vocabulary;
    }

    /** {@return the merges "left right" in order of rank, in byte-level writing} */
    public List<String> merges() {
        return merges;
    }

    /** {@return whether a word that is a token is that token, whatever the merges make of it} */
    public boolean wholeFirst() {
        return whole != null;
    }

    /** {@return how texts are cut into words before merging} */
    public Splitter splitter() {
        return splitter;
    }

    @Override
    public void save(Path tokenizerJson) {
        TokenizerJsonWriter.write(this, tokenizerJson);
    }

    @Override
    public String toString() {
        return "byte-level BPE of " + size() + " tokens";
    }
}
