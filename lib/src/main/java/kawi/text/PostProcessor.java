package kawi.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * What a {@code tokenizer.json} has put around every text by its {@code post_processor}: nothing, or one token before
 * it. Whatever else a file asks for is refused, since a text without it would not be what the model learned. Pairs of
 * texts are never encoded here, so what is put between them has no effect.
 *
 * @param first the token that stands before every text, empty for none
 * @param id its id as the post-processor has it, -1 where it gives none
 */
public record PostProcessor(String first, int id) {
    private static final PostProcessor NOTHING = new PostProcessor("", -1);
    private static final String INSTEAD = ", and this kit puts one token at most, before it: take another model";

    /**
     * {@return what a file puts around every text; nothing where there is no file}
     *
     * @param tokenizerJson a Hugging Face {@code tokenizer.json}
     * @throws KitException where it cannot be read, or asks for what this kit does not do
     */
    public static PostProcessor read(Path tokenizerJson) {
        if (!Files.exists(tokenizerJson)) {
            return NOTHING;
        }
        try {
            return of(
                    tokenizerJson,
                    new ObjectMapper()
                            .readTree(WholeFile.bytes(tokenizerJson, WholeFile.SETTINGS))
                            .path("post_processor"));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The tokenizer " + tokenizerJson.getFileName()
                            + " is not a whole JSON file: make or fetch it again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the tokenizer", tokenizerJson);
        }
    }

    /** The same of the step itself. */
    static PostProcessor of(Path path, JsonNode step) {
        String type = step.path("type").asText("none");
        switch (type) {
            case "none":
                if (!step.isMissingNode() && !step.isNull()) {
                    throw refusal(path, "has a post_processor without a type: " + shortened(step));
                }
                return NOTHING;
            case "ByteLevel": // moves the offsets of tokens, which the kit does not give
                only(path, step, Set.of("type", "add_prefix_space", "trim_offsets", "use_regex"));
                return NOTHING;
            case "Sequence":
                only(path, step, Set.of("type", "processors"));
                PostProcessor found = NOTHING;
                for (JsonNode each : step.path("processors")) {
                    PostProcessor more = of(path, each);
                    if (!found.first.isEmpty() && !more.first.isEmpty()) {
                        throw refusal(
                                path, "puts " + found.first + " and " + more.first + " before every text" + INSTEAD);
                    }
                    found = more.first.isEmpty() ? found : more;
                }
                return found;
            case "TemplateProcessing":
                only(path, step, Set.of("type", "single", "pair", "special_tokens"));
                return template(path, step);
            default:
                throw refusal(
                        path, "has the post_processor " + type + ", which adds special tokens around a text" + INSTEAD);
        }
    }

    /** One part or two: a token, and the text. */
    private static PostProcessor template(Path path, JsonNode step) {
        JsonNode single = step.path("single");
        int text = single.size() - 1;
        boolean known = (text == 0 || text == 1 && single.get(0).has("SpecialToken"))
                && single.get(text).has("Sequence");
        if (!known) {
            throw refusal(
                    path, "puts tokens around a text (post_processor.single = " + shortened(single) + ")" + INSTEAD);
        }
        if (text == 0) {
            return NOTHING;
        }
        String name = single.get(0).path("SpecialToken").path("id").asText();
        JsonNode meant = step.path("special_tokens").path(name);
        if (meant.isMissingNode()) {
            return new PostProcessor(name, -1);
        }
        JsonNode tokens = meant.path("tokens");
        JsonNode ids = meant.path("ids");
        if (tokens.size() != 1 || ids.size() > 1) {
            throw refusal(path, "puts " + shortened(meant) + " before every text" + INSTEAD);
        }
        if (!tokens.get(0).isTextual() || ids.size() == 1 && !ids.get(0).canConvertToInt()) {
            throw refusal(path, "puts " + shortened(meant) + " before every text, which is no token and its id");
        }
        return new PostProcessor(
                tokens.get(0).asText(), ids.size() == 1 ? ids.get(0).asInt() : -1);
    }

    private static void only(Path path, JsonNode step, Set<String> known) {
        List<String> keys = new ArrayList<>();
        step.fieldNames().forEachRemaining(keys::add);
        keys.removeAll(known);
        if (!keys.isEmpty()) {
            throw refusal(
                    path,
                    "has the key post_processor." + keys.get(0) + " = " + shortened(step.path(keys.get(0)))
                            + ", which this kit does not know");
        }
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private static KitException refusal(Path path, String why) {
        return new KitException("The tokenizer " + path.getFileName() + " " + why + ".");
    }
}
