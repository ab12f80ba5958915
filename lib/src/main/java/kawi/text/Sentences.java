package kawi.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import opennlp.tools.sentdetect.SentenceDetectorME;
import opennlp.tools.sentdetect.SentenceModel;

/**
 * Finds the sentences of English text with OpenNLP's model, trained on the Universal Dependencies English Web Treebank.
 *
 * <p>A sentence never crosses a blank line, whatever the model thinks.
 */
public final class Sentences {

    private static final Pattern BLANK_LINE = Pattern.compile("\\R\\s*\\R");

    /** OpenNLP's detectors remember their last text: one for each thread, one model for all. */
    private static final ThreadLocal<SentenceDetectorME> DETECTOR =
            ThreadLocal.withInitial(() -> new SentenceDetectorME(Model.LOADED));

    private static final class Model {
        static final SentenceModel LOADED = Models.load(Models.SENTENCES, SentenceModel::new);
    }

    private Sentences() {}

    /**
     * {@return the sentences of a text, in order, without the spaces around them}
     *
     * @param text a text in English
     */
    public static List<String> in(String text) {
        List<String> sentences = new ArrayList<>();
        for (String paragraph : paragraphs(text)) {
            for (String sentence : DETECTOR.get().sentDetect(paragraph)) {
                if (!sentence.isBlank()) sentences.add(sentence);
            }
        }
        return sentences;
    }

    /**
     * {@return the paragraphs of a text: what stands between blank lines}
     *
     * @param text a text
     */
    public static List<String> paragraphs(String text) {
        return BLANK_LINE
                .splitAsStream(text)
                .map(String::strip)
                .filter(paragraph -> !paragraph.isEmpty())
                .toList();
    }
}
