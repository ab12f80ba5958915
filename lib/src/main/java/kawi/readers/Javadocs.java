package kawi.readers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;

/**
 * The documentation in Java source archives: one document a class, made of its licence header, its name, and every
 * Javadoc comment under the declaration it belongs to. Markup such as {@code {@link}} and tags such as {@code @param}
 * stay: cleaning them is the next notebook's work.
 */
final class Javadocs implements Reader {
    @Override
    public void read(Source source, List<Path> files, Intake intake) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            Source.Parcel parcel = source.parcels().get(i);
            Archive.read(
                    files.get(i),
                    name -> name.endsWith(".java") && !name.endsWith("module-info.java"),
                    intake::skipped,
                    (name, content) -> source(source, parcel, name, content, intake));
        }
    }

    private static void source(Source source, Source.Parcel parcel, String name, byte[] content, Intake intake) {
        String url = parcel.locate(name);
        Decoded decoded = Decoded.of(content);
        intake.repaired(url, decoded);
        List<JavadocScanner.Comment> comments = JavadocScanner.scan(decoded.text());
        if (comments.stream().noneMatch(JavadocScanner.Comment::documents)) {
            intake.skipped(url, "no Javadoc comment");
            return;
        }
        StringBuilder text = new StringBuilder();
        for (JavadocScanner.Comment comment : comments) {
            if (!comment.declaration().isEmpty()) {
                text.append(comment.declaration()).append('\n');
            }
            text.append(comment.text()).append("\n\n");
        }
        String title = name.replaceAll("\\.java$", "").replace('/', '.');
        String licence = parcel.licence() == null ? source.licence() : parcel.licence();
        intake.take(Document.collected(
                source.id(),
                name,
                title,
                parcel.name() == null ? null : parcel.name().replaceAll("^.*:", ""),
                null,
                source.genre(),
                licence,
                url,
                text.toString().stripTrailing() + "\n"));
    }
}
