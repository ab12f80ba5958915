package kawi.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.text.Tokenizer;

/**
 * How a conversation is written for a chat model: its own template, in Jinja, rendered as transformers'
 * {@code apply_chat_template} does it.
 *
 * <p>What a turn says is never read as a special token, however the template cuts and joins it, so that no text can
 * speak in another's role: only what stands in the template itself can become one.
 */
public final class ChatTemplate {

    private static final List<String> ROLES = List.of("system", "user", "assistant");

    /** Words that no template has, to see what it does with them. */
    private static final String PROBE = "Kawi asks 7 things";

    /**
     * One turn of a conversation.
     *
     * @param role who speaks: system, user or assistant
     * @param content what was said; ordinary text
     */
    public record Turn(String role, String content) {
        /**
         * Takes no other role: a role is written by the template itself.
         *
         * @param role system, user or assistant
         * @param content what was said; ordinary text
         * @throws KitException if the role is another
         */
        public Turn {
            if (!ROLES.contains(role)) {
                throw new KitException("A turn's role is '" + role + "'; say " + String.join(", ", ROLES) + ".");
            }
        }
    }

    private final String text;
    private final Jinja jinja;
    private final Map<String, String> names;

    private ChatTemplate(String text, Map<String, String> names) {
        this.text = text;
        this.jinja = Jinja.of(text);
        this.names = names;
    }

    /**
     * {@return a model's template that asks for no special token by name}
     *
     * @param jinja its text
     */
    public static ChatTemplate of(String jinja) {
        return of(jinja, Map.of());
    }

    /**
     * {@return a model's template}
     *
     * @param jinja its text
     * @param names special tokens by the names that it may ask for, such as {@code bos_token}
     * @throws KitException if it uses what this kit does not know, or writes a question not at all, twice, or changed
     */
    public static ChatTemplate of(String jinja, Map<String, String> names) {
        ChatTemplate template = new ChatTemplate(jinja, names);
        String written =
                template.rendered(List.of(new Turn("user", PROBE)), true).text();
        int at = written.indexOf(PROBE);
        if (at < 0 || written.indexOf(PROBE, at + 1) >= 0) {
            throw new KitException(
                    "The model's chat template does not write a question as it was asked, once: it makes "
                            + (written.length() > 120 ? written.substring(0, 120) + "..." : written) + " of '" + PROBE
                            + "'; use the model without a chat.");
        }
        return template;
    }

    /** {@return its text, as the model's files have it} */
    public String text() {
        return text;
    }

    /**
     * {@return a question as a conversation of one turn, ready for the model's answer}
     *
     * @param question ordinary text
     * @throws KitException as {@link #prompt(List)} does
     */
    public String prompt(String question) {
        return prompt(List.of(new Turn("user", question)));
    }

    /**
     * {@return a conversation, ready for the model's next turn} It is for the eye: given to a {@code Generator} it
     * would be ordinary text; {@link #ids} is what a model reads.
     *
     * @param turns what was said so far, in order
     * @throws KitException if the template refuses the conversation, such as a system turn where it knows none
     */
    public String prompt(List<Turn> turns) {
        return rendered(turns, true).text();
    }

    /**
     * {@return the same as token ids}
     *
     * @param tokenizer the model's
     * @param turns what was said so far, in order
     * @throws KitException as {@link #prompt(List)} does
     */
    public int[] ids(Tokenizer tokenizer, List<Turn> turns) {
        MarkedText text = rendered(turns, true);
        return tokenizer.encodeWithSpecials(text.text(), at -> !text.said(at));
    }

    /**
     * {@return the id of the special token that the template writes behind what an assistant said, -1 if it writes none
     * there}
     *
     * @param tokenizer the model's
     * @throws KitException if the template refuses a conversation of a question and an answer
     */
    public int turnEnd(Tokenizer tokenizer) {
        MarkedText text = rendered(List.of(new Turn("user", "?"), new Turn("assistant", PROBE)), false);
        int said = text.text().indexOf(PROBE);
        if (said < 0) {
            return -1;
        }
        MarkedText rest = text.part(said + PROBE.length(), text.length()).strip(null, true, false);
        return tokenizer.specials().entrySet().stream()
                .filter(special -> rest.text().startsWith(special.getKey()))
                .max(Map.Entry.comparingByKey(java.util.Comparator.comparingInt(String::length)))
                .map(Map.Entry::getValue)
                .orElse(-1);
    }

    private MarkedText rendered(List<Turn> turns, boolean next) {
        List<Object> messages = new ArrayList<>();
        for (Turn turn : turns) {
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("role", MarkedText.template(turn.role()));
            message.put("content", MarkedText.said(turn.content()));
            messages.add(message);
        }
        Map<String, Object> given = new LinkedHashMap<>();
        names.forEach((name, token) -> given.put(name, MarkedText.template(token)));
        given.put("messages", messages);
        given.put("add_generation_prompt", next);
        given.put("tools", null);
        given.put("documents", null);
        return jinja.render(given);
    }
}
