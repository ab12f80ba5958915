package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of tiktoken is of an encoding that it can be told to be, or a sentence says what is missing or wrong. */
class AFileOfTiktokenIsReadOrRefusedTest {
    @TempDir
    Path folder;

    private static String line(byte[] token, int rank) {
        return Base64.getEncoder().encodeToString(token) + " " + rank;
    }

    /** All bytes, and tokens of three made-up letters behind them. */
    static List<String> lines(int ranks) {
        List<String> lines = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            byte[] token = rank < 256
                    ? new byte[] {(byte) rank}
                    : new byte[] {(byte) (1 + rank % 127), (byte) (1 + rank / 127 % 127), (byte) (1 + rank / 16129)};
            lines.add(line(token, rank));
        }
        return lines;
    }

    private Path write(String name, List<String> lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private static String refused(Runnable reading) {
        String said = assertThrows(KitException.class, reading::run).getMessage();
        assertTrue(said.endsWith(".") && said.indexOf('\n') < 0, said);
        return said;
    }

    private String damaged(Consumer<List<String>> damage) throws IOException {
        List<String> lines = lines(300);
        damage.accept(lines);
        Path file = write("x.tiktoken", lines);
        return refused(() -> ForeignTokenizers.tiktoken(file, Splitter.CL100K, Map.of()));
    }

    @Test
    void theEncodingIsTheOneWithAsManyRanksOrOfTheFilesName() throws IOException {
        Path cl100k = write("9b5ad71b", lines(100_256));
        Tokenizer found = Tokenizer.load(cl100k);
        assertEquals(100_277, found.size());
        assertEquals(100_257, found.id("<|endoftext|>"));
        assertEquals(Splitter.CL100K, ((Bpe) found).splitter());
        assertArrayEquals(
                found.encode("a b"),
                Tokenizer.load(cl100k, TiktokenEncoding.CL100K_BASE).encode("a b"));
        assertEquals(
                50_257, Tokenizer.load(write("r50k.tiktoken", lines(50_256))).size());
        assertEquals(
                200_019,
                Tokenizer.load(write("o200k_base.tiktoken", lines(199_998))).size());
        Path harmony = write("O200k_Harmony.tiktoken", lines(199_998));
        assertEquals(201_088, Tokenizer.load(harmony).size());
        assertEquals(200_018, Tokenizer.load(harmony).id("<|endofprompt|>"));
        assertEquals(200_018, Tokenizer.load(harmony).encodeWithSpecials("<|reserved_200018|>")[0]);
        assertEquals("<|endofprompt|>", Tokenizer.load(harmony).decode(new int[] {200_018}));
        assertTrue(refused(() -> Tokenizer.load(harmony, TiktokenEncoding.QWEN)).contains("has 199998 ranks, and"));
    }

    @Test
    void anIdWithTwoNamesIsWrittenUnderTheFirst() throws IOException {
        Tokenizer harmony = Tokenizer.load(write("o200k_harmony.tiktoken", lines(199_998)));
        Path json = folder.resolve("tokenizer.json");
        harmony.save(json);
        Tokenizer again = Tokenizer.load(json);
        assertEquals(harmony.size(), again.size());
        assertEquals(harmony.specials().size() - 1, again.specials().size());
        assertEquals(200_018, again.id("<|endofprompt|>"));
        assertEquals(-1, again.id("<|reserved_200018|>"));
        assertArrayEquals(
                harmony.encodeWithSpecials("<|start|>a<|end|>"), again.encodeWithSpecials("<|start|>a<|end|>"));
    }

    @Test
    void whereSeveralEncodingsHaveAsManyRanksTheyAreNamed() throws IOException {
        Path file = write("fb374d41", lines(199_998));
        String said = refused(() -> Tokenizer.load(file));
        assertTrue(said.contains("as the file of o200k_base, o200k_harmony, which differ in their special"), said);
        assertTrue(said.contains("TiktokenEncoding.of(name)"), said);
        assertEquals(
                200_019, Tokenizer.load(file, TiktokenEncoding.of("o200k_base")).size());
        Path llama = write("tokenizer.model", lines(128_000));
        assertTrue(refused(() -> Tokenizer.load(llama)).contains("as the file of llama3, llama3.1, which"));
        assertEquals(128_256, Tokenizer.load(llama, TiktokenEncoding.LLAMA3_1).size());
        Path codex = write("codex.tiktoken", between(50_281));
        assertTrue(refused(() -> Tokenizer.load(codex)).contains("p50k_base, p50k_edit"));
        assertTrue(refused(() -> TiktokenEncoding.of("gpt5")).contains("give one of gpt2, r50k_base, p50k_base"));
    }

    /** As p50k_base has them: the end of a text stands among the ranks. */
    private static List<String> between(int count) {
        List<String> lines = lines(count);
        lines.remove(50_256);
        return lines;
    }

    @Test
    void aSpecialTokenMayStandAmongTheRanks() throws IOException {
        Path codex = write("p50k_base.tiktoken", between(50_281));
        Tokenizer base = Tokenizer.load(codex);
        assertEquals(50_281, base.size());
        assertArrayEquals(new int[] {50_256, 'a'}, base.encodeWithSpecials("<|endoftext|>a"));
        Tokenizer edit = Tokenizer.load(codex, TiktokenEncoding.P50K_EDIT);
        assertEquals(50_284, edit.size());
        assertEquals(50_282, edit.id("<|fim_middle|>"));
    }

    @Test
    void ofAnUnknownNumberOfRanksItIsSaidWhatToGive() throws IOException {
        String said = refused(() -> Tokenizer.load(write(lines(1000))));
        assertTrue(said.startsWith("own.tiktoken has 1000 ranks, as none of the encodings"), said);
        assertTrue(said.contains("ForeignTokenizers.tiktoken(file, splitter, specials)"), said);
        List<String> cut = lines(100_256);
        Path file = write("cl100k_base.tiktoken", cut.subList(0, 100_000));
        said = refused(() -> Tokenizer.load(file));
        assertTrue(said.contains("has 100000 ranks, and the encoding cl100k_base has 100256: fetch the file"), said);
    }

    private Path write(List<String> lines) {
        try {
            return write("own.tiktoken", lines);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aDamagedLineIsNamed() throws IOException {
        for (String bad : List.of(
                "!!! 300",
                "YWI= ",
                "YWI=",
                "YWI= x",
                "YWI= -1",
                "YWI= 3.0",
                "YWI= 1234567890",
                "YW= 300",
                "YWI 300",
                " 300",
                "YWI= 300 1",
                "YWI= 99999999")) {
            String said = damaged(lines -> lines.add(bad));
            assertTrue(
                    said.startsWith("Line 301 of x.tiktoken is no token in base 64 and its rank (" + bad.strip()),
                    said);
        }
        assertTrue(damaged(lines -> lines.add("x".repeat(500))).contains("(" + "x".repeat(60) + "...): fetch"));
        String whole = String.join("\n", lines(300));
        for (int cut : new int[] {1, 2, 3, 4, 5, 6, 7}) {
            Path file = Files.writeString(folder.resolve("cut.tiktoken"), whole.substring(0, whole.length() - cut));
            String said = refused(() -> ForeignTokenizers.tiktoken(file, Splitter.CL100K, Map.of()));
            assertTrue(said.startsWith("Line 300 of cut.tiktoken "), said);
        }
    }

    @Test
    void aTokenOrARankThatComesTwiceIsNamed() throws IOException {
        assertEquals(
                "Line 301 of x.tiktoken gives the token YQ== a second rank: fetch the file again.",
                damaged(lines -> lines.add("YQ== 300")));
        assertEquals(
                "Line 301 of x.tiktoken gives the rank 7 to a second token: fetch the file again.",
                damaged(lines -> lines.add("YWFhYQ== 7")));
    }

    @Test
    void aByteWithoutATokenAndARankLeftOutAreNamed() throws IOException {
        String said = damaged(lines -> lines.remove(200));
        assertTrue(said.startsWith("x.tiktoken has 299 tokens and none for the byte 0xC8, so that there are"), said);
        said = damaged(lines -> lines.remove(260));
        assertTrue(said.startsWith("x.tiktoken and the special tokens beside it leave the id 260 without"), said);
        said = damaged(List::clear);
        assertTrue(said.startsWith("x.tiktoken has 0 tokens and none for the byte 0x00"), said);
        said = damaged(lines -> lines.set(0, "\ufeff\u00e9"));
        assertTrue(said.startsWith("Line 1 of x.tiktoken is no token"), said);
        Path binary = Files.write(folder.resolve("y.tiktoken"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertTrue(refused(() -> Tokenizer.load(binary)).contains("y.tiktoken"));
        assertTrue(
                refused(() -> Tokenizer.load(folder.resolve("none.tiktoken"))).contains("none.tiktoken"));
    }

    @Test
    void linesEndAsAnySystemWritesThem() throws IOException {
        Path file = Files.writeString(folder.resolve("x.tiktoken"), String.join("\r\n", lines(300)) + "\r\n\r\n");
        assertEquals(
                300, ForeignTokenizers.tiktoken(file, Splitter.CL100K, Map.of()).size());
    }

    @Test
    void aSpecialTokensIdIsItsOwn() throws IOException {
        Path file = write("x.tiktoken", lines(300));
        for (Map.Entry<Map<String, Integer>, String> each : List.of(
                Map.entry(Map.of("<|a|>", 299), "has the id 299, which is the rank of a token of x.tiktoken"),
                Map.entry(Map.of("<|a|>", -1), "beside x.tiktoken has the id -1, and its ids may run from 0"),
                Map.entry(Map.of("", 300), "The special token '' beside x.tiktoken"),
                Map.entry(Map.of("<|a|>", 300 + (1 << 16)), "has the id 65836, and its ids may run from 0 to 65835"))) {
            String said = refused(() -> ForeignTokenizers.tiktoken(file, Splitter.CL100K, each.getKey()));
            assertTrue(said.contains(each.getValue()), said);
        }
        String said =
                refused(() -> TiktokenFile.read(file).bpe(Splitter.CL100K, Map.of("<|a|>", 300), Map.of("<b>", 300)));
        assertTrue(said.contains("have the same id 300"), said);
        assertEquals(
                300 + (1 << 16),
                ForeignTokenizers.tiktoken(file, Splitter.CL100K, Map.of("<|a|>", 300 + (1 << 16) - 1))
                        .size());
    }

    /** cl100k_base leaves ids out between its ranks and its special tokens. */
    @Test
    void anIdThatNoTokenHasIsNone() throws IOException {
        Path file = write("x.tiktoken", lines(300));
        Bpe bpe = ForeignTokenizers.tiktoken(file, Splitter.CL100K, Map.of("<|a|>", 302, "<|b|>", 305));
        assertEquals(306, bpe.size());
        assertTrue(bpe.knows(302) && bpe.knows(299) && bpe.knows(305));
        assertFalse(bpe.knows(300) || bpe.knows(301) || bpe.knows(304) || bpe.knows(306) || bpe.knows(-1));
        assertTrue(refused(() -> bpe.bytes(300)).contains("run from 0 to 305 and leave some out: the tokens"));
        assertTrue(refused(() -> bpe.decode(new int[] {'a', 301})).startsWith("Token id 301 is not in"));
        Path json = folder.resolve("tokenizer.json");
        bpe.save(json);
        Bpe again = (Bpe) Tokenizer.load(json);
        assertEquals(bpe.specials(), again.specials());
        assertEquals(bpe.vocabulary(), again.vocabulary());
        assertEquals(bpe.merges(), again.merges());
        assertEquals(Splitter.CL100K, again.splitter());
        assertArrayEquals(new int[] {302, 'a', 305}, again.encodeWithSpecials("<|a|>a<|b|>"));
        assertFalse(again.knows(301));
    }

    @Test
    void theFirstQwensTextsAreInNormalFormC() throws IOException {
        Path file = write("qwen.tiktoken", lines(151_643));
        Tokenizer qwen = Tokenizer.load(file);
        assertEquals(151_851, qwen.size());
        assertArrayEquals(qwen.encode("\u00e9"), qwen.encode("e\u0301"));
        assertArrayEquals(new int[] {151_644, 'a'}, qwen.encodeWithSpecials("<|im_start|>a"));
        Path json = folder.resolve("tokenizer.json");
        qwen.save(json);
        Tokenizer again = Tokenizer.load(json);
        assertArrayEquals(qwen.encode("e\u0301 it's 2024\n\n x"), again.encode("e\u0301 it's 2024\n\n x"));
        assertEquals(qwen.specials(), again.specials());
    }

    @Test
    void tokensThatAreFoundInATextAreWrittenAndReadAgain() throws IOException {
        Path file = write("x.tiktoken", lines(151_643));
        Tokenizer found = TiktokenFile.read(file)
                .tokenizer(TiktokenEncoding.QWEN, Map.of("<|im_end|>", 151_643), Map.of("<ref>", 151_650));
        assertArrayEquals(new int[] {'a', 151_650, 'b'}, found.encode("a<ref>b"));
        assertFalse(found.knows(151_649));
        assertTrue(refused(() -> found.decode(new int[] {151_649})).contains("leave some out"));
        Path json = folder.resolve("tokenizer.json");
        found.save(json);
        Tokenizer again = Tokenizer.load(json);
        assertArrayEquals(new int[] {'a', 151_650, 'b'}, again.encode("a<ref>b"));
        assertArrayEquals(new int[] {151_643}, again.encodeWithSpecials("<|im_end|>"));
        assertFalse(again.knows(151_649));
    }

    @Test
    void aFileIsKnownByItsNameOrItsFirstLine() throws IOException {
        assertTrue(TiktokenFile.is(write("plain", lines(300))));
        assertTrue(TiktokenFile.is(folder.resolve("not-there.tiktoken")));
        assertFalse(TiktokenFile.is(folder.resolve("not-there.model")));
        assertFalse(TiktokenFile.is(write("tokenizer.json", lines(300))));
        assertFalse(TiktokenFile.is(folder));
        for (String other : List.of(
                "", "{}", "\n\u000e\n\u0005<unk>\u0015", "IQ==", "IQ== ", "IQ==0", "word 12 x", "a b\nIQ== 0")) {
            assertFalse(
                    TiktokenFile.is(Files.writeString(folder.resolve("other"), other, StandardCharsets.UTF_8)), other);
        }
        assertTrue(TiktokenFile.is(Files.writeString(folder.resolve("other"), "IQ== 0\r\n")));
    }
}
