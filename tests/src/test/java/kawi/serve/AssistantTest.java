package kawi.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.evidence.KitException;
import kawi.model.Gpt;
import kawi.model.GptConfig;
import kawi.model.Pretrained;
import kawi.model.Sampling;
import kawi.model.Smol;
import kawi.template.ChatTemplate.Turn;
import kawi.text.CharacterTokenizer;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AssistantTest {
    private static Torch torch;
    private static Pretrained smol;

    @BeforeAll
    static void load() {
        torch = Torch.open("cpu", 0, 1);
        smol = Pretrained.load(torch, Smol.file());
    }

    @AfterAll
    static void end() {
        if (smol != null) {
            smol.close();
        }
    }

    @Test
    void aConversationIsKeptAndReadByTheNextQuestion() {
        Sampling greedy = Sampling.greedy(24);
        Assistant assistant = Assistant.of(smol).system("You are brief.").sampling(greedy);
        String first = assistant.ask("Name a colour.");
        String second = assistant.ask("Name another.");
        List<Turn> turns = List.of(
                new Turn("system", "You are brief."),
                new Turn("user", "Name a colour."),
                new Turn("assistant", first),
                new Turn("user", "Name another."));
        assertEquals(smol.chat(turns, greedy), second);
        assertEquals(4, assistant.conversation().size());
        assertEquals(first, assistant.forget().ask("Name a colour."));
        assertEquals(2, assistant.conversation().size());
    }

    @Test
    void aConversationThatOutgrowsTheModelIsRefusedAndStaysAsItWas() {
        Assistant assistant = Assistant.of(smol).sampling(Sampling.greedy(4));
        assistant.ask("Hello.");
        KitException refused = assertThrows(KitException.class, () -> assistant.ask("word ".repeat(9_000)));
        assertTrue(refused.getMessage().contains("begin a new one"), refused.getMessage());
        assertEquals(2, assistant.conversation().size());
    }

    @Test
    void aQuestionInterruptedWhileItWaitsLeavesTheConversationAsItWas() {
        Assistant assistant = Assistant.of(smol).sampling(Sampling.greedy(50));
        Thread.currentThread().interrupt();
        assertThrows(KitException.class, () -> assistant.ask("Hello."), "it was interrupted while it waited");
        assertTrue(Thread.interrupted());
        assertEquals(0, assistant.conversation().size());
    }

    @Test
    void aModelWithoutAChatIsRefused() {
        CharacterTokenizer letters = CharacterTokenizer.train(List.of("abc"), 20);
        try (Gpt own = Gpt.create(
                torch, GptConfig.of(letters.size()).layers(1).heads(1).width(16).context(8), 1)) {
            assertThrows(KitException.class, () -> Assistant.of(ServedModel.own("own", own, letters)));
        }
    }
}
