package kawi.eval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a question of one record, as its task says. */
final class ChoiceRecord {
    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*([A-Za-z_][A-Za-z_0-9]*)(\\.strip\\(\\))?\\s*}}");
    private static final Pattern LETTER = Pattern.compile("([A-Z])(?:\\.\\s?(.*))?", Pattern.DOTALL);

    /** Says why a record is no question, as the end of a sentence. */
    static final class NoQuestion extends Exception {
        private static final long serialVersionUID = 1;

        NoQuestion(String reason) {
            super(reason);
        }
    }

    private final ChoiceTask task;
    private final JsonNode record;

    ChoiceRecord(ChoiceTask task, JsonNode record) {
        this.task = task;
        this.record = record;
    }

    ChoiceQuestion question(int number) throws NoQuestion {
        List<String> choices = choices();
        for (String choice : choices) {
            if (choice.isBlank()) {
                throw new NoQuestion("has an empty choice");
            }
        }
        if (choices.size() < 2) {
            throw new NoQuestion("has fewer than two choices");
        }
        String prompt = filled(task.prompt());
        if (prompt.isBlank()) {
            throw new NoQuestion("has an empty prompt");
        }
        return new ChoiceQuestion(number, prompt, choices, gold(choices));
    }

    private String filled(String template) throws NoQuestion {
        Matcher fields = FIELD.matcher(template);
        StringBuilder text = new StringBuilder();
        while (fields.find()) {
            String value = text(fields.group(1));
            fields.appendReplacement(text, Matcher.quoteReplacement(fields.group(2) == null ? value : value.strip()));
        }
        return fields.appendTail(text).toString();
    }

    private String text(String field) throws NoQuestion {
        JsonNode value = record.get(field);
        if (value == null || !value.isValueNode() || value.isNull()) {
            List<String> known = new ArrayList<>();
            record.fieldNames().forEachRemaining(known::add);
            throw new NoQuestion("has no text \"" + field + "\"; it has " + String.join(", ", known));
        }
        if (value.asText().isBlank()) {
            throw new NoQuestion("has an empty \"" + field + "\"");
        }
        return value.asText();
    }

    private List<String> choices() throws NoQuestion {
        List<String> choices = new ArrayList<>();
        if (task.choices().isTextual()) {
            JsonNode value = record.path(task.choices().asText());
            if (!value.isArray()) {
                return lettered(text(task.choices().asText()));
            }
            for (JsonNode each : value) {
                choices.add(each.asText());
            }
            return List.copyOf(choices);
        }
        for (Iterator<JsonNode> each = task.choices().elements(); each.hasNext(); ) {
            choices.add(filled(each.next().asText()));
        }
        return List.copyOf(choices);
    }

    /** The choices of lines that begin with "A. ", "B. " and so on; a choice may have several lines. */
    private static List<String> lettered(String options) throws NoQuestion {
        List<String> choices = new ArrayList<>();
        String rest = options.startsWith("A.") ? options : options.strip();
        if (!rest.startsWith("A.")) {
            throw new NoQuestion("has choices that do not begin with \"A.\"");
        }
        rest = afterLetter(rest);
        for (char letter = 'B'; letter <= 'Z'; letter++) {
            int next = rest.indexOf("\n" + letter + ".");
            if (next < 0) {
                break;
            }
            choices.add(rest.substring(0, next));
            rest = afterLetter(rest.substring(next + 1));
        }
        choices.add(rest);
        return List.copyOf(choices);
    }

    /** Without a letter, its dot and a space. */
    private static String afterLetter(String line) {
        return line.substring(line.startsWith(" ", 2) ? 3 : 2);
    }

    private int gold(List<String> choices) throws NoQuestion {
        JsonNode value = record.path(task.gold());
        String said = text(task.gold());
        if (task.labels() != null) {
            if (task.labels().indexOf(said) < 0 || task.labels().indexOf(said) >= choices.size()) {
                throw new NoQuestion(
                        "has the unknown label \"" + said + "\"; the task knows " + String.join(", ", task.labels()));
            }
            return task.labels().indexOf(said);
        }
        if (value.isIntegralNumber()) {
            if (value.asInt() < 0 || value.asInt() >= choices.size()) {
                throw new NoQuestion("has the label " + said + ", and " + choices.size() + " choices from 0");
            }
            return value.asInt();
        }
        Matcher letter = LETTER.matcher(said);
        if (letter.matches()) {
            int index = said.charAt(0) - 'A';
            boolean own = letter.group(2) == null || !task.choices().isTextual();
            if (index < choices.size()
                    && (own || choices.get(index).strip().equals(letter.group(2).strip()))) {
                return index;
            }
        }
        if (choices.indexOf(said) < 0 || choices.indexOf(said) != choices.lastIndexOf(said)) {
            throw new NoQuestion("has the unknown label \"" + said + "\", which is no letter and none of its choices");
        }
        return choices.indexOf(said);
    }
}
