package kawi.text;

import java.util.List;

/**
 * One id a character (Unicode code point): the smallest vocabulary and the longest sequences, to compare others with.
 */
public final class CharacterTokenizer extends WordLevel {

    CharacterTokenizer(List<String> vocabulary) {
        super(vocabulary);
    }

    /**
     * {@return the {@code size} most frequent characters of the texts, counting the end of text and the unknown; all of
     * them if they are fewer}
     *
     * @param texts texts to count characters in
     * @param size most ids wanted, the end of text and the unknown among them
     */
    public static CharacterTokenizer train(Iterable<String> texts, int size) {
        Counts counts = new Counts();
        for (String text : texts) counts.add(characters(text));
        return new CharacterTokenizer(counts.vocabulary(size));
    }

    private static List<String> characters(String text) {
        return text.codePoints()
                .mapToObj(c -> c >= 0xD800 && c <= 0xDFFF ? "\uFFFD" : Character.toString(c))
                .toList();
    }

    @Override
    public CharacterTokenizer first(int size) {
        return new CharacterTokenizer(
                vocabulary().subList(0, Math.min(Math.max(size, 2), vocabulary().size())));
    }

    @Override
    List<String> split(String text) {
        return characters(text);
    }
}
