package kawi.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;

/**
 * A file of OpenAI's {@code tiktoken}: a line for each token, its bytes in base 64 and its rank, which is its id. How
 * texts are cut and which tokens are special it does not say: that is a {@link TiktokenEncoding}'s.
 */
public final class TiktokenFile {

    /** The most ids that special tokens may leave without a token: o200k_base's leave 19. */
    static final int MOST_LEFT_OUT = 1 << 16;

    private static final Pattern LINE = Pattern.compile("[A-Za-z0-9+/]+={0,2} \\d+\\s*(\n.*)?", Pattern.DOTALL);
    private static final int HEAD = 2000; // bytes, more than any token and its rank
    private static final int SHOWN = 60;

    private final String name;
    private final byte[][] tokens; // by rank; null where no token has it
    private final int count;

    private TiktokenFile(String name, Map<Integer, byte[]> byRank) {
        this.name = name;
        this.count = byRank.size();
        this.tokens = new byte
                [byRank.keySet().stream().mapToInt(rank -> rank + 1).max().orElse(0)][];
        byRank.forEach((rank, token) -> tokens[rank] = token);
    }

    /**
     * {@return whether a file is called so, or begins with a token in base 64 and its rank; false where there is none}
     *
     * @param file any file
     */
    public static boolean is(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".tiktoken") || name.endsWith(".json") || !Files.isRegularFile(file)) {
            return name.endsWith(".tiktoken");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return LINE.matcher(new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1))
                    .matches();
        } catch (IOException e) {
            throw KitException.of(e, "reading the tokenizer", file);
        }
    }

    /**
     * {@return the tokens of a file}
     *
     * @param file such as {@code cl100k_base.tiktoken} or Llama 3's {@code tokenizer.model}
     * @throws KitException where it cannot be read, a line is no token and its rank, a token or a rank comes twice, or
     *     one of the 256 bytes is no token
     */
    public static TiktokenFile read(Path file) {
        String[] lines;
        try {
            lines = WholeFile.text(file, WholeFile.SETTINGS).split("\n");
        } catch (IOException e) {
            throw KitException.of(e, "reading the tokenizer", file);
        }
        String name = String.valueOf(file.getFileName());
        Map<Integer, byte[]> byRank = new HashMap<>();
        Set<String> known = new HashSet<>();
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty()) {
                continue;
            }
            int space = line.indexOf(' ');
            byte[] token = token(name, i + 1, line, space);
            int rank = rank(name, i + 1, line, space, lines.length);
            if (!known.add(new String(token, StandardCharsets.ISO_8859_1))) {
                throw damaged(name, i + 1, "gives the token " + line.substring(0, space) + " a second rank");
            }
            if (byRank.put(rank, token) != null) {
                throw damaged(name, i + 1, "gives the rank " + rank + " to a second token");
            }
        }
        for (int b = 0; b < 256; b++) {
            if (!known.contains(String.valueOf((char) b))) {
                throw new KitException(String.format(
                        Locale.ROOT,
                        "%s has %d tokens and none for the byte 0x%02X, so that there are texts without ids: fetch the"
                                + " file again.",
                        name,
                        byRank.size(),
                        b));
            }
        }
        return new TiktokenFile(name, byRank);
    }

    private static byte[] token(String name, int number, String line, int space) {
        byte[] token = new byte[0];
        try {
            token = Base64.getDecoder().decode(line.substring(0, space % 4 == 0 ? space : 0));
        } catch (IllegalArgumentException e) {
            // Nothing is no token either.
        }
        if (token.length == 0) {
            throw damaged(name, number, "is no token in base 64 and its rank (" + shortened(line) + ")");
        }
        return token;
    }

    private static int rank(String name, int number, String line, int space, int lines) {
        String rank = line.substring(space + 1);
        if (!rank.matches("\\d{1,9}") || Integer.parseInt(rank) >= lines + MOST_LEFT_OUT) {
            throw damaged(name, number, "is no token in base 64 and its rank (" + shortened(line) + ")");
        }
        return Integer.parseInt(rank);
    }

    private static String shortened(String line) {
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }

    private static KitException damaged(String name, int number, String what) {
        return new KitException("Line " + number + " of " + name + " " + what + ": fetch the file again.");
    }

    /** {@return how many tokens it holds} */
    public int ranks() {
        return count;
    }

    /**
     * {@return the encodings whose files have as many ranks; none where it is of another}
     *
     * <p>Where several have them, they cut texts alike and differ in their special tokens.
     */
    public List<TiktokenEncoding> encodings() {
        return Arrays.stream(TiktokenEncoding.values())
                .filter(each -> each.ranks() == count)
                .toList();
    }

    /**
     * {@return the tokenizer of an encoding}
     *
     * @param encoding of which the file is, or null to go by its name and its number of ranks
     * @throws KitException where it has not the encoding's number of ranks, leaves one out, or may be of several or of
     *     none that is known
     */
    public Tokenizer tokenizer(TiktokenEncoding encoding) {
        TiktokenEncoding meant = encoding == null ? meant() : encoding;
        if (meant.ranks() != count) {
            throw new KitException(name + " has " + count + " ranks, and the encoding " + meant + " has "
                    + meant.ranks() + ": fetch the file again, or give the encoding that it is of.");
        }
        return tokenizer(meant, meant.specials(), Map.of());
    }

    /** By the file's name, or by the number of its ranks where that is one encoding's alone. */
    private TiktokenEncoding meant() {
        String called = name.toLowerCase(Locale.ROOT).replaceFirst("\\.(tiktoken|model|txt|bpe)$", "");
        for (TiktokenEncoding each : TiktokenEncoding.values()) {
            if (each.title().equals(called)) {
                return each;
            }
        }
        List<TiktokenEncoding> fitting = encodings();
        String how = "give its encoding: Tokenizer.load(file, TiktokenEncoding.of(name)).";
        if (fitting.isEmpty()) {
            throw new KitException(name + " has " + count + " ranks, as none of the encodings that are known here ("
                    + TiktokenEncoding.titles(List.of(TiktokenEncoding.values())) + "): if it is one of them, fetch it"
                    + " again, and if not, say how texts are cut and which tokens are special:"
                    + " ForeignTokenizers.tiktoken(file, splitter, specials).");
        }
        boolean alike = fitting.stream()
                .allMatch(each -> each.specials().equals(fitting.get(0).specials()));
        if (!alike) {
            throw new KitException(name + " has " + count + " ranks, as the file of "
                    + TiktokenEncoding.titles(fitting)
                    + ", which differ in their special tokens, and its name is none of these: " + how);
        }
        return fitting.get(0);
    }

    /**
     * {@return the tokenizer of an encoding with other special tokens than its own}
     *
     * @param encoding by which texts are cut
     * @param specials special tokens with their ids
     * @param found tokens that are found in any text before it is cut, with their ids
     * @throws KitException where an id is taken twice, or a rank is left out
     */
    public Tokenizer tokenizer(TiktokenEncoding encoding, Map<String, Integer> specials, Map<String, Integer> found) {
        Bpe bpe = bpe(encoding.splitter(), specials, found);
        return encoding.normal() || !found.isEmpty() ? ForeignTokenizers.finding(bpe, found, encoding.normal()) : bpe;
    }

    /** The encoding of texts that are not brought into another form. */
    Bpe bpe(Splitter splitter, Map<String, Integer> specials, Map<String, Integer> found) {
        List<String> vocabulary = new ArrayList<>();
        for (byte[] token : tokens) {
            vocabulary.add(token == null ? "" : ByteLevel.write(token, 0, token.length));
        }
        for (Map<String, Integer> each : List.of(found, specials)) {
            new TreeMap<>(each).forEach((token, id) -> put(vocabulary, token, id, each)); // the same in every JVM
        }
        int none = vocabulary.subList(0, tokens.length).indexOf("");
        if (none >= 0) {
            throw new KitException(name + " and the special tokens beside it leave the id " + none
                    + " without a token: fetch the file again, or name all special tokens.");
        }
        return Bpe.ranked(vocabulary, new RankedMerges(tokens), splitter, specials);
    }

    private void put(List<String> vocabulary, String token, int id, Map<String, Integer> among) {
        if (token.isEmpty() || id < 0 || id >= tokens.length + MOST_LEFT_OUT) {
            throw new KitException("The special token '" + token + "' beside " + name + " has the id " + id
                    + ", and its ids may run from 0 to " + (tokens.length + MOST_LEFT_OUT - 1)
                    + ": give the ids that its model learned.");
        }
        if (id >= vocabulary.size()) {
            vocabulary.addAll(Collections.nCopies(id + 1 - vocabulary.size(), ""));
        }
        if (id < tokens.length && tokens[id] != null) {
            throw new KitException("The special token '" + token + "' has the id " + id
                    + ", which is the rank of a token" + " of " + name + ": give the ids that its model learned.");
        }
        if (vocabulary.get(id).isEmpty()) { // a second name of an id is read and never written
            vocabulary.set(id, token);
        } else if (!among.containsKey(vocabulary.get(id))) {
            throw new KitException("The tokens '" + token + "' and '" + vocabulary.get(id) + "' beside " + name
                    + " have the same id " + id + ": give the ids that its model learned.");
        }
    }

    @Override
    public String toString() {
        return name + " of " + count + " ranks";
    }
}
