package kawi.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.model.Generation;

/**
 * The objects of OpenAI's protocol: answers, pieces of a stream, and the list of models.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat">the API reference</a>
 */
final class Replies {
    private final ChatRequest request;
    private final String id;
    private final long created;
    private final String fingerprint;

    /** For one request; {@code number} tells it apart from others of this server. */
    Replies(ChatRequest request, String number, long created, String fingerprint) {
        this.request = request;
        this.id = (request.turns() == null ? "cmpl-" : "chatcmpl-") + number;
        this.created = created;
        this.fingerprint = fingerprint;
    }

    /** One text that was written: for which prompt and choice, and how long the prompt is. */
    record Choice(int index, String echoed, int promptTokens, Generation written) {}

    /** {@return the whole answer} */
    Map<String, Object> whole(List<Choice> choices) {
        List<Object> all = new ArrayList<>();
        for (Choice choice : choices) {
            String text = choice.echoed() + choice.written().text();
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("index", choice.index());
            if (request.turns() == null) {
                one.put("text", text);
            } else {
                Map<String, Object> message = new LinkedHashMap<>();
                message.put("role", "assistant");
                message.put("content", text);
                message.put("refusal", null);
                one.put("message", message);
            }
            one.put("logprobs", null);
            one.put("finish_reason", reason(choice.written()));
            all.add(one);
        }
        Map<String, Object> reply = head(request.turns() == null ? "text_completion" : "chat.completion");
        reply.put("choices", all);
        reply.put("usage", usage(choices));
        return reply;
    }

    /** {@return the piece of a stream that begins a choice: in a chat, who speaks} */
    Map<String, Object> begin(int index, String echoed) {
        if (request.turns() == null) {
            return piece(index, echoed);
        }
        Map<String, Object> delta = new LinkedHashMap<>();
        delta.put("role", "assistant");
        delta.put("content", "");
        return chunk(index, delta, null, null);
    }

    /** {@return a piece of text} */
    Map<String, Object> piece(int index, String text) {
        return chunk(index, Map.of("content", text), text, null);
    }

    /** {@return the piece that ends a choice} */
    Map<String, Object> end(int index, Generation written) {
        return chunk(index, Map.of(), "", reason(written));
    }

    /** {@return the piece after all, with the counts of tokens} */
    Map<String, Object> count(List<Choice> choices) {
        Map<String, Object> reply = head(request.turns() == null ? "text_completion" : "chat.completion.chunk");
        reply.put("choices", List.of());
        reply.put("usage", usage(choices));
        return reply;
    }

    private Map<String, Object> chunk(int index, Map<String, Object> delta, String text, String reason) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("index", index);
        if (request.turns() == null) {
            one.put("text", text);
        } else {
            one.put("delta", delta);
        }
        one.put("logprobs", null);
        one.put("finish_reason", reason);
        Map<String, Object> reply = head(request.turns() == null ? "text_completion" : "chat.completion.chunk");
        reply.put("choices", List.of(one));
        if (request.usage()) {
            reply.put("usage", null);
        }
        return reply;
    }

    private Map<String, Object> head(String object) {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("id", id);
        reply.put("object", object);
        reply.put("created", created);
        reply.put("model", request.model());
        reply.put("system_fingerprint", fingerprint);
        return reply;
    }

    /** A prompt that has several choices was read once for each and counts once, as in the protocol. */
    private Map<String, Object> usage(List<Choice> choices) {
        long prompt = 0;
        long written = 0;
        for (Choice choice : choices) {
            prompt += choice.index() % request.choices() == 0 ? choice.promptTokens() : 0;
            written += choice.written().ids().length;
        }
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", prompt);
        usage.put("completion_tokens", written);
        usage.put("total_tokens", prompt + written);
        return usage;
    }

    private static String reason(Generation written) {
        return switch (written.ending()) {
            case END_TOKEN, STOP_TEXT -> "stop";
            case LENGTH, INTERRUPTED -> "length";
        };
    }

    /** {@return one model, as {@code /v1/models/ID} shows it} */
    static Map<String, Object> model(ServedModel model, long created) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", model.id());
        object.put("object", "model");
        object.put("created", created);
        object.put("owned_by", "kawi");
        object.put("context", model.context());
        object.put("chat", model.chats());
        return object;
    }
}
