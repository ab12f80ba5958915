package kawi.audit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.clean.Licences;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.readers.Catalog;
import kawi.readers.Taker;

/**
 * Sources of any size as one corpus on disk, with the ledger that was kept while they were read. A document is written
 * when it is read and then forgotten, so that the memory is that of the longest ones; {@code Pipeline} reads the corpus
 * in the same way. The bytes are those of {@link Catalog#read} with {@link Ledger#allowed}, which hold everything, and
 * the same for any number of cores.
 *
 * @param corpus {@code documents.jsonl.gz}: the documents that the policy allows, in the order of the sources
 * @param ledger {@code ledger.json}: of what was set aside of a source the first {@value #MOST} as they are, and the
 *     others counted by their reasons
 * @param aside {@code aside.jsonl.gz}: all that was set aside or kept with a note, a line each, see {@link Aside#each}
 */
public record Collected(Corpus corpus, Ledger ledger, Path aside) {
    /** How much the ledger lists, of a source, before it counts. */
    static final int MOST = 1000;

    /**
     * Collects all documents of sources.
     *
     * @param catalog has the sources
     * @param ids of the sources, in the order in which they are to stand in the corpus; one that is not at hand is left
     *     out and stands in the ledger as missing
     * @param policy which licences are taken
     * @param folder an existing folder for the three files, such as that of a draft
     * @param progress hears of the documents read, source by source
     * @return what was made
     * @throws KitException where the catalog does not know a source, where it is interrupted, a reader of one's own
     *     fails or a file cannot be written; then the corpus was not written
     */
    public static Collected from(Catalog catalog, List<String> ids, Licences policy, Path folder, Progress progress) {
        ids.forEach(catalog::source); // one that the catalog does not know is a slip, and none that is missing
        Path aside = folder.resolve("aside.jsonl.gz");
        Bookkeeper books = new Bookkeeper(policy, MOST);
        List<Skipped> missing = new ArrayList<>();
        try (CorpusWriter documents = Corpus.writer(folder.resolve("documents.jsonl.gz"));
                CorpusWriter notes = Corpus.writer(aside)) {
            for (String id : ids) {
                try {
                    catalog.check(id);
                } catch (KitException e) {
                    missing.add(new Skipped(id, e.getMessage()));
                    continue;
                }
                books.end(catalog.stream(id, new Writer(id, policy, books, documents, notes), progress));
                if (Thread.interrupted()) {
                    throw new KitException(
                            "Collecting was interrupted in source " + id + " and wrote nothing: run the cell again.");
                }
            }
            Ledger ledger = books.ledger(missing);
            ledger.write(folder.resolve("ledger.json"));
            notes.complete();
            return new Collected(documents.finish(), ledger, aside);
        }
    }

    /** Writes what is read, and tells the bookkeeper. */
    private record Writer(String id, Licences policy, Bookkeeper books, CorpusWriter documents, CorpusWriter notes)
            implements Taker {
        @Override
        public void document(Document document) {
            books.document(document);
            if (policy.allows(document.licence())) {
                documents.add(document);
            }
        }

        @Override
        public void skipped(Skipped what) {
            books.skipped(what);
            notes.write(new Aside(id, Ledger.ASIDE, what.where(), what.reason()));
        }

        @Override
        public void repaired(Skipped what) {
            books.repaired(what);
            notes.write(new Aside(id, Ledger.KEPT, what.where(), what.reason()));
        }
    }
}
