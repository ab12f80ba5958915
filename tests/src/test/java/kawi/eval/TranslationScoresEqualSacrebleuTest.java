package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import kawi.stats.Metric;
import org.junit.jupiter.api.Test;

class TranslationScoresEqualSacrebleuTest {

    private static final JsonNode FIGURES = Fixtures.read("translations.json");

    @Test
    void corpusBleuWithPrecisionsPenaltyAndSignature() {
        assertEquals(9, FIGURES.get("cases").size());
        for (JsonNode figure : FIGURES.get("cases")) {
            Bleu bleu = Bleu.corpus(Fixtures.texts(figure.get("hypotheses")), references(figure));
            String name = figure.get("name").asText();
            assertEquals(figure.get("bleu").asDouble(), bleu.score(), 1e-9, name);
            assertArrayEquals(Fixtures.numbers(figure.get("precisions")), bleu.precisions(), 1e-9, name);
            assertEquals(figure.get("bp").asDouble(), bleu.brevityPenalty(), 1e-9, name);
            assertEquals(ours(figure, "bleuSignature"), bleu.signature(), name);
        }
    }

    /** A signature says which program made the score, and the kit is not sacrebleu. */
    private static String ours(JsonNode figure, String signature) {
        return figure.get(signature).asText().replace("|version:", "|by:kawi|as:sacrebleu-");
    }

    @Test
    void sentenceBleu() {
        for (JsonNode figure : FIGURES.get("cases")) {
            List<String> hypotheses = Fixtures.texts(figure.get("hypotheses"));
            for (int i = 0; i < hypotheses.size(); i++) {
                assertEquals(
                        figure.get("sentenceBleu").get(i).asDouble(),
                        Bleu.sentence(hypotheses.get(i), references(figure).get(i)),
                        1e-9,
                        hypotheses.get(i));
            }
        }
    }

    @Test
    void chrfOfCorpusAndSentenceAndChrfPlusPlus() {
        for (JsonNode figure : FIGURES.get("cases")) {
            List<String> hypotheses = Fixtures.texts(figure.get("hypotheses"));
            Chrf chrf = Chrf.corpus(hypotheses, references(figure));
            Chrf plus = Chrf.plusPlus(hypotheses, references(figure));
            assertEquals(
                    figure.get("chrf").asDouble(),
                    chrf.score(),
                    1e-9,
                    figure.get("name").asText());
            assertEquals(
                    figure.get("chrfPlus").asDouble(),
                    plus.score(),
                    1e-9,
                    figure.get("name").asText());
            assertEquals(ours(figure, "chrfSignature"), chrf.signature());
            assertEquals(ours(figure, "chrfPlusSignature"), plus.signature());
            for (int i = 0; i < hypotheses.size(); i++) {
                assertEquals(
                        figure.get("sentenceChrf").get(i).asDouble(),
                        Chrf.sentence(hypotheses.get(i), references(figure).get(i)),
                        1e-9,
                        hypotheses.get(i));
            }
        }
    }

    @Test
    void tokenisationOf13a() {
        for (JsonNode figure : FIGURES.get("tokenized")) {
            assertEquals(
                    Fixtures.texts(figure.get("tokens")),
                    Bleu.tokenize(figure.get("text").asText()));
        }
    }

    @Test
    void aPerfectTranslationScoresHundredAndHasNoIntervalForNothingVaries() {
        List<String> texts = Collections.nCopies(20, "The file was saved to the disk, and it was closed.");
        Interval interval =
                Bleu.corpus(texts, texts.stream().map(List::of).toList()).interval(1);
        assertEquals(100, interval.value(), 1e-9);
        assertEquals("no spread in 20 examples", interval.reason());
        assertEquals(
                100, Chrf.corpus(texts, texts.stream().map(List::of).toList()).score(), 1e-9);
    }

    @Test
    void unequalNumbersAreRefusedInOneSentence() {
        String message = assertThrows(KitException.class, () -> Bleu.corpus(List.of("a"), List.of()))
                .getMessage();
        assertTrue(message.contains("1 hypotheses against 0 references"), message);
    }

    @Test
    void placeholdersMustSurviveAsTheyAre() {
        Metric kept = Placeholders.survival(
                List.of("Open %(name)s", "Page {0} of {1}", "No placeholder", "%s of %d"),
                List.of("Ouvrir %(name)s", "Page {1} sur {0}", "Rien", "%s de %s"));
        assertEquals(3, kept.size());
        assertEquals(2.0 / 3, kept.score(), 1e-12);
    }

    private static List<List<String>> references(JsonNode figure) {
        List<List<String>> references = new ArrayList<>();
        figure.get("references").forEach(node -> references.add(Fixtures.texts(node)));
        return references;
    }
}
