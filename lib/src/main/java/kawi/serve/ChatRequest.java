package kawi.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;
import kawi.model.Sampling;
import kawi.template.ChatTemplate;

/**
 * A request for text in OpenAI's protocol, checked: every parameter that it has was used, or it is refused by name.
 *
 * @param model the name of the model that is asked
 * @param turns the conversation of {@code /v1/chat/completions}; null in the other kind
 * @param prompts the texts of {@code /v1/completions}; null in the other kind
 * @param sampling how tokens are chosen; at most {@link Integer#MAX_VALUE} of them where the request sets no limit
 * @param choices how many answers to each prompt
 * @param stream whether pieces are sent as they come
 * @param usage whether a stream ends with the counts of tokens
 * @param echo whether a completion repeats its prompt
 */
record ChatRequest(
        String model,
        List<ChatTemplate.Turn> turns,
        List<String> prompts,
        Sampling sampling,
        int choices,
        boolean stream,
        boolean usage,
        boolean echo) {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final int MOST_CHOICES = 16;

    /** Parameters that say who asks or what for, and change no answer. */
    private static final Set<String> ABOUT_THE_CALLER =
            Set.of("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key");

    /** Parameters that this server has one value for. */
    private static final Map<String, Set<String>> ONLY = Map.ofEntries(
            Map.entry("frequency_penalty", Set.of("0", "0.0")),
            Map.entry("presence_penalty", Set.of("0", "0.0")),
            Map.entry("logit_bias", Set.of("{}")),
            Map.entry("logprobs", Set.of("false", "0")),
            Map.entry("best_of", Set.of("1")),
            Map.entry("tools", Set.of("[]")),
            Map.entry("tool_choice", Set.of("\"none\"", "\"auto\"")),
            Map.entry("parallel_tool_calls", Set.of("true", "false")),
            Map.entry("modalities", Set.of("[\"text\"]")),
            Map.entry("response_format", Set.of("{\"type\":\"text\"}")));

    /**
     * Reads the body of a request.
     *
     * @param body UTF-8
     * @param chat whether it goes to {@code /v1/chat/completions}
     * @throws ProtocolError where it is not what the protocol asks for
     */
    static ChatRequest read(byte[] body, boolean chat) {
        JsonNode json = json(body);
        Fields fields = new Fields(json);
        String model = fields.text("model", null);
        if (model == null) {
            throw ProtocolError.invalid("model", "The request names no model: say one of those that /v1/models lists.");
        }
        List<ChatTemplate.Turn> turns = chat ? turns(fields.take("messages")) : null;
        List<String> prompts = chat ? null : prompts(fields.take("prompt"));
        Double temperature = fields.number("temperature", 0, 2);
        Double topP = fields.number("top_p", 0, 1);
        Integer limit = fields.whole("max_tokens", 1);
        Integer newer = chat ? fields.whole("max_completion_tokens", 1) : null;
        if (limit != null && newer != null && !limit.equals(newer)) {
            throw ProtocolError.invalid(
                    "max_tokens", "The request sets max_tokens and max_completion_tokens to two numbers: leave one.");
        }
        Integer most = limit == null ? newer : limit;
        if (most == null && !chat) {
            most = 16; // the protocol's own, for a completion
        }
        Long seed = fields.seed();
        Integer choices = fields.whole("n", 1);
        if (choices != null && choices > MOST_CHOICES) {
            throw ProtocolError.invalid(
                    "n",
                    "The request asks for " + choices + " answers (n), and this server gives " + "at most "
                            + MOST_CHOICES + " at once.");
        }
        boolean stream = fields.flag("stream");
        boolean usage = usage(fields.take("stream_options"), stream);
        boolean echo = !chat && fields.flag("echo");
        Sampling sampling;
        try {
            sampling = new Sampling(
                    most == null ? Integer.MAX_VALUE : most,
                    temperature == null ? 1 : temperature,
                    0,
                    topP == null ? 1 : Math.max(topP, Double.MIN_NORMAL),
                    0,
                    1,
                    stops(fields.take("stop")),
                    seed == null ? ThreadLocalRandom.current().nextLong() : seed);
        } catch (KitException e) {
            throw ProtocolError.invalid(null, e.getMessage()).from(e);
        }
        fields.done();
        return new ChatRequest(model, turns, prompts, sampling, choices == null ? 1 : choices, stream, usage, echo);
    }

    private static JsonNode json(byte[] body) {
        JsonNode json;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            json = JSON.readTree(text);
        } catch (CharacterCodingException e) {
            throw ProtocolError.invalid(null, "The request's body is not UTF-8.")
                    .from(e);
        } catch (JsonProcessingException e) {
            throw ProtocolError.invalid(null, "The request's body is not JSON: " + WholeFile.fault(e) + ".")
                    .from(e);
        }
        if (json == null || !json.isObject()) {
            throw ProtocolError.invalid(null, "The request's body is not a JSON object.");
        }
        return json;
    }

    private static List<ChatTemplate.Turn> turns(JsonNode messages) {
        if (messages == null || !messages.isArray() || messages.isEmpty()) {
            throw ProtocolError.invalid("messages", "The request has no list of messages with at least one in it.");
        }
        List<ChatTemplate.Turn> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            String where = "messages[" + turns.size() + "]";
            if (!message.isObject()) {
                throw ProtocolError.invalid(where, "The message " + where + " is not an object with role and content.");
            }
            Fields fields = new Fields(message, where + ".");
            String role = fields.text("role", "");
            fields.take("name"); // of one speaker among several; chat templates have no place for it
            turns.add(new ChatTemplate.Turn(
                    switch (role) {
                        case "system", "developer" -> "system";
                        case "user", "assistant" -> role;
                        default ->
                            throw ProtocolError.invalid(
                                    where + ".role",
                                    "The role '" + role + "' of " + where
                                            + " is none that this server knows: system, developer, user, assistant.");
                    },
                    content(fields.take("content"), where + ".content")));
            fields.nothing("refusal", "tool_calls", "function_call", "audio", "annotations");
            fields.done();
        }
        return turns;
    }

    /** A text, or a list of parts that are texts. */
    private static String content(JsonNode content, String where) {
        if (content != null && content.isTextual()) {
            return content.textValue();
        }
        if (content == null || !content.isArray() || content.isEmpty()) {
            throw ProtocolError.invalid(where, where + " is neither a text nor a list of texts.");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual() || part.size() != 2) {
                throw ProtocolError.invalid(
                        where, where + " has a part that is not a text; this server reads nothing else.");
            }
            text.append(part.get("text").textValue());
        }
        return text.toString();
    }

    private static List<String> prompts(JsonNode prompt) {
        if (prompt == null) {
            throw ProtocolError.invalid("prompt", "The request has no prompt.");
        }
        if (prompt.isTextual()) {
            return List.of(prompt.textValue());
        }
        List<String> prompts = new ArrayList<>();
        for (JsonNode each : prompt) {
            if (!each.isTextual()) {
                prompts.clear();
                break;
            }
            prompts.add(each.textValue());
        }
        if (prompts.isEmpty() || prompts.size() > MOST_CHOICES) {
            throw ProtocolError.invalid(
                    "prompt", "The prompt is neither a text nor a list of 1 to " + MOST_CHOICES + " texts.");
        }
        return prompts;
    }

    private static List<String> stops(JsonNode stop) {
        if (stop == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : stop.isTextual() ? List.of(stop) : stop) {
            texts.add(each.isTextual() ? each.textValue() : "");
        }
        if (!stop.isTextual() && !stop.isArray() || texts.size() > 4 || texts.contains("")) {
            throw ProtocolError.invalid(
                    "stop", "The stop is neither a text nor a list of at most four texts, none empty.");
        }
        return texts;
    }

    private static boolean usage(JsonNode options, boolean stream) {
        if (options == null) {
            return false;
        }
        if (!stream || !options.isObject()) {
            throw ProtocolError.invalid(
                    "stream_options", "stream_options is an object, and goes with stream = true only.");
        }
        Fields fields = new Fields(options, "stream_options.");
        boolean usage = fields.flag("include_usage");
        fields.take("include_obfuscation"); // padding against listeners on the line; nothing listens on loopback
        fields.done();
        return usage;
    }

    /** An object's fields, each taken once; null counts as left out, as clients write it. */
    private static final class Fields {
        private final JsonNode object;
        private final String prefix;
        private final Set<String> taken = new HashSet<>();

        Fields(JsonNode object) {
            this(object, "");
        }

        Fields(JsonNode object, String prefix) {
            this.object = object;
            this.prefix = prefix;
        }

        JsonNode take(String name) {
            taken.add(name);
            JsonNode value = object.get(name);
            return value == null || value.isNull() ? null : value;
        }

        String text(String name, String otherwise) {
            JsonNode value = take(name);
            if (value != null && !value.isTextual()) {
                throw wrong(name, value, "a text");
            }
            return value == null ? otherwise : value.textValue();
        }

        boolean flag(String name) {
            JsonNode value = take(name);
            if (value != null && !value.isBoolean()) {
                throw wrong(name, value, "true or false");
            }
            return value != null && value.booleanValue();
        }

        Double number(String name, double least, double most) {
            JsonNode value = take(name);
            if (value == null) {
                return null;
            }
            if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
                throw wrong(name, value, "a number from " + (int) least + " to " + (int) most);
            }
            return value.doubleValue();
        }

        Integer whole(String name, int least) {
            JsonNode value = take(name);
            if (value == null) {
                return null;
            }
            if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
                throw wrong(name, value, "a whole number of at least " + least);
            }
            return value.intValue();
        }

        Long seed() {
            JsonNode value = take("seed");
            if (value == null) {
                return null;
            }
            if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                throw wrong("seed", value, "a whole number of 64 bits");
            }
            return value.longValue();
        }

        /** Fields that answers of other servers carry, and that say something only where they are not empty. */
        void nothing(String... names) {
            for (String name : names) {
                JsonNode value = take(name);
                if (value != null && !(value.isArray() && value.isEmpty())) {
                    throw wrong(name, value, "nothing, since this server has only text");
                }
            }
        }

        /** Refuses what nobody took. */
        void done() {
            object.properties().forEach(field -> {
                String name = field.getKey();
                JsonNode value = field.getValue();
                if (taken.contains(name) || value.isNull() || prefix.isEmpty() && ABOUT_THE_CALLER.contains(name)) {
                    return;
                }
                Set<String> only = prefix.isEmpty() ? ONLY.get(name) : null;
                if (only == null) {
                    throw ProtocolError.invalid(
                            prefix + name, "This server does not know the parameter '" + prefix + name + "'.");
                }
                if (!only.contains(value.toString())) {
                    throw ProtocolError.invalid(
                            name, "This server cannot do " + name + " = " + shortened(value) + ": leave it out.");
                }
            });
        }

        private ProtocolError wrong(String name, JsonNode value, String wanted) {
            return ProtocolError.invalid(
                    prefix + name,
                    "The parameter '" + prefix + name + "' is " + shortened(value) + "; it must be " + wanted + ".");
        }

        private static String shortened(JsonNode value) {
            String text = value.toString();
            return text.length() > 60 ? text.substring(0, 60) + "..." : text;
        }
    }
}
