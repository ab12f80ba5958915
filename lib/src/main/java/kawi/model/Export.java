package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.evidence.AtomicFile;
import kawi.evidence.AtomicFolder;
import kawi.evidence.KitException;
import kawi.template.ChatTemplate;
import kawi.text.Tokenizer;
import kawi.torch.GgufType;
import kawi.torch.Weights;

/**
 * A model with its tokenizer for other programs: as a folder that transformers opens, or as a GGUF file that llama.cpp
 * reads. {@code Export.of(smol).folder(place)}.
 *
 * <p>An adapter's change is merged into the matrices that are written; the model itself stays as it is.
 * {@link Pretrained#load} reads both back.
 */
public final class Export {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WEIGHTS = "model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?";
    private static final List<String> FILES =
            List.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json");

    private final String name;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;
    private final ChatTemplate chat;
    private final Adapter adapter;

    private Export(
            String name,
            LanguageModel model,
            Tokenizer tokenizer,
            SpecialTokens specials,
            ChatTemplate chat,
            Adapter adapter) {
        this.name = name;
        this.model = model;
        this.tokenizer = TokensWithRows.of(tokenizer, model.vocabularySize(), " of " + name);
        this.specials = specials;
        this.chat = chat;
        this.adapter = adapter;
    }

    /**
     * {@return the export of a pretrained model as it came, whatever adapter is in use}
     *
     * @param pretrained the model, its tokenizer, and how a conversation is written for it
     */
    public static Export of(Pretrained pretrained) {
        return of(pretrained, null);
    }

    /**
     * {@return the export of a pretrained model with an adapter merged into its matrices}
     *
     * @param pretrained the model, its tokenizer, and how a conversation is written for it
     * @param adapter the change, or null for none
     */
    public static Export of(Pretrained pretrained, Adapter adapter) {
        return new Export(
                pretrained.name(),
                pretrained.network(),
                pretrained.tokenizer(),
                pretrained.specials(),
                pretrained.chat(),
                adapter);
    }

    /**
     * {@return the export of a model that was trained here, whose documents ended with {@link Tokenizer#END_OF_TEXT}}
     *
     * @param name what other programs are to call it
     * @param model the model
     * @param tokenizer the tokenizer that it was trained with
     * @throws KitException if texts have tokens that the model does not know
     */
    public static Export of(String name, LanguageModel model, Tokenizer tokenizer) {
        return new Export(name, model, tokenizer, SpecialTokens.of(tokenizer), null, null);
    }

    /**
     * {@return the same under another name}
     *
     * @param chosen what other programs are to call it
     */
    public Export named(String chosen) {
        return new Export(chosen, model, tokenizer, specials, chat, adapter);
    }

    /**
     * Writes {@code config.json}, {@code generation_config.json}, {@code model.safetensors} (float32, shards where it
     * is large), {@code tokenizer.json} and {@code tokenizer_config.json} with the chat template. All of them appear at
     * once; an earlier export in that place is replaced.
     *
     * @param place the folder; those above it are made where needed
     * @return the folder
     * @throws KitException if transformers has no such model, the folder holds other files, or it cannot be written
     */
    public Path folder(Path place) {
        if (model instanceof Transformer) {
            throw new KitException("'" + name + "' (" + model.config().describe()
                    + ") is as its files have it: copy those" + " instead of exporting it again.");
        }
        if (!(model instanceof Llama) && !(model instanceof Gpt)) {
            throw new KitException("Other programs have no class for the model '" + name + "' ("
                    + model.config().describe() + "): its own save() keeps it for this kit, and a Llama or a GPT-2 can"
                    + " be exported.");
        }
        refuseOthers(place);
        try (AtomicFolder atomic = AtomicFolder.begin(place, "exporting a model");
                NDManager work = model.torch().manager().newSubManager()) {
            Path folder = atomic.path();
            tokenizer.save(folder.resolve("tokenizer.json"));
            if (specials.first() >= 0) {
                begunBy(folder.resolve("tokenizer.json"), specials.first());
            }
            write(folder.resolve("tokenizer_config.json"), tokenizerConfig());
            write(folder.resolve("config.json"), ids(model.config().json(), false));
            write(folder.resolve("generation_config.json"), ids(JSON.createObjectNode(), true));
            Map<String, NDArray> weights =
                    model instanceof Llama llama ? llama.merged(work, adapter) : model.parameters();
            Weights.write(folder, weights, Weights.LARGEST_FILE);
            atomic.commit();
        }
        return place;
    }

    /** A folder of the reader's own is not taken for an earlier export. */
    private static void refuseOthers(Path place) {
        if (!Files.exists(place)) {
            return;
        }
        try (Stream<Path> files = Files.list(place)) {
            List<String> others = files.map(each -> each.getFileName().toString())
                    .filter(each -> !FILES.contains(each) && !each.matches(WEIGHTS))
                    .sorted()
                    .toList();
            if (!others.isEmpty()) {
                throw new KitException("The folder " + place.getFileName() + " holds " + others.get(0)
                        + (others.size() > 1 ? " and " + (others.size() - 1) + " other files" : "")
                        + ", which an export would remove: give a folder that is not there yet.");
            }
        } catch (IOException e) {
            throw KitException.of(e, "exporting a model", place);
        }
    }

