package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TranslationTest {
    private static Example pair(String english, String french) {
        return Example.of("made", "", english, List.of(french));
    }

    private static final Example SAVE = pair("Save the whole file", "Enregistrer tout le fichier");
    private static final Example SAVE_IT = pair("Save the whole file now", "Enregistrer le fichier maintenant");
    private static final Example OPEN = pair("Open the file", "Ouvrir le fichier");
    private static final Example LINK = pair("A broken link", "Un lien rompu");
    private static final TranslationMemory MEMORY =
            TranslationMemory.of(Folds.of(List.of(SAVE, SAVE_IT, OPEN, LINK), 2));

    @Test
    void theMemoryFindsTheMostSimilarMessageByWordsAndPairs() {
        List<TranslationMemory.Match> found = MEMORY.nearest(pair("Save the whole page", "?"), 2);
        assertEquals(SAVE, found.get(0).example());
        // four words and four pairs each, of which "page" and "whole page" are not shared
        assertEquals(6 / 10.0, found.get(0).similarity(), 1e-12);
        assertEquals(SAVE_IT, found.get(1).example());
    }

    @Test
    void whatTheMemoryHoldsIsNotComparedWithItselfOrItsNearDuplicates() {
        assertEquals(OPEN, MEMORY.nearest(SAVE, 1).get(0).example());
        assertEquals(OPEN, MEMORY.nearest(SAVE_IT, 1).get(0).example());
        Example typed = pair(SAVE.input(), "what a user types, whose right answer is not known");
        assertEquals(List.of(SAVE.answer()), MEMORY.predict(List.of(typed)));
    }

    @Test
    void aMessageLikeNoOtherIsCopiedAndHasNoNeighbourInItsPrompt() {
        Example alone = pair("Kernel restarting", "Redémarrage du noyau");
        assertEquals(List.of("Kernel restarting"), MEMORY.predict(List.of(alone)));
        Example same = Translation.remembering(List.of(alone), MEMORY, 1).get(0);
        assertEquals(new Translation().prompt(alone), new Translation().prompt(same));
    }

    @Test
    void draftAndMemoryStandInThePromptWhereTheyBelong() {
        Example asked = pair("Save the whole page", "secret");
        List<Example> drafted = Translation.drafted(
                List.of(asked), all -> all.stream().map(e -> "Enreg\n la page").toList());
        assertEquals(
                "English: Save the whole page\nDraft: Enreg la page\nFrench:",
                new Translation().prompt(drafted.get(0)));
        Example helped = Translation.remembering(drafted, MEMORY, 2).get(0);
        String prompt = new Translation().prompt(helped);
        assertEquals(
                "English: Save the whole file now\nFrench: Enregistrer le fichier maintenant\n"
                        + "English: Save the whole file\nFrench: Enregistrer tout le fichier\n"
                        + "English: Save the whole page\nDraft: Enreg la page\nFrench:",
                prompt);
        assertTrue(!prompt.contains("secret"));
        assertEquals(asked.id(), helped.id(), "the same message, whatever helps with it");
        assertEquals("English: Save the whole page\nFrench:", new Translation().prompt(asked));
    }
}
