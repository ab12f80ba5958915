package kawi.text;

import java.util.ArrayList;
import java.util.List;
import opennlp.tools.lemmatizer.LemmatizerME;
import opennlp.tools.lemmatizer.LemmatizerModel;
import opennlp.tools.postag.POSModel;
import opennlp.tools.postag.POSTaggerME;
import opennlp.tools.tokenize.TokenizerME;
import opennlp.tools.tokenize.TokenizerModel;

/**
 * Takes an English sentence apart into words with their parts of speech and lemmas (the form a dictionary lists), by
 * OpenNLP's models.
 *
 * <p>The lemma depends on the part of speech, and that on the sentence: "saw" is "see" or "saw". Lemmas come in lower
 * case, as the model gives them; a contraction may have two, as "be+not" for "wasn't". Some thousands of words a
 * second.
 */
public final class Lemmatizer {

    /**
     * A word of a sentence.
     *
     * @param text as it stands in the sentence
     * @param tag its part of speech in the Universal Dependencies tag set (NOUN, VERB, PROPN, ...)
     * @param lemma its dictionary form
     */
    public record Word(String text, String tag, String lemma) {}

    /** OpenNLP's tools remember their last sentence: one set for each thread, one set of models for all. */
    private static final ThreadLocal<Lemmatizer> TOOLS = ThreadLocal.withInitial(Lemmatizer::new);

    private static final class Loaded {
        static final TokenizerModel TOKENS = Models.load(Models.TOKENS, TokenizerModel::new);
        static final POSModel TAGS = Models.load(Models.PARTS_OF_SPEECH, POSModel::new);
        static final LemmatizerModel LEMMAS = Models.load(Models.LEMMAS, LemmatizerModel::new);
    }

    private final TokenizerME tokens = new TokenizerME(Loaded.TOKENS);
    private final POSTaggerME tags = new POSTaggerME(Loaded.TAGS);
    private final LemmatizerME lemmas = new LemmatizerME(Loaded.LEMMAS);

    private Lemmatizer() {}

    /**
     * {@return the words of one sentence, punctuation included}
     *
     * @param sentence a sentence in English
     */
    public static List<Word> words(String sentence) {
        Lemmatizer tools = TOOLS.get();
        String[] texts = tools.tokens.tokenize(sentence);
        String[] tags = tools.tags.tag(texts);
        String[] lemmas = tools.lemmas.lemmatize(texts, tags);
        List<Word> words = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) words.add(new Word(texts[i], tags[i], lemmas[i]));
        return words;
    }
}