    /**
     * Writes a GGUF file of the architecture {@code llama}. Gains of norms are F32 in any case, and the rows of queries
     * and keys are put in the order that llama.cpp turns them in.
     *
     * @param file where it is put, such as {@code translator.gguf}; its folder must exist
     * @param type F32, F16, BF16, Q8_0, Q4_0 or Q4_K: how the matrices are written; those whose rows do not divide into
     *     the blocks of Q4_K become Q8_0
     * @return the file
     * @throws KitException if the format cannot say the model's form or its tokenizer, a row does not divide into
     *     blocks, a number is larger than the type can say, or the file cannot be written
     */
    public Path gguf(Path file, GgufType type) {
        List<String> foreign = foreign(model.config());
        if (!foreign.isEmpty()) {
            throw new KitException("GGUF's architecture llama has no place for what the model '" + name + "' has: "
                    + String.join(", ", foreign) + ": export a Llama (LlamaConfig), or keep this model by save().");
        }
        try (NDManager work = model.torch().manager().newSubManager()) {
            LlamaFileWriter.of(name, (Llama) model, tokenizer, specials, chat)
                    .tensors(((Llama) model).merged(work, adapter), type)
                    .write(file);
        }
        return file;
    }

    /** What a model has, or lacks, that the architecture llama cannot say. */
    private static List<String> foreign(ModelConfig config) {
        List<String> foreign = new ArrayList<>();
        if (config instanceof LlamaConfig) {
            return foreign;
        } else if (config instanceof GptConfig) {
            return List.of("learned positions", "layer norms", "biases", "a feed-forward layer without a gate");
        } else if (!(config instanceof ModernConfig modern)) {
            return List.of("another architecture (" + config.describe() + ")");
        } else {
            for (ModernConfig.Part part : ModernConfig.Part.values()) {
                String word = switch (part) {
                    case ROTARY -> modern.has(part) ? "" : "learned positions";
                    case RMS_NORM -> modern.has(part) ? "" : "layer norms";
                    case NO_BIASES -> modern.has(part) ? "" : "biases";
                    case QK_NORM, EMBEDDING_NORM, TOKEN_SHIFT -> modern.has(part) ? part.title() : "";
                    case SQUARED_RELU, ZERO_OUTPUT, UNTIED_HEAD -> "";
                };
                if (!word.isEmpty()) {
                    foreign.add(word);
                }
            }
            foreign.add("a feed-forward layer without a gate");
            return foreign;
        }
    }

    /** transformers puts a token before every text where the tokenizer's file says so. */
    private void begunBy(Path tokenizerJson, int first) {
        String token = tokenizer.decode(new int[] {first});
        try {
            ObjectNode file = (ObjectNode) JSON.readTree(tokenizerJson.toFile());
            ObjectNode step = file.putObject("post_processor").put("type", "TemplateProcessing");
            begun(step.putArray("single"), token, "A");
            begun(step.putArray("pair"), token, "A", "B");
            ObjectNode meant = step.putObject("special_tokens").putObject(token).put("id", token);
            meant.putArray("ids").add(first);
            meant.putArray("tokens").add(token);
            write(tokenizerJson, file);
        } catch (IOException e) {
            throw KitException.of(e, "exporting the tokenizer", tokenizerJson);
        }
    }

    private static void begun(ArrayNode parts, String token, String... texts) {
        for (int i = 0; i < texts.length; i++) {
            parts.addObject().putObject("SpecialToken").put("id", token).put("type_id", i);
            parts.addObject().putObject("Sequence").put("id", texts[i]).put("type_id", i);
        }
    }

    private ObjectNode tokenizerConfig() {
        ObjectNode json = JSON.createObjectNode()
                .put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("model_max_length", model.context())
                .put("clean_up_tokenization_spaces", false);
        Map<String, String> names = names();
        names.forEach((key, token) -> {
            if (SpecialTokens.NAMES.contains(key)) {
                json.put(key, token);
            }
        });
        Map<String, String> more = names.entrySet().stream()
                .filter(each -> !SpecialTokens.NAMES.contains(each.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (!more.isEmpty()) {
            json.set("extra_special_tokens", JSON.valueToTree(more));
        }
        if (chat != null) {
            json.put("chat_template", chat.text());
        }
        return json;
    }

    /** The special tokens by name; a model of the kit's own has one that ends a text. */
    private Map<String, String> names() {
        if (!specials.names().isEmpty() || specials.ends().isEmpty()) {
            return specials.names();
        }
        return Map.of(
                "eos_token",
                tokenizer.decode(new int[] {specials.ends().iterator().next()}));
    }

    /** Every id is said, for what is left out is another model's in transformers. */
    private ObjectNode ids(ObjectNode json, boolean all) {
        Map<String, String> names = names();
        for (String token : List.of("bos", "eos", "pad")) {
            if (names.containsKey(token + "_token")) {
                json.put(token + "_token_id", tokenizer.id(names.get(token + "_token")));
            } else if (!all) {
                json.putNull(token + "_token_id");
            }
        }
        if (all && !specials.ends().isEmpty()) {
            json.set("eos_token_id", JSON.valueToTree(specials.ends()));
        }
        return json;
    }

    private static void write(Path file, ObjectNode json) {
        AtomicFile.write(file, "exporting a model", json.toPrettyString() + "\n");
    }

    @Override
    public String toString() {
        return "export of " + name + (adapter == null ? "" : " with an adapter merged");
    }
}
