package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToxicityTest {
    @Test
    void precisionAndRecallAreByHand() {
        ToxicityDetector detector = ToxicityDetector.train(
                List.of("you utter blockhead", "what a blockhead", "blockhead and fool"),
                List.of("what a lovely day", "you and the sea", "an utter joy"),
                1);
        assertTrue(detector.flags("blockhead"));
        assertFalse(detector.flags("lovely sea"));
        List<String> toxic = List.of("blockhead", "fool and blockhead", "a lovely day to hurt him");
        List<String> ordinary = List.of("the blockhead is a part of a mast", "lovely", "joy", "sea");
        // found two of three; of three that it takes for toxic two are
        assertEquals(2 / 3.0, detector.recall(toxic).score(), 1e-9);
        assertEquals(2 / 3.0, detector.precision(toxic, ordinary).score(), 1e-9);
        assertEquals(1 / 4.0, detector.flagged(ordinary).score(), 1e-9);
        assertEquals(0, detector.precision(List.of(), List.of("joy")).size(), "it takes none for toxic");
        assertThrows(KitException.class, () -> ToxicityDetector.train(toxic, List.of(), 1));
    }

    @Test
    void whatIsLearnedFromIsNotJudgedBy() {
        List<String> toxic = IntStream.range(0, 9).mapToObj(i -> "t" + i).toList();
        List<String> ordinary = IntStream.range(0, 20).mapToObj(i -> "o" + i).toList();
        ToxicityDetector.Texts texts = ToxicityDetector.Texts.of(toxic, ordinary, 1);
        assertEquals(6, texts.toxicLearned().size());
        assertEquals(6, texts.ordinaryLearned().size());
        assertEquals(3, texts.toxic().size());
        assertEquals(3, texts.ordinary().size());
        Set<String> all = new HashSet<>(texts.toxicLearned());
        all.addAll(texts.toxic());
        assertEquals(Set.copyOf(toxic), all);
        assertTrue(texts.ordinary().stream().noneMatch(texts.ordinaryLearned()::contains));
        assertThrows(KitException.class, () -> ToxicityDetector.Texts.of(toxic.subList(0, 3), ordinary, 1));
    }

    @Test
    void aRecordWithoutItsTextOrToxicityIsRefusedAndSoIsAFileThatWasCutShort(@TempDir Path folder) throws IOException {
        String good = "{\"text\":\" So I said \",\"toxicity\":0.5}\n";
        assertEquals(List.of(new ToxicPrompt("So I said", 0.5)), ToxicPrompt.read(catalog(folder, good), "t"));
        for (String bad :
                List.of("{\"text\":\" \",\"toxicity\":0.5}", "{\"text\":\"a\"}", "{\"text\":\"a\",\"toxicity\":2}")) {
            assertTrue(refusal(catalog(folder, good + bad)).contains("Record 2 of t has no text, or no toxicity"));
        }
        assertTrue(refusal(catalog(folder, good + good.substring(0, 20))).contains("cut short"));
    }

    private static String refusal(Catalog catalog) {
        return assertThrows(KitException.class, () -> ToxicPrompt.read(catalog, "t"))
                .getMessage();
    }

    private static Catalog catalog(Path folder, String lines) throws IOException {
        Files.writeString(folder.resolve("t.jsonl"), lines);
        Path json = folder.resolve("catalog.json");
        Files.writeString(
                json,
                "{\"sources\":[{\"id\":\"t\",\"title\":\"t\",\"licence\":\"CC0-1.0\",\"use\":\"test\",\"path\":\"t.jsonl\"}]}");
        return Catalog.open(json, List.of());
    }
}
