package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import kawi.readers.Packed;
import kawi.text.StopWords;
import kawi.text.WordBoundaries;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Paragraphs of Wikipedia in many languages (XQuAD, Artetxe et al. 2020: the same 240 in each), of the languages whose
 * file is at hand, pass the rules of their language; junk made of them does not.
 */
class GoodParagraphsOfEachLanguageAreKeptTest {
    private static final Map<String, List<String>> PARAGRAPHS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String language : StopWords.languages()) {
            for (String place : Stream.of(
                            System.getenv("KAWI_DATA_MIRROR"),
                            System.getProperty("kawi.home", "..") + "/datasets/cache")
                    .filter(folder -> folder != null)
                    .toList()) {
                Path file = Path.of(place, "xquad", "xquad." + language + ".json");
                if (Files.exists(file) && !PARAGRAPHS.containsKey(language)) {
                    List<String> paragraphs = new ArrayList<>();
                    for (JsonNode article :
                            new ObjectMapper().readTree(file.toFile()).get("data")) {
                        article.get("paragraphs")
                                .forEach(p -> paragraphs.add(p.get("context").asText()));
                    }
                    assertEquals(240, paragraphs.size(), language);
                    PARAGRAPHS.put(language, paragraphs);
                }
            }
        }
        assumeTrue(!PARAGRAPHS.isEmpty(), "xquad is neither in KAWI_DATA_MIRROR nor in datasets/cache");
    }

    private static double kept(RuleFilter filter, List<String> texts) {
        return (double) texts.stream()
                        .filter(text -> filter.judge(Packed.document("x", text)) instanceof Verdict.Keep)
                        .count()
                / texts.size();
    }

    private static List<String> changed(List<String> texts, UnaryOperator<String> change) {
        return texts.stream().map(change).toList();
    }

    /** The paper's 50 words are a rule for pages, and some of these paragraphs are shorter: it is left out here. */
    @Test
    void atLeast95OfAHundredPassTheRulesOfTheirLanguage() {
        PARAGRAPHS.forEach((language, paragraphs) -> {
            double quality = kept(Quality.gopher(language).move("words", null, null), paragraphs);
            assertTrue(quality >= 0.95, language + " quality " + quality);
            double repetition = kept(Repetition.gopher(language), paragraphs);
            assertTrue(repetition >= 0.95, language + " repetition " + repetition);
        });
    }

    /** A paragraph has one line: where it ends in "[citation needed]" or a bracket, no line ends in punctuation. */
    @Test
    void atLeast95OfAHundredThatEndASentencePassFineWebsRules() {
        PARAGRAPHS.forEach((language, paragraphs) -> {
            assertTrue(kept(Quality.fineWeb(language), paragraphs) >= 0.9, language);
            List<String> ended = paragraphs.stream()
                    .filter(text -> !text.strip().matches("(?s).*[\\])）:：]"))
                    .toList();
            assertTrue(ended.size() >= 200, language);
            double fineWeb = kept(Quality.fineWeb(language), ended);
            assertTrue(fineWeb >= 0.95, language + " FineWeb " + fineWeb);
        });
    }

    @Test
    void aLanguagesOwnStopWordsAreMoreOfItsTextsThanThoseOfAnyOther() {
        PARAGRAPHS.forEach((language, paragraphs) -> {
            List<String> words = paragraphs.stream()
                    .flatMap(text -> WordBoundaries.words(text.toLowerCase(Locale.ROOT), language).stream())
                    .toList();
            Map<String, Long> found = new TreeMap<>();
            for (String list : StopWords.languages()) {
                found.put(
                        list,
                        words.stream().filter(StopWords.of(list)::contains).count());
            }
            long own = found.remove(language);
            found.forEach((other, count) -> assertTrue(own > count, other + " is found more often in " + language));
            assertTrue(own >= words.size() / 8, language + " " + own + " of " + words.size());
        });
    }

    @Test
    void ofThoseWithFiftyWordsAtLeast95OfAHundredPassTheWholeFilter() {
        PARAGRAPHS.forEach((language, paragraphs) -> {
            List<String> pages = paragraphs.stream()
                    .filter(text -> new TextFeatures(text, language).words().length >= 50)
                    .toList();
            assertTrue(pages.size() >= 120, language + " " + pages.size());
            assertTrue(kept(Quality.gopher(language), pages) >= 0.95, language);
        });
    }

    @Test
    void linesAgainAndAgainAndWordsOneALineFall() {
        PARAGRAPHS.forEach((language, paragraphs) -> {
            List<String> again = changed(paragraphs, text -> (text.substring(0, text.length() / 3) + "\n").repeat(3));
            assertEquals(0, kept(Repetition.gopher(language), again), language);
            List<String> menu =
                    changed(paragraphs, text -> String.join("\n", new TextFeatures(text, language).words()));
            assertEquals(0, kept(Quality.fineWeb(language), menu), language);
        });
    }
}
