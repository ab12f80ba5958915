package kawi.model;

import java.util.Set;

/**
 * Which token stands before every text of a Hugging Face folder, as transformers 5 has it
 * ({@code tests/oracles/first_tokens.py}): the one that the {@code post_processor} of {@code tokenizer.json} puts
 * there, and {@code add_bos_token} counts only where there is no such file. transformers 4 went by that key for some
 * classes. Two classes of tokenizers are made anew, and what the file puts around a text is lost with one of them.
 */
final class FirstToken {

    private static final String NEVER = "GPTNeoXTokenizer";
    private static final String ALWAYS = "CodeLlamaTokenizer";
    private static final String OF_ALWAYS = "<s>"; // where no file names one

    /** Families whose tokenizers are as their file has them, whatever class is named. */
    private static final Set<String> AS_WRITTEN = Set.of("qwen2", "mistral", "mixtral", "phi3");

    private FirstToken() {}

    /**
     * Its text, empty for none, where there is a {@code tokenizer.json}.
     *
     * @param written what that file puts before a text, empty for none
     * @param bos the {@code bos_token} of the folder's files, null where none says it
     * @param names {@code tokenizer_config.json}
     * @param model {@code config.json}
     */
    static String of(String written, String bos, Settings names, Settings model) {
        String family = model.text("model_type", "");
        String named = names.text("tokenizer_class", model.text("tokenizer_class", ""));
        String type = named.isEmpty() && family.equals("gpt_neox") ? NEVER : named.replaceFirst("Fast$", "");
        if (AS_WRITTEN.contains(family)) {
            return written;
        }
        return switch (type) {
            case NEVER -> "";
            case ALWAYS -> bos == null ? OF_ALWAYS : bos;
            default -> written;
        };
    }
}
