package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.BranchingTexts;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.model.Pretrained;
import kawi.text.Tokenizer;

/**
 * How likely a model holds each of several continuations of a context: the sum of the log-likelihoods of their tokens.
 *
 * <p>Tokens are those of EleutherAI's lm-evaluation-harness 0.4: blanks at the context's end are counted to the
 * continuation; context and continuation are encoded together, and behind the tokens of the context alone begins the
 * continuation; an empty context is one token, the one that begins a text or else the one that ends a document; what
 * does not fit into the model is cut off on the left.
 *
 * <p>A Llama in float32 on a CPU reads a context once for all its continuations, and what all contexts begin with, such
 * as the examples of a few-shot prompt, once for many of them ({@link BranchingTexts}). Every other model reads each
 * continuation with its context ({@link Likelihood}). Both give the same.
 */
public final class Continuations {
    private static final int TOGETHER = 2048; // tokens read in one call
    private static final int SHORTEST_STEM = 16; // tokens; a shorter one is not worth keeping apart

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final int first;

    /**
     * A context and its continuations.
     *
     * @param context the text before
     * @param continuations the texts that may follow, each with the blank that parts it from the context
     */
    public record Request(String context, List<String> continuations) {}

    /** The tokens of a context and of one continuation, cut to what the model reads. */
    private record Pair(int[] context, int[] continuation) {}

