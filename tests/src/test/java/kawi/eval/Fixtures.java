package kawi.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Figures of the standard scorers, made by tests/oracles/scores.py. */
public final class Fixtures {

    private Fixtures() {}

    public static JsonNode read(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream("/kawi/eval/" + name)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    public static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    public static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }

    public static boolean[] truths(JsonNode array) {
        boolean[] truths = new boolean[array.size()];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = array.get(i).asBoolean();
        }
        return truths;
    }
}
