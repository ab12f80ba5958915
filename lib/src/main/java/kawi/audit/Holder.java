package kawi.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Artifact;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Run;

/**
 * An artifact that holds something of a source, as far as manifests can tell.
 *
 * @param artifact the artifact
 * @param how by which way it holds it, in words
 * @param documents documents of the source in it; null where it has no file of documents, or one that cannot be read
 * @param bytes length of their texts in UTF-8 bytes; 0 where there are none
 */
record Holder(Artifact artifact, String how, Long documents, long bytes) {
    /** The file of an artifact that is a corpus. */
    static final String DOCUMENTS = "documents.jsonl.gz";

    /** Whether the artifact's own manifest names the source. */
    static boolean names(Artifact artifact, String source) {
        return artifact.manifest().sources().stream()
                .anyMatch(each -> each.name().equals(source));
    }

    /**
     * {@return who holds a source, in the order of the run: what records it, what was made from that, and, since it
     * cannot be told of them, what was made from artifacts that are no longer there}
     */
    static List<Holder> of(Run run, String source) {
        Map<String, Artifact> all = new LinkedHashMap<>();
        List<Artifact> every = run.all();
        every.forEach(each -> all.putIfAbsent(each.name(), each)); // of two of a name a run finds the first
        Set<Path> found = new HashSet<>();
        Map<String, String> how = new LinkedHashMap<>();
        int before;
        do {
            before = found.size();
            for (Artifact each : every) {
                String way = found.contains(each.folder()) ? null : way(each, source, all, how);
                if (way != null) {
                    found.add(each.folder());
                    how.putIfAbsent(each.name(), way);
                }
            }
        } while (found.size() > before);
        List<Holder> holders = new ArrayList<>();
        for (Artifact each : every) {
            if (found.contains(each.folder())) {
                // Asked again: what was found after it may be one of its inputs.
                holders.add(counted(each, way(each, source, all, how), source));
            }
        }
        return holders;
    }

    private static String way(Artifact each, String source, Map<String, Artifact> all, Map<String, String> how) {
        if (names(each, source)) {
            return "from its files";
        }
        Map<String, String> inputs = each.manifest().inputs();
        List<String> through =
                inputs.keySet().stream().filter(how::containsKey).sorted().toList();
        if (!through.isEmpty()) {
            return "by way of " + String.join(", ", through);
        }
        return inputs.entrySet().stream()
                .filter(input -> !all.containsKey(input.getKey())
                        || !all.get(input.getKey()).hash().equals(input.getValue()))
                .map(input -> "perhaps: made from an earlier " + input.getKey())
                .findFirst()
                .orElse(null);
    }

    private static Holder counted(Artifact artifact, String how, String source) {
        if (!artifact.manifest().outputs().containsKey(DOCUMENTS)
                || !Files.exists(artifact.folder().resolve(DOCUMENTS))) {
            return new Holder(artifact, how, null, 0);
        }
        long documents = 0;
        long bytes = 0;
        try {
            for (Document each : Corpus.open(artifact.folder().resolve(DOCUMENTS))) {
                if (source.equals(each.source())) {
                    documents++;
                    bytes += each.bytes();
                }
            }
        } catch (KitException e) {
            return new Holder(artifact, how + "; its documents cannot be read", null, 0);
        }
        return new Holder(artifact, how, documents, bytes);
    }

    /** What a file is, from its name. */
    static String kind(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return file.startsWith("figures/")
                ? "picture"
                : name.endsWith(".jsonl.gz")
                        ? "documents"
                        : name.endsWith(".warc.gz")
                                ? "pages as they came"
                                : name.endsWith(".tokens")
                                        ? "tokens"
                                        : name.startsWith("adapter_model.")
                                                ? "adapter"
                                                : name.endsWith(".safetensors") || name.endsWith(".gguf")
                                                        ? "weights"
                                                        : name.startsWith("tokenizer") ? "tokenizer" : "other";
    }

    long size() {
        return artifact.manifest().outputs().values().stream()
                .mapToLong(Manifest.Output::bytes)
                .sum();
    }
}
