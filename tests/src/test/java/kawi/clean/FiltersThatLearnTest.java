package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import kawi.corpus.Document;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class FiltersThatLearnTest {
    private static final String WORDS = "the committee met again on tuesday to read letters about a new harbour wall";

    private static List<String> sentences(int number, String often, long seed) {
        Random random = new Random(seed);
        String[] words = WORDS.split(" ");
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            StringBuilder sentence = new StringBuilder();
            for (int n = 0; n < 8; n++) {
                sentence.append(n == 4 ? often : words[random.nextInt(words.length)])
                        .append(' ');
            }
            sentences.add(sentence.toString());
        }
        return sentences;
    }

    private static NgramClassifier learned() {
        return NgramClassifier.train(Labelled.of(sentences(60, "thank you", 1), sentences(60, "click here", 2)), 1);
    }

    private static Document document(String text) {
        return Document.collected("s", "p", null, null, null, "g", "CC0-1.0", "https://example.org/", text);
    }

    @Test
    void whatTellsTheKindsApartIsLearned() {
        NgramClassifier classifier = learned();
        for (String each : sentences(40, "thank you", 3)) {
            assertTrue(classifier.probability(each) < 0.3, each);
        }
        for (String each : sentences(40, "CLICK, here!", 4)) {
            assertTrue(classifier.probability(each) > 0.7, "whatever the case and the punctuation: " + each);
        }
    }

    @Test
    void whatItLearnedFromIsRecordedWithEachTextsKind() {
        String data = "+" + Hash.of("good") + "\n-" + Hash.of("bad") + "\n";
        assertEquals(
                Hash.of(data),
                NgramClassifier.train(Labelled.of(List.of("good"), List.of("bad")), 1)
                        .made()
                        .get("texts SHA-256"));
        String said = assertThrows(
                        KitException.class,
                        () -> NgramClassifier.train(Labelled.of(List.of(), List.of("a", "b", "c")), 1))
                .getMessage();
        assertTrue(said.contains("from 0 wanted and 3 unwanted texts"), said);
    }

    @Test
    void aPairOfWordsIsMoreThanItsWords() {
        List<String> wanted = new ArrayList<>();
        List<String> unwanted = new ArrayList<>();
        for (String filling : WORDS.split(" ")) {
            wanted.add("left right " + filling + " up down");
            unwanted.add("right left " + filling + " down up");
        }
        NgramClassifier classifier = NgramClassifier.train(Labelled.of(wanted, unwanted), 1);
        assertTrue(classifier.probability("left right") < 0.4);
        assertTrue(classifier.probability("right left") > 0.6);
        assertTrue(classifier.probability("down up") > 0.6, "the last pair as well");
    }

    @Test
    void aLongTextHasNoLargerSayThanAShortOne() {
        NgramClassifier classifier = learned();
        String one = "click here";
        assertEquals(classifier.probability(one), classifier.probability(one + " click here click here"), 0.2);
        assertEquals(
                classifier.probability("click"),
                classifier.probability("click " + "unheard".repeat(3) + " of things besides"),
                0.3);
        double alone = classifier.probability("click");
        double repeated = classifier.probability("click click");
        assertNotEquals(alone, repeated, "the pair is a feature");
        assertEquals(repeated, classifier.probability("click click click"), "each feature counts once");
    }

    @Test
    void theSameTextsAndSeedGiveTheSameClassifierAndTheirHashIsRecorded() {
        List<Labelled> texts = Labelled.of(sentences(9, "thank you", 1), sentences(7, "click here", 2));
        NgramClassifier one = NgramClassifier.train(texts, 1);
        NgramClassifier same = NgramClassifier.train(List.copyOf(texts), 1);
        NgramClassifier other = NgramClassifier.train(texts, 2);
        assertEquals(one.probability("click here now"), same.probability("click here now"));
        assertNotEquals(one.probability("click here now"), other.probability("click here now"));
        assertEquals(one.made(), same.made());
        assertEquals(9L, one.made().get("wanted"));
        assertEquals(7L, one.made().get("unwanted"));
        assertEquals(2L, other.made().get("seed"));
        Set<Object> hashes = new HashSet<>(List.of(one.made().get("texts SHA-256")));
        List<Labelled> turned = texts.stream()
                .map(each -> new Labelled(each.text(), !each.unwanted()))
                .toList();
        List<Labelled> changed = new ArrayList<>(texts);
        changed.set(3, new Labelled("another text", false));
        assertTrue(hashes.add(NgramClassifier.train(turned, 1).made().get("texts SHA-256")), "labels count");
        assertTrue(hashes.add(NgramClassifier.train(changed, 1).made().get("texts SHA-256")), "texts count");
    }

    @Test
    void textsOfOneKindAloneAreRefused() {
        List<String> texts = sentences(3, "thank you", 1);
        assertThrows(KitException.class, () -> NgramClassifier.train(Labelled.of(texts, List.of()), 1));
        assertThrows(KitException.class, () -> NgramClassifier.train(Labelled.of(List.of(), texts), 1));
        assertThrows(KitException.class, () -> NgramClassifier.train(List.of(), 1));
    }

    @Test
    void theThresholdLosesNoMoreThanItMayAndALowerOneWould() {
        NgramClassifier classifier = learned();
        List<String> mixed = new ArrayList<>(sentences(70, "thank you", 5));
        mixed.addAll(sentences(30, "thank you here", 6));
        List<Labelled> validation = Labelled.of(mixed, sentences(50, "click here", 7));
        for (double share : new double[] {0, 0.01, 0.1, 0.105, 0.5, 0.99}) {
            double threshold = classifier.threshold(validation, share);
            NgramClassifier.Scores scores = classifier.scores(validation, threshold);
            assertTrue(scores.lost() <= share * 100, share + ": " + scores);
            NgramClassifier.Scores lower = classifier.scores(validation, Math.nextDown(threshold));
            assertTrue(lower.lost() > share * 100, share + ": " + lower);
        }
        List<Labelled> none = Labelled.of(List.of(), List.of("click here"));
        assertThrows(KitException.class, () -> classifier.threshold(none, 0.1));
        for (double share : new double[] {-0.01, 1, Double.NaN}) {
            assertThrows(KitException.class, () -> classifier.threshold(validation, share));
        }
    }

    @Test
    void scoresAreCountedByHand() {
        NgramClassifier classifier = learned();
        double high = classifier.probability("click here");
        double low = classifier.probability("thank you");
        assertTrue(high > low);
        List<Labelled> texts = Labelled.of(
                List.of("click here", "thank you", "thank you", "thank you"), List.of("click here", "thank you"));
        NgramClassifier.Scores scores = classifier.scores(texts, low);
        assertEquals(new NgramClassifier.Scores(low, 1, 2, 1, 4), scores);
        assertEquals(0.5, scores.precision().value());
        assertEquals(0.5, scores.recall().value());
        assertEquals(0.25, scores.cost().value());
        assertTrue(scores.cost().low() < 0.25 && scores.cost().high() > 0.25);
        assertEquals(new NgramClassifier.Scores(high, 0, 2, 0, 4), classifier.scores(texts, high), "at it is kept");
    }

    @Test
    void theFilterDropsWhatIsAboveItsThresholdAndSaysWhy() {
        NgramClassifier classifier = learned();
        double threshold = classifier.probability("thank you for the letter");
        RuleFilter filter = classifier.filter("learned quality", "probability of unsolicited", threshold);
        assertTrue(filter.independent());
        assertInstanceOf(Verdict.Keep.class, filter.judge(document("thank you for the letter")));
        Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, filter.judge(document("click here")));
        assertEquals("probability of unsolicited", drop.measure());
        assertEquals(classifier.probability("click here"), drop.value());
        assertEquals(threshold, drop.high());
        assertEquals("learned quality", filter.name());
    }

    @Test
    void aBadPassageOfALongTextIsFoundAmongItsPassages() {
        NgramClassifier classifier = learned();
        String text = "thank you for letters " + "click here click here " + "a new harbour wall " + "click";
        List<String> passages =
                List.of("thank you for letters", "click here click here", "a new harbour wall", "click");
        double threshold = classifier.probability("a new harbour wall");
        long above = passages.stream()
                .filter(each -> classifier.probability(each) > threshold)
                .count();
        assertEquals(2, above);
        assertEquals(above / 4.0, classifier.share(text, 4, threshold));
        assertEquals(1, classifier.share("click", 4, threshold));
        assertEquals(0, classifier.share("", 4, threshold));
        assertEquals(0, classifier.share("", 4, 0));
        assertEquals(
                Stream.of(text.split(" "))
                                .filter(each -> classifier.probability(each) > threshold)
                                .count()
                        / 13.0,
                classifier.share(text, 1, threshold));
        assertThrows(KitException.class, () -> classifier.share(text, 0, threshold));
        RuleFilter half = classifier.passages("toxicity", "share of toxic passages", 4, threshold, 0.5);
        assertInstanceOf(Verdict.Keep.class, half.judge(document(text)));
        RuleFilter less = classifier.passages("toxicity", "share of toxic passages", 4, threshold, 0.49);
        Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, less.judge(document(text)));
        assertEquals(0.5, drop.value());
        assertEquals("share of toxic passages", drop.measure());
    }

    @Test
    void aTextWithoutWordsHasAProbability() {
        double none = learned().probability("...");
        assertTrue(none > 0.4 && none < 0.6, "the bias alone: " + none);
    }

    @Test
    void noTextIsInTwoPartsAndMoreTextsMoveNone() {
        List<Labelled> texts = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            texts.add(new Labelled("text " + i % 1500, i % 3 == 0));
        }
        Labelled.Parts parts = Labelled.Parts.of(texts);
        Set<String> seen = new HashSet<>();
        List<Labelled> all = new ArrayList<>();
        for (List<Labelled> part : List.of(parts.learned(), parts.validation(), parts.test())) {
            Set<String> own = new HashSet<>();
            part.forEach(each -> own.add(each.text()));
            own.forEach(text -> assertTrue(seen.add(text), text));
            all.addAll(part);
        }
        assertEquals(new HashSet<>(texts), new HashSet<>(all));
        assertEquals(new HashSet<>(all).size(), all.size(), "equal ones once");
        assertEquals(300, parts.test().size(), 60);
        assertEquals(300, parts.validation().size(), 60);
        List<Labelled> more = new ArrayList<>(List.of(new Labelled("one more", true)));
        more.addAll(texts);
        assertTrue(Labelled.Parts.of(more).test().containsAll(parts.test()));
        assertTrue(Labelled.Parts.of(more).learned().containsAll(parts.learned()));
    }
}
