package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.evidence.KitException;
import kawi.readers.Packed;
import kawi.text.StopWords;
import org.junit.jupiter.api.Test;

/** Rules and bounds of each language; the texts are article 1 of the Universal Declaration of Human Rights (1948). */
class RulesByLanguageTest {
    private static final Map<String, String> ARTICLE = new TreeMap<>(Map.ofEntries(
            Map.entry(
                    "en",
                    "All human beings are born free and equal in dignity and rights. They are endowed with reason and"
                            + " conscience and should act towards one another in a spirit of brotherhood to be that."),
            Map.entry(
                    "de",
                    "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und"
                            + " Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen."),
            Map.entry(
                    "es",
                    "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de"
                            + " razón y conciencia, deben comportarse fraternalmente los unos con los otros."),
            Map.entry(
                    "fr",
                    "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison"
                            + " et de conscience et doivent agir les uns envers les autres dans un esprit de"
                            + " fraternité."),
            Map.entry(
                    "it",
                    "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione"
                            + " e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza."),
            Map.entry(
                    "pt",
                    "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de"
                            + " consciência, devem agir uns para com os outros em espírito de fraternidade."),
            Map.entry(
                    "nl",
                    "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met"
                            + " verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te"
                            + " gedragen."),
            Map.entry(
                    "ro",
                    "Toate ființele umane se nasc libere și egale în demnitate și în drepturi. Ele sunt înzestrate cu"
                            + " rațiune și conștiință și trebuie să se comporte unele față de altele în spiritul"
                            + " fraternității."),
            Map.entry(
                    "el",
                    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι"
                            + " προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με"
                            + " πνεύμα αδελφοσύνης."),
            Map.entry(
                    "ru",
                    "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и"
                            + " совестью и должны поступать в отношении друг друга в духе братства."),
            Map.entry(
                    "tr",
                    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve"
                            + " birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler."),
            Map.entry(
                    "vi",
                    "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người đều"
                            + " được tạo hóa ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng"
                            + " hữu."),
            Map.entry(
                    "ar",
                    "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق، وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم"
                            + " بعضا بروح الإخاء."),
            Map.entry(
                    "hi",
                    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि"
                            + " और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।"),
            Map.entry("zh", "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"),
            Map.entry("ja", "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。"),
            Map.entry(
                    "th",
                    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม"
                            + " และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ")));

    private static List<String> bounds(RuleFilter filter) {
        return filter.rules().stream()
                .map(rule -> rule.measure() + " " + rule.low() + " " + rule.high())
                .toList();
    }

    private static boolean keeps(RuleFilter filter, String text) {
        return filter.judge(Packed.document("x", text)) instanceof Verdict.Keep;
    }

    private static RuleFilter ofAnyLength(String language) {
        return Quality.gopher(language).move("words", null, null);
    }

    @Test
    void everyLanguageWithStopWordsHasThresholdsAndKeepsATextOfItsOwn() {
        assertEquals(List.copyOf(ARTICLE.keySet()), StopWords.languages());
        List<String> published = new ArrayList<>(FineWeb2.languages());
        published.add("en");
        published.sort(null);
        assertEquals(StopWords.languages(), published);
        ARTICLE.forEach((language, text) -> {
            assertInstanceOf(Verdict.Keep.class, ofAnyLength(language).judge(Packed.document("x", text)), language);
            assertInstanceOf(
                    Verdict.Keep.class, Repetition.gopher(language).judge(Packed.document("x", text)), language);
        });
    }

    @Test
    void aTextOfAnotherScriptHasNoneOfALanguagesStopWords() {
        for (String language : List.of("de", "ru", "el", "ar", "hi", "zh", "th")) {
            ARTICLE.forEach((other, text) -> {
                if (!other.equals(language)
                        && List.of("en", "ru", "el", "ar", "hi", "th").contains(other)) {
                    assertEquals(
                            other.equals("en") && language.equals("de") ? 1 : 0, // "in"
                            Quality.gopher(language).measures(text).get("different stop words"),
                            other + " by the rules of " + language);
                }
            });
        }
    }

