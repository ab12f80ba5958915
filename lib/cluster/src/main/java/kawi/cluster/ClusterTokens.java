package kawi.cluster;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import kawi.corpus.Corpus;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.TokenFile;
import kawi.text.TokenWriter;
import kawi.text.Tokenizer;

/**
 * Tokenising on several workers: a corpus becomes the same token file, byte for byte, as one process writes, for any
 * number of parts. A tokenizer travels as its {@code tokenizer.json}.
 *
 * <pre>{@code
 * ClusterTokens.write(tokenizer, corpus.split(Split.TRAIN), 8, draft.file("train.tokens"), cluster, progress);
 * }</pre>
 */
public final class ClusterTokens {
    private static final byte DOCUMENT = '+';
    private static final byte END = '.';

    private ClusterTokens() {}

    /**
     * Writes a token file as {@link TokenWriter#document(Tokenizer, String)} does document by document.
     *
     * @param tokenizer one of the kit's own
     * @param corpus the documents; they are parted in their order
     * @param parts into how many
     * @param file the token file, in a folder that every worker reaches under the same path
     * @param cluster whose workers encode
     * @param progress told of what is done
     * @throws KitException if the tokenizer is not the kit's, workers are lost again and again, it is interrupted, or
     *     the file cannot be written; then there is none
     */
    public static void write(
            Tokenizer tokenizer, Corpus corpus, int parts, Path file, Cluster cluster, Progress progress) {
        if (parts < 1) {
            throw new KitException("Documents cannot be parted into " + parts + " parts: give at least 1.");
        }
        Path folder = file.toAbsolutePath().getParent();
        try (PartFiles.OfOneRun own = PartFiles.within(folder.toString())) {
            PartFiles files = own.files();
            Path json = Path.of(files.place(), "tokenizer.json");
            tokenizer.save(json);
            byte[] rules = Files.readAllBytes(json);
            progress.begin("tokenising on " + cluster.size() + " workers", 3);
            part(corpus, parts, files);
            progress.update(1, parts + " parts");
            List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
            new LastingJob(cluster).run("tokenising " + file.getFileName(), numbers, new Encoding(files, rules));
            progress.update(2, "encoded");
            try (TokenWriter writer = TokenFile.writer(file, tokenizer.size())) {
                for (int i = 0; i < parts; i++) {
                    append(writer, files, i);
                }
                writer.finish();
                progress.end(writer.length() + " tokens");
            }
        } catch (IOException e) {
            throw KitException.of(e, "tokenising on workers", file);
        } catch (Cluster.InterruptedJob e) {
            Thread.interrupted();
            throw new KitException("Tokenising was interrupted and wrote nothing: run the cell again.", e);
        }
    }

    private static void part(Corpus corpus, int parts, PartFiles files) throws IOException {
        long size = corpus.size();
        var documents = corpus.iterator();
        for (int i = 0; i < parts; i++) {
            long until = size * (i + 1) / parts - size * i / parts;
            try (PartFiles.Fresh fresh = files.create("texts-" + i)) {
                for (long n = 0; (n < until || i == parts - 1) && documents.hasNext(); n++) {
                    fresh.out().writeByte(DOCUMENT);
                    PartFiles.frame(fresh.out(), utf16(documents.next().text()));
                }
                fresh.out().writeByte(END);
                fresh.complete();
            }
        }
    }

    /** Text as it is in memory: half a surrogate pair, which UTF-8 cannot write, goes to the tokenizer as well. */
    private static byte[] utf16(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
        bytes.asCharBuffer().put(text);
        return bytes.array();
    }

    private static void append(TokenWriter writer, PartFiles files, int part) throws IOException {
        try (DataInputStream in = files.open("ids-" + part)) {
            while (in.readByte() != END) {
                long bytes = in.readLong();
                byte[] ids = PartFiles.frame(in);
                int[] numbers = new int[ids.length / Integer.BYTES];
                ByteBuffer.wrap(ids).asIntBuffer().get(numbers);
                writer.document(numbers, bytes);
            }
        }
    }

    /** A part of the texts on a worker. */
    private record Encoding(PartFiles files, byte[] rules) implements Task<Integer, Long> {
        private static Tokenizer tokenizer;
        private static byte[] made; // what it was made from

        @Override
        public Long run(Integer part) throws IOException {
            return Refusal.carried("Tokenising", () -> encode(part));
        }

        private long encode(int part) throws IOException {
            Tokenizer encoder = tokenizer(rules);
            int end = encoder.id(Tokenizer.END_OF_TEXT);
            long tokens = 0;
            try (DataInputStream in = files.open("texts-" + part);
                    PartFiles.Fresh fresh = files.create("ids-" + part)) {
                while (in.readByte() != END) {
                    String text =
                            ByteBuffer.wrap(PartFiles.frame(in)).asCharBuffer().toString();
                    int[] ids = encoder.encode(text);
                    if (end >= 0) {
                        ids = Arrays.copyOf(ids, ids.length + 1);
                        ids[ids.length - 1] = end;
                    }
                    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * ids.length);
                    bytes.asIntBuffer().put(ids);
                    fresh.out().writeByte(DOCUMENT);
                    fresh.out().writeLong(TokenWriter.utf8Bytes(text));
                    PartFiles.frame(fresh.out(), bytes.array());
                    tokens += ids.length;
                }
                fresh.out().writeByte(END);
                AtWork.here();
                fresh.complete();
            }
            return tokens;
        }

        private static synchronized Tokenizer tokenizer(byte[] rules) throws IOException {
            if (!Arrays.equals(rules, made)) {
                Path json = Files.createTempFile("kawi-tokenizer-", ".json");
                try {
                    Files.write(json, rules);
                    tokenizer = Tokenizer.load(json);
                    made = rules;
                } finally {
                    Files.delete(json);
                }
            }
            return tokenizer;
        }
    }
}
