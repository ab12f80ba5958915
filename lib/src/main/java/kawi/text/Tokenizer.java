package kawi.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import kawi.evidence.KitException;

/**
 * Turns text into token ids and back.
 *
 * <p>Ids run from 0 to {@code size() - 1}. A special token (such as {@value #END_OF_TEXT}) has an id but no text of its
 * own: {@link #encode} never yields one, whatever the text says, so that a document cannot end itself or speak in
 * another's role. Where special tokens are wanted, in a chat template, {@link #encodeWithSpecials} reads them.
 *
 * <p>Tokenizers are immutable and may be used by several threads at once.
 */
public interface Tokenizer {

    /** The special token that ends every document of a token file. */
    String END_OF_TEXT = "<|endoftext|>";

    /** {@return how many ids there are, special tokens included} */
    int size();

    /**
     * {@return the ids of a text; never a special token's} A surrogate without its partner counts as U+FFFD.
     *
     * @param text any text
     */
    int[] encode(String text);

    /**
     * {@return the bytes, in UTF-8, that an id stands for; they need not be whole characters}
     *
     * @param id an id
     * @throws KitException where no token has that id
     */
    byte[] bytes(int id);

    /** {@return the special tokens with their ids, in order of id} */
    Map<String, Integer> specials();

    /**
     * Writes the tokenizer as a Hugging Face {@code tokenizer.json}.
     *
     * @param tokenizerJson the file, which is replaced
     * @throws KitException where the file cannot be written, or the tokenizer is one of your own, for which nothing in
     *     that format stands unless it overrides this method
     */
    default void save(Path tokenizerJson) {
        throw new KitException("The tokenizer " + getClass().getName()
                + " is not one that a tokenizer.json can describe: keep the code that makes it, or give it a save"
                + " method of its own.");
    }

    /**
     * Reads a Hugging Face {@code tokenizer.json}, or a file of OpenAI's tiktoken where its name or the number of its
     * ranks says which encoding it is of; what this kit does not support is refused with a sentence.
     *
     * @param file such as {@code tokenizer.json} or {@code cl100k_base.tiktoken}
     * @return the tokenizer
     * @throws KitException where there is no such file, it is damaged, it has a key or a rule that this kit does not
     *     support, or it is a file of tiktoken that may be of several encodings or is of none that is known
     */
    static Tokenizer load(Path file) {
        return TiktokenFile.is(file) ? TiktokenFile.read(file).tokenizer(null) : TokenizerJson.read(file, false);
    }

    /**
     * Reads a file of OpenAI's tiktoken as one of a given encoding.
     *
     * @param tiktoken the file: a line for each token, its bytes in base 64 and its rank
     * @param encoding what the file does not say: how texts are cut, and the special tokens
     * @return the tokenizer, whose ids are tiktoken's
     * @throws KitException where there is no such file, it is damaged, or its number of ranks is another encoding's
     */
    static Tokenizer load(Path tiktoken, TiktokenEncoding encoding) {
        return TiktokenFile.read(tiktoken).tokenizer(encoding);
    }

    /**
     * The same for a caller who puts the token before a text that the file's {@link PostProcessor} asks for: encoding
     * does not.
     *
     * @param tokenizerJson the file
     * @return the tokenizer, which turns a text into the text's own tokens
     * @throws KitException as in {@link #load}, but for a post-processor that puts one token before a text
     */
    static Tokenizer loadBare(Path tokenizerJson) {
        return TokenizerJson.read(tokenizerJson, true);
    }

    /**
     * {@return the id of a special token, -1 if there is no such token}
     *
     * @param specialToken its text, such as {@value #END_OF_TEXT}
     */
    default int id(String specialToken) {
        return specials().getOrDefault(specialToken, -1);
    }

    /**
     * {@return the ids of a text in which special tokens are meant: each becomes its id, the text between them is
     * encoded as usual}
     *
     * @param text a text that the program wrote, not a user
     */
    default int[] encodeWithSpecials(String text) {
        return encodeWithSpecials(text, at -> true);
    }

    /**
     * {@return the same where only some characters may be part of a special token: not those that a person wrote into a
     * template's gaps}
     *
     * @param text a text that the program wrote around what a person wrote
     * @param meant whether the character (UTF-16) at an index of the text may be part of a special token
     */
    default int[] encodeWithSpecials(String text, IntPredicate meant) {
        return SpecialText.encode(this, text, meant);
    }

    /**
     * {@return the text of the ids, special tokens written out; a character cut in two by the ends of {@code ids}
     * becomes U+FFFD}
     *
     * @param ids ids
     */
    default String decode(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(ids.length * 4);
        for (int id : ids) bytes.writeBytes(bytes(id));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * {@return the text of each token in turn, for the eye: a token that is not whole characters shows U+FFFD}
     *
     * @param text any text
     */
    default List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int id : encode(text)) pieces.add(new String(bytes(id), StandardCharsets.UTF_8));
        return pieces;
    }

    /**
     * Refuses an id that no token has.
     *
     * @param id an id
     * @throws KitException where no token has it
     */
    default void check(int id) {
        if (!knows(id)) {
            throw new KitException("Token id " + id + " is not in this tokenizer, whose ids run from 0 to "
                    + (size() - 1) + (id >= 0 && id < size() ? " and leave some out" : "")
                    + ": the tokens were made with another tokenizer; make them again with this one.");
        }
    }

    /**
     * {@return whether a token has an id} A published vocabulary may leave some out, as cl100k_base does 100256,
     * between the tokens of texts and the special ones.
     *
     * @param id any number
     */
    default boolean knows(int id) {
        return id >= 0 && id < size();
    }
}
