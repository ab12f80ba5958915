package kawi.eval;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.text.Tokenizer;

/**
 * How surprised a model is by texts: the negative log-likelihood of each, in nats, given the beginning of a document.
 *
 * <p>Texts are cut into {@link Windows}, windows of similar length share a batch, and what fills up the shorter ones
 * comes after the text, where a model that reads forwards cannot see it: so the batch size never changes a score.
 *
 * <p>There are two held-out losses in the kit, and each says something of its own. {@link kawi.train.Evaluation} is the
 * loss while training and searching: nats per token over windows of equal length, spread over one file of tokens, cheap
 * and the same windows every time; it compares models of one tokenizer on one file. {@code Likelihood}, and
 * {@link Perplexity} with it, is the loss of texts: any texts of any length, each scored from its own beginning, which
 * compares models of different tokenizers in bits per byte and texts with each other. Over the same windows both give
 * the same number.
 */
public final class Likelihood {

    private final LanguageModel model;
    private final Windows windows;
    private final int batch;

    /**
     * A way of scoring.
     *
     * @param model a model in float32; it is left as it is
     * @param windows how long texts are cut; at most the model's context
     * @param batch windows scored together; at least 1; a matter of speed and memory only
     * @throws KitException for windows longer than the context, a batch below 1, or a model with int8 weights
     */
    public Likelihood(LanguageModel model, Windows windows, int batch) {
        if (windows.length() > model.context()) {
            throw new KitException("Windows of " + windows.length() + " tokens do not fit the model's context of "
                    + model.context() + ": score with shorter windows.");
        }
        if (batch < 1) {
            throw new KitException("Scoring in batches of " + batch + " windows is not possible: give at least 1.");
        }
        if (model instanceof Llama llama && llama.precision() != Precision.FP32) {
            throw new KitException(
                    "A model with int8 weights rounds each batch in its own way, so its scores could not be trusted:"
                            + " call precision(Precision.FP32) on it first.");
        }
        this.model = model;
        this.windows = windows;
        this.batch = batch;
    }

    /**
     * {@return windows side by side, as long as the model allows, at most 512 tokens; 4096 tokens in a batch}
     *
     * @param model a model in float32
     * @throws KitException for a model with int8 weights
     */
    public static Likelihood of(LanguageModel model) {
        int length = Math.min(model.context(), 512);
        return new Likelihood(model, Windows.apart(length), Math.max(1, 4096 / length));
    }

    /** {@return how texts are cut} */
    public Windows windows() {
        return windows;
    }

    /**
     * {@return nats of each text: its tokens' losses added up, the first one predicted from the end of the document
     * before}
     *
     * @param tokenizer the model's own
     * @param texts one empty text has 0 nats
     * @param progress hears of the tokens scored
     * @throws KitException where the model's loss is NaN or infinite, and where scoring is interrupted
     */
    public double[] nats(Tokenizer tokenizer, List<String> texts, Progress progress) {
        return nats(texts.stream().map(text -> ids(tokenizer, text)).toList(), progress);
    }

    /**
     * A text's tokens after the token that ends a document. A tokenizer without such a token leaves a text's first
     * token as given, unscored.
     */
    static int[] ids(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        int end = tokenizer.id(Tokenizer.END_OF_TEXT);
        if (end < 0) {
            return ids;
        }
        int[] begun = new int[ids.length + 1];
        begun[0] = end;
        System.arraycopy(ids, 0, begun, 1, ids.length);
        return begun;
    }

    /**
     * {@return nats of each sequence of token ids, its first token given}
     *
     * @param sequences ids of the model's vocabulary; a sequence of fewer than two has 0 nats
     * @param progress hears of the tokens scored
     * @throws KitException where the model's loss is NaN or infinite, and where scoring is interrupted
     */
    public double[] nats(List<int[]> sequences, Progress progress) {
        double[] nats = new double[sequences.size()];
        each(sequences, progress, (sequence, token, loss) -> nats[sequence] += loss);
        return nats;
    }

    /**
     * {@return nats of each token of each sequence; 0 for the first, which is given}
     *
     * @param sequences ids of the model's vocabulary
     * @param progress hears of the tokens scored
     * @throws KitException where the model's loss is NaN or infinite, and where scoring is interrupted
     */
    public List<float[]> tokenNats(List<int[]> sequences, Progress progress) {
        List<float[]> nats = new ArrayList<>();
        sequences.forEach(sequence -> nats.add(new float[sequence.length]));
        each(sequences, progress, (sequence, token, loss) -> nats.get(sequence)[token] = loss);
        return nats;
    }

    /** Takes the loss of one token. */
    private interface Sink {
        void take(int sequence, int token, float loss);
    }

    private void each(List<int[]> sequences, Progress progress, Sink sink) {
        List<Windows.Window> all = new ArrayList<>();
        for (int s = 0; s < sequences.size(); s++) {
            all.addAll(windows.over(s, sequences.get(s).length));
        }
        all.sort(Comparator.comparingInt(Windows.Window::size).reversed());
        progress.begin(
                "scoring texts", all.stream().mapToLong(Windows.Window::size).sum());
        long done = 0;
        for (int from = 0; from < all.size(); from += batch) {
            if (Thread.interrupted()) {
                throw new KitException("Scoring was interrupted after " + done + " tokens: run the cell again.");
            }
            List<Windows.Window> part = all.subList(from, Math.min(all.size(), from + batch));
            score(sequences, part, sink);
            done += part.stream().mapToLong(Windows.Window::size).sum();
            progress.update(done, "");
        }
        progress.end("");
    }

    private void score(List<int[]> sequences, List<Windows.Window> part, Sink sink) {
        int time = part.get(0).size();
        long[] inputs = new long[part.size() * time];
        long[] targets = new long[part.size() * time];
        Arrays.fill(targets, -100);
        for (int row = 0; row < part.size(); row++) {
            Windows.Window window = part.get(row);
            int[] ids = sequences.get(window.sequence());
            for (int t = 0; t < window.size(); t++) {
                int token = window.from() + t + 1;
                inputs[row * time + t] = ids[token - 1];
                targets[row * time + t] = token >= window.scored() ? ids[token] : -100;
            }
        }
        float[] losses = losses(inputs, targets, part.size(), time);
        for (int row = 0; row < part.size(); row++) {
            Windows.Window window = part.get(row);
            for (int token = window.scored(); token <= window.to(); token++) {
                float loss = losses[row * time + token - window.from() - 1];
                if (!Float.isFinite(loss)) {
                    throw new KitException("The model's loss is " + loss + " at token " + token + " of text "
                            + (window.sequence() + 1)
                            + ": its weights are damaged or its training diverged; load it again or train it again.");
                }
                sink.take(window.sequence(), token, loss);
            }
        }
    }

    /** Losses of (rows, time) targets. */
    private float[] losses(long[] inputs, long[] targets, int rows, int time) {
        return model.torch().inference(() -> {
            try (NDManager work = model.torch().manager().newSubManager()) {
                return model.tokenLosses(model.hidden(work.create(inputs, new Shape(rows, time))), targets);
            }
        });
    }
}