    @Test
    void englishHasTheRulesOfThePapersThemselves() {
        assertEquals(bounds(Quality.gopher()), bounds(Quality.gopher("en")));
        assertEquals(bounds(Repetition.gopher()), bounds(Repetition.gopher("eng")));
        assertEquals(bounds(Quality.fineWeb()), bounds(Quality.fineWeb("en-GB")));
        assertEquals(
                Quality.gopher().measures("of the if it"), Quality.gopher("en").measures("of the if it"));
    }

    @Test
    void otherLanguagesHaveTheBoundsThatFineWeb2Published() {
        assertEquals(
                List.of(
                        "words 50.0 100000.0",
                        "mean word length null 15.0",
                        "symbols a word null 0.1",
                        "lines that are bullets null 0.9",
                        "lines that end in an ellipsis null 0.3",
                        "words with a letter 0.774 null",
                        "different stop words 2.0 null"),
                bounds(Quality.gopher("de")));
        assertEquals(
                List.of("mean word length 1.0 5.0", "words with a letter 0.735 null"),
                bounds(Quality.gopher("zh")).stream()
                        .filter(rule -> rule.startsWith("mean") || rule.startsWith("words with"))
                        .toList());
        assertEquals(
                List.of(
                        "lines seen before null 0.349",
                        "characters in the top 2-gram null 0.221",
                        "characters in the top 3-gram null 0.197",
                        "characters in the top 4-gram null 0.162",
                        "characters in 5-grams seen before null 0.185",
                        "characters in 6-grams seen before null 0.168",
                        "characters in 7-grams seen before null 0.152",
                        "characters in 8-grams seen before null 0.137",
                        "characters in 9-grams seen before null 0.124",
                        "characters in 10-grams seen before null 0.111"),
                bounds(Repetition.gopher("th")));
        assertEquals(
                List.of(
                        "lines that end in punctuation 0.231 null",
                        "characters in lines seen before null 0.1",
                        "line breaks a word null 0.139"),
                bounds(Quality.fineWeb("ru")));
        assertEquals(
                "lines that end in punctuation null null",
                bounds(Quality.fineWeb("de")).get(0));
    }

    @Test
    void aLanguageIsKnownByAnyOfItsCodes() {
        for (String[] same :
                new String[][] {{"de", "deu", "de-CH"}, {"zh", "zho", "cmn", "zh-Hant-TW"}, {"ar", "ara"}}) {
            for (String code : same) {
                assertEquals(bounds(Quality.gopher(same[0])), bounds(Quality.gopher(code)), code);
                assertEquals(StopWords.of(same[0]), StopWords.of(code), code);
                String text = ARTICLE.get(same[0]);
                assertEquals(
                        Quality.gopher(same[0]).measures(text),
                        Quality.gopher(code).measures(text),
                        code);
            }
        }
    }

    @Test
    void aLanguageOfWhichNothingIsKnownIsRefused() {
        for (String code : new String[] {"sw", "", "no such language", null}) {
            for (var rules : List.<java.util.function.Function<String, RuleFilter>>of(
                    Quality::gopher, Quality::fineWeb, Repetition::gopher)) {
                String message = assertThrows(KitException.class, () -> rules.apply(code))
                        .getMessage();
                assertTrue(message.contains("\"" + code + "\": name en or one of ar, de, el, es"), message);
            }
            String message =
                    assertThrows(KitException.class, () -> StopWords.of(code)).getMessage();
            assertTrue(message.contains("\"" + code + "\": name one of ar, de, el, en, es"), message);
        }
    }

