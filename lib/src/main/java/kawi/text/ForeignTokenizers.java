package kawi.text;

import com.ibm.icu.text.Normalizer2;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Tokenizers from other places than a {@code tokenizer.json}: a GGUF file's lists, and tiktoken's files. */
public final class ForeignTokenizers {

    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
    private static final String MARK = "▁";

    private ForeignTokenizers() {}

    /**
     * {@return SentencePiece's byte-pair encoding: of two neighbours whose joined text is a token, those are joined
     * whose token has the highest score}
     *
     * @param vocabulary tokens in order of id; a space is written ▁
     * @param scores of the tokens, finite or not, none NaN
     * @param specials tokens that no ordinary text becomes, with their ids
     * @param found tokens that are found in a text before it is cut, with their ids
     * @param unknown id of what has no token, -1 for none
     * @param spaceBefore whether a space is put before a text
     */
    public static Tokenizer sentencePiece(
            List<String> vocabulary,
            float[] scores,
            Map<String, Integer> specials,
            Map<String, Integer> found,
            int unknown,
            boolean spaceBefore) {
        Map<String, Integer> ids = new HashMap<>();
        byte[][] bytes = new byte[vocabulary.size()][];
        for (int id = 0; id < bytes.length; id++) {
            String token = vocabulary.get(id);
            boolean special = specials.getOrDefault(token, -1) == id;
            if (!special) {
                ids.putIfAbsent(token, id);
            }
            bytes[id] = !special && BYTE.matcher(token).matches()
                    ? new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)}
                    : (special ? token : token.replace(MARK, " ")).getBytes(StandardCharsets.UTF_8);
        }
        PieceModels.Model model =
                new PieceModels.CharacterBpe(ids, pairs(vocabulary, scores, ids), true, unknown, true, false);
        UnaryOperator<String> normalizer =
                text -> text.isEmpty() ? text : ((spaceBefore ? " " : "") + text).replace(" ", MARK);
        return new PipelineTokenizer(
                "SentencePiece BPE",
                null,
                bytes,
                tokens(specials, found),
                normalizer,
                (part, first, out) -> model.encode(part, out::add),
                spaceBefore);
    }

    /** All pairs of tokens that make a token, by the score of what they make; of equal ones the lower id. */
    private static List<String[]> pairs(List<String> vocabulary, float[] scores, Map<String, Integer> ids) {
        List<Integer> byScore = new ArrayList<>(ids.values());
        byScore.sort(Comparator.comparing((Integer id) -> -scores[id]).thenComparing(id -> id));
        List<String[]> pairs = new ArrayList<>();
        for (int id : byScore) {
            String token = vocabulary.get(id);
            for (int cut = 1; cut < token.length(); cut++) {
                if (Character.isLowSurrogate(token.charAt(cut))) {
                    continue;
                }
                String left = token.substring(0, cut);
                String right = token.substring(cut);
                if (ids.containsKey(left) && ids.containsKey(right)) {
                    pairs.add(new String[] {left, right});
                }
            }
        }
        return pairs;
    }

    private static List<AddedTokens.Token> tokens(Map<String, Integer> specials, Map<String, Integer> found) {
        List<AddedTokens.Token> tokens = new ArrayList<>();
        specials.forEach((token, id) -> tokens.add(new AddedTokens.Token(token, id, true, false, false, false, false)));
        found.forEach((token, id) -> tokens.add(new AddedTokens.Token(token, id, false, false, false, false, false)));
        return tokens;
    }

    /**
     * {@return a byte-level encoding in whose texts some tokens are found before they are cut}
     *
     * @param bpe the encoding of what lies between them
     * @param found these tokens with their ids
     */
    public static Tokenizer finding(Bpe bpe, Map<String, Integer> found) {
        return finding(bpe, found, UnaryOperator.identity(), null);
    }

    /** The same of texts that may be brought into normal form C before; it can be written as a file. */
    static Tokenizer finding(Bpe bpe, Map<String, Integer> found, boolean normal) {
        return finding(
                bpe,
                found,
                normal ? Normalizer2.getNFCInstance()::normalize : UnaryOperator.identity(),
                () -> TokenizerJsonWriter.bytes(bpe, found, normal));
    }

    private static Tokenizer finding(
            Bpe bpe, Map<String, Integer> found, UnaryOperator<String> form, Supplier<byte[]> source) {
        byte[][] bytes = new byte[bpe.size()][];
        for (int id = 0; id < bytes.length; id++) {
            bytes[id] = bpe.knows(id) ? bpe.bytes(id) : null;
        }
        found.forEach((token, id) -> bytes[id] = token.getBytes(StandardCharsets.UTF_8));
        return new PipelineTokenizer(
                bpe.toString().replaceFirst(" of .*", ""),
                source,
                bytes,
                tokens(bpe.specials(), found),
                form,
                (part, first, out) -> Arrays.stream(bpe.encode(part)).forEach(out::add),
                false);
    }

    /**
     * Reads a file of OpenAI's {@code tiktoken}: a line for each token, its bytes in base 64 and its rank, which is its
     * id. Its merges follow from the ranks: two neighbours are joined where that makes a token, the lowest rank first.
     *
     * @param file such as Llama 3's {@code tokenizer.model}
     * @param splitter how texts are cut before merging, which the file does not say: {@link Splitter#LLAMA3} for that
     * @param specials further tokens with their ids, which are no ranks of the file
     * @return the tokenizer; {@link Tokenizer#load(Path, TiktokenEncoding)} makes those of known encodings
     * @throws kawi.evidence.KitException where the file cannot be read, is not of that form, or leaves a rank out
     */
    public static Bpe tiktoken(Path file, Splitter splitter, Map<String, Integer> specials) {
        return TiktokenFile.read(file).bpe(splitter, specials, Map.of());
    }
}
