package kawi.eval;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.stats.Metric;
import kawi.text.TokenFile;
import kawi.text.Tokenizer;

/**
 * How well a model predicts texts it has not seen: nats per token, perplexity, and bits per byte.
 *
 * <p>A token of one tokenizer is not a token of another, so models with different tokenizers are compared in bits per
 * byte of the same texts. Intervals come from a bootstrap over the texts, for the tokens of one text are not
 * independent examples; where several texts are passages of one document, use {@link #byDocument}. How this loss
 * differs from that of {@link kawi.train.Evaluation} is said at {@link Likelihood}.
 */
public final class Perplexity {

    private static final double LN2 = Math.log(2);

    private final double[] nats;
    private final double[] tokens;
    private final double[] bytes;
    private final List<?> documents; // of each text; null where every text is one

    private Perplexity(double[] nats, double[] tokens, double[] bytes, List<?> documents) {
        this.nats = nats;
        this.tokens = tokens;
        this.bytes = bytes;
        this.documents = documents;
    }

    /**
     * {@return the same scores of passages that belong to documents: passages of one document resemble each other, so
     * that intervals and comparisons draw whole documents ({@link Metric#byCluster})} The scores themselves stay.
     *
     * @param documents what each text is a passage of, such as {@link Excerpts#origins}; equal ones belong together
     * @throws KitException unless there is one for each text
     */
    public Perplexity byDocument(List<?> documents) {
        if (documents.size() != nats.length) {
            throw new KitException(nats.length + " texts cannot belong to " + documents.size()
                    + " documents: name one for each text, the same name for passages of one document.");
        }
        return new Perplexity(nats, tokens, bytes, List.copyOf(documents));
    }

    private Metric drawn(Metric metric) {
        return documents == null ? metric : metric.byCluster(documents);
    }

    /**
     * Scores texts whole, each from the beginning of a document on; see {@link Likelihood#of}.
     *
     * @param model a model in float32
     * @param tokenizer the model's own
     * @param texts the examples of the bootstrap
     * @param progress hears of the tokens scored
     * @return the scores
     * @throws KitException where the model's loss is NaN or infinite, and where scoring is interrupted
     */
    public static Perplexity of(LanguageModel model, Tokenizer tokenizer, List<String> texts, Progress progress) {
        return of(Likelihood.of(model), tokenizer, texts, progress);
    }

    /**
     * Scores texts with windows and batches of the caller's choice.
     *
     * @param likelihood the model and how it is scored
     * @param tokenizer the model's own
     * @param texts the examples of the bootstrap
     * @param progress hears of the tokens scored
     * @return the scores
     * @throws KitException where the model's loss is NaN or infinite, and where scoring is interrupted
     */
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
        return new Perplexity(likelihood.nats(sequences, progress), tokens, bytes, null);
    }

    /**
     * Scores blocks of a token file, spread evenly over it; each block's first token is given. Bytes are those that the
     * file has per token on average.
     *
     * @param likelihood the model and how it is scored
     * @param file tokens of the model's own tokenizer
     * @param blocks how many blocks at most, at least 1
     * @param length tokens scored in each, at least 1
     * @param progress hears of the tokens scored
     * @return the scores; of a file shorter than a block, of no blocks
     * @throws KitException for numbers below 1, where the model's loss is NaN or infinite, and where scoring is
     *     interrupted
     */
    public static Perplexity of(Likelihood likelihood, TokenFile file, int blocks, int length, Progress progress) {
        if (blocks < 1 || length < 1) {
            throw new KitException(
                    blocks + " blocks of " + length + " tokens cannot be scored: give at least 1 of each.");
        }
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
        return new Perplexity(likelihood.nats(sequences, progress), tokens, bytes, null);
    }

    /** {@return the mean negative log-likelihood of a token, in nats} */
    public Metric natsPerToken() {
        return drawn(Metric.ratio("nats per token", nats, tokens));
    }

    /** {@return among how many equally likely tokens the model hesitates: e to the nats per token, at least 1} */
    public Metric perplexity() {
        Metric mean = natsPerToken();
        return Metric.of("perplexity", mean.size(), sample -> Math.exp(mean.score(sample)));
    }

    /** {@return bits the model needs for a byte of text; comparable between tokenizers} A byte of plain text has 8. */
    public Metric bitsPerByte() {
        return drawn(Metric.ratio(
                "bits per byte", Arrays.stream(nats).map(n -> n / LN2).toArray(), bytes));
    }

    /** {@return tokens scored} */
    public long tokens() {
        return (long) Arrays.stream(tokens).sum();
    }

    /** {@return bytes of UTF-8 that they stand for} */
    public long bytes() {
        return Math.round(Arrays.stream(bytes).sum());
    }

    /**
     * {@return bits per byte of one text, to find the strangest; NaN of an empty one}
     *
     * @param text its index
     */
    public double bitsPerByte(int text) {
        return nats[text] / LN2 / bytes[text];
    }

    /** {@return how much was scored, and how well} */
    @Override
    public String toString() {
        return bitsPerByte().score() + " bits per byte over " + bytes() + " bytes";
    }
}