    @Test
    void wordsOfLanguagesWithoutSpacesAreFoundByADictionary() {
        // 他们 | 赋有 or 赋 | 有 | ...: what matters is that no sentence is one word
        for (String language : List.of("zh", "ja", "th")) {
            String text = ARTICLE.get(language);
            double words = Quality.gopher(language).measures(text).get("words");
            assertTrue(words > 15 && words < text.length() / 1.4, language + " " + words);
        }
        assertEquals(List.of("我们", "在", "北京", "大学"), List.of(new TextFeatures("我们在北京, 大学。", "zh").words()));
        assertEquals(1, new TextFeatures("我们在北京", null).words().length);
        assertEquals(2, new TextFeatures("wir sind, ", "de").words().length);
        assertEquals("sind,", new TextFeatures("wir sind, ", "de").words()[1]);
        assertEquals(0, new TextFeatures(" 。", "zh").words().length);
    }

    @Test
    void aListOfLinksAndALineAgainAndAgainFallInEveryLanguage() {
        ARTICLE.forEach((language, text) -> {
            StringBuilder menu = new StringBuilder();
            for (String word : new TextFeatures(text, language).words()) {
                menu.append(word.replaceAll("[.,、。]", "")).append('\n');
            }
            assertTrue(!keeps(Quality.fineWeb(language), menu.toString()), language);
            assertTrue(keeps(Quality.fineWeb(language), text + "."), language);
            String again = (text + "\n").repeat(6);
            assertTrue(!keeps(Repetition.gopher(language), again), language);
            assertTrue(!keeps(Quality.fineWeb(language), again), language);
        });
    }

    @Test
    void linesThatComeAgainAreCountedAndNotWeighed() {
        Map<String, Double> measures = Repetition.gopher("de").measures("ein langer Satz\nja\nja\nja");
        assertEquals(2 / 4.0, measures.get("lines seen before"), 1e-12);
    }

    @Test
    void aLongerRunMayComeAgainLess() {
        for (String language : FineWeb2.languages()) {
            FineWeb2 published = FineWeb2.of(language);
            for (List<Double> bounds : List.of(published.top(), published.seen())) {
                for (int i = 1; i < bounds.size(); i++) {
                    assertTrue(bounds.get(i) < bounds.get(i - 1) && bounds.get(i) > 0.08, language + bounds);
                }
                assertTrue(bounds.get(0) < 0.4, language + bounds);
            }
            assertTrue(published.linesSeen() > 0.2 && published.linesSeen() < 0.35, language);
            assertTrue(published.letters() > 0.7 && published.letters() <= 0.9, language);
            assertTrue(published.longest() >= 5 && published.longest() <= 21, language);
            assertEquals(language, published.language());
        }
    }

    @Test
    void aRunOfWordsThatComesAgainIsFoundWithoutSpaces() {
        String again = "我们在北京大学学习中文".repeat(8);
        assertTrue(Repetition.gopher("zh").measures(again).get("characters in 5-grams seen before") > 0.8);
        assertEquals(0, Repetition.gopher().measures(again).get("characters in 5-grams seen before"));
    }

    @Test
    void aLineEndsInThePunctuationOfItsScript() {
        String text = "a。\nb؟\nc।\nd!\ne»\nf”\ng\nh,";
        assertEquals(6 / 8.0, Quality.fineWeb("zh").measures(text).get("lines that end in punctuation"), 1e-12);
        String quoted = "a'\nb\"\nc’\nd」\ne』\n\nf-";
        assertEquals(5 / 6.0, Quality.fineWeb("ja").measures(quoted).get("lines that end in punctuation"), 1e-12);
    }

    @Test
    void lineBreaksAreCountedForEachWord() {
        Map<String, Double> measures = Quality.fineWeb("es").measures("uno dos\ntres\n\ncuatro");
        assertEquals(3 / 4.0, measures.get("line breaks a word"), 1e-12);
        assertEquals(0, Quality.fineWeb("es").measures("\n").get("line breaks a word"));
    }
}
