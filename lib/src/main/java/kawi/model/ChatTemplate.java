package kawi.model;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.text.Tokenizer;

/**
 * How a conversation is written for a chat model: the ChatML form, in which each turn stands between
 * {@code <|im_start|>role} and {@code <|im_end|>}, after a system turn that says who the model is.
 *
 * @param system the system turn used where a conversation has none of its own; empty for none
 */
public record ChatTemplate(String system) {

    /** Begins a turn. */
    public static final String TURN_START = "<|im_start|>";
    /** Ends a turn. */
    public static final String TURN_END = "<|im_end|>";

    private static final Pattern SYSTEM =
            Pattern.compile(Pattern.quote(TURN_START) + "system\\R(.*?)" + Pattern.quote(TURN_END), Pattern.DOTALL);

    /** One turn of a conversation; role is system, user or assistant. */
    public record Turn(String role, String content) {}

    /** {@return the template that a model's metadata gives in Jinja; one that is not ChatML is refused} */
    public static ChatTemplate of(String jinja) {
        if (!jinja.contains(TURN_START) || !jinja.contains(TURN_END)) {
            throw new KitException(
                    "The model's chat template is not of the ChatML form (<|im_start|>role ... <|im_end|>), the "
                            + "one this kit writes; use the model without a chat.");
        }
        Matcher system = SYSTEM.matcher(jinja.replace("\\n", "\n"));
        return new ChatTemplate(system.find() && !system.group(1).contains("{") ? system.group(1) : "");
    }

    /** {@return a question as a conversation of one turn, ready for the model's answer} */
    public String prompt(String question) {
        return prompt(List.of(new Turn("user", question)));
    }

    /** {@return a conversation, ready for the model's next turn} */
    public String prompt(List<Turn> turns) {
        StringBuilder text = new StringBuilder();
        for (Turn turn : withSystem(turns)) {
            text.append(TURN_START)
                    .append(turn.role())
                    .append('\n')
                    .append(turn.content())
                    .append(TURN_END)
                    .append('\n');
        }
        return text.append(TURN_START).append("assistant\n").toString();
    }

    /**
     * {@return the same as token ids} What a turn says is never read as a special token, so that no text can speak in
     * another's role.
     */
    public int[] ids(Tokenizer tokenizer, List<Turn> turns) {
        IntStream ids = IntStream.empty();
        for (Turn turn : withSystem(turns)) {
            ids = IntStream.concat(ids, IntStream.concat(open(tokenizer, turn.role()), content(tokenizer, turn)));
        }
        return IntStream.concat(ids, open(tokenizer, "assistant")).toArray();
    }

    private List<Turn> withSystem(List<Turn> turns) {
        boolean own =
                system.isEmpty() || (!turns.isEmpty() && turns.get(0).role().equals("system"));
        return own
                ? turns
                : Stream.concat(Stream.of(new Turn("system", system)), turns.stream())
                        .toList();
    }

    private static IntStream open(Tokenizer tokenizer, String role) {
        return IntStream.concat(IntStream.of(tokenizer.id(TURN_START)), Arrays.stream(tokenizer.encode(role + "\n")));
    }

    private static IntStream content(Tokenizer tokenizer, Turn turn) {
        IntStream end = IntStream.concat(IntStream.of(tokenizer.id(TURN_END)), Arrays.stream(tokenizer.encode("\n")));
        return IntStream.concat(Arrays.stream(tokenizer.encode(turn.content())), end);
    }
}
