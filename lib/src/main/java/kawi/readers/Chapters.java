package kawi.readers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;

/** Moby-Dick: one JSON file a chapter, with number, title and text; one document each. */
final class Chapters implements Reader {
    @Override
    public void read(Source source, List<Path> files, Intake intake) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            Source.Parcel parcel = source.parcels().get(i);
            Archive.read(
                    files.get(i),
                    name -> name.matches(".*/data/(chapter_\\d+|epilogue|etymology|extracts)\\.json"),
                    intake::skipped,
                    (name, content) -> chapter(source, parcel, name, content, intake));
        }
    }

    private static void chapter(Source source, Source.Parcel parcel, String name, byte[] content, Intake intake)
            throws IOException {
        String url = parcel.locate(name.substring(name.indexOf('/') + 1));
        Decoded decoded = Decoded.of(content);
        intake.repaired(url, decoded);
        try {
            JsonNode json = JsonLines.JSON.readTree(decoded.text());
            intake.take(Document.collected(
                    source.id(),
                    name,
                    "Moby-Dick: " + json.path("title").asText(),
                    "Herman Melville",
                    1851,
                    source.genre(),
                    source.licence(),
                    url,
                    json.path("text").asText()));
        } catch (JsonProcessingException e) {
            intake.skipped(url, "not JSON: " + e.getOriginalMessage());
        }
    }
}
