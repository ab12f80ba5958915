package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kawi.model.LanguageModel;
import kawi.train.AdamW;
import kawi.train.Batches;
import kawi.train.Fit;
import kawi.train.Schedule;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;

/** Trainings of a search take the same steps wherever they are run, and go on where they stopped. */
class TrialsTest extends SmallTexts {
    private static final Schedule SCHEDULE = Schedule.constant(8);

    private static Recipe recipe(double rate) {
        return new Recipe("a recipe", Small.CONFIG, AdamW.defaults().withRate(rate), SCHEDULE, 2);
    }

    private static Trials.Asked asked(double rate, long until) {
        return new Trials.Asked(recipe(rate), 2, 3, until, 16, 8, 4);
    }

    private Trial whole(double rate) {
        try (LanguageModel model = LanguageModel.create(Small.TORCH, Small.CONFIG, 3)) {
            return Trial.run(model, recipe(rate), 2, train, new Trial.Judge(validation, 16, 8, 4), 3, () -> true);
        }
    }

    @Test
    void aTrainingInPartsEndsAsOneInAPieceAndOneThatWasDroppedBeginsAnew() {
        Trial whole = whole(1e-2);
        assertEquals(8, whole.steps());
        assertTrue(whole.seconds() > 0 && whole.seconds() < 1000 && whole.bitsPerByte() > 0 && !whole.diverged());
        Trials trials = Trials.here(Small.TORCH);
        assertEquals("this process", trials.where());
        List<String> told = new ArrayList<>();
        try (Trials.Session session = trials.begin(train, validation)) {
            List<Trials.Outcome> first = session.run(
                    List.of(asked(1e-2, 3)), (each, outcome) -> told.add(each.name() + " " + outcome.steps()));
            assertEquals(3, first.get(0).steps());
            Trials.Outcome end = session.run(List.of(asked(1e-2, 8)), (each, outcome) -> told.add(each.name()))
                    .get(0);
            assertEquals(whole.loss(), end.loss());
            assertEquals(whole.bitsPerByte(), end.bitsPerByte());
            assertEquals(8, end.steps());
            assertTrue(end.seconds() > first.get(0).seconds() && first.get(0).seconds() > 0);
            assertEquals(List.of("'a recipe', seed 3 3", "'a recipe', seed 3"), told);
            session.drop(List.of(asked(1e-2, 8)));
            session.drop(List.of(asked(1e-2, 8)));
            assertEquals(
                    3,
                    session.run(List.of(asked(1e-2, 3)), (each, outcome) -> {})
                            .get(0)
                            .steps());
            assertEquals(
                    first.get(0).loss(),
                    session.run(List.of(asked(1e-2, 3)), (each, outcome) -> {})
                            .get(0)
                            .loss(),
                    "no step more than asked for");
            assertEquals(
                    8,
                    session.run(List.of(asked(1e-2, 99)), (each, outcome) -> {})
                            .get(0)
                            .steps(),
                    "nor more than its schedule has");
        }
    }

    @Test
    void anInterruptedSessionGivesTheTrainingsThatWereFinished() {
        try (Trials.Session session = Trials.here(Small.TORCH).begin(train, validation)) {
            Trials.Asked other = new Trials.Asked(recipe(1e-2), 2, 4, 2, 16, 8, 4);
            List<Trials.Outcome> finished = session.run(
                    List.of(asked(1e-2, 2), other),
                    (each, outcome) -> Thread.currentThread().interrupt());
            assertTrue(Thread.interrupted());
            assertEquals(1, finished.size());
        }
    }

    @Test
    void oneThatDivergedHasNoLossAndTakesNoStepMore() {
        Trial whole = whole(1e30);
        assertTrue(whole.diverged() && Double.isNaN(whole.loss()) && Double.isNaN(whole.bitsPerByte()));
        assertTrue(whole.seconds() > 0 && whole.seconds() < 1000, "of " + whole.seconds());
        try (Trials.Session session = Trials.here(Small.TORCH).begin(train, validation)) {
            for (int again = 0; again < 2; again++) {
                Trials.Outcome outcome =
                        session.run(List.of(asked(1e30, 8)), (each, done) -> {}).get(0);
                assertTrue(outcome.diverged() && Double.isNaN(outcome.loss()) && Double.isNaN(outcome.bitsPerByte()));
                assertEquals(whole.divergedAt(), outcome.divergedAt());
                assertEquals(whole.steps(), outcome.steps());
            }
        }
    }

    @Test
    void oneThatGoesOnFromElsewhereReadsOnInTheTextAndAddsItsSeconds() {
        LanguageModel one = Small.model(3);
        OpenTrial.Feed feed = new OpenTrial.Feed(train, 2, 2, 16, 3);
        try (OpenTrial trial = new OpenTrial(one, AdamW.defaults().withRate(1e-2), SCHEDULE, feed).at(5, 100);
                LanguageModel other = Small.model(3);
                Fit fit = Fit.of(other, AdamW.defaults().withRate(1e-2), SCHEDULE)) {
            assertEquals(5, trial.fit().taken());
            assertEquals(one, trial.model());
            trial.train(6, () -> false);
            Batches batches = new Batches(train, 2, 16, 3);
            batches.position(5 * 2 * 2);
            fit.taken(5);
            assertTrue(Trial.step(fit, 2, other, batches) > 1);
            assertEquals(other.fingerprint(), one.fingerprint());
            double seconds = trial.score(validation, 8, 4).seconds();
            assertTrue(seconds > 100 && seconds < 1000, "of " + seconds);
            trial.train(8, () -> true);
            assertEquals(6, trial.fit().taken(), "it was told to stop");
            assertEquals(Small.CONFIG.describe() + " after 6 steps", trial.toString());
            assertFalse(trial.score(validation, 8, 4).diverged());
        }
    }

    @Test
    void aTrainingThatIsToldToStopIsScoredWhereItStands() {
        try (LanguageModel model = Small.model(3)) {
            int[] asked = {0};
            Trial stopped = Trial.run(
                    model, recipe(1e-2), 1, train, new Trial.Judge(validation, 16, 8, 4), 3, () -> asked[0]++ < 2);
            assertEquals(2, stopped.steps());
            assertTrue(Double.isFinite(stopped.loss()));
        }
    }
}
