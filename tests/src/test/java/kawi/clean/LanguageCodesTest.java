package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import kawi.evidence.KitException;
import kawi.readers.Packed;
import org.junit.jupiter.api.Test;

class LanguageCodesTest {
    @Test
    void codesTheDetectorKnowsAreTakenInBothLengths() {
        assertDoesNotThrow(() -> Language.keep("en", "de", "spa", "cmn"));
    }

    /** Article 1 of the Universal Declaration of Human Rights (1948). */
    @Test
    void aCodeForSeveralLanguagesOfTheDetectorKeepsEachOfThem() {
        Map.of(
                        "zh",
                        "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
                        "no",
                        "Alle mennesker er født frie og med samme menneskeverd og menneskerettigheter. De er utstyrt med"
                                + " fornuft og samvittighet og bør handle mot hverandre i brorskapets ånd.",
                        "et",
                        "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt. Neile on antud"
                                + " mõistus ja südametunnistus ja nende suhtumist üksteisesse peab kandma vendluse vaim.",
                        "lv",
                        "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās. Viņi ir apveltīti ar"
                                + " saprātu un sirdsapziņu, un viņiem jāizturas citam pret citu brālības garā.",
                        "fa",
                        "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند. همه دارای عقل و وجدان"
                                + " می‌باشند و باید نسبت به یکدیگر با روح برادری رفتار کنند.",
                        "mg",
                        "Teraka afaka sy mitovy zo sy fahamendrehana ny olombelona rehetra. Samy manan-tsaina sy"
                                + " fieritreretana ka tokony hifampitondra am-pirahalahiana.")
                .forEach((code, text) -> assertInstanceOf(
                        Verdict.Keep.class,
                        Language.keep(code).begin().judge(Packed.document("x", text)),
                        () -> code + " " + Language.of(text).get(0)));
    }

    @Test
    void aLongCodeKeepsWhatAShortOneKeeps() {
        String german = "Alle Menschen sind frei und gleich an Würde und Rechten geboren.";
        String chinese = "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。";
        for (String code : new String[] {"de", "deu", "de-CH"}) {
            Step.Pass pass = Language.keep("es", code).begin();
            assertInstanceOf(Verdict.Keep.class, pass.judge(Packed.document("x", german)), code);
            assertInstanceOf(Verdict.Drop.class, pass.judge(Packed.document("x", chinese)), code);
        }
        assertInstanceOf(Verdict.Keep.class, Language.keep("cmn").begin().judge(Packed.document("x", chinese)));
    }

    @Test
    void noLanguageAtAllIsRefused() {
        String message = assertThrows(KitException.class, Language::keep).getMessage();
        assertTrue(message.startsWith("Language.keep would keep nothing: name at least one language"), message);
    }

    @Test
    void aCodeThatIsNoLanguageIsRefusedWithTheWholeList() {
        for (String code : new String[] {"qq", "", "english!"}) {
            String message =
                    assertThrows(KitException.class, () -> Language.keep(code)).getMessage();
            assertTrue(message.contains("\"" + code + "\": name one of afr,"), message);
            assertEquals(103, message.substring(message.indexOf(" afr,")).split(",").length, message);
        }
    }
}
