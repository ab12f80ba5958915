package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.template.ChatTemplateTest;
import kawi.text.Tokenizer;
import kawi.torch.SafeTensors;
import kawi.torch.Torch;
import kawi.torch.Weights;
import kawi.tune.Lora;
import kawi.tune.LoraAdapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a folder belong to one model: no half of another, no token that the tokenizer does not know. */
class AFolderIsOneModelOrRefusedTest {
    static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    @Test
    void whereWeightsCannotBeWrittenTheOldModelKeepsItsConfiguration() throws IOException {
        try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1)) {
            Files.createDirectories(folder.resolve("model.safetensors"));
            Files.writeString(folder.resolve("config.json"), "old");
            assertThrows(KitException.class, () -> model.save(folder));
            assertEquals("old", Files.readString(folder.resolve("config.json")));
            Files.createDirectories(folder.resolve("adapter_model.safetensors"));
            Files.writeString(folder.resolve("adapter_config.json"), "old");
            try (LoraAdapter adapter = LoraAdapter.create(model, Lora.rank(2), 1)) {
                assertThrows(KitException.class, () -> adapter.save(folder));
            }
            assertEquals("old", Files.readString(folder.resolve("adapter_config.json")));
        }
    }

    @Test
    void twoSetsOfWeightsInOneFolderAreRefused() throws IOException {
        try (Llama one = Llama.create(torch, LlamaTest.SMALL, 1);
                Llama two = Llama.create(torch, LlamaTest.SMALL, 2)) {
            two.config().write(folder.resolve("config.json"));
            Weights.write(folder, two.parameters(), 20_000);
            SafeTensors.write(folder.resolve("model.safetensors"), one.parameters(), Map.of("format", "pt"));
            GptTest.sentence(
                    "two sets of weights",
                    () -> LanguageModel.load(torch, folder).close());
        }
    }

    @Test
    void aTokenizerInAnotherFormIsNamedWithTheWayToConvertIt() throws IOException {
        for (String name : List.of("spiece.model", "tokenizer.model", "vocab.json")) {
            Path place = Files.createDirectories(folder.resolve("of " + name));
            try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1)) {
                model.save(place);
            }
            Files.writeString(place.resolve(name), "\n\u000e\n\u0005<unk>");
            GptTest.sentence(
                    "has no tokenizer.json but " + name + ", which does not say",
                    () -> Pretrained.load(torch, place).close());
        }
    }

    @Test
    void wholeNumbersAreNoWeights() throws IOException {
        try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1);
                NDManager work = torch.manager().newSubManager()) {
            Map<String, ai.djl.ndarray.NDArray> tensors = new LinkedHashMap<>(model.parameters());
            tensors.put("model.norm.weight", work.create(new long[32], new Shape(32)));
            model.config().write(folder.resolve("config.json"));
            Weights.write(folder, tensors, Weights.LARGEST_FILE);
            GptTest.sentence(
                    "model.norm.weight", () -> LanguageModel.load(torch, folder).close());
        }
    }

    /** As a kill between the two files would leave it: everything after the weights fails. */
    @Test
    void aSaveThatIsCutShortBetweenItsTwoFilesLeavesNoMixedModel() throws IOException {
        LlamaConfig old = new LlamaConfig(64, 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        LlamaConfig next = new LlamaConfig(64, 32, 1, 32, 48, 4, 2, 8, 9000, 1e-5f, true);
        try (Llama before = Llama.create(torch, old, 1);
                Llama after = Llama.create(torch, next, 2)) {
            before.save(folder);
            LanguageModel cut = (LanguageModel) Proxy.newProxyInstance(
                    LanguageModel.class.getClassLoader(),
                    new Class<?>[] {LanguageModel.class},
                    (proxy, method, given) -> {
                        if (method.getName().equals("save")) {
                            return InvocationHandler.invokeDefault(proxy, method, given);
                        }
                        if (method.getName().equals("parameters")) { // the configuration lies under its hidden name
                            try (var files = Files.list(folder)) {
                                for (Path each : files.filter(p -> p.toString().endsWith(".part"))
                                        .toList()) {
                                    Files.delete(each);
                                    Files.createDirectory(each);
                                }
                            }
                        }
                        return method.invoke(after, given);
                    });
            assertThrows(KitException.class, () -> cut.save(folder));
            String said = assertThrows(KitException.class, () -> LanguageModel.load(torch, folder))
                    .getMessage();
            assertTrue(said.contains("no config.json") && said.contains("again"), said);
            after.save(folder);
            try (LanguageModel whole = LanguageModel.load(torch, folder)) {
                assertEquals(next, whole.config());
                assertEquals(after.fingerprint(), whole.fingerprint());
            }
        }
    }

    private void refused(String file, String text, String part) throws IOException {
        Files.writeString(folder.resolve(file), text);
        Tokenizer tokenizer = ChatTemplateTest.tokenizer();
        String said = assertThrows(KitException.class, () -> SpecialTokens.of(folder, tokenizer), text)
                .getMessage();
        assertTrue(said.contains(part) && said.endsWith("."), said);
        Files.delete(folder.resolve(file));
    }

    @Test
    void aTokenThatOnlyTheConfigurationAddsIsRefused() throws IOException {
        int end = ChatTemplateTest.tokenizer().id("<|im_end|>");
        String added = "{\"added_tokens_decoder\": {\"%d\": {\"content\": \"%s\", \"special\": true%s}}}";
        refused("tokenizer_config.json", added.formatted(900, "<|tool|>", ""), "'<|tool|>'");
        refused("tokenizer_config.json", added.formatted(end + 1, "<|im_end|>", ""), "another id");
        refused("tokenizer_config.json", added.formatted(end, "<|im_end|>", ", \"lstrip\": true"), "lstrip");
        refused("tokenizer_config.json", "{\"additional_special_tokens\": [\"<|tool|>\"]}", "'<|tool|>'");
        refused("tokenizer_config.json", "{\"extra_special_tokens\": {\"tool_token\": \"<|tool|>\"}}", "'<|tool|>'");
        refused("tokenizer_config.json", "{\"pad_token\": \"<pad>\"}", "'<pad>'");
        refused("tokenizer_config.json", "{\"eos_token\": {\"content\": \"<|x|>\", \"rstrip\": true}}", "rstrip");
        refused("tokenizer_config.json", "{\"split_special_tokens\": true}", "split_special_tokens");
        refused("tokenizer_config.json", "{\"a_key_of_next_year\": 1}", "a_key_of_next_year");
        refused("tokenizer_config.json", "{\"image_token\": \"<|tool|>\"}", "'<|tool|>'");
        refused("tokenizer_config.json", "{\"add_some_token\": true}", "add_some_token");
        refused("special_tokens_map.json", "{\"boi_token\": \"<|tool|>\"}", "'<|tool|>'");
        refused("special_tokens_map.json", "{\"additional_special_tokens\": [\"<|tool|>\"]}", "'<|tool|>'");
        refused("added_tokens.json", "{\"<|tool|>\": 900}", "'<|tool|>'");
    }

    @Test
    void whatSaysTheSameAsTheTokenizerIsRead() throws IOException {
        int end = ChatTemplateTest.tokenizer().id("<|im_end|>");
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"added_tokens_decoder": {"%d": {"content": "<|im_end|>", "lstrip": false, "normalized": true,
                  "rstrip": false, "single_word": false, "special": true}}, "add_prefix_space": false,
                 "additional_special_tokens": ["<|user|>"], "extra_special_tokens": {"turn_token": "<|x|>"},
                 "bos_token": {"__type": "AddedToken", "content": "<|x|>"}, "cls_token": "<|user|>",
                 "image_token": "<|im_end|>", "boi_token": {"content": "<|x|>", "lstrip": false},
                 "clean_up_tokenization_spaces": true, "model_max_length": 2048, "tokenizer_class": "GPT2Tokenizer",
                 "vocab_size": 300, "errors": "replace", "chat_template": "x", "padding_side": "left"}""".formatted(end));
        Files.writeString(folder.resolve("added_tokens.json"), "{\"<|im_end|>\": " + end + "}");
        Files.writeString(
                folder.resolve("special_tokens_map.json"),
                "{\"bos_token\": \"<|x|>\", \"eos_token\": \"<|x|>\", \"eoi_token\": \"<|user|>\"}");
        SpecialTokens read = SpecialTokens.of(folder, ChatTemplateTest.tokenizer());
        assertEquals("<|x|>", read.names().get("turn_token"));
        assertEquals("<|user|>", read.names().get("cls_token"));
        assertEquals("<|im_end|>", read.names().get("image_token"));
        assertEquals("<|x|>", read.names().get("boi_token"));
        assertEquals("<|user|>", read.names().get("eoi_token"));
        assertEquals("<|x|>", read.names().get("bos_token"));
    }

    /** As Mistral's say it; a byte-level one would have to put the space before a text itself, and is refused. */
    @Test
    void aSpaceBeforeEveryTextMayBeSaidASecondTime() throws IOException {
        Path foreign = FamiliesEqualTransformersTest.FAMILIES.resolve("../../text/foreign");
        Path names = Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_prefix_space\": true}");
        for (String pieces : List.of("llama2.json", "mistral.json")) {
            SpecialTokens.of(folder, Tokenizer.loadBare(foreign.resolve(pieces)));
        }
        for (String none : List.of("llama3.json", "gemma.json")) {
            Tokenizer tokenizer = Tokenizer.loadBare(foreign.resolve(none));
            String said = assertThrows(KitException.class, () -> SpecialTokens.of(folder, tokenizer))
                    .getMessage();
            assertTrue(said.contains("add_prefix_space = true"), said);
        }
        Files.delete(names);
    }

    @Test
    void theTokenBeforeATextIsTheOneThatThePostProcessorsNameStandsFor() throws IOException {
        Tokenizer tokenizer = ChatTemplateTest.tokenizer();
        int id = tokenizer.id("<|x|>");
        String step = "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"%s\"}},"
                + " {\"Sequence\": {\"id\": \"A\"}}], \"special_tokens\": {\"first\": {\"id\": \"first\", \"ids\": ["
                + id + "],"
                + " \"tokens\": [%s]}}}";
        Path json = folder.resolve("tokenizer.json");
        Files.writeString(json, "{\"post_processor\": " + step.formatted("first", "\"<|x|>\"") + "}");
        assertEquals(tokenizer.id("<|x|>"), SpecialTokens.of(folder, tokenizer).first());
        String two = step.formatted("first", "\"<|x|>\"") + ", " + step.formatted("<|user|>", "");
        refused(
                "tokenizer.json",
                "{\"post_processor\": {\"type\": \"Sequence\", \"processors\": [" + two + "]}}",
                "one token at most");
        refused(
                "tokenizer.json",
                "{\"post_processor\": " + step.formatted("first", "\"<|x|>\", \"<|user|>\"") + "}",
                "one token at most");
    }

    /** The reader of texts and the reader of models are asked of the same steps: what one knows the other knows. */
    @Test
    void aPostProcessorIsReadInOneWay() throws IOException {
        Path json = folder.resolve("tokenizer.json");
        Tokenizer tokenizer = ChatTemplateTest.tokenizer();
        tokenizer.save(json);
        String plain = Files.readString(json);
        String before = "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<|x|>\"}}, "
                + "{\"Sequence\": {\"id\": \"A\"}}]%s}";
        for (String[] step : new String[][] {
            {"{\"type\": \"ByteLevel\", \"trim\": 1}", "post_processor.trim"},
            {"{\"type\": \"Sequence\", \"processors\": [], \"first\": 1}", "post_processor.first"},
            {before.formatted(", \"truncate\": 1"), "post_processor.truncate"},
            {"{\"single\": 1}", "without a type"},
            {"{\"type\": \"RobertaProcessing\"}", "RobertaProcessing"},
            {"{\"type\": \"TemplateProcessing\", \"single\": []}", "around a text"},
            {before.formatted(", \"special_tokens\": {\"<|x|>\": {\"ids\": [1], \"tokens\": [\"<|x|>\"]}}"), "id"},
            {before.replace("]%s", ", {\"SpecialToken\": {\"id\": \"<|x|>\"}}]"), "around a text"},
        }) {
            Files.writeString(json, plain.replace("\"post_processor\" : null", "\"post_processor\" : " + step[0]));
            for (Runnable reader : List.<Runnable>of(
                    () -> Tokenizer.load(json), () -> SpecialTokens.of(folder, Tokenizer.loadBare(json)))) {
                String said =
                        assertThrows(KitException.class, reader::run, step[0]).getMessage();
                assertTrue(said.contains(step[1]) || said.contains("around a text"), said);
            }
        }
    }

    @Test
    void anotherVersionsModelBesideAWheelIsNotTakenForTheWheels() throws IOException {
        Path wheel = folder.resolve("model-2.whl");
        byte[] model = new byte[1000];
        model[500] = 1;
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("m/tiny.gguf"));
            zip.write(model);
        }
        Path beside = folder.resolve("tiny.gguf");
        Files.write(beside, new byte[1000]); // as version 1 left it: of the same shape, and so of the same size
        assertThrows(KitException.class, () -> Pretrained.load(torch, wheel)); // it is no model
        assertArrayEquals(model, Files.readAllBytes(beside));
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(wheel))) {
            for (String name : new String[] {"a.gguf", "b.gguf"}) {
                zip.putNextEntry(new java.util.zip.ZipEntry(name));
                zip.write(model);
            }
        }
        GptTest.sentence(
                "holds 2 GGUF files", () -> Pretrained.load(torch, wheel).close());
    }
}
