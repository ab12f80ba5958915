package kawi.model;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import kawi.evidence.KitException;
import kawi.text.PipelineTokenizer;
import kawi.text.PostProcessor;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;

/**
 * What a model's own files say of its special tokens: which one begins every text, and which ones end a text or a turn.
 *
 * @param first id of the token that stands before every text, -1 for none
 * @param ends ids at which writing ends
 * @param names texts of the tokens that chat templates ask for by name, such as {@code bos_token}
 */
public record SpecialTokens(int first, Set<Integer> ends, Map<String, String> names) {

    /** The names that any tokenizer's configuration may give. */
    static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token");

    /** Lists of further ones; a newer file may give them names instead. */
    private static final List<String> MORE = List.of("additional_special_tokens", "extra_special_tokens");

    /**
     * Keeps copies, in an order of their own: what is exported with them has the same bytes in every JVM.
     *
     * @param first id of the token that stands before every text, -1 for none
     * @param ends ids at which writing ends
     * @param names texts of the tokens that chat templates ask for by name, such as {@code bos_token}
     */
    public SpecialTokens {
        ends = Collections.unmodifiableSet(new TreeSet<>(ends));
        names = Collections.unmodifiableMap(new TreeMap<>(names));
    }

    /**
     * {@return what holds for a model that was trained by this kit: every document ends with
     * {@link Tokenizer#END_OF_TEXT}}
     *
     * @param tokenizer the kit's own
     */
    public static SpecialTokens of(Tokenizer tokenizer) {
        int end = tokenizer.id(Tokenizer.END_OF_TEXT);
        return new SpecialTokens(-1, end < 0 ? Set.of() : Set.of(end), Map.of());
    }

    /** The same with a further token that ends a turn. */
    SpecialTokens ending(int id) {
        Set<Integer> more = new TreeSet<>(ends);
        more.add(id);
        return new SpecialTokens(first, more, names);
    }

    /** What a GGUF file's metadata say, of which every key is used or refused. */
    static SpecialTokens of(Gguf file, Tokenizer tokenizer) {
        Settings said = Settings.of(file.name(), file.metadata());
        Set<Integer> ends = new TreeSet<>();
        for (String end : List.of("eos", "eot", "eom")) {
            int id = id(said, "tokenizer.ggml." + end + "_token_id", tokenizer, file.name());
            if (id >= 0) {
                ends.add(id);
            }
        }
        int begin = id(said, "tokenizer.ggml.bos_token_id", tokenizer, file.name());
        boolean pieces = GgufTokenizer.sentencePiece(file);
        boolean added = said.flag("tokenizer.ggml.add_bos_token", GgufTokenizer.begins(file));
        if (added && begin < 0) {
            throw new KitException(file.name() + " has a token before every text (tokenizer.ggml.add_bos_token, or by"
                    + " its kind) and does not say which one (tokenizer.ggml.bos_token_id): take another file.");
        }
        Map<String, String> names = new LinkedHashMap<>();
        for (Map.Entry<String, String> each : Map.of(
                        "bos_token", "bos",
                        "eos_token", "eos",
                        "unk_token", "unknown",
                        "pad_token", "padding",
                        "sep_token", "seperator", // so spelt in the format
                        "cls_token", "cls",
                        "mask_token", "mask")
                .entrySet()) {
            int id = id(said, "tokenizer.ggml." + each.getValue() + "_token_id", tokenizer, file.name());
            if (id >= 0) {
                names.put(each.getKey(), tokenizer.decode(new int[] {id}));
            }
        }
        said.only("tokenizer.ggml.add_eos_token", "this kit ends no prompt with a token", false);
        said.only("tokenizer.ggml.add_sep_token", "this kit ends no prompt with a token", false);
        if (!pieces) {
            said.only("tokenizer.ggml.add_space_prefix", "this kit begins no text with a space of its own", false);
        }
        said.only("tokenizer.ggml.remove_extra_whitespaces", "this kit encodes every space", false);
        Set<String> elsewhere = Set.of(
                "model", "pre", "tokens", "token_type", "merges", "add_space_prefix"); // by the tokenizer's reader
        Set<String> harmless = Set.of("scores", "token_type_count"); // of other kinds of tokenizer, or a mere count
        said.skip(key -> !key.startsWith("tokenizer.") // the model's reader refuses what it does not understand
                || key.startsWith("tokenizer.ggml.")
                        && (elsewhere.contains(key.substring(15)) || harmless.contains(key.substring(15)))
                || key.matches("tokenizer\\.ggml\\.\\w+_token_id") // of texts with gaps, masks and parts
                || key.equals("tokenizer.huggingface.json") // the same tokenizer once more
                || key.startsWith("tokenizer.chat_template"));
        said.done();
        return new SpecialTokens(added ? begin : -1, ends, names);
    }

