package kawi.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * Reads question-answering data in SQuAD's JSON layout: data, paragraphs, qas, answers (Rajpurkar et al., 2016). XQuAD,
 * SQuAD 1.1 and 2.0 are written so. An answer is a span of its paragraph, and {@code answer_start} counts characters
 * (Unicode code points) of it. What makes no example is counted by reason: a question that has no answer (its
 * "plausible" ones are none), an answer that is not in its paragraph.
 */
public final class Squad {
    private static final ObjectReader JSON = new ObjectMapper()
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private Squad() {}

    /**
     * {@return the examples of the file in its order, and what it has besides; the slice is the article's title}
     *
     * @param file the file
     * @throws KitException when the file is missing, is no JSON or has another layout
     */
    public static Pool read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new KitException(
                    "There is no question-answering file " + file + ": name an existing file in SQuAD's JSON layout.");
        }
        JsonNode root;
        try {
            root = JSON.readTree(WholeFile.bytes(file, WholeFile.DATA));
        } catch (JsonProcessingException e) {
            throw new KitException(file + " is not complete JSON (" + WholeFile.fault(e) + "): fetch it again.", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading question-answering data", file);
        }
        Pool.Gathering pool = new Pool.Gathering();
        for (JsonNode article : root.path("data")) {
            list(article, "paragraphs", "an article without paragraphs", pool)
                    .forEach(paragraph -> list(paragraph, "qas", "a paragraph without questions", pool)
                            .forEach(question -> question(article, paragraph, question, pool)));
        }
        if (pool.isEmpty()) {
            throw new KitException(file + " holds no answered question in SQuAD's layout (data, paragraphs, qas,"
                    + " answers): fetch it again, or bring it into that layout.");
        }
        return pool.pool();
    }

    private static JsonNode list(JsonNode parent, String name, String reason, Pool.Gathering pool) {
        JsonNode list = parent.path(name);
        if (!list.isArray()) {
            pool.leaveOut(reason);
        }
        return list.isArray() ? list : MissingNode.getInstance();
    }

    private static void question(JsonNode article, JsonNode paragraph, JsonNode question, Pool.Gathering pool) {
        String context = words(paragraph.path("context"));
        String asked = words(question.path("question")).strip();
        if (context.isBlank() || asked.isEmpty()) {
            pool.leaveOut(asked.isEmpty() ? "a question without words" : "a question without a paragraph");
            return;
        }
        JsonNode all = question.path("answers");
        if (!all.isArray()) {
            pool.leaveOut(all.isMissingNode() || all.isNull() ? "no answers" : "answers in another layout");
            return;
        }
        if (all.isEmpty()) {
            pool.leaveOut(question.path("is_impossible").asBoolean() ? "marked as impossible to answer" : "no answers");
            return;
        }
        Set<String> answers = new LinkedHashSet<>();
        for (JsonNode each : all) {
            String problem = problem(context, each);
            if (problem == null) {
                answers.add(each.path("text").asText());
            } else {
                pool.leaveOut(problem);
            }
        }
        if (answers.isEmpty()) {
            pool.leaveOut("no answer left");
        } else {
            pool.add(Example.of(article.path("title").asText("squad"), context, asked, List.copyOf(answers)));
        }
    }

    /** A text; nothing where a number, a list or anything else stands in its place. */
    private static String words(JsonNode value) {
        return value.isTextual() ? value.textValue() : "";
    }

    /** Why an answer does not count, or null where it does. */
    private static String problem(String context, JsonNode answer) {
        String text = answer.path("text").asText();
        if (!answer.path("text").isTextual() || text.isBlank()) {
            return "an answer without words";
        }
        if (!context.contains(text)) {
            return "an answer that is not in its paragraph";
        }
        JsonNode start = answer.path("answer_start");
        if (start.isMissingNode() || start.isNull()) {
            return null; // it need not say where
        }
        if (!start.isIntegralNumber() || !start.canConvertToInt()) {
            return "an answer whose answer_start is no place";
        }
        int at = start.asInt();
        boolean inside = at >= 0 && at <= context.codePointCount(0, context.length());
        boolean there = inside && context.startsWith(text, context.offsetByCodePoints(0, at))
                || at >= 0 && context.startsWith(text, at);
        return there ? null : "an answer that is elsewhere than its answer_start";
    }
}
