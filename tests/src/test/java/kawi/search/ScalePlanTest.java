package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import kawi.evidence.KitException;
import kawi.search.ScalePlan.Link;
import kawi.search.ScalePlan.Machine;
import kawi.search.ScalePlan.Sharding;
import kawi.search.ScalePlan.Work;
import org.junit.jupiter.api.Test;

class ScalePlanTest {

    private static Work model() {
        return Work.gpt("1.3 B", 1.3e9, 24, 2048, 2048, 1e6, 26e9);
    }

    private static Machine gpu() {
        return new Machine("a GPU", 1.2e14, 400, 80);
    }

    private static Link office() {
        return new Link("1 Gbit/s", 1e9, 0);
    }

    @Test
    void publishedRunsAreForetoldToAFactorOfTwo() {
        List<PublishedRun> runs = PublishedRun.all();
        Set<String> projects =
                runs.stream().map(run -> run.name().split(",")[0]).collect(Collectors.toSet());
        assertEquals(Set.of("nanoGPT", "llm.c", "OpenDiLoCo"), projects);
        for (PublishedRun run : runs) {
            assertTrue(run.source().startsWith("https://"), run.source());
            assertTrue(run.published() > 0, run.name());
            assertTrue(run.factor() >= 1 && run.factor() < 2, run.name() + ": " + run.factor());
        }
    }

    @Test
    void anExchangeSendsWhatTheKitsOwnFormulaSays() {
        assertEquals(
                8 * 1.3e9 * 7 / 8, ScalePlan.of(gpu(), office(), model(), 8).bytesPerExchange(), 1);
        assertEquals(72.8, ScalePlan.of(gpu(), office(), model(), 8).secondsPerExchange(), 1e-9);
        assertEquals(0, ScalePlan.of(gpu(), office(), model(), 1).secondsPerExchange());
        assertEquals(
                72.8 + 14 * 0.05,
                ScalePlan.of(gpu(), new Link("far", 1e9, 0.05), model(), 8).secondsPerExchange(),
                1e-9);
        ScalePlan every = ScalePlan.of(gpu(), office(), model(), 8);
        assertEquals(every.exchanging() / 500, every.every(500).exchanging(), 1e-12);
        assertEquals(every.exchanging() / 2, every.sending(2).exchanging(), 1e-12);
        assertEquals(every.exchanging() * 1.5, every.sharded(Sharding.WEIGHTS).exchanging(), 1e-12);
    }

    @Test
    void timeAndEnergyFollowFromTheMeasuredStep() {
        Machine measured = Machine.measured("this one", 6e6, 2048, 0.5, 100, 16);
        assertEquals(6e6 * 2048 / 0.5, measured.flops());
        Work same = new Work("the same", 1e6, 6e6, 256, 2048, 2048 * 7200);
        ScalePlan alone = ScalePlan.of(measured, office(), same, 1);
        assertEquals(3600, alone.seconds(), 1e-6);
        assertEquals(0.1, alone.kilowattHours(), 1e-9);
        assertEquals(1, alone.efficiency());
        ScalePlan two = ScalePlan.of(measured, office(), same, 2);
        assertEquals(7200 * (0.25 + 8 * 4e6 / 1e9), two.seconds(), 1e-6);
        assertEquals(0.25 / (0.25 + 0.032), two.efficiency(), 1e-9);
        assertEquals(2 * two.seconds() / 3600 / 10, two.failures(10), 1e-9);
    }

    @Test
    void memoryFollowsTheStagesOfZero() {
        double[] expected = {16 * 1.3, (8 + 8 / 8.0) * 1.3, (4 + 12 / 8.0) * 1.3, 16 / 8.0 * 1.3};
        for (Sharding each : Sharding.values()) {
            ScalePlan plan = ScalePlan.of(gpu(), office(), model(), 8).sharded(each);
            assertEquals(expected[each.ordinal()], plan.gigabytes(), 1e-9, each.title());
            assertEquals(
                    List.of("everything", "ZeRO 1:", "ZeRO 2:", "ZeRO 3,").get(each.ordinal()),
                    each.title().replaceFirst("^(everything|ZeRO ..).*", "$1"));
            assertEquals(16, each.bytes(1), 0, "one machine has nobody to share with");
        }
    }

