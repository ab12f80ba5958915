package kawi.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.Artifact;
import kawi.evidence.AtomicFile;
import kawi.evidence.Draft;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Progress;
import kawi.evidence.Run;

/**
 * The collected corpus, written anew without a source: its documents, the ledger, the data card, and what other sources
 * record as their own file. Pictures and scores of it spoke of the source, too, and are left to notebook 01.
 */
final class CollectedWithout {
    /** The artifact's name. */
    static final String NAME = "collected";

    private static final String LEDGER = "ledger.json";
    private static final String CARD = "data-card.json";

    private CollectedWithout() {}

    /**
     * Puts the corpus without the source in the place of the one with it, whole or not at all.
     *
     * @param sentences what is said of each removed source, this one among them
     * @return what was done, in a sentence; null where nothing can be kept: its documents are not those that the
     *     manifest records, or there are none but the source's
     */
    static String write(Run run, Artifact with, String source, Map<String, String> sentences, Progress progress) {
        Manifest before = with.manifest();
        Path documents = with.folder().resolve(Holder.DOCUMENTS);
        if (!isAsRecorded(with, Holder.DOCUMENTS)) {
            return null;
        }
        long removed = 0;
        Draft.Origin origin = new Draft.Origin(
                before.stage(), before.run(), before.budget(), before.seed(), before.code(), before.environment());
        try (Draft draft =
                new Draft(run, NAME, origin, new AtomicLong(System.nanoTime() - (long) (before.seconds() * 1e9)))) {
            Corpus rest;
            try (CorpusWriter writer = Corpus.writer(draft.file(Holder.DOCUMENTS))) {
                for (Document each : Corpus.open(documents)) {
                    if (source.equals(each.source())) {
                        removed++;
                    } else {
                        writer.add(each);
                    }
                }
                if (writer.documents() == 0) {
                    return null;
                }
                rest = writer.finish();
            }
            DataCard card = DataCard.of(rest, progress);
            card.write(draft.file(CARD));
            if (isAsRecorded(with, LEDGER)) {
                Ledger ledger = Ledger.read(with.folder().resolve(LEDGER)).without(source, sentences.get(source));
                ledger.write(draft.file(LEDGER));
                draft.table("Licence ledger", ledger.table());
            }
            for (Manifest.Source each : before.sources()) {
                if (!each.name().equals(source)) {
                    draft.source(each);
                    copyOwn(with, each, draft);
                }
            }
            before.parameters().forEach(draft::parameter);
            draft.metric("documents", rest.size()).metric("megabytes", rest.bytes() / 1e6);
            draft.table("Sources", DataCard.sizes("source", card.bySource())).table("Personal data", card.privacy());
            sentences.values().forEach(each -> draft.text("Removed", each));
            draft.commit();
            return "Written anew: artifact " + NAME + ", without " + removed + " documents of " + source + "; "
                    + rest.size() + " are left.";
        }
    }

    /** Copies files of the artifact that a source records as its own, by name and hash. */
    private static void copyOwn(Artifact from, Manifest.Source of, Draft draft) {
        for (Map.Entry<String, String> own : of.files().entrySet()) {
            Manifest.Output output = from.manifest().outputs().get(own.getKey());
            if (output != null && output.sha256().equals(own.getValue()) && isAsRecorded(from, own.getKey())) {
                Path source = from.folder().resolve(own.getKey());
                AtomicFile.write(
                        draft.file(own.getKey()),
                        "copying a file of source " + of.name(),
                        out -> Files.copy(source, out));
            }
        }
    }

    private static boolean isAsRecorded(Artifact artifact, String path) {
        Manifest.Output output = artifact.manifest().outputs().get(path);
        Path file = artifact.folder().resolve(path);
        try {
            return output != null && Files.isRegularFile(file) && Hash.of(file).equals(output.sha256());
        } catch (IOException e) {
            throw KitException.of(e, "checking artifact '" + artifact.name() + "'", file);
        }
    }
}
