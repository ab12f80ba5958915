package kawi.text;

import java.util.Locale;
import opennlp.tools.stemmer.PorterStemmer;

/**
 * Cuts the endings off English words by Porter's rules (Porter 1980, "An algorithm for suffix stripping"), as OpenNLP
 * has them.
 *
 * <p>Fast and blind: "universal" and "university" both become "univers", "mice" stays "mice".
 */
public final class Stemmer {

    private static final ThreadLocal<PorterStemmer> PORTER = ThreadLocal.withInitial(PorterStemmer::new);

    private Stemmer() {}

    /**
     * {@return the stem of a word, in lower case}
     *
     * @param word an English word
     */
    public static String stem(String word) {
        return PORTER.get().stem(word.toLowerCase(Locale.ROOT));
    }
}
