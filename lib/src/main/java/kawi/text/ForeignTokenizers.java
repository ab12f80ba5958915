package kawi.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

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
        byte[][] bytes = new byte[bpe.size()][];
        for (int id = 0; id < bytes.length; id++) {
            bytes[id] = bpe.bytes(id);
        }
        found.forEach((token, id) -> bytes[id] = token.getBytes(StandardCharsets.UTF_8));
        return new PipelineTokenizer(
                bpe.toString().replaceFirst(" of .*", ""),
                null,
                bytes,
                tokens(bpe.specials(), found),
                UnaryOperator.identity(),
                (part, first, out) -> Arrays.stream(bpe.encode(part)).forEach(out::add),
                false);
    }

    /**
     * Reads a file of OpenAI's {@code tiktoken}: a line for each token, its bytes in base 64 and its rank, which is its
     * id. Its merges follow from the ranks: two neighbours are joined where that makes a token, the lowest rank first.
     *
     * @param file such as Llama 3's {@code tokenizer.model}
     * @param splitter how texts are cut before merging, which the file does not say: {@link Splitter#LLAMA3} for that
     * @param specials further tokens with their ids, behind those of the file
     * @return the tokenizer
     * @throws KitException where the file cannot be read, or is not of that form
     */
    public static Bpe tiktoken(Path file, Splitter splitter, Map<String, Integer> specials) {
        String[] lines;
        try {
            lines = WholeFile.text(file, WholeFile.SETTINGS).split("\n");
        } catch (IOException e) {
            throw KitException.of(e, "reading the tokenizer", file);
        }
        Map<Integer, String> byId = new HashMap<>();
        Map<String, Integer> ranks = new LinkedHashMap<>();
        for (int line = 0; line < lines.length; line++) {
            String[] pair = lines[line].strip().split(" ");
            try {
                byte[] bytes = Base64.getDecoder().decode(pair[0]);
                int rank = Integer.parseInt(pair[1]);
                String token = ByteLevel.write(bytes, 0, bytes.length);
                if (token.isEmpty() || rank < 0 || ranks.put(token, rank) != null || byId.put(rank, token) != null) {
                    throw new IllegalArgumentException("a token or a rank for the second time");
                }
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new KitException(
                        "Line " + (line + 1) + " of " + file.getFileName() + " is no token in base 64 and its rank ("
                                + e.getMessage() + "): fetch the file again.",
                        e);
            }
        }
        specials.forEach((token, id) -> byId.put(id, token));
        List<String> vocabulary = new ArrayList<>();
        for (int id = 0; id < byId.size(); id++) {
            if (!byId.containsKey(id)) {
                throw new KitException(file.getFileName() + " and the special tokens beside it leave the id " + id
                        + " without a token: name all special tokens.");
            }
            vocabulary.add(byId.get(id));
        }
        return Bpe.of(vocabulary, merges(ranks), splitter, specials, true);
    }

    private static List<String> merges(Map<String, Integer> ranks) {
        List<String> merges = new ArrayList<>();
        ranks.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(entry -> {
            List<String> parts = new ArrayList<>();
            entry.getKey().chars().forEach(c -> parts.add(String.valueOf((char) c)));
            while (parts.size() > 2) {
                int best = -1;
                int least = entry.getValue();
                for (int i = 0; i + 1 < parts.size(); i++) {
                    int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
                    if (rank < least) {
                        least = rank;
                        best = i;
                    }
                }
                if (best < 0) {
                    return; // no text is merged into it; it is only found whole
                }
                parts.set(best, parts.get(best) + parts.remove(best + 1));
            }
            if (parts.size() == 2) {
                merges.add(parts.get(0) + " " + parts.get(1));
            }
        });
        return merges;
    }
}
