package kawi.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.Tokenizer;

/**
 * Lets a model write: several prompts at once, each with the result it would have alone.
 *
 * <p>Special tokens written out in a prompt ({@code <|im_start|>}) are read as such. Writing ends at a token that ends
 * a text or a turn, at a stop text, or after the most tokens asked for. When a text outgrows the model's context, the
 * model goes on from the latter half of it, and the {@link Generation} says how much was left out.
 */
public final class Generator {

    private static final int TOGETHER = 16;
    private static final List<String> ENDS = List.of(Tokenizer.END_OF_TEXT, ChatTemplate.TURN_END, "</s>");

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Set<Integer> endTokens;

    /**
     * @param tokenizer the one that the model was trained with
     * @throws KitException if it has more tokens than the model knows
     */
    public Generator(LanguageModel model, Tokenizer tokenizer) {
        if (tokenizer.size() > model.vocabularySize()) {
            throw new KitException("The tokenizer has " + tokenizer.size() + " tokens and the model knows "
                    + model.vocabularySize() + "; use the tokenizer that the model was trained with.");
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.endTokens = ENDS.stream().map(tokenizer::id).filter(id -> id >= 0).collect(Collectors.toSet());
    }

    /** {@return what the model writes after the prompt} */
    public String generate(String prompt, Sampling sampling) {
        return generate(prompt, sampling, piece -> {}).text();
    }

    /** {@return the same, with pieces of whole characters handed to the listener as they come} */
    public Generation generate(String prompt, Sampling sampling, Consumer<String> listener) {
        return run(List.of(tokenizer.encodeWithSpecials(prompt)), sampling, Progress.NONE, listener)
                .get(0);
    }

    /** {@return what the model writes after each prompt, in order} */
    public List<String> generate(List<String> prompts, Sampling sampling) {
        return generate(prompts, sampling, Progress.NONE).stream()
                .map(Generation::text)
                .toList();
    }

    /** {@return the same with all that is known of each text; an interrupt ends all of them where they are} */
    public List<Generation> generate(List<String> prompts, Sampling sampling, Progress progress) {
        return run(prompts.stream().map(tokenizer::encodeWithSpecials).toList(), sampling, progress, piece -> {});
    }

    /** {@return the same from token ids, for prompts whose special tokens are placed by hand} */
    public List<Generation> continueIds(List<int[]> prompts, Sampling sampling, Progress progress) {
        return run(prompts, sampling, progress, piece -> {});
    }

    private List<Generation> run(List<int[]> prompts, Sampling sampling, Progress progress, Consumer<String> listener) {
        List<Text> texts = new ArrayList<>();
        Map<List<Integer>, Integer> copies = new HashMap<>();
        for (int[] prompt : prompts) {
            if (prompt.length == 0) {
                throw new KitException(
                        "A prompt has no tokens; give the model something to begin with, such as a line break.");
            }
            int copy = copies.merge(Arrays.stream(prompt).boxed().toList(), 1, Integer::sum)
                    - 1; // equal prompts draw differently
            texts.add(new Text(prompt, new Sampler(sampling, copy), new TextStreamer(sampling.stop(), listener)));
        }
        progress.begin("writing", texts.size());
        int done = 0;
        for (List<Text> batch : batches(texts)) {
            long start = System.nanoTime();
            write(batch, sampling.maxTokens());
            double seconds = (System.nanoTime() - start) / 1e9;
            batch.forEach(text -> text.seconds = seconds);
            done += batch.size();
            progress.update(done, "");
        }
        progress.end("");
        if (texts.stream().anyMatch(text -> text.ending == Generation.Ending.INTERRUPTED)) {
            Thread.currentThread().interrupt();
        }
        return texts.stream().map(Text::generation).toList();
    }

    /** Prompts of similar length together; of equal length where the model's decoder needs that. */
    private List<List<Text>> batches(List<Text> texts) {
        boolean uneven;
        try (Decoder decoder = model.decoder(1, 1)) {
            uneven = decoder.uneven();
        }
        List<Text> sorted = new ArrayList<>(texts);
        sorted.sort(Comparator.comparingInt(text -> text.ids.length));
        List<List<Text>> batches = new ArrayList<>();
        for (Text text : sorted) {
            List<Text> last = batches.isEmpty() ? List.of() : batches.get(batches.size() - 1);
            if (last.isEmpty() || last.size() == TOGETHER || (!uneven && last.get(0).ids.length != text.ids.length)) {
                last = new ArrayList<>();
                batches.add(last);
            }
            last.add(text);
        }
        return batches;
    }

    private void write(List<Text> texts, int maxTokens) {
        int longest = texts.stream().mapToInt(text -> text.length).max().orElse(0);
        Decoder decoder = model.decoder(texts.size(), Math.min(model.context(), longest + maxTokens));
        try {
            List<Text> rows = texts;
            int[][] feed = latest(rows, decoder.length(), Math.min(maxTokens, model.context() / 2));
            for (int step = 0; step < maxTokens && rows.stream().anyMatch(Text::open); step++) {
                if (Thread.interrupted()) {
                    rows.stream().filter(Text::open).forEach(text -> text.ending = Generation.Ending.INTERRUPTED);
                    break;
                }
                if (decoder.position() >= decoder.length()) {
                    decoder.close();
                    rows = rows.stream().filter(Text::open).toList();
                    decoder = model.decoder(rows.size(), model.context());
                    feed = latest(rows, decoder.length(), model.context() / 2);
                }
                float[][] logits = decoder.next(feed);
                for (int row = 0; row < feed.length; row++) {
                    Text text = rows.get(row);
                    if (text.open()) {
                        feed[row] = new int[] {text.next(logits[row])};
                    } else {
                        feed[row] = decoder.uneven() ? new int[0] : new int[] {text.ids[text.length - 1]};
                    }
                }
            }
        } finally {
            decoder.close();
        }
    }

    /**
     * The tokens with which each text's reading begins: as many of its last ones as leave {@code room} in a decoder's
     * {@code length}.
     */
    private static int[][] latest(List<Text> texts, int length, int room) {
        int[][] feed = new int[texts.size()][];
        for (int row = 0; row < feed.length; row++) {
            Text text = texts.get(row);
            int kept = Math.min(text.length, Math.max(1, length == Integer.MAX_VALUE ? length : length - room));
            text.forgotten = text.length - kept;
            feed[row] = Arrays.copyOfRange(text.ids, text.length - kept, text.length);
        }
        return feed;
    }

    /** One text while it is being written. */
    private final class Text {
        final int prompt;
        final Sampler sampler;
        final TextStreamer written;
        int[] ids;
        int length;
        int forgotten;
        double seconds;
        Generation.Ending ending;

        Text(int[] prompt, Sampler sampler, TextStreamer written) {
            this.prompt = prompt.length;
            this.ids = prompt;
            this.length = prompt.length;
            this.sampler = sampler;
            this.written = written;
            for (int id : prompt) {
                sampler.saw(id);
            }
        }

        boolean open() {
            return ending == null;
        }

        int next(float[] logits) {
            int id = sampler.next(tokenizer.size() < logits.length ? Arrays.copyOf(logits, tokenizer.size()) : logits);
            ids = length == ids.length ? Arrays.copyOf(ids, length + 64) : ids;
            ids[length++] = id;
            if (endTokens.contains(id)) {
                ending = Generation.Ending.END_TOKEN;
            } else if (written.add(tokenizer.bytes(id))) {
                ending = Generation.Ending.STOP_TEXT;
            }
            return id;
        }

        Generation generation() {
            return new Generation(
                    written.finish(),
                    Arrays.copyOfRange(ids, prompt, length),
                    open() ? Generation.Ending.LENGTH : ending,
                    forgotten,
                    seconds);
        }
    }
}
