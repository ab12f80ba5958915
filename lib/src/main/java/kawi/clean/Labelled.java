package kawi.clean;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import kawi.evidence.Hash;

/**
 * A text and whether a corpus is to be rid of its like.
 *
 * @param text the text
 * @param unwanted whether it is of the kind that is to go
 */
public record Labelled(String text, boolean unwanted) {
    /**
     * Three parts that share no text. Which part a text is in is decided by a hash of it, so that equal texts meet in
     * one part, where one of them is left out, and more texts move no other. Near-duplicates may still stand in two
     * parts: take them out before.
     *
     * @param learned three fifths or so, to learn from
     * @param validation a fifth, to choose a threshold on
     * @param test a fifth, to say what the threshold is worth
     */
    public record Parts(List<Labelled> learned, List<Labelled> validation, List<Labelled> test) {
        /**
         * {@return the parts of labelled texts, in their order}
         *
         * @param texts the texts; of equal ones with one label the first is taken
         */
        public static Parts of(List<Labelled> texts) {
            Set<Labelled> different = new LinkedHashSet<>(texts);
            Parts parts = new Parts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (Labelled each : different) {
                List<Labelled> part =
                        switch (Integer.parseInt(Hash.of(each.text).substring(0, 7), 16) % 5) {
                            case 0 -> parts.test;
                            case 1 -> parts.validation;
                            default -> parts.learned;
                        };
                part.add(each);
            }
            return parts;
        }
    }

    /**
     * {@return labelled texts of both kinds}
     *
     * @param wanted texts that are to stay
     * @param unwanted texts that are to go
     */
    public static List<Labelled> of(List<String> wanted, List<String> unwanted) {
        List<Labelled> texts = new ArrayList<>();
        wanted.forEach(text -> texts.add(new Labelled(text, false)));
        unwanted.forEach(text -> texts.add(new Labelled(text, true)));
        return texts;
    }
}
