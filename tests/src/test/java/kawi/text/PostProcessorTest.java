package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file puts around every text is one token before it, or nothing, or the file is refused by its name. */
class PostProcessorTest {
    private static final String TEXT = "{\"Sequence\":{\"id\":\"A\"}}";

    @TempDir
    Path folder;

    private PostProcessor read(String step) throws IOException {
        return PostProcessor.read(
                Files.writeString(folder.resolve("tokenizer.json"), "{\"post_processor\":" + step + "}"));
    }

    private void refused(String step, String why) {
        String said = assertThrows(KitException.class, () -> read(step), step).getMessage();
        assertTrue(said.startsWith("The tokenizer tokenizer.json ") && said.contains(why), said);
    }

    private static String token(String id) {
        return "{\"SpecialToken\":{\"id\":\"" + id + "\"}}";
    }

    private static String template(String single, String more) {
        return "{\"type\":\"TemplateProcessing\",\"single\":[" + single + "]" + more + "}";
    }

    private static String sequence(String processors) {
        return "{\"type\":\"Sequence\",\"processors\":[" + processors + "]}";
    }

    private static String stands(String name, String ids, String tokens) {
        return ",\"special_tokens\":{\"" + name + "\":{\"ids\":[" + ids + "],\"tokens\":[" + tokens + "]}}";
    }

    @Test
    void whereNothingIsPutBeforeATextThereIsNoToken() throws IOException {
        PostProcessor nothing = new PostProcessor("", -1);
        assertEquals(nothing, PostProcessor.read(folder.resolve("none.json")));
        for (String step : new String[] {
            "null",
            "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}",
            sequence(""),
            sequence("{\"type\":\"ByteLevel\"}"),
            template(TEXT, ",\"pair\":[]")
        }) {
            assertEquals(nothing, read(step), step);
        }
    }

    @Test
    void theTokenBeforeATextIsFoundWithItsId() throws IOException {
        assertEquals(new PostProcessor("<s>", -1), read(template(token("<s>") + "," + TEXT, "")));
        assertEquals(
                new PostProcessor("<s>", 7),
                read(template(token("first") + "," + TEXT, stands("first", "7", "\"<s>\""))));
        assertEquals(
                new PostProcessor("<s>", -1),
                read(template(token("first") + "," + TEXT, stands("first", "", "\"<s>\""))));
        String before = template(token("<s>") + "," + TEXT, "");
        String level = "{\"type\":\"ByteLevel\"}";
        assertEquals(new PostProcessor("<s>", -1), read(sequence(before + "," + level)));
        assertEquals(new PostProcessor("<s>", -1), read(sequence(level + "," + before)));
    }

    @Test
    void moreThanOneTokenOrATokenElsewhereIsRefused() {
        String before = template(token("<s>") + "," + TEXT, "");
        refused(sequence(before + "," + before), "puts <s> and <s> before every text, and this kit puts one token");
        refused(template(token("<s>") + "," + TEXT + "," + token("</s>"), ""), "puts tokens around a text");
        refused(template(TEXT + "," + token("</s>"), ""), "puts tokens around a text");
        refused(template(TEXT + "," + TEXT, ""), "puts tokens around a text");
        refused(template("", ""), "puts tokens around a text (post_processor.single = [])");
        refused(template(token("<s>"), ""), "puts tokens around a text");
        refused(template(token("s") + "," + TEXT, stands("s", "1", "")), "before every text");
        refused(template(token("s") + "," + TEXT, stands("s", "1", "\"a\",\"b\"")), "before every text");
        refused(template(token("s") + "," + TEXT, stands("s", "1,2", "\"a\"")), "before every text");
        refused("{\"type\":\"BertProcessing\"}", "has the post_processor BertProcessing, which adds");
        refused("{\"cls\":1}", "has a post_processor without a type: {\"cls\":1}.");
    }

    @Test
    void aKeyThatIsNotKnownIsNamedWithItsValueWhichIsCutAtSixtyLetters() {
        for (String step : new String[] {"{\"type\":\"ByteLevel\"}", sequence(""), template(TEXT, "")}) {
            String more = step.substring(0, step.length() - 1) + ",\"odd\":";
            refused(more + "1}", "has the key post_processor.odd = 1, which this kit does not know.");
            String sixty = "\"" + "x".repeat(58) + "\"";
            refused(more + sixty + "}", "post_processor.odd = " + sixty + ", which");
            refused(more + "\"x" + sixty.substring(1) + "}", "post_processor.odd = \"" + "x".repeat(59) + "..., which");
        }
    }

    @Test
    void aTokenBeforeATextIsTheCallersToPutOrTheFileIsRefused() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        BpeTest.bpe().save(file);
        String step = template(token(Tokenizer.END_OF_TEXT) + "," + TEXT, "");
        Files.writeString(
                file, Files.readString(file).replace("\"post_processor\" : null", "\"post_processor\" : " + step));
        assertArrayEquals(
                BpeTest.bpe().encode("a text"), Tokenizer.loadBare(file).encode("a text"));
        assertThrows(KitException.class, () -> Tokenizer.load(file));
    }

    @Test
    void aFileThatIsDamagedOrCannotBeReadIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{ cut sho");
        KitException damaged = assertThrows(KitException.class, () -> PostProcessor.read(file));
        assertEquals(
                "The tokenizer tokenizer.json is not a whole JSON file: make or fetch it again.", damaged.getMessage());
        assertTrue(damaged.getCause() instanceof IOException);
        Path directory = Files.createDirectory(folder.resolve("directory.json"));
        String said = assertThrows(KitException.class, () -> PostProcessor.read(directory))
                .getMessage();
        assertTrue(said.contains("directory.json"), said);
    }
}
