package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;

/**
 * Sentences with human ratings, from the archive inside the vaderSentiment archive: tab-separated id, rating and text.
 * One document a line. Which of its four tables is read is the source's genre: the table's file name begins with it.
 */
final class RatedSentences implements Reader {
    @Override
    public void read(Source source, List<Path> files, Intake intake) throws IOException {
        String prefix = switch (source.genre()) {
            case "newspaper" -> "nytEditorial";
            case "product reviews" -> "amazonReview";
            case "tweets" -> "tweets";
            default -> "movieReview";
        };
        for (int i = 0; i < files.size(); i++) {
            Source.Parcel parcel = source.parcels().get(i);
            Archive.read(
                    files.get(i),
                    name -> name.endsWith("hutto_ICWSM_2014.tar.gz"),
                    intake::skipped,
                    (outer, archive) -> Archive.tar(
                            new ByteArrayInputStream(archive),
                            outer,
                            name -> name.matches(".*/" + prefix + "\\w*_GroundTruth\\.txt"),
                            intake::skipped,
                            (name, content) -> sentences(source, parcel, name, content, intake)));
        }
    }

    private static void sentences(Source source, Source.Parcel parcel, String name, byte[] content, Intake intake) {
        Decoded decoded = Decoded.of(content);
        intake.repaired(parcel.locate(name), decoded);
        for (String line : decoded.text().split("\\R")) {
            String[] fields = line.split("\t", 3);
            if (fields.length < 3) {
                if (!line.isBlank()) {
                    intake.skipped(parcel.locate(name), "a line without id, rating and text");
                }
                continue;
            }
            intake.take(Document.collected(
                    source.id(),
                    name + fields[0],
                    null,
                    null,
                    null,
                    source.genre(),
                    source.licence(),
                    parcel.locate(name),
                    fields[2].strip()));
        }
    }
}
