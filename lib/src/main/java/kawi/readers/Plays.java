package kawi.readers;

import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;

/**
 * Shakespeare's plays as Markdown ({@code # title}, {@code ## act}, {@code ### scene}, {@code **SPEAKER**}): one
 * document a scene, with the speaker's name on a line of its own as in print.
 */
final class Plays extends ArchiveReader {
    @Override
    protected boolean wants(String path) {
        return path.contains("/plays/") && path.endsWith(".md");
    }

    @Override
    protected void read(Source source, Source.Parcel parcel, Archive.Entry entry, Intake intake) {
        String name = entry.path();
        String url = parcel.locate(name);
        Decoded decoded = entry.text();
        if (decoded.text().isBlank()) {
            intake.skipped(url, "empty");
            return;
        }
        intake.repaired(url, decoded);
        String title = name;
        String act = "";
        String scene = "";
        StringBuilder text = new StringBuilder();
        for (String line : (decoded.text() + "\n### ").split("\n", -1)) {
            boolean opensAct = line.startsWith("## ");
            if (opensAct || line.startsWith("### ")) {
                String body = text.toString().strip();
                if (!body.isEmpty()) {
                    String heading = String.join(", ", title, act + (scene.isEmpty() ? "" : ", " + scene));
                    intake.take(Document.collected(
                            source.id(),
                            name + heading,
                            heading,
                            "William Shakespeare",
                            null,
                            source.genre(),
                            source.licence(),
                            url,
                            body + "\n"));
                }
                text.setLength(0);
                act = opensAct ? line.substring(3).strip() : act;
                scene = opensAct ? "" : line.substring(4).strip();
            } else if (line.startsWith("# ")) {
                title = line.substring(2).strip();
            } else {
                text.append(line.stripTrailing().replace("**", "").replaceAll("^_(.*)_$", "[$1]"))
                        .append('\n');
            }
        }
    }
}
