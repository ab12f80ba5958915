package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class LanguageCodesTest {
    @Test
    void codesTheDetectorKnowsAreTakenInBothLengths() {
        assertDoesNotThrow(() -> Language.keep("en", "de", "spa", "cmn"));
    }

    @Test
    void aCodeThatCouldNeverKeepADocumentIsRefusedAndANearOneNamed() {
        String message = assertThrows(KitException.class, () -> Language.keep("en", "zh"))
                .getMessage();
        assertTrue(message.contains("\"zh\": name cmn or nan instead"), message);
    }

    @Test
    void aCodeThatIsNoLanguageIsRefusedWithTheWholeList() {
        for (String code : new String[] {"qq", "", "english!"}) {
            String message =
                    assertThrows(KitException.class, () -> Language.keep(code)).getMessage();
            assertTrue(message.contains("one of afr,"), message);
        }
    }
}