    @Test
    void itSaysWhereItBreaks() {
        Machine small = new Machine("a small one", 1e11, 65, 16);
        Link home = new Link("100 Mbit/s", 1e8, 0);
        List<String> limits = ScalePlan.of(small, home, model(), 1000).limits();
        assertEquals(
                List.of(
                        "needs 20.8 GB on a machine that has 16",
                        "a step has 488 windows for 1000 machines: 512 of them stand idle"),
                limits.subList(0, 2));
        assertTrue(limits.get(2).startsWith("waits for the link "), limits.get(2));
        assertEquals(
                ScalePlan.of(small, home, model(), 600).computing(),
                ScalePlan.of(small, home, model(), 1000).computing(),
                "a machine computes one window at least");
        assertTrue(ScalePlan.of(small, office(), model(), 8).limits().get(1).endsWith(" years"));
        assertFalse(ScalePlan.of(gpu(), office(), model(), 8).limits().isEmpty());
        assertEquals(
                List.of(),
                ScalePlan.of(gpu(), new Link("a fast one", 1e12, 0), model(), 8).limits());
    }

    @Test
    void whatIsJustEnoughIsNoLimit() {
        Work work = new Work("exact", 1e9, 1e6, 100, 800, 800.0 * 365 * 86_400);
        Machine machine = new Machine("one", 1e8, 100, 16); // a second for its hundred tokens
        assertEquals(
                List.of(),
                ScalePlan.of(machine, new Link("endless", Double.POSITIVE_INFINITY, 0), work, 8)
                        .limits());
        Link half = new Link("as slow as computing", 8 * 2 * 7 / 8.0 * 1e9 * 4, 0);
        ScalePlan waiting = ScalePlan.of(machine, half, work, 8);
        assertEquals(0.5, waiting.efficiency());
        assertEquals(List.of("takes 2.0 years"), waiting.limits());
        Link slower = new Link("slower", half.bitsPerSecond() / 1.5, 0);
        assertEquals(
                "waits for the link 60.0 % of the time",
                ScalePlan.of(machine, slower, work, 8).limits().get(0));
    }

    @Test
    void aPublishedRunIsComparedByWhatItsSourceSays() {
        for (PublishedRun run : PublishedRun.all()) {
            boolean timed = run.hours() > 0;
            assertEquals(timed ? "hours" : "share of the time computing", run.compares());
            ScalePlan plan = run.plan();
            assertEquals(timed ? plan.seconds() / 3600 : plan.efficiency(), run.planned());
            assertEquals(timed ? run.hours() : run.computingShare(), run.published());
            double off = run.planned() / run.published();
            assertEquals(off < 1 ? 1 / off : off, run.factor(), 1e-12);
            assertEquals(run.devices() / run.workers() + " GPUs", plan.machine().name());
            assertEquals(
                    0.4 * run.peakFlops() * run.devices() / run.workers(),
                    plan.machine().flops(),
                    1);
            assertEquals(run.megabitsPerSecond() * 1e6, plan.link().bitsPerSecond());
            assertEquals(run.workers(), plan.machines());
            assertEquals(run.averageEvery(), plan.averageEvery());
            assertEquals(run.bytesPerNumber(), plan.bytesPerNumber());
            assertEquals(
                    6 * run.parameters() + 12.0 * run.layers() * run.width() * run.context(),
                    plan.work().flopsPerToken());
        }
    }

    @Test
    void whatCannotBePlannedIsRefusedInASentence() {
        ScalePlan plan = ScalePlan.of(gpu(), office(), model(), 8);
        assertTrue(assertThrows(KitException.class, () -> plan.every(0))
                .getMessage()
                .contains("every 0 steps"));
        assertThrows(KitException.class, () -> plan.sending(0));
        assertEquals(1, plan.sending(1).bytesPerNumber());
        assertTrue(assertThrows(KitException.class, () -> ScalePlan.of(gpu(), office(), model(), 0))
                .getMessage()
                .startsWith("A plan for 0 machines"));
        assertTrue(assertThrows(
                        KitException.class, () -> plan.sharded(Sharding.WEIGHTS).every(500))
                .getMessage()
                .contains("train apart for 500 steps"));
    }
}
