package kawi.eval;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.stats.Metric;
import kawi.text.TokenFile;
import kawi.text.Tokenizer;

/**
 * How well a model predicts texts it has not seen: nats per token, perplexity, and bits per byte.
 *
 * <p>A token of one tokenizer is not a token of another, so models with different tokenizers are compared in bits per
 * byte of the same texts. Intervals come from a bootstrap over the texts, for tokens of one text are no independent
 * examples.
 */
public final class Perplexity {

    private static final double LN2 = Math.log(2);

    private final double[] nats;
    private final double[] tokens;
    private final double[] bytes;

    private Perplexity(double[] nats, double[] tokens, double[] bytes) {
        this.nats = nats;
        this.tokens = tokens;
        this.bytes = bytes;
    }

    /** Scores texts whole, each from the beginning of a document on; see {@link Likelihood#of}. */
    public static Perplexity of(LanguageModel model, Tokenizer tokenizer, List<String> texts, Progress progress) {
        return of(Likelihood.of(model), tokenizer, texts, progress);
    }

    /** Scores texts with windows and batches of the caller's choice. */
    public static Perplexity of(Likelihood likelihood, Tokenizer tokenizer, List<String> texts, Progress progress) {
        List<int[]> sequences =
                texts.stream().map(text -> Likelihood.ids(tokenizer, text)).toList();
        double[] tokens = new double[texts.size()];
        double[] bytes = new double[texts.size()];
        for (int i = 0; i < tokens.length; i++) {
            int[] ids = sequences.get(i);
            boolean firstGiven = tokenizer.id(Tokenizer.END_OF_TEXT) < 0 && ids.length > 0;
            tokens[i] = Math.max(0, ids.length - 1);
            bytes[i] = texts.get(i).getBytes(StandardCharsets.UTF_8).length
                    - (firstGiven ? tokenizer.bytes(ids[0]).length : 0);
        }
        return new Perplexity(likelihood.nats(sequences, progress), tokens, bytes);
    }

    /**
     * Scores blocks of a token file, spread evenly over it; each block's first token is given. Bytes are those that the
     * file has per token on average.
     *
     * @param blocks how many blocks at most
     * @param length tokens scored in each
     */
    public static Perplexity of(Likelihood likelihood, TokenFile file, int blocks, int length, Progress progress) {
        int fit = (int) Math.max(0, Math.min(blocks, (file.length() - 1) / length));
        List<int[]> sequences = new ArrayList<>();
        for (long block = 0; block < fit; block++) {
            long last = file.length() - 1 - length;
            sequences.add(file.read(fit == 1 ? 0 : block * last / (fit - 1), length + 1));
        }
        double[] tokens = new double[fit];
        double[] bytes = new double[fit];
        Arrays.fill(tokens, length);
        Arrays.fill(bytes, (double) length * file.bytes() / file.length());
        return new Perplexity(likelihood.nats(sequences, progress), tokens, bytes);
    }

    /** Mean negative log-likelihood of a token, in nats. */
    public Metric natsPerToken() {
        return Metric.ratio("nats per token", nats, tokens);
    }

    /** Among how many equally likely tokens the model hesitates: e to the nats per token. */
    public Metric perplexity() {
        Metric mean = natsPerToken();
        return Metric.of("perplexity", nats.length, sample -> Math.exp(mean.score(sample)));
    }

    /** Bits the model needs for a byte of text; comparable between tokenizers. A byte of plain text has 8. */
    public Metric bitsPerByte() {
        return Metric.ratio(
                "bits per byte", Arrays.stream(nats).map(n -> n / LN2).toArray(), bytes);
    }

    /** {@return tokens scored} */
    public long tokens() {
        return (long) Arrays.stream(tokens).sum();
    }

    /** {@return bytes of UTF-8 that they stand for} */
    public long bytes() {
        return Math.round(Arrays.stream(bytes).sum());
    }

    /** Bits per byte of one text, to find the strangest. */
    public double bitsPerByte(int text) {
        return nats[text] / LN2 / bytes[text];
    }
}
