package kawi.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * A tokenizer of others' making in the steps of Hugging Face's {@code tokenizers}: added tokens are found, the text
 * between them is normalised and cut into pieces, and a model makes ids of each piece. {@link Tokenizer#load} reads
 * one; what this kit learns itself is a {@link Bpe}.
 */
public final class PipelineTokenizer implements Tokenizer {

    /** Makes ids of a part of a normalised text. */
    interface Body {
        /** @param first whether the text begins with this part */
        void encode(String part, boolean first, Ids ids);
    }

    /** A growing row of ids. */
    static final class Ids {
        private int[] ids = new int[64];
        private int count;

        void add(int id) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = id;
        }

        int[] all() {
            return Arrays.copyOf(ids, count);
        }
    }

    private final String kind;
    private final Supplier<byte[]> source; // a file that says the same, null where it is of a GGUF file
    private final byte[][] bytes;
    private final Map<String, Integer> specials = new LinkedHashMap<>();
    private final Map<String, Integer> added = new LinkedHashMap<>();
    private final AddedTokens asWritten;
    private final AddedTokens inNormal;
    private final UnaryOperator<String> normalizer;
    private final Body body;
    private final boolean spaceBefore;
    private final Map<String, Set<String>> rules = new HashMap<>();

    /**
     * @param kind in a few words
     * @param source makes the bytes of a file that says the same, null where none can be made
     * @param bytes of each id, null for one without a token
     * @param spaceBefore whether a decoded text loses a space that it begins with
     */
    PipelineTokenizer(
            String kind,
            Supplier<byte[]> source,
            byte[][] bytes,
            List<AddedTokens.Token> tokens,
            UnaryOperator<String> normalizer,
            Body body,
            boolean spaceBefore) {
        this.kind = kind;
        this.source = source;
        this.bytes = bytes;
        this.normalizer = normalizer;
        this.body = body;
        this.spaceBefore = spaceBefore;
        for (AddedTokens.Token token : tokens) {
            Set<String> own = new HashSet<>();
            if (token.lstrip()) own.add("lstrip");
            if (token.rstrip()) own.add("rstrip");
            if (token.singleWord()) own.add("single_word");
            rules.put(token.content(), Set.copyOf(own));
        }
        tokens.stream()
                .sorted((a, b) -> Integer.compare(a.id(), b.id()))
                .forEach(token -> (token.special() ? specials : added).put(token.content(), token.id()));
        this.asWritten =
                new AddedTokens(tokens.stream().filter(t -> !t.normalized()).toList());
        this.inNormal = new AddedTokens(tokens.stream()
                .filter(AddedTokens.Token::normalized)
                .map(t -> new AddedTokens.Token(
                        normalizer.apply(t.content()),
                        t.id(),
                        t.special(),
                        true,
                        t.lstrip(),
                        t.rstrip(),
                        t.singleWord()))
                .filter(t -> !t.content().isEmpty())
                .toList());
    }

    @Override
    public int size() {
        return bytes.length;
    }

    @Override
    public int[] encode(String text) {
        return encodeWithSpecials(text, at -> false);
    }

    @Override
    public int[] encodeWithSpecials(String text, IntPredicate meant) {
        String whole = new String(Utf8.bytes(text), StandardCharsets.UTF_8);
        Ids ids = new Ids();
        for (AddedTokens.Part part : asWritten.split(whole, meant)) {
            if (part.token() != null) {
                ids.add(part.token().id());
                continue;
            }
            String normal = normalizer.apply(whole.substring(part.from(), part.to()));
            // A special token in the normalised text is one only where all that it may come from may be one.
            boolean may = true;
            for (int i = part.from(); may && i < part.to(); i++) {
                may = meant.test(i);
            }
            boolean specialsToo = may;
            for (AddedTokens.Part inner : inNormal.split(normal, at -> specialsToo)) {
                if (inner.token() != null) {
                    ids.add(inner.token().id());
                } else {
                    body.encode(normal.substring(inner.from(), inner.to()), part.from() == 0 && inner.from() == 0, ids);
                }
            }
        }
        return ids.all();
    }

    @Override
    public boolean knows(int id) {
        return Tokenizer.super.knows(id) && bytes[id] != null;
    }

    @Override
    public byte[] bytes(int id) {
        check(id);
        return bytes[id].clone();
    }

    @Override
    public String decode(int[] ids) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(ids.length * 4);
        for (int id : ids) {
            check(id);
            text.writeBytes(bytes[id]);
        }
        String all = text.toString(StandardCharsets.UTF_8);
        return spaceBefore && all.startsWith(" ") ? all.substring(1) : all;
    }

    @Override
    public Map<String, Integer> specials() {
        return Collections.unmodifiableMap(specials);
    }

    /** {@return tokens that are found in any text before it is cut, and are no special ones, with their ids} */
    public Map<String, Integer> added() {
        return Collections.unmodifiableMap(added);
    }

    /**
     * {@return by which of lstrip, rstrip and single_word a token is found}
     *
     * @param token its text
     */
    public Set<String> rules(String token) {
        return rules.getOrDefault(token, Set.of());
    }

    /** Writes the file that it was read from, or one that says the same. */
    @Override
    public void save(Path tokenizerJson) {
        if (source == null) {
            throw new KitException("This tokenizer (" + kind + ") stands in a GGUF file: take tokenizer.json from the"
                    + " model's folder.");
        }
        AtomicFile.write(tokenizerJson, "writing the tokenizer", out -> out.write(source.get()));
    }

    @Override
    public String toString() {
        return kind + " of " + size() + " tokens";
    }
}
