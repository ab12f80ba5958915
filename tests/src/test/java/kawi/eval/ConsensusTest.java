package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class ConsensusTest {
    @Test
    void theAnswerThatIsMostLikeTheOthersIsChosen() {
        assertEquals(
                List.of("Ouvrir le fichier", "Fermer la page"),
                Consensus.byChrf(List.of(
                        List.of("La page a disparu", "Fermer la page"),
                        List.of("Ouvrir le fichier", "Fermer la page"),
                        List.of("Ouvrir le fichier", "Kernel perdu"))));
    }

    @Test
    void ofEquallyGoodAnswersTheFirstSystemsCounts() {
        assertEquals(List.of("a"), Consensus.of(List.of(List.of("a"), List.of("b"), List.of("c")), (x, y) -> 1));
    }

    @Test
    void likenessIsThatOfTheAnswerToTheOtherAndNotTheReverse() {
        // "b" is said to be like everything, and nothing is like it
        assertEquals(
                List.of("b"),
                Consensus.of(
                        List.of(List.of("a"), List.of("b"), List.of("c")), (said, other) -> said.equals("b") ? 1 : 0));
    }

    @Test
    void tooFewSystemsOrUnequallyManyAnswersAreRefusedInOneSentence() {
        List<String> one = List.of("a");
        assertThrows(KitException.class, () -> Consensus.byChrf(List.of(one, one)));
        assertTrue(assertThrows(KitException.class, () -> Consensus.byChrf(List.of(one, one, List.of("a", "b"))))
                .getMessage()
                .endsWith("."));
    }
}
