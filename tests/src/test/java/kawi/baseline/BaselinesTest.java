package kawi.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.tune.Example;
import kawi.tune.Sentiment;
import org.junit.jupiter.api.Test;

class BaselinesTest {
    @Test
    void bagOfWordsFindsTheWordThatDecides() {
        Random random = new Random(3);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boolean good = random.nextBoolean();
            examples.add(Example.of(
                    "made",
                    "",
                    "film " + random.nextInt(5) + "a was " + (good ? "splendid" : "dreadful") + " on "
                            + (char) ('a' + random.nextInt(26)) + "day",
                    List.of(good ? "positive" : "negative")));
        }
        BagOfWords model = BagOfWords.train(examples, Sentiment.LABELS, 1);
        assertEquals(examples.stream().map(Example::answer).toList(), model.predict(examples));
        assertTrue(model.probability("a splendid evening") > 0.8 && model.probability("a dreadful evening") < 0.2);
        assertEquals(0.5, model.probability("unseen"), 0.2);
    }

    @Test
    void wordForWordLearnsPartnersAndCopiesPlaceholders() {
        List<Example> examples = List.of(
                pair("the house", "la maison"),
                pair("the door", "la porte"),
                pair("a house", "une maison"),
                pair("a door", "une porte"));
        IbmModel1 table = IbmModel1.train(examples);
        assertEquals("La maison %(name)s.", table.translate("The house %(name)s."));
    }

    @Test
    void likeliestSentenceTakesTheSentenceThatSharesWordsWithTheQuestion() {
        Example example = Example.of(
                "made",
                "Cuts a text. It takes n, the number of characters. It fails with NullPointerException if the "
                        + "text is null.",
                "When does cut throw NullPointerException?",
                List.of("if the text is null"));
        assertEquals(
                List.of("It fails with NullPointerException if the text is null"),
                new WordOverlapBaseline().predict(List.of(example)));
    }

    private static Example pair(String english, String french) {
        return Example.of("made", "", english, List.of(french));
    }

    @Test
    void whatABaselineCannotUseIsRefusedInOneSentence() {
        Example labelled = Example.of("films", "", "good", List.of("positive"));
        List<String> labels = List.of("negative", "positive");
        assertThrows(KitException.class, () -> BagOfWords.train(List.of(), labels, 1));
        assertThrows(KitException.class, () -> BagOfWords.train(List.of(labelled), List.of("positive"), 1));
        assertTrue(assertThrows(
                        KitException.class,
                        () -> BagOfWords.train(
                                List.of(labelled, Example.of("films", "", "so-so", List.of("neutral"))), labels, 1))
                .getMessage()
                .contains("'neutral' is none of the labels [negative, positive]"));
        for (String wrong : List.of("get", "", "(int x)", "Type.(int x)", "get(int x")) {
            assertTrue(assertThrows(
                            KitException.class,
                            () -> new MethodNameBaseline()
                                    .predict(List.of(Example.of("made", "", wrong, List.of("Gets.")))))
                    .getMessage()
                    .contains("is no signature"));
        }
    }
}
