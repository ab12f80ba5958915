package kawi.notebook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;
import kawi.readers.Source;
import kawi.stats.Interval;

/**
 * What whoever uses a set of data must know before they do (Gebru et al. 2021), as Markdown with the front matter of
 * Hugging Face's hub. Words come from the catalog; numbers come from the counts of notebook 01, {@code data-card.json}.
 *
 * @param source the set, as the catalog describes it
 * @param counts what was counted in it, as {@code data-card.json} has it by source
 */
public record DatasetCard(Source source, JsonNode counts) {

    /**
     * {@return the card of a source}
     *
     * @param source the source, as the catalog describes it
     * @param counted the {@code data-card.json} of a corpus that holds it
     * @throws KitException where the file cannot be read, or nothing of this source was counted
     */
    public static DatasetCard of(Source source, Path counted) {
        JsonNode counts;
        try {
            counts = new ObjectMapper()
                    .readTree(WholeFile.text(counted, WholeFile.DATA))
                    .path("bySource")
                    .path(source.id());
        } catch (JsonProcessingException e) {
            throw new KitException(
                    counted.getFileName() + " is not complete JSON (" + WholeFile.fault(e)
                            + "): run notebook 01 again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading what was counted", counted);
        }
        if (!counts.path("documents").isNumber()) {
            throw new KitException(counted.getFileName() + " has no counts of " + source.id()
                    + ": name a source of that corpus, or run notebook 01 again.");
        }
        return new DatasetCard(source, counts);
    }

    /** {@return what was found, in sentences made from the counts} */
    public List<String> findings() {
        List<String> findings = new ArrayList<>();
        long documents = counts.path("documents").asLong();
        findings.add(Show.filled(
                "{} documents, {} MB, {} words.",
                documents,
                counts.path("bytes").asDouble() / 1e6,
                counts.path("pronouns").path("words").asLong()));
        JsonNode she = counts.path("she");
        if (she.has("low")) {
            Interval share = new Interval(
                    she.path("value").asDouble(),
                    she.path("low").asDouble(),
                    she.path("high").asDouble());
            findings.add(Show.filled(
                    "Of the pronouns she and he, she has a share of {}: {} half.",
                    share,
                    !share.excludes(0.5)
                            ? "not to be told from a"
                            : share.value() < 0.5 ? "detectably less than" : "detectably more than"));
        } else {
            findings.add("The share of she among the pronouns she and he has no interval: too few documents have any.");
        }
        List<String> personal = new ArrayList<>();
        counts.path("personal")
                .properties()
                .forEach(each -> personal.add(each.getKey().toLowerCase(Locale.ROOT) + " "
                        + Tables.number(each.getValue().asLong())));
        findings.add(
                personal.isEmpty()
                        ? "The patterns found no personal data; names and what no pattern knows may be there."
                        : Show.filled(
                                "What looks like personal data, before anything is masked: {}, in {} documents."
                                        + " Patterns find too much and too little.",
                                String.join(", ", personal),
                                documents));
        return findings;
    }

    /** {@return the card} */
    public String markdown() {
        Map<String, Object> front = new LinkedHashMap<>();
        front.put("pretty_name", source.title());
        front.put("language", List.of(source.language().split(",")));
        boolean known =
                !source.licence().equals("public-domain") && !source.licence().startsWith("LicenseRef-");
        front.put("license", known ? source.licence().toLowerCase(Locale.ROOT) : "other");
        if (!known) {
            front.put("license_name", source.licence().toLowerCase(Locale.ROOT));
        }
        front.put("size_categories", List.of(size(counts.path("documents").asLong())));
        front.put("task_categories", List.of("text-generation"));
        front.put("tags", List.of("kawi", source.genre()));
        StringBuilder card = new StringBuilder(FrontMatter.of(front));
        card.append("# ")
                .append(source.title())
                .append("\n\n")
                .append(source.description())
                .append("\n");
        card.append("\n## Licence\n\n")
                .append(source.licence())
                .append(". ")
                .append(source.note())
                .append("\n");
        card.append("\n## Intended use\n\nText to learn language models from, for learning how they are built.")
                .append(" Not for finding out about the persons in it, and not for models that decide about people.\n");
        card.append("\n## What was counted, as it was collected\n\n");
        findings().forEach(each -> card.append("- ").append(each).append("\n"));
        card.append("\n## Limits\n\nThe texts are of the kind \"")
                .append(source.genre())
                .append("\" and say nothing of others; who wrote them, and when, was not drawn by chance.\n");
        return card.toString();
    }

    private static String size(long documents) {
        return documents < 1_000
                ? "n<1K"
                : documents < 10_000
                        ? "1K<n<10K"
                        : documents < 100_000 ? "10K<n<100K" : documents < 1_000_000 ? "100K<n<1M" : "n>1M";
    }
}
