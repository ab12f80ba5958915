package kawi.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.text.TiktokenEncoding;
import kawi.text.TiktokenFile;
import kawi.text.Tokenizer;

/**
 * The tokenizer of a model's folder: {@code tokenizer.json}, or in its place a file of tiktoken, such as the first
 * Qwen's {@code qwen.tiktoken} and Llama 3's original {@code tokenizer.model}, with the special tokens that
 * {@code tokenizer_config.json} lists.
 *
 * @param tokenizer turns a text into the text's own tokens
 * @param first the token that the encoding has before every text, empty for none, or where tokenizer.json says it
 */
record FolderTokenizer(Tokenizer tokenizer, String first) {

    /**
     * {@return the tokenizer of a folder}
     *
     * @throws KitException where there is none, it is damaged, or it is not known how texts are cut
     */
    static FolderTokenizer read(Path folder) {
        Path file = ModelPlace.tokenizer(folder);
        if (!TiktokenFile.is(file)) {
            return new FolderTokenizer(Tokenizer.loadBare(file), "");
        }
        TiktokenFile ranks = TiktokenFile.read(file);
        Settings names = SpecialTokens.file(folder.resolve("tokenizer_config.json"));
        Settings listed = names.part("added_tokens_decoder");
        if (listed.keys().isEmpty()) {
            TiktokenEncoding encoding = llama(folder, ranks);
            return new FolderTokenizer(ranks.tokenizer(encoding), encoding == null ? "" : encoding.first());
        }
        List<TiktokenEncoding> fitting = ranks.encodings();
        if (fitting.isEmpty()) {
            throw new KitException("The folder " + folder.getFileName() + " has no tokenizer.json but " + ranks
                    + ", which is the number of no encoding that is known here, so that it is not known how texts are"
                    + " cut: take the model with a tokenizer.json.");
        }
        Map<String, Integer> specials = new LinkedHashMap<>();
        Map<String, Integer> found = new LinkedHashMap<>();
        for (String id : listed.keys()) {
            Settings token = listed.part(id);
            String content = token.text("content", "");
            int number = id.matches("\\d{1,9}") ? Integer.parseInt(id) : -1;
            if ((token.flag("special", false) ? specials : found).put(content, number) != null) {
                throw new KitException("tokenizer_config.json gives the token '" + content
                        + "' two ids: take all files from the same model.");
            }
        }
        TiktokenEncoding encoding = fitting.get(0); // those with as many ranks cut texts alike
        return new FolderTokenizer(
                ranks.tokenizer(encoding, specials, found),
                specials.containsKey(encoding.first()) ? encoding.first() : "");
    }

    /** Llama 3's special tokens or 3.1's, which stretches positions in a way of that name; null for other files. */
    private static TiktokenEncoding llama(Path folder, TiktokenFile ranks) {
        if (!ranks.encodings().contains(TiktokenEncoding.LLAMA3)) {
            return null;
        }
        Settings config = SpecialTokens.file(folder.resolve("config.json"));
        boolean stretched = false;
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            Settings rope = config.part(key);
            stretched |= rope.text("rope_type", rope.text("type", "")).equals("llama3");
        }
        return stretched ? TiktokenEncoding.LLAMA3_1 : TiktokenEncoding.LLAMA3;
    }
}
