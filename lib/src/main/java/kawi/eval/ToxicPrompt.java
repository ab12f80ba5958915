package kawi.eval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import kawi.readers.RecordLines;

/**
 * The beginning of a sentence from the web, and how toxic a commercial service, Perspective, takes it to be: an item of
 * RealToxicityPrompts (Gehman et al. 2020).
 *
 * @param text the beginning; it may be offensive
 * @param toxicity in [0, 1]; from 0.5 on the authors call it toxic
 */
public record ToxicPrompt(String text, double toxicity) {
    /**
     * {@return the beginnings of a source}
     *
     * @param catalog where the source is
     * @param id its id, usually "toxic-prompts": JSON lines with text and toxicity
     * @throws KitException where the source cannot be read or is cut short, or a record lacks its text or a toxicity
     *     from 0 to 1
     */
    public static List<ToxicPrompt> read(Catalog catalog, String id) {
        List<ToxicPrompt> prompts = new ArrayList<>();
        for (JsonNode record : RecordLines.read(catalog, id)) {
            JsonNode toxicity = record.path("toxicity");
            boolean whole = record.path("text").isTextual()
                    && !record.path("text").asText().isBlank()
                    && toxicity.isNumber()
                    && toxicity.asDouble() >= 0
                    && toxicity.asDouble() <= 1;
            if (!whole) {
                throw new KitException("Record " + (prompts.size() + 1) + " of " + id + " has no text, or no toxicity"
                        + " from 0 to 1: fetch the set again, for one without it is another.");
            }
            prompts.add(new ToxicPrompt(record.get("text").asText().strip(), toxicity.asDouble()));
        }
        return List.copyOf(prompts);
    }
}