    private Continuations(LanguageModel model, Tokenizer tokenizer, int first) {
        if (model instanceof Llama llama && llama.precision() != Precision.FP32) {
            throw new KitException(
                    "A model with int8 weights rounds each batch in its own way, so its scores could not be trusted:"
                            + " call precision(Precision.FP32) on it first.");
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.first = first;
    }

    /**
     * {@return a way to score with a model of this kit's own}
     *
     * @param model a model in float32
     * @param tokenizer the one that it was trained with
     * @throws KitException for a model with int8 weights
     */
    public static Continuations of(LanguageModel model, Tokenizer tokenizer) {
        return new Continuations(model, tokenizer, -1);
    }

    /**
     * {@return a way to score with a model of others, whose files may say that every text begins with a token}
     *
     * @param pretrained a model in float32
     * @throws KitException for a model with int8 weights
     */
    public static Continuations of(Pretrained pretrained) {
        return new Continuations(
                pretrained.network(),
                pretrained.tokenizer(),
                pretrained.specials().first());
    }

    /**
     * {@return nats of each continuation: its negative log-likelihood, {@code [request][continuation]}}
     *
     * @param requests contexts with their continuations
     * @param progress hears of the tokens read
     * @throws KitException for a continuation without tokens or longer than the model's context, where a loss is NaN or
     *     infinite, and where scoring is interrupted
     */
    public double[][] nats(List<Request> requests, Progress progress) {
        List<List<Pair>> pairs = new ArrayList<>();
        for (Request request : requests) {
            pairs.add(request.continuations().stream()
                    .map(continuation -> pair(request.context(), continuation))
                    .toList());
        }
        return model instanceof Llama llama && llama.readsBranches()
                ? branching(llama, pairs, progress)
                : apart(pairs, progress);
    }

    private Pair pair(String given, String following) {
        int end = given.length();
        while (end > 0 && WhitespaceTokens.space(given.charAt(end - 1))) {
            end--;
        }
        String context = given.substring(0, end);
        String continuation = given.substring(end) + following;
        int[] ids;
        int split;
        if (context.isEmpty()) {
            int begin = first >= 0 ? first : tokenizer.id(Tokenizer.END_OF_TEXT);
            if (begin < 0) {
                throw new KitException("A context is empty, and this tokenizer has no token that begins or ends a text:"
                        + " give a context.");
            }
            int[] plain = tokenizer.encode(continuation);
            ids = plain.length > 0 && plain[0] == begin ? plain : after(begin, plain);
            split = 1;
        } else {
            ids = begun(context + continuation);
            split = begun(context).length;
        }
        if (ids.length <= split) {
            throw new KitException("The continuation \"" + following + "\" has no token of its own behind its context:"
                    + " give it a text.");
        }
        if (ids.length - split > model.context()) {
            throw new KitException("A continuation of " + (ids.length - split) + " tokens does not fit this model's"
                    + " context of " + model.context() + ": shorten it.");
        }
        int from = Math.max(0, ids.length - model.context() - 1);
        return new Pair(
                Arrays.copyOfRange(ids, Math.min(from, split), split), Arrays.copyOfRange(ids, split, ids.length));
    }

    private int[] begun(String text) {
        int[] ids = tokenizer.encode(text);
        return first < 0 ? ids : after(first, ids);
    }

    private static int[] after(int token, int[] ids) {
        int[] all = new int[ids.length + 1];
        all[0] = token;
        System.arraycopy(ids, 0, all, 1, ids.length);
        return all;
    }

    private double[][] branching(Llama llama, List<List<Pair>> pairs, Progress progress) {
        int[] stem = stem(pairs);
        List<BranchingTexts.Text> texts = new ArrayList<>();
        List<int[]> places = new ArrayList<>(); // request, and its first continuation in this text
        for (int r = 0; r < pairs.size(); r++) {
            List<Pair> request = pairs.get(r);
            for (int b = 0; b < request.size(); ) {
                int from = b;
                int[] context = request.get(b).context();
                List<int[]> branches = new ArrayList<>();
                // continuations cut on the left have contexts of their own
                while (b < request.size()
                        && Arrays.equals(context, request.get(b).context())) {
                    branches.add(request.get(b++).continuation());
                }
                texts.add(new BranchingTexts.Text(Arrays.copyOfRange(context, stem.length, context.length), branches));
                places.add(new int[] {r, from});
            }
        }
        double[][] nats = new double[pairs.size()][];
        for (int r = 0; r < nats.length; r++) {
            nats[r] = new double[pairs.get(r).size()];
        }
        progress.begin(
                "scoring continuations",
                texts.stream().mapToLong(BranchingTexts.Text::size).sum());
        long done = 0;
        for (int from = 0; from < texts.size(); ) {
            if (Thread.interrupted()) {
                throw new KitException("Scoring was interrupted after " + done + " tokens: run the cell again.");
            }
            int to = from;
            int size = 0;
            while (to < texts.size() && (to == from || size + texts.get(to).size() <= TOGETHER)) {
                size += texts.get(to++).size();
            }
            double[][] part = llama.nats(new BranchingTexts(stem, texts.subList(from, to)));
            for (int t = from; t < to; t++) {
                System.arraycopy(part[t - from], 0, nats[places.get(t)[0]], places.get(t)[1], part[t - from].length);
            }
            from = to;
            done += size;
            progress.update(done, "");
        }
        progress.end("");
        return nats;
    }

    /** What all contexts begin with; at least one token of each is left. */
    private static int[] stem(List<List<Pair>> pairs) {
        int[] stem = null;
        int length = 0;
        for (List<Pair> request : pairs) {
            for (Pair pair : request) {
                int most = pair.context().length - 1;
                if (stem == null) {
                    stem = pair.context();
                    length = most;
                } else {
                    int differs = Arrays.mismatch(stem, pair.context());
                    length = Math.min(Math.min(length, most), differs < 0 ? length : differs);
                }
            }
        }
        return length < SHORTEST_STEM ? new int[0] : Arrays.copyOf(stem, length);
    }

    private double[][] apart(List<List<Pair>> pairs, Progress progress) {
        List<int[]> sequences = new ArrayList<>();
        List<Integer> splits = new ArrayList<>();
        int longest = 1;
        for (List<Pair> request : pairs) {
            for (Pair pair : request) {
                int[] ids = Arrays.copyOf(pair.context(), pair.context().length + pair.continuation().length);
                System.arraycopy(pair.continuation(), 0, ids, pair.context().length, pair.continuation().length);
                sequences.add(ids);
                splits.add(pair.context().length);
                longest = Math.max(longest, ids.length);
            }
        }
        int window = Math.min(model.context(), longest);
        List<float[]> losses =
                new Likelihood(model, Windows.apart(window), Math.max(1, 4096 / window)).tokenNats(sequences, progress);
        double[][] nats = new double[pairs.size()][];
        int next = 0;
        for (int r = 0; r < nats.length; r++) {
            nats[r] = new double[pairs.get(r).size()];
            for (int b = 0; b < nats[r].length; b++, next++) {
                for (int i = splits.get(next); i < losses.get(next).length; i++) {
                    nats[r][b] += losses.get(next)[i];
                }
            }
        }
        return nats;
    }
}
