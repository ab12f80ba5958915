package kawi.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
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
    private static final int SHORT_TOGETHER = 64; // a step reads every weight once, for however many texts
    private static final int STEM = 8; // tokens from which on what texts begin with is read once for all
    private static final int CACHED = 16_384; // tokens, up to which as many are written together; 0.75 GB of SmolLM2

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;
    private final int[] none; // ids that the tokenizer leaves out, which the model may have rows for

    /**
     * For a model that was trained by this kit: a text ends with {@link Tokenizer#END_OF_TEXT}. A model that others
     * trained says itself what ends its texts: {@link Pretrained#generator}.
     *
     * @param model what writes
     * @param tokenizer the one that the model was trained with
     * @throws KitException if texts have tokens that the model does not know
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
     * @throws KitException if texts have tokens that the model does not know
     */
    public Generator(LanguageModel model, Tokenizer tokenizer, SpecialTokens specials) {
        this.model = model;
        this.tokenizer = TokensWithRows.of(tokenizer, model.vocabularySize(), "");
        this.specials = specials;
        this.none = IntStream.range(0, this.tokenizer.size())
                .filter(id -> !this.tokenizer.knows(id))
                .toArray();
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
            write(batch, sampling.maxTokens(), done, progress);
            done += batch.size();
        }
        progress.end("");
        if (texts.stream().anyMatch(text -> text.ending == Generation.Ending.INTERRUPTED)) {
            Thread.currentThread().interrupt();
        }
        return texts.stream().map(Text::generation).toList();
    }

    /**
     * Prompts that share a decoder, by length: all of them where its rows may be uneven, so that one begins as soon as
     * another has ended, and else some of equal length. The longest begin, for what they ask for is often long too, and
     * the last to end should not be among the last to begin.
     */
    private List<List<Text>> batches(List<Text> texts) {
        boolean uneven;
        try (Decoder decoder = model.decoder(1, 1)) {
            uneven = decoder.uneven();
        }
        List<Text> sorted = new ArrayList<>(texts);
        sorted.sort(Comparator.comparingInt(text -> text.ids.length));
        if (uneven) {
            Collections.reverse(sorted);
            return sorted.isEmpty() ? List.of() : List.of(sorted);
        }
        List<List<Text>> batches = new ArrayList<>();
        for (Text text : sorted) {
            List<Text> last = batches.isEmpty() ? List.of() : batches.get(batches.size() - 1);
            if (last.isEmpty() || last.size() == TOGETHER || last.get(0).ids.length != text.ids.length) {
                last = new ArrayList<>();
                batches.add(last);
            }
            last.add(text);
        }
        return batches;
    }

    /**
     * Writes texts, at most {@value #SHORT_TOGETHER} at a time, of long ones fewer, down to {@value #TOGETHER}: where
     * one ends, the next takes its row. Where none is left to begin and half of the rows rest, the decoder goes on with
     * the others.
     */
    private void write(List<Text> texts, int maxTokens, int before, Progress progress) {
        int longest = texts.stream().mapToInt(text -> text.length).max().orElse(0);
        int length = Math.min(model.context(), longest + maxTokens);
        int together = SHORT_TOGETHER;
        while (together > TOGETHER && (long) together * length > CACHED) {
            together /= 2;
        }
        List<Text> rows = new ArrayList<>(texts.subList(0, Math.min(together, texts.size())));
        Iterator<Text> waiting = texts.subList(rows.size(), texts.size()).iterator();
        int done = 0;
        Decoder decoder = model.decoder(rows.size(), length);
        boolean endless = decoder.length() == Integer.MAX_VALUE;
        try {
            List<Text> whole = texts.stream()
                    .filter(text -> text.length + maxTokens <= model.context())
                    .toList();
            int stem = rows.size() > 1 && whole.size() > 1 && decoder.uneven() ? common(whole) : 0;
            if (stem >= STEM) {
                decoder.stem(Arrays.copyOf(whole.get(0).ids, stem));
            }
            int[][] feed = new int[rows.size()][];
            for (int row = 0; row < feed.length; row++) {
                feed[row] = behind(stem, decoder, row, rows.get(row), beginning(rows.get(row), maxTokens, endless));
            }
            while (rows.stream().anyMatch(Text::open)) {
                if (Thread.interrupted()) {
                    Thread.currentThread().interrupt(); // the texts of other batches end here too
                    texts.stream().filter(Text::open).forEach(text -> text.ending = Generation.Ending.INTERRUPTED);
                    break;
                }
                if (!decoder.uneven() && decoder.position() >= decoder.length()) {
                    decoder.close();
                    rows = rows.stream().filter(Text::open).toList();
                    decoder = model.decoder(rows.size(), model.context());
                    feed = rows.stream().map(this::latterHalf).toArray(int[][]::new);
                }
                if (decoder.uneven() && !waiting.hasNext()) {
                    List<Text> all = rows;
                    int[] open = IntStream.range(0, all.size())
                            .filter(row -> all.get(row).open())
                            .toArray();
                    if (open.length <= all.size() / 2) {
                        decoder.keep(open);
                        feed = IntStream.of(open).mapToObj(List.of(feed)::get).toArray(int[][]::new);
                        rows = IntStream.of(open).mapToObj(all::get).toList();
                    }
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
                    if (!text.open()) {
                        feed[row] = decoder.uneven() ? new int[0] : new int[] {text.ids[text.length - 1]};
                        continue;
                    }
                    feed[row] = new int[] {text.next(logits[row])};
                    if (text.length - text.prompt == maxTokens && text.open()) {
                        text.ending = Generation.Ending.LENGTH;
                    }
                    if (!text.open()) {
                        progress.update(before + ++done, "");
                        feed[row] = decoder.uneven() ? new int[0] : feed[row];
                        if (decoder.uneven() && waiting.hasNext()) {
                            rows.set(row, waiting.next());
                            decoder.restart(row);
                            feed[row] = behind(
                                    stem, decoder, row, rows.get(row), beginning(rows.get(row), maxTokens, endless));
                        }
                    }
                }
            }
        } finally {
            decoder.close();
        }
    }

    /** How many tokens these texts begin with, of each all but the last, behind which its first logits are. */
    private static int common(List<Text> texts) {
        int[] first = texts.get(0).ids;
        int common = first.length - 1;
        for (Text text : texts) {
            int differ = Arrays.mismatch(first, 0, common, text.ids, 0, Math.min(common, text.prompt - 1));
            common = differ < 0 ? common : differ;
        }
        return common;
    }

    /** What a text is still to be fed: where the stem is read and the text is read whole, what is behind the stem. */
    private static int[] behind(int stem, Decoder decoder, int row, Text text, int[] beginning) {
        if (stem < STEM || beginning.length < text.prompt) {
            return beginning;
        }
        decoder.begin(row);
        text.read = stem;
        return Arrays.copyOfRange(beginning, stem, beginning.length);
    }

    /** The tokens with which a text's reading begins: all, or where it would outgrow the context, its last ones. */
    private int[] beginning(Text text, int maxTokens, boolean endless) {
        boolean fits = endless || text.length + maxTokens <= model.context();
        text.started = System.nanoTime();
        return text.latest(fits ? text.length : model.context() - Math.min(maxTokens, model.context() / 2));
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
        long started; // nanoseconds of the system's clock
        long ended;
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
            ended = System.nanoTime();
            float[] known = tokenizer.size() < logits.length ? Arrays.copyOf(logits, tokenizer.size()) : logits;
            for (int left : none) {
                known[left] = Float.NEGATIVE_INFINITY;
            }
            int id = sampler.next(known);
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
                    ending,
                    forgotten,
                    Math.max(0, ended - started) / 1e9);
        }
    }
}
