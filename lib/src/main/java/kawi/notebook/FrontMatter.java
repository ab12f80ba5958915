package kawi.notebook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import kawi.evidence.KitException;

/** The metadata at the head of a card, as Hugging Face's hub reads it: YAML, each value as JSON, which YAML holds. */
final class FrontMatter {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private FrontMatter() {}

    /** The metadata between its marks; empty where there are none. */
    static String of(Map<String, Object> metadata) {
        if (metadata.isEmpty()) {
            return "";
        }
        StringBuilder front = new StringBuilder("---\n");
        metadata.forEach((key, value) -> {
            try {
                front.append(key)
                        .append(": ")
                        .append(JSON.writeValueAsString(value))
                        .append('\n');
            } catch (JsonProcessingException e) {
                throw new KitException(
                        "The card's '" + key + "' cannot be written (" + e.getOriginalMessage()
                                + "): give texts, numbers and lists of them.",
                        e);
            }
        });
        return front.append("---\n\n").toString();
    }
}
