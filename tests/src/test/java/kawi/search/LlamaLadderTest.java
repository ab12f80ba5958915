package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LlamaConfig;
import kawi.model.ModernConfig;
import kawi.train.AdamW;
import kawi.train.Muon;
import kawi.train.Schedule;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;

/** The way from plain GPT-2 to a Llama that a longer training takes up. */
class LlamaLadderTest extends SmallTexts {
    private static final GptConfig START =
            GptConfig.of(64).layers(2).heads(2).width(16).context(16);

    @Test
    void eachRungChangesOneThingAndTheLastIsALlamaOfTheFirstOnesSizes() {
        List<Recipe> ladder = Recipe.toLlama(START, 40, 4);
        assertEquals(
                List.of(
                        "GPT-2, AdamW",
                        "+ higher rate",
                        "+ Muon",
                        "+ higher rate of the rest",
                        "+ rotary positions",
                        "+ RMS norm, no biases",
                        "+ gated layer: a Llama",
                        "+ long linear decay"),
                ladder.stream().map(Recipe::name).toList());
        assertEquals(START, ladder.get(0).config());
        assertEquals(Schedule.cosine(2, 40), ladder.get(0).schedule());
        assertTrue(ladder.get(1).optimizer() instanceof AdamW && ladder.get(2).optimizer() instanceof Muon);
        for (int i = 1; i < ladder.size(); i++) {
            Recipe now = ladder.get(i);
            Recipe before = ladder.get(i - 1);
            int changes = (now.config().equals(before.config()) ? 0 : 1)
                    + (now.optimizer().equals(before.optimizer()) ? 0 : 1)
                    + (now.schedule().equals(before.schedule()) ? 0 : 1)
                    + (now.batch() == before.batch() ? 0 : 1);
            assertEquals(1, changes, now.name());
        }
        Muon first = (Muon) ladder.get(2).optimizer();
        Muon faster = (Muon) ladder.get(3).optimizer();
        assertEquals(ladder.get(1).optimizer(), first.others(), "Muon's rung leaves the rest as it was");
        assertEquals(faster, new Muon(first.rate(), first.momentum(), first.decay(), faster.others()));
        assertEquals(first.others(), faster.others().withRate(first.others().rate()));
        assertEquals(2, ((ModernConfig) ladder.get(5).config()).parts().size() - 1);
        LlamaConfig top = (LlamaConfig) ladder.get(7).config();
        assertEquals(
                List.of(64, 16, 2, 2, 16),
                List.of(top.vocabularySize(), top.context(), top.layers(), top.heads(), top.width()));
        assertEquals("LlamaForCausalLM", top.json().get("architectures").get(0).asText());
        assertEquals(Recipe.settling(40), ladder.get(7).schedule());
        assertEquals(Schedule.warmupStableDecay(2, 40, 0.5), Recipe.settling(40));
        assertEquals(Schedule.warmupStableDecay(1, 5, 0.5), Recipe.settling(5));
    }

    @Test
    void everyRungIsTrained() {
        CumulativeAblation ladder = CumulativeAblation.run(
                Small.TORCH,
                Recipe.toLlama(START, 4, 2),
                train,
                validation,
                new CumulativeAblation.AblationSettings(1, 1, 4, 16),
                Progress.NONE);
        assertEquals(8, ladder.runs().size());
        assertTrue(ladder.runs().stream().noneMatch(CumulativeAblation.Run::diverged), ladder.table()::print);
    }

    @Test
    void llamasOfEverySizeHaveHeadsThatPositionsCanTurn() {
        for (GptConfig middle : List.of(
                START,
                START.heads(8).width(48),
                START.heads(2).width(64),
                START.heads(4).width(128))) {
            for (double factor : new double[] {0.5, 0.75, 1, 1.25, 1.5, 2}) {
                LlamaConfig llama = PilotRuns.llamas(middle).apply(factor);
                llama.check();
                GptConfig same = PilotRuns.scaled(middle, factor);
                assertEquals(List.of(same.layers(), same.heads()), List.of(llama.layers(), llama.heads()));
                assertTrue(Math.abs(llama.width() - same.width()) <= same.heads(), llama.describe());
            }
        }
        assertEquals(
                Map.of("width", 128, "heads", 4),
                Map.of(
                        "width",
                        PilotRuns.llamas(START.heads(4).width(128)).apply(1).width(),
                        "heads",
                        PilotRuns.llamas(START.heads(4).width(128)).apply(1).heads()));
    }
}
