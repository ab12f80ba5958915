package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** Who allows a licence allows it by whatever name he and the documents give it. */
class APolicyKnowsALicenceByAnyOfItsNamesTest {
    @Test
    void oneThatIsNamedTwiceOrInAnotherSpellingIsOne() {
        assertEquals(
                List.of("MIT"),
                List.copyOf(Licences.allow("MIT", "MIT", "mit", "MIT License").allowed()));
        Licences policy = Licences.allow(
                "mit", "apache-2.0", "gpl-2.0-only", "https://creativecommons.org/licenses/by/4.0/", "Public Domain");
        for (String licence : List.of(
                "MIT",
                "Mit",
                "GPL-2.0-only",
                "Apache-2.0 OR AGPL-3.0-only",
                "cc-by-4.0",
                "CC BY 4.0",
                "public-domain",
                "mit and GPL-2.0-ONLY")) {
            assertTrue(policy.allows(licence), licence);
        }
        for (String licence : List.of("CC-BY-SA-4.0", "MIT AND AGPL-3.0-only", "MITNFA", "GPL-2.0-or-later", "")) {
            assertFalse(policy.allows(licence), licence);
        }
    }

    @Test
    void aPolicyThatAllowsNothingOrAnExpressionIsRefusedInASentence() {
        for (String[] names : new String[][] {{}, {" "}, {null}, {"MIT OR GPL-3.0-only"}, {"(MIT)"}}) {
            String said = assertThrows(KitException.class, () -> Licences.allow(names))
                    .getMessage();
            assertTrue(said.endsWith(".") && !said.contains("\n"), said);
        }
    }
}