    private static int id(Settings said, String key, Tokenizer tokenizer, String file) {
        int id = said.whole(key, -1);
        if (said.has(key) && (id < 0 || id >= tokenizer.size())) {
            throw new KitException(file + " says " + key + " = " + id + ", and its tokens run from 0 to "
                    + (tokenizer.size() - 1) + ": fetch the file again.");
        }
        return id;
    }

    /**
     * What the files of a Hugging Face folder say: {@code generation_config.json} (where it is missing,
     * {@code config.json}), {@code tokenizer_config.json}, {@code special_tokens_map.json} and the tokenizer's own
     * {@code post_processor}; see {@link FirstToken}.
     */
    static SpecialTokens of(Path folder, Tokenizer tokenizer) {
        return of(folder, tokenizer, "");
    }

    /** @param begin the token that the tokenizer itself has before every text where there is no tokenizer.json */
    static SpecialTokens of(Path folder, Tokenizer tokenizer, String begin) {
        Settings names = file(folder.resolve("tokenizer_config.json"));
        Settings map = file(folder.resolve("special_tokens_map.json"));
        Settings generation = file(folder.resolve("generation_config.json"));
        Settings model = file(folder.resolve("config.json"));
        Map<String, String> found = new LinkedHashMap<>();
        for (String name : NAMES) {
            Settings holder = names.has(name) ? names : map;
            if (holder.has(name)) {
                found.put(name, content(holder, name, tokenizer));
                known(tokenizer, found.get(name), folder);
            }
        }
        added(names, tokenizer);
        for (Settings holder : List.of(names, map)) {
            named(holder, found, folder, tokenizer);
            single(holder, found, folder, tokenizer);
        }
        Settings older = file(folder.resolve("added_tokens.json"));
        older.keys().forEach(token -> has(tokenizer, token, older.whole(token, -1), "added_tokens.json"));
        Set<Integer> ends = new TreeSet<>();
        for (int id : ids(generation.has("eos_token_id") ? generation : model, "eos_token_id")) {
            tokenizer.check(id);
            ends.add(id);
        }
        if (found.containsKey("eos_token")) {
            ends.add(known(tokenizer, found.get("eos_token"), folder));
        }
        names.only(
                "add_prefix_space",
                "this kit puts a space before a text as tokenizer.json has it alone",
                false,
                beginsWithSpace(tokenizer));
        boolean written = Files.exists(folder.resolve("tokenizer.json"));
        if (!written) { // else transformers 5 goes by tokenizer.json alone
            names.only("add_eos_token", "this kit ends no prompt with a token", false);
        }
        names.flag("add_eos_token", false);
        names.only("do_lower_case", "this kit encodes capitals as they are", false);
        names.only("split_special_tokens", "this kit's templates write special tokens whole", false);
        PostProcessor around = PostProcessor.read(folder.resolve("tokenizer.json"));
        if (around.id() >= 0) {
            has(tokenizer, around.first(), around.id(), "the post_processor of tokenizer.json");
        }
        boolean asked = names.flag("add_bos_token", !begin.isEmpty());
        String first = written
                ? FirstToken.of(around.first(), found.get("bos_token"), names, model)
                : asked ? found.getOrDefault("bos_token", begin) : "";
        NAMES.forEach(
                name -> content(map, name, tokenizer)); // the same as in the other file, or of no weight beside it
        names.skip(Harmless::tokenizer);
        names.done();
        map.done();
        return new SpecialTokens(first.isEmpty() ? -1 : known(tokenizer, first, folder), ends, found);
    }

