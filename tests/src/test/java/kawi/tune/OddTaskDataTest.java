package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.corpus.Archive;
import kawi.evidence.KitException;
import kawi.model.LlamaConfig;
import kawi.readers.RatedSentences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data of a task that is odd is read, counted with its reason, or refused; nothing else comes out. */
class OddTaskDataTest {
    @TempDir
    Path folder;

    @Test
    void aLongMessageIsReadAndAnImpossiblePluralIsCounted() {
        String letters = "a".repeat(300_000);
        String lines = "\\n".repeat(300_000);
        assertEquals(
                Map.of(letters, "b", "\n".repeat(300_000), "c"),
                Gettext.po("msgid \"" + letters + "\"\nmsgstr \"b\"\n\nmsgid \"" + lines + "\"\nmsgstr \"c\"\n")
                        .messages());
        assertEquals(
                Map.of("a line that is neither comment, keyword nor string", 1, "not translated", 1),
                Gettext.po("msgid \"a\"\nmsgstr[99999999999] \"b\"\n").leftOut());
    }

    @Test
    void escapesByNumberAreBytesOfACharacter() {
        assertEquals(
                Map.of("coffee", "caf\u00e9 \"\u2013\""),
                Gettext.po("msgid \"coffee\"\nmsgstr \"caf\\303\\251 \\\"\\xe2\\x80\\x93\\\"\"\n")
                        .messages());
    }

    @Test
    void anEncodingThatIsNotTheDeclaredOneIsSaid() throws IOException {
        String po = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                + "msgid \"coffee\"\nmsgstr \"caf\u00e9\"\n";
        Gettext.Catalogue read = Gettext.po(po.getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(Map.of("coffee", "caf\u00e9"), read.messages());
        assertEquals(Map.of("not UTF-8, read as Windows-1252", 1), read.readOtherwise());
        byte[] header = "Content-Type: text/plain; charset=UTF-8\n".getBytes(StandardCharsets.US_ASCII);
        byte[] latin = "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer mo = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        mo.putInt(0x950412de)
                .putInt(0)
                .putInt(2)
                .putInt(28)
                .putInt(44)
                .putInt(0)
                .putInt(0);
        mo.putInt(0).putInt(60).putInt(6).putInt(61);
        mo.putInt(header.length).putInt(70).putInt(latin.length).putInt(150);
        mo.put(61, "coffee".getBytes(StandardCharsets.US_ASCII)).put(70, header).put(150, latin);
        Gettext.Catalogue compiled = Gettext.mo(mo.array());
        assertEquals(Map.of("coffee", "caf\u00e9"), compiled.messages());
        assertEquals(Map.of("not UTF-8, read as Windows-1252", 1), compiled.readOtherwise());
    }

    @Test
    void messagesThatLieOverOneAnotherAreRefused() {
        int count = 1000;
        ByteBuffer mo = ByteBuffer.allocate(28 + 16 * count + 20_000).order(ByteOrder.LITTLE_ENDIAN);
        mo.putInt(0x950412de).putInt(0).putInt(count).putInt(28).putInt(28 + 8 * count);
        for (int i = 0; i < 2 * count; i++) {
            mo.putInt(28 + 8 * i, 10_000).putInt(32 + 8 * i, 28 + 16 * count + i);
        }
        String said =
                assertThrows(IOException.class, () -> Gettext.mo(mo.array())).getMessage();
        assertTrue(said.contains("over one another"), said);
    }

    @Test
    void aRatingThatIsNoneOfTheScaleIsNoRating() {
        List<String> notes = new ArrayList<>();
        List<RatedSentences.Sentence> read = RatedSentences.sentences(
                new Archive.Entry(
                        "t.txt", "1\tNaN\ta\n2\tInfinity\tb\n3\t4\tc\n4\t-40\td\n".getBytes(StandardCharsets.UTF_8)),
                (where, reason) -> {},
                (where, note) -> notes.add(note));
        assertEquals(4, read.size());
        assertEquals(4.0, read.get(2).rating());
        assertEquals(1, read.stream().filter(each -> each.rating() != null).count());
        assertEquals(List.of(RatedSentences.NO_RATING, RatedSentences.NO_RATING, RatedSentences.NO_RATING), notes);
    }

    @Test
    void aPlaceThatIsNoneTakesItsAnswerWithIt() throws IOException {
        String squad = "{\"data\":[{\"title\":\"t\",\"paragraphs\":[{\"context\":\"The cat sat.\",\"qas\":["
                + "{\"question\":\"Who?\",\"answers\":[{\"text\":\"The cat\",\"answer_start\":0}]},"
                + "{\"question\":\"Who?\",\"answers\":[{\"text\":\"The cat\",\"answer_start\":\"0\"}]},"
                + "{\"question\":5,\"answers\":[{\"text\":\"The cat\",\"answer_start\":0}]}]}]}]}";
        Pool pool = Squad.read(Files.writeString(folder.resolve("s.json"), squad));
        assertEquals(1, pool.examples().size());
        assertEquals(
                Map.of(
                        "an answer whose answer_start is no place", 1,
                        "no answer left", 1,
                        "a question without words", 1),
                pool.leftOut());
    }

    @Test
    void anAdapterOfImpossibleNumbersIsRefused() throws IOException {
        Path file = folder.resolve("adapter_config.json");
        String good = "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":4,\"target_modules\":[\"q_proj\"]}";
        Files.writeString(file, good);
        PeftConfig config = PeftConfig.read(file);
        LlamaConfig model = new LlamaConfig(60, 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        String tensor = "base_model.model.model.layers.99999999999.self_attn.q_proj.lora_A.weight";
        assertThrows(KitException.class, () -> config.lora("a", Set.of(tensor), model));
        for (String bad : List.of(
                good.replace("\"r\":2", "\"r\":0"),
                good.replace("\"r\":2", "\"r\":-1"),
                good.replace("\"lora_alpha\":4", "\"lora_alpha\":-4"),
                good.replace("}", ",\"layers_to_transform\":[-1]}"),
                good.replace("[\"q_proj\"]", "\"" + "(".repeat(100_000) + ")".repeat(100_000) + "\""))) {
            Files.writeString(file, bad);
            assertThrows(KitException.class, () -> PeftConfig.read(file), bad.substring(0, 60));
        }
    }
}
