package kawi.model;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a model's files may say and this kit does not use, because no logit hangs on it. The whole list stands here;
 * everything else is used or refused by its name.
 */
final class Harmless {

    /** Keys of {@code config.json}, by the reason why they change nothing. */
    private static final Map<String, List<String>> CONFIG = Map.of(
            "where it came from",
            List.of("_name_or_path", "transformers_version", "is_llama_config", "unsloth_version", "unsloth_fixed"),
            "a program beside the weights, which transformers passes over for families of its own unless it is told",
            List.of("auto_map"),
            "the numbers it is stored in, which the weights' own header says",
            List.of("torch_dtype", "dtype"),
            "how another program runs it: caches, devices, exact rewritings of the same arithmetic",
            List.of(
                    "use_cache",
                    "cache_implementation",
                    "_attn_implementation",
                    "_attn_implementation_autoset",
                    "_attn_implementation_internal",
                    "pretraining_tp",
                    "reorder_and_upcast_attn",
                    "chunk_size_feed_forward",
                    "gradient_checkpointing",
                    "torchscript",
                    "use_bfloat16",
                    "tf_legacy_loss",
                    "return_dict",
                    "output_attentions",
                    "output_hidden_states",
                    "output_past",
                    "transformers.js_config"),
            "drawn on only while another program trains it",
            List.of(
                    "initializer_range",
                    "attention_dropout",
                    "hidden_dropout",
                    "classifier_dropout",
                    "attn_pdrop",
                    "embd_pdrop",
                    "resid_pdrop"),
            "ids that the tokenizer's files say, or that only training uses; those that end a text are read elsewhere",
            List.of(
                    "bos_token_id",
                    "eos_token_id",
                    "pad_token_id",
                    "sep_token_id",
                    "decoder_start_token_id",
                    "tokenizer_class"),
            "how another program draws tokens where it is not told; this kit is always told",
            List.of(
                    "max_length",
                    "min_length",
                    "do_sample",
                    "early_stopping",
                    "num_beams",
                    "num_beam_groups",
                    "diversity_penalty",
                    "temperature",
                    "top_k",
                    "top_p",
                    "typical_p",
                    "repetition_penalty",
                    "length_penalty",
                    "no_repeat_ngram_size",
                    "encoder_no_repeat_ngram_size",
                    "bad_words_ids",
                    "num_return_sequences",
                    "output_scores",
                    "return_dict_in_generate",
                    "forced_bos_token_id",
                    "forced_eos_token_id",
                    "remove_invalid_values",
                    "exponential_decay_length_penalty",
                    "suppress_tokens",
                    "begin_suppress_tokens"),
            "of heads other than the language model's",
            List.of(
                    "finetuning_task",
                    "id2label",
                    "label2id",
                    "num_labels",
                    "problem_type",
                    "task_specific_params",
                    "summary_activation",
                    "summary_first_dropout",
                    "summary_proj_to_labels",
                    "summary_type",
                    "summary_use_proj"));

    /** Keys of {@code tokenizer_config.json}, by the reason why they change no token of a text. */
    private static final Map<String, List<String>> TOKENIZER = Map.of(
            "where it came from, and which program reads it",
            List.of(
                    "name_or_path",
                    "tokenizer_file",
                    "special_tokens_map_file",
                    "processor_class",
                    "auto_map",
                    "backend",
                    "is_local",
                    "from_slow",
                    "use_fast",
                    "transformers_version",
                    "device_map"),
            "lengths, filling up and cutting, of which whoever encodes decides here",
            List.of(
                    "model_max_length",
                    "max_length",
                    "max_len",
                    "padding",
                    "padding_side",
                    "truncation",
                    "truncation_side",
                    "truncation_strategy",
                    "stride",
                    "pad_to_multiple_of",
                    "pad_token_type_id",
                    "model_input_names"),
            "how ids are shown as text, which is here as the tokens' bytes have it",
            List.of(
                    "clean_up_tokenization_spaces",
                    "spaces_between_special_tokens",
                    "errors",
                    "trim_offsets",
                    "response_schema"),
            "of tokenizers that are no byte-level BPE",
            List.of("legacy", "sp_model_kwargs", "use_default_system_prompt", "vocab_size"),
            "read elsewhere",
            List.of("chat_template", "tokenizer_class"));

    /**
     * Beginnings of GGUF keys: who made the file and how it was quantised. Those of {@code general.} that matter are
     * read.
     */
    private static final List<String> GGUF = List.of("general.", "quantize.imatrix.", "mradermacher.");

    /** GPT-2's and GPT-NeoX's causal masks, (1, 1, context, context) and a number: every attention here is causal. */
    private static final Pattern MASKS = Pattern.compile("(transformer\\.)?h\\.\\d+\\.attn\\.(bias|masked_bias)"
            + "|(gpt_neox\\.)?layers\\.\\d+\\.attention\\.(bias|masked_bias)");

    private static final Set<String> CONFIG_KEYS = new HashSet<>();

    private static final Set<String> TOKENIZER_KEYS = new HashSet<>();

    static {
        TOKENIZER.values().forEach(TOKENIZER_KEYS::addAll);
        CONFIG.values().forEach(CONFIG_KEYS::addAll);
    }

    private Harmless() {}

    /** Whether a key of {@code config.json} changes no logit, whatever it holds. */
    static boolean config(String key) {
        return CONFIG_KEYS.contains(key);
    }

    /** Whether a key of {@code tokenizer_config.json} changes no token, whatever it holds. */
    static boolean tokenizer(String key) {
        return TOKENIZER_KEYS.contains(key);
    }

    /** Whether a key of a GGUF file's metadata changes no logit. */
    static boolean gguf(String key) {
        return GGUF.stream().anyMatch(key::startsWith);
    }

    /** Whether a tensor is a causal mask that older checkpoints of GPT-2 and GPT-NeoX carry. */
    static boolean mask(String tensor, long[] shape) {
        boolean square = shape.length == 4 && shape[0] == 1 && shape[1] == 1 && shape[2] == shape[3];
        return MASKS.matcher(tensor).matches() && (tensor.endsWith("masked_bias") ? shape.length <= 1 : square);
    }
}
