package kawi.eval;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;

/**
 * Passages of long texts, for a score that cannot afford the whole: spread evenly over all texts, the same at every
 * call.
 */
public final class Excerpts {

    private Excerpts() {}

    /**
     * Passages of about equal length, each beginning and ending between two words.
     *
     * <p>All texts are thought of as laid end to end; passages begin at equal distances, so a text twice as long gives
     * twice as many. A passage never runs over the end of its text, and one of less than a tenth of the length is left
     * out.
     *
     * @param texts the long texts
     * @param characters most characters of a passage, at least 1
     * @param most most passages, at least 1; fewer where the texts have not enough
     * @return the passages, in the texts' order
     * @throws KitException for numbers below 1
     */
    public static List<String> of(List<String> texts, int characters, int most) {
        return of(texts, characters, most, new ArrayList<>());
    }

    /**
     * {@return for each of these passages, the index of the text that it is from} Passages of one text resemble each
     * other: {@link Perplexity#byDocument} draws whole texts.
     *
     * @param texts the long texts
     * @param characters most characters of a passage, at least 1
     * @param most most passages, at least 1
     * @throws KitException for numbers below 1
     */
    public static List<Integer> origins(List<String> texts, int characters, int most) {
        List<Integer> origins = new ArrayList<>();
        of(texts, characters, most, origins);
        return origins;
    }

    /**
     * The beginnings of texts, for a model that reads every document from its first word: no more characters of all
     * together than asked for, each text with as large a share as any other, and what a short one leaves goes to the
     * longer. Each ends between two words. Of more texts than may be begun, those are taken that lie at equal distances
     * in the list.
     *
     * @param texts the texts, in an order that does not matter for what they are
     * @param characters most characters of all beginnings together, at least 1
     * @param most most texts that are begun, at least 1
     * @return the beginnings, in the texts' order; blank texts are left out
     * @throws KitException for numbers below 1
     */
    public static List<String> beginnings(List<String> texts, int characters, int most) {
        if (characters < 1 || most < 1) {
            throw new KitException("Beginnings of " + most + " texts with " + characters
                    + " characters cannot be cut: give at least 1 of each.");
        }
        List<String> all = texts.stream().filter(text -> !text.isBlank()).toList();
        int count = Math.min(most, all.size());
        List<String> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            begun.add(all.get((int) ((long) i * all.size() / count)));
        }
        int share = 0;
        long left = characters;
        int waiting = count;
        for (int length : begun.stream().mapToInt(String::length).sorted().toArray()) {
            share = (int) Math.max(share, left / waiting--);
            left -= Math.min(length, share);
        }
        int each = share;
        return begun.stream()
                .map(text -> cut(text, 0, each))
                .filter(text -> !text.isBlank())
                .toList();
    }

    private static List<String> of(List<String> texts, int characters, int most, List<Integer> origins) {
        if (characters < 1 || most < 1) {
            throw new KitException(
                    most + " passages of " + characters + " characters cannot be cut: give at least 1 of each.");
        }
        long total = texts.stream().mapToLong(String::length).sum();
        long count = Math.min(most, Math.max(1, total / characters));
        List<String> excerpts = new ArrayList<>();
        long passed = 0;
        long next = 0;
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            for (; next < count && next * total / count < passed + text.length(); next++) {
                String excerpt = cut(text, (int) Math.max(0, next * total / count - passed), characters);
                if (excerpt.length() * 10L >= characters) {
                    excerpts.add(excerpt);
                    origins.add(i);
                }
            }
            passed += text.length();
        }
        return excerpts;
    }

    private static String cut(String text, int from, int characters) {
        int start = from;
        while (start > 0 && start < text.length() && !WhitespaceTokens.space(text.charAt(start - 1))) {
            start++;
        }
        int end = Math.min(text.length(), start + characters);
        while (end < text.length() && end > start && !WhitespaceTokens.space(text.charAt(end))) {
            end--;
        }
        return text.substring(start, end).strip();
    }
}
