package kawi.readers;

import java.util.List;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;

/**
 * The documentation in Java source archives: one document a class, made of its licence header, its name, and every
 * Javadoc comment under the declaration it belongs to. Markup such as {@code {@link}} and tags such as {@code @param}
 * stay: cleaning them is the next notebook's work.
 */
final class Javadocs extends ArchiveReader {
    @Override
    protected boolean wants(String path) {
        return path.endsWith(".java") && !path.endsWith("module-info.java");
    }

    @Override
    protected void read(Source source, Source.Parcel parcel, Archive.Entry entry, Intake intake) {
        String name = entry.path();
        String url = parcel.locate(name);
        Decoded decoded = entry.text();
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
