package kawi.text;

import java.util.List;

/**
 * One id a word with the space before it, as {@link Splitter#GPT2} cuts them: short sequences, but every word outside
 * the vocabulary is lost; to compare others with.
 */
public final class WordTokenizer extends WordLevel {

    WordTokenizer(List<String> vocabulary) {
        super(vocabulary);
    }

    /**
     * {@return the {@code size} most frequent words of the texts, counting the end of text and the unknown; all of them
     * if they are fewer}
     *
     * @param texts texts to count words in
     * @param size most ids wanted, the end of text and the unknown among them
     */
    public static WordTokenizer train(Iterable<String> texts, int size) {
        Counts counts = new Counts();
        for (String text : texts) counts.add(Splitter.GPT2.split(text));
        return new WordTokenizer(counts.vocabulary(size));
    }

    /**
     * {@return the words of a text as a reader counts them, those of {@link WordBoundaries}}
     *
     * @param text a text
     */
    public static List<String> in(String text) {
        return WordBoundaries.words(text);
    }

    @Override
    public WordTokenizer first(int size) {
        return new WordTokenizer(
                vocabulary().subList(0, Math.min(Math.max(size, 2), vocabulary().size())));
    }

    @Override
    List<String> split(String text) {
        return Splitter.GPT2.split(text);
    }
}
