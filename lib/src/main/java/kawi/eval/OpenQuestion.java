package kawi.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * A question that is answered in words of one's own, and the answers that count. An answer is right if one of these
 * stands in it as whole words in a row, whatever the case and the punctuation: "It is Paris, I think" is right where
 * {@code paris} is accepted. What else it says is not judged.
 *
 * @param question as a person would ask it
 * @param answers accepted answers; none where it is asked without being judged, as for a replay
 */
public record OpenQuestion(String question, List<String> answers) {
    /**
     * Checks both.
     *
     * @param question as a person would ask it
     * @param answers accepted answers, or none
     * @throws KitException for an empty question, or an answer without a letter or digit
     */
    public OpenQuestion {
        answers = List.copyOf(answers);
        if (question.isBlank()) {
            throw new KitException("A question is empty: give it words.");
        }
        for (String answer : answers) {
            if (words(answer).isBlank()) {
                throw new KitException("The question \"" + question + "\" accepts the answer \"" + answer
                        + "\", which has neither letter nor digit and would be found everywhere: give it words.");
            }
        }
    }

    /**
     * {@return the questions of one part of a file}
     *
     * @param file JSON lines with the fields {@code part}, {@code question} and {@code answers}, an array that may be
     *     left out
     * @param part which part
     * @throws KitException where the file cannot be read, a line is no such question, a question stands there twice, or
     *     none is of that part
     */
    public static List<OpenQuestion> read(Path file, String part) {
        List<OpenQuestion> questions = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        ObjectMapper json = new ObjectMapper();
        int number = 0;
        try {
            for (String line : WholeFile.text(file, WholeFile.DATA).split("\n")) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                String where = "Line " + number + " of " + file.getFileName();
                JsonNode record = json.readTree(line);
                if (!record.path("part").isTextual() || !record.path("question").isTextual()) {
                    throw new KitException(where + " has no texts \"part\" and \"question\": give it both.");
                }
                if (!seen.add(words(record.path("question").textValue()))) {
                    throw new KitException(where + " asks \""
                            + record.path("question").textValue()
                            + "\" again: what is learned or chosen by would be measured by too, so leave one out.");
                }
                List<String> answers = new ArrayList<>();
                for (JsonNode answer : record.path("answers")) {
                    if (!answer.isTextual()) {
                        throw new KitException(where + " accepts " + answer + ", which is no text: put it in quotes.");
                    }
                    answers.add(answer.textValue());
                }
                OpenQuestion question = new OpenQuestion(record.path("question").textValue(), answers);
                if (record.path("part").textValue().equals(part)) {
                    questions.add(question);
                }
            }
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "Line " + number + " of " + file.getFileName() + " is no whole JSON object (" + WholeFile.fault(e)
                            + "): correct that line.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading questions", file);
        }
        if (questions.isEmpty()) {
            throw new KitException("No question of " + file.getFileName() + " is of the part \"" + part
                    + "\": name another, or add some.");
        }
        return List.copyOf(questions);
    }

    /**
     * {@return whether an answer counts as right}
     *
     * @param said what was answered
     */
    public boolean rightly(String said) {
        String all = words(said);
        return answers.stream().anyMatch(answer -> all.contains(words(answer)));
    }

    /** Letters and digits in lower case, one blank before, between and behind. */
    private static String words(String text) {
        String plain = text.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
        return plain.isEmpty() ? "" : " " + plain + " ";
    }
}
