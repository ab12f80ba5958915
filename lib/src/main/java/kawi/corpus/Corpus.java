package kawi.corpus;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import kawi.evidence.KitException;

/**
 * Documents in a fixed order, read as often as one likes and never all in memory.
 *
 * <p>On disk a corpus is {@code documents.jsonl.gz}: one JSON object a line, the fields of {@link Document}.
 */
public interface Corpus extends Iterable<Document> {

    /** {@return number of documents} The first call may read the corpus once. */
    long size();

    /**
     * {@return lines that could not be read as documents, with the reason, and, marked as kept, those that were read
     * otherwise than they were written} Complete after one reading.
     */
    List<Skipped> skipped();

    /**
     * {@return a corpus file} A bad line, an over-long line, or a cut end is set aside.
     *
     * @param documentsJsonlGz the file
     * @throws KitException where it is missing
     */
    static Corpus open(Path documentsJsonlGz) {
        return JsonLines.open(documentsJsonlGz);
    }

    /**
     * {@return a few documents held in memory}
     *
     * @param documents the documents, in their order
     */
    static Corpus of(List<Document> documents) {
        return new Few(List.copyOf(documents));
    }

    /**
     * {@return a writer of a new corpus file} The file appears under its name only when {@link CorpusWriter#finish()}
     * was called.
     *
     * @param documentsJsonlGz the file
     * @throws KitException where it cannot be written
     */
    static CorpusWriter writer(Path documentsJsonlGz) {
        return new CorpusWriter(documentsJsonlGz);
    }

    /** {@return the documents as a stream} */
    default Stream<Document> stream() {
        return StreamSupport.stream(spliterator(), false);
    }

    /**
     * {@return the documents for which a condition holds, in the same order}
     *
     * @param wanted the condition
     */
    default Corpus filter(Predicate<Document> wanted) {
        return new Filtered(this, wanted);
    }

    /**
     * {@return the documents of one source}
     *
     * @param id the source's id
     */
    default Corpus source(String id) {
        return filter(document -> document.source().equals(id));
    }

    /**
     * {@return the documents of one part of the data}
     *
     * @param part the part
     */
    default Corpus split(Split part) {
        return filter(document -> document.split() == part);
    }

    /** {@return length of all texts together in UTF-8 bytes} */
    default long bytes() {
        return stream().mapToLong(Document::bytes).sum();
    }

    /** {@return the texts alone} */
    default Iterable<String> texts() {
        return () -> stream().map(Document::text).iterator();
    }

    /**
     * A few documents held in memory.
     *
     * @param documents the documents
     */
    record Few(List<Document> documents) implements Corpus {
        @Override
        public long size() {
            return documents.size();
        }

        @Override
        public List<Skipped> skipped() {
            return List.of();
        }

        @Override
        public Iterator<Document> iterator() {
            return documents.iterator();
        }
    }

    /**
     * A corpus seen through a condition.
     *
     * @param whole the corpus
     * @param wanted the condition
     */
    record Filtered(Corpus whole, Predicate<Document> wanted) implements Corpus {
        @Override
        public long size() {
            return stream().count();
        }

        @Override
        public List<Skipped> skipped() {
            return whole.skipped();
        }

        @Override
        public Iterator<Document> iterator() {
            return whole.stream().filter(wanted).iterator();
        }
    }
}
