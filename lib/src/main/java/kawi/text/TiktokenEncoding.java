package kawi.text;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kawi.evidence.KitException;

/**
 * What a file of OpenAI's tiktoken does not say: how texts are cut before merging, and which tokens are special. Those
 * of OpenAI as {@code tiktoken_ext/openai_public.py} has them, Llama 3's as Meta's {@code tokenizer.py}, Qwen's as its
 * {@code tokenization_qwen.py}.
 */
public enum TiktokenEncoding {
    /** GPT-2's; the same ids as r50k_base's. */
    GPT2("gpt2", 50_256, Splitter.GPT2),
    /** GPT-3's. */
    R50K_BASE("r50k_base", 50_256, Splitter.GPT2),
    /** Codex's: GPT-3's with tokens for several spaces. */
    P50K_BASE("p50k_base", 50_280, Splitter.GPT2),
    /** The same file, and special tokens for filling a gap. */
    P50K_EDIT("p50k_edit", 50_280, Splitter.GPT2),
    /** GPT-4's. */
    CL100K_BASE("cl100k_base", 100_256, Splitter.CL100K),
    /** GPT-4o's. */
    O200K_BASE("o200k_base", 199_998, Splitter.O200K),
    /** The same file, and the special tokens of gpt-oss' conversations. */
    O200K_HARMONY("o200k_harmony", 199_998, Splitter.O200K),
    /** Llama 3's {@code tokenizer.model}. */
    LLAMA3("llama3", 128_000, Splitter.LLAMA3),
    /** The same file, and the special tokens of Llama 3.1 to 3.3. */
    LLAMA3_1("llama3.1", 128_000, Splitter.LLAMA3),
    /** The first Qwen's {@code qwen.tiktoken}, whose texts are brought into normal form C. */
    QWEN("qwen", 151_643, Splitter.QWEN2);

    private static final String END = Tokenizer.END_OF_TEXT;
    private static final String BEGIN = "<|begin_of_text|>";
    private static final int RESERVED = 256; // special tokens of Llama 3
    private static final int EXTRAS = 205; // of Qwen, without a meaning
    private static final int HARMONY_END = 201_088; // the id behind its last one

    private final String title;
    private final int ranks;
    private final Splitter splitter;

    TiktokenEncoding(String title, int ranks, Splitter splitter) {
        this.title = title;
        this.ranks = ranks;
        this.splitter = splitter;
    }

    /**
     * {@return the encoding of a name}
     *
     * @param name as tiktoken has it, such as {@code cl100k_base}; {@code llama3}, {@code llama3.1} or {@code qwen}
     * @throws KitException where none is called so
     */
    public static TiktokenEncoding of(String name) {
        return Arrays.stream(values())
                .filter(each -> each.title.equals(name))
                .findFirst()
                .orElseThrow(() -> new KitException(
                        "No encoding is called '" + name + "': give one of " + titles(List.of(values())) + "."));
    }

    static String titles(List<TiktokenEncoding> some) {
        return some.stream().map(each -> each.title).collect(Collectors.joining(", "));
    }

    /** {@return its name} */
    public String title() {
        return title;
    }

    /** {@return how many tokens its file holds} */
    public int ranks() {
        return ranks;
    }

    /** {@return how texts are cut before merging} */
    public Splitter splitter() {
        return splitter;
    }

    /** {@return the special tokens with their ids, in order of id} */
    public Map<String, Integer> specials() {
        return switch (this) {
            case GPT2, R50K_BASE, P50K_BASE -> at(50_256, END);
            case P50K_EDIT -> join(at(50_256, END), at(50_281, "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"));
            case CL100K_BASE ->
                join(
                        at(100_257, END, "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"),
                        at(100_276, "<|endofprompt|>"));
            case O200K_BASE -> join(at(199_999, END), at(200_018, "<|endofprompt|>"));
            case O200K_HARMONY -> harmony();
            case LLAMA3 ->
                llama(
                        5,
                        BEGIN,
                        "<|end_of_text|>",
                        reserved(0),
                        reserved(1),
                        reserved(2),
                        reserved(3),
                        "<|start_header_id|>",
                        "<|end_header_id|>",
                        reserved(4),
                        "<|eot_id|>");
            case LLAMA3_1 ->
                llama(
                        2,
                        BEGIN,
                        "<|end_of_text|>",
                        reserved(0),
                        reserved(1),
                        "<|finetune_right_pad_id|>",
                        "<|step_id|>",
                        "<|start_header_id|>",
                        "<|end_header_id|>",
                        "<|eom_id|>",
                        "<|eot_id|>",
                        "<|python_tag|>",
                        "<|image|>");
            case QWEN ->
                at(
                        ranks,
                        Stream.concat(
                                        Stream.of(END, "<|im_start|>", "<|im_end|>"),
                                        IntStream.range(0, EXTRAS).mapToObj(i -> "<|extra_" + i + "|>"))
                                .toArray(String[]::new));
        };
    }

    /** {@return the token that stands before every text that its models learned, empty for none} */
    public String first() {
        return this == LLAMA3 || this == LLAMA3_1 ? BEGIN : "";
    }

    /** Whether texts are brought into normal form C. */
    boolean normal() {
        return this == QWEN;
    }

    private static Map<String, Integer> at(int id, String... tokens) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String token : tokens) {
            ids.put(token, id++);
        }
        return Collections.unmodifiableMap(ids);
    }

    private static Map<String, Integer> join(Map<String, Integer> first, Map<String, Integer> second) {
        Map<String, Integer> both = new LinkedHashMap<>(first);
        both.putAll(second);
        return Collections.unmodifiableMap(both);
    }

    private static String reserved(int number) {
        return "<|reserved_special_token_" + number + "|>";
    }

    /** Meaning first, and reserved ones from a number on. */
    private Map<String, Integer> llama(int from, String... named) {
        return at(
                ranks,
                Stream.concat(
                                Arrays.stream(named),
                                IntStream.range(0, RESERVED - named.length).mapToObj(i -> reserved(from + i)))
                        .toArray(String[]::new));
    }

    /** One id has two names, of which the first is the published tokenizer.json's. */
    private static Map<String, Integer> harmony() {
        Map<Integer, String> named = Map.of(
                199_998, "<|startoftext|>",
                199_999, END,
                200_002, "<|return|>",
                200_003, "<|constrain|>",
                200_005, "<|channel|>",
                200_006, "<|start|>",
                200_007, "<|end|>",
                200_008, "<|message|>",
                200_012, "<|call|>",
                200_018, "<|endofprompt|>");
        return join(
                at(
                        199_998,
                        IntStream.range(199_998, HARMONY_END)
                                .mapToObj(id -> named.getOrDefault(id, "<|reserved_" + id + "|>"))
                                .toArray(String[]::new)),
                at(200_018, "<|reserved_200018|>"));
    }

    @Override
    public String toString() {
        return title;
    }
}
