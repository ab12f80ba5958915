package kawi.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import kawi.evidence.KitException;

/**
 * Reads question-answering data in SQuAD's JSON layout: data, paragraphs, qas, answers (Rajpurkar et al., 2016). XQuAD,
 * SQuAD 1.1 and 2.0 are written so; questions without an answer are left out.
 */
public final class Squad {
    private Squad() {}

    /**
     * Examples of the file in its order; the slice is the article's title.
     *
     * @throws KitException when the file is missing, is no JSON or has another layout
     */
    public static List<Example> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new KitException("no question-answering file " + file.getFileName()
                    + ": name an existing file in SQuAD's JSON layout");
        }
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new KitException(
                    file.getFileName() + " is not complete JSON ("
                            + e.getMessage().lines().findFirst().orElse("") + "): fetch it again",
                    e);
        }
        List<Example> examples = new ArrayList<>();
        for (JsonNode article : root.path("data")) {
            for (JsonNode paragraph : article.path("paragraphs")) {
                for (JsonNode question : paragraph.path("qas")) {
                    Set<String> answers = new LinkedHashSet<>();
                    question.path("answers")
                            .forEach(a -> answers.add(a.path("text").asText()));
                    if (!answers.isEmpty()) {
                        examples.add(Example.of(
                                article.path("title").asText("squad"),
                                paragraph.path("context").asText(),
                                question.path("question").asText().strip(),
                                List.copyOf(answers)));
                    }
                }
            }
        }
        if (examples.isEmpty()) {
            throw new KitException(file.getFileName()
                    + " holds no answered question in SQuAD's layout (data, paragraphs, qas, answers)");
        }
        return examples;
    }
}