    /** Whether the tokenizer's own steps put a space before a text, as SentencePiece's do. */
    private static boolean beginsWithSpace(Tokenizer tokenizer) {
        int[] ids = tokenizer.encode("a");
        return ids.length > 0 && new String(tokenizer.bytes(ids[0]), StandardCharsets.UTF_8).startsWith(" ");
    }

    static Settings file(Path path) {
        return Files.exists(path)
                ? Settings.read(path)
                : Settings.of(path.getFileName().toString(), Map.of());
    }

    /** A token's text, which stands there plainly or with its settings. */
    private static String content(Settings holder, String name, Tokenizer tokenizer) {
        try {
            return holder.text(name, "");
        } catch (KitException withSettings) {
            return content(holder.part(name), tokenizer);
        }
    }

    /** The text of a token that is taken as it stands. */
    private static String content(Settings token, Tokenizer tokenizer) {
        Set<String> rules =
                tokenizer instanceof PipelineTokenizer pipeline ? pipeline.rules(token.text("content", "")) : Set.of();
        for (String rule : List.of("lstrip", "rstrip", "single_word")) {
            token.only(rule, "tokenizer.json says otherwise of this token", rules.contains(rule));
        }
        token.skip(Set.of("__type", "normalized", "special")::contains);
        return token.text("content", "");
    }

    /** The tokens that a configuration adds to those of {@code tokenizer.json}: all must be there already. */
    private static void added(Settings names, Tokenizer tokenizer) {
        Settings added = names.part("added_tokens_decoder");
        for (String key : added.keys()) {
            String token = content(added, key, tokenizer);
            has(tokenizer, token, key.matches("\\d{1,9}") ? Integer.parseInt(key) : -1, "tokenizer_config.json");
        }
    }

    /** Further special tokens, in a list, or by names that a chat template may ask for. */
    private static void named(Settings holder, Map<String, String> found, Path folder, Tokenizer tokenizer) {
        for (String key : MORE) {
            List<?> several = List.of();
            Settings byName = null;
            try {
                several = holder.list(key);
            } catch (KitException notAList) {
                byName = holder.part(key);
            }
            for (Object each : several) {
                Settings one = Settings.of("tokenizer_config.json", Collections.singletonMap(key, each));
                known(tokenizer, content(one, key, tokenizer), folder);
                one.done();
            }
            for (String name : byName == null ? Set.<String>of() : byName.keys()) {
                String token = content(byName, name, tokenizer);
                known(tokenizer, token, folder);
                found.putIfAbsent(name, token);
            }
        }
    }

    /**
     * Tokens under names of their own, such as {@code image_token}: what is called so and holds true or false is none.
     */
    private static void single(Settings holder, Map<String, String> found, Path folder, Tokenizer tokenizer) {
        for (String name : holder.keys()) {
            if (name.endsWith("_token") && !name.startsWith("add_") && !NAMES.contains(name)) {
                String token = content(holder, name, tokenizer);
                known(tokenizer, token, folder);
                found.putIfAbsent(name, token);
            }
        }
    }

    private static void has(Tokenizer tokenizer, String token, int id, String file) {
        boolean found = tokenizer instanceof PipelineTokenizer pipeline
                && pipeline.added().getOrDefault(token, -1) == id
                && id >= 0;
        if (!found && (tokenizer.id(token) != id || id < 0)) {
            throw new KitException(file + " has the token '" + token + "' with the id " + id + ", and tokenizer.json "
                    + (tokenizer.id(token) < 0 ? "does not have it as a special one" : "has another id for it")
                    + ": a text would be encoded otherwise than the model learned it, so take all files from the same"
                    + " model.");
        }
    }

    /** One id or a list of them. */
    private static List<Integer> ids(Settings holder, String key) {
        if (!holder.has(key)) {
            return List.of();
        }
        List<?> several;
        try {
            several = holder.list(key);
        } catch (KitException single) {
            return List.of(holder.whole(key, -1));
        }
        return several.stream()
                .map(each -> each instanceof Integer id ? id : -1)
                .toList();
    }

    private static int known(Tokenizer tokenizer, String token, Path folder) {
        int id = tokenizer.id(token);
        if (id < 0) {
            throw new KitException("The files in " + folder.getFileName() + " name the special token '" + token
                    + "', which the tokenizer does not have: take all files from the same model.");
        }
        return id;
    }
}
