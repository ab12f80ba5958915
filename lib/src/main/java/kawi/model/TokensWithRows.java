package kawi.model;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import kawi.evidence.KitException;
import kawi.text.PipelineTokenizer;
import kawi.text.Tokenizer;

/**
 * A tokenizer of more tokens than its model's embedding has rows, where those beyond are special or added ones that no
 * ordinary text becomes: Gemma 3 of one billion parameters shares its tokenizer with models that read pictures, and has
 * no row for {@code <image_soft_token>}. Such a token is known, and a text that holds it is refused. Its ids are those
 * that have a row.
 */
final class TokensWithRows implements Tokenizer {

    private final Tokenizer inner;
    private final int rows;

    private TokensWithRows(Tokenizer inner, int rows) {
        this.inner = inner;
        this.rows = rows;
    }

    /**
     * {@return a tokenizer whose ids a model knows: itself where the model has a row for each}
     *
     * @param tokenizer the model's own
     * @param rows tokens that the model knows
     * @param of whose tokenizer it is, such as " of gemma-3-1b", or nothing
     * @throws KitException where a text's own tokens have no row: the tokenizer is another model's
     */
    static Tokenizer of(Tokenizer tokenizer, int rows, String of) {
        if (tokenizer.size() <= rows) {
            return tokenizer;
        }
        Set<Integer> added = new HashSet<>(tokenizer.specials().values());
        if (tokenizer instanceof PipelineTokenizer pipeline) {
            added.addAll(pipeline.added().values());
        }
        for (int id = rows; id < tokenizer.size(); id++) {
            if (tokenizer.knows(id) && !added.contains(id)) {
                throw new KitException("The tokenizer" + of + " has " + tokenizer.size()
                        + " tokens and the model knows " + rows + ", so that it has no row for '"
                        + tokenizer.decode(new int[] {id}) + "' (id " + id
                        + "), which texts become: take all files from the same model.");
            }
        }
        return new TokensWithRows(tokenizer, rows);
    }

    private int[] within(int[] ids) {
        for (int id : ids) {
            if (id >= rows) {
                throw new KitException("A text holds '" + inner.decode(new int[] {id}) + "', the token " + id
                        + ", for which the model has no row (it knows " + rows
                        + " tokens): its tokenizer is shared with a model that was trained on it; leave it out of the"
                        + " text.");
            }
        }
        return ids;
    }

    @Override
    public int[] encode(String text) {
        return within(inner.encode(text));
    }

    @Override
    public int[] encodeWithSpecials(String text, IntPredicate meant) {
        return within(inner.encodeWithSpecials(text, meant));
    }

    @Override
    public List<String> pieces(String text) {
        return inner.pieces(text);
    }

    @Override
    public int size() {
        return rows;
    }

    @Override
    public boolean knows(int id) {
        return id < rows && inner.knows(id);
    }

    @Override
    public byte[] bytes(int id) {
        return inner.bytes(id);
    }

    @Override
    public String decode(int[] ids) {
        return inner.decode(ids);
    }

    @Override
    public Map<String, Integer> specials() {
        return inner.specials();
    }

    @Override
    public void save(Path tokenizerJson) {
        inner.save(tokenizerJson);
    }

    @Override
    public String toString() {
        return inner + ", of which the model has rows for " + rows;
    }
}
