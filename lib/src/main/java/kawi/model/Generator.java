package kawi.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.Tokenizer;
import kawi.torch.NotFiniteException;

/**
 * Lets a model write: several prompts at once, each with the result it would have alone.
 *
 * <p>A prompt is ordinary text: what looks like a special token in it ({@code <|im_start|>}) is read letter by letter.
 * Where special tokens are meant, {@link #continueIds} takes them by their ids, and
 * {@link kawi.template.ChatTemplate#ids} makes them. Writing ends at a token that ends a text or a turn, at a stop
 * text, or after the most tokens asked for. When a text outgrows the model's context, the model goes on from the latter
 * half of it, and the {@link Generation} says how much was left out.
 */
public final class Generator {

    private static final int TOGETHER = 16;

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;

    /**
     * For a model that was trained by this kit: a text ends with {@link Tokenizer#END_OF_TEXT}. A model that others
     * trained says itself what ends its texts: {@link Pretrained#generator}.
     *
     * @param model what writes
     * @param tokenizer the one that the model was trained with
     * @throws KitException if it has more tokens than the model knows
     */
    public Generator(LanguageModel model, Tokenizer tokenizer) {
        this(model, tokenizer, SpecialTokens.of(tokenizer));
    }

    /**
     * For a model that says itself what begins and ends its texts.
     *
     * @param model what writes
     * @param tokenizer the one that the model was trained with
     * @param specials the token before every prompt, if there is one, and those at which writing ends
     * @throws KitException if the tokenizer has more tokens than the model knows
     */
    public Generator(LanguageModel model, Tokenizer tokenizer, SpecialTokens specials) {
        if (tokenizer.size() > model.vocabularySize()) {
            throw new KitException("The tokenizer has " + tokenizer.size() + " tokens and the model knows "
                    + model.vocabularySize() + "; use the tokenizer that the model was trained with.");
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.specials = specials;
    }

    /**
     * {@return a prompt's ids, none of them special but the one that begins every text}
     *
     * @param prompt ordinary text
     */
    public int[] ids(String prompt) {
        int[] plain = tokenizer.encode(prompt);
        return specials.first() < 0
                ? plain
                : IntStream.concat(IntStream.of(specials.first()), Arrays.stream(plain))
                        .toArray();
    }

    /**
     * {@return what the model writes after the prompt}
     *
     * @param prompt ordinary text
     * @param sampling how tokens are chosen, and how many at most
     */
    public String generate(String prompt, Sampling sampling) {
        return generate(prompt, sampling, piece -> {}).text();
    }

    /**
     * {@return the same, with pieces of whole characters handed to the listener as they come}
     *
     * @param prompt ordinary text
     * @param sampling how tokens are chosen, and how many at most
     * @param listener is handed each piece once it is certain to stay
     */
    public Generation generate(String prompt, Sampling sampling, Consumer<String> listener) {
        return run(List.of(ids(prompt)), sampling, Progress.NONE, listener).get(0);
    }

    /**
     * {@return what the model writes after each prompt, in order}
     *
     * @param prompts ordinary texts
     * @param sampling how tokens are chosen, and how many at most
     */
    public List<String> generate(List<String> prompts, Sampling sampling) {
        return generate(prompts, sampling, Progress.NONE).stream()
                .map(Generation::text)
                .toList();
    }

    /**
     * {@return the same with all that is known of each text; an interrupt ends all of them where they are}
     *
     * @param prompts ordinary texts
     * @param sampling how tokens are chosen, and how many at most
     * @param progress is told how many texts are finished
     */
    public List<Generation> generate(List<String> prompts, Sampling sampling, Progress progress) {
        return run(prompts.stream().map(this::ids).toList(), sampling, progress, piece -> {});
    }

    /**
     * {@return the same from token ids, for prompts whose special tokens are placed by hand}
     *
     * @param prompts token ids, each at least one
     * @param sampling how tokens are chosen, and how many at most
     * @param progress is told how many texts are finished
     */
    public List<Generation> continueIds(List<int[]> prompts, Sampling sampling, Progress progress) {
        return run(prompts, sampling, progress, piece -> {});
    }

    /**
     * {@return what the model writes after one prompt of ids, with pieces of whole characters handed to the listener as
     * they come}
     *
     * @param prompt token ids, at least one
     * @param sampling how tokens are chosen, and how many at most
     * @param listener is handed each piece once it is certain to stay; what it throws ends the writing
     */
    public Generation continueIds(int[] prompt, Sampling sampling, Consumer<String> listener) {
        return run(List.of(prompt), sampling, Progress.NONE, listener).get(0);
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
        boolean endless = decoder.length() == Integer.MAX_VALUE;
        try {
            List<Text> rows = texts;
            int[][] feed = new int[rows.size()][];
            for (int row = 0; row < feed.length; row++) {
                Text text = rows.get(row);
                boolean fits = endless || text.length + maxTokens <= model.context();
                feed[row] =
                        text.latest(fits ? text.length : model.context() - Math.min(maxTokens, model.context() / 2));
            }
            for (int step = 0; step < maxTokens && rows.stream().anyMatch(Text::open); step++) {
                if (Thread.interrupted()) {
                    rows.stream().filter(Text::open).forEach(text -> text.ending = Generation.Ending.INTERRUPTED);
                    break;
                }
                if (!decoder.uneven() && decoder.position() >= decoder.length()) {
                    decoder.close();
                    rows = rows.stream().filter(Text::open).toList();
                    decoder = model.decoder(rows.size(), model.context());
                    feed = rows.stream().map(this::latterHalf).toArray(int[][]::new);
                }
                for (int row = 0; row < feed.length && decoder.uneven(); row++) {
                    if (rows.get(row).read + feed[row].length > model.context()) { // this one is full, the others go on
                        decoder.restart(row);
                        feed[row] = latterHalf(rows.get(row));
                    }
                }
                float[][] logits = decoder.next(feed);
                for (int row = 0; row < feed.length; row++) {
                    Text text = rows.get(row);
                    text.read += feed[row].length;
                    if (text.open()) {
                        feed[row] = new int[] {text.next(logits[row])};
                    }
                    if (!text.open()) {
                        feed[row] = decoder.uneven() ? new int[0] : new int[] {text.ids[text.length - 1]};
                    }
                }
            }
        } finally {
            decoder.close();
        }
    }

    private int[] latterHalf(Text text) {
        return text.latest(model.context() - model.context() / 2);
    }

    /** One text while it is being written. */
    private final class Text {
        final int prompt;
        final Sampler sampler;
        final TextStreamer written;
        int[] ids;
        int length;
        int read; // tokens that its decoder has read since it last began
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

        /** The tokens with which its reading begins: its last ones, at most so many. */
        int[] latest(int most) {
            int kept = Math.min(length, Math.max(1, most));
            forgotten = length - kept;
            read = 0;
            return Arrays.copyOfRange(ids, length - kept, length);
        }

        int next(float[] logits) {
            NotFiniteException.refuse(logits, "The logits for token " + (length - prompt + 1) + " of a text");
            int id = sampler.next(tokenizer.size() < logits.length ? Arrays.copyOf(logits, tokenizer.size()) : logits);
            ids = length == ids.length ? Arrays.copyOf(ids, length + 64) : ids;
            ids[length++] = id;
            if (specials.ends().contains(id)) {
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
