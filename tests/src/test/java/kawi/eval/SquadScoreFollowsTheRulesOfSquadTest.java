package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class SquadScoreFollowsTheRulesOfSquadTest {

    @Test
    void everyAnswerOfTheOracle() {
        JsonNode figures = Fixtures.read("squad.json");
        assertEquals(100, figures.size());
        for (JsonNode figure : figures) {
            String answer = figure.get("answer").asText();
            SquadScore score = SquadScore.of(List.of(answer), List.of(Fixtures.texts(figure.get("golds"))));
            assertEquals(figure.get("normalized").asText(), SquadScore.normalize(answer));
            assertEquals(figure.get("exact").asDouble(), score.exactMatch().score(), 0, answer);
            assertEquals(figure.get("f1").asDouble(), score.f1().score(), 1e-12, answer);
        }
    }

    @Test
    void theBestOfSeveralGoldAnswersCounts() {
        SquadScore score = SquadScore.of(List.of("The Eiffel Tower!"), List.of(List.of("Paris", "eiffel tower")));
        assertEquals(1, score.exactMatch().score());
        assertEquals(1, score.f1().score());
    }
}
