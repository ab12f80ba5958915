package kawi.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.evidence.AtomicFile;

/** Writes the kit's tokenizers as Hugging Face's {@code tokenizer.json}, so that their library gives the same ids. */
final class TokenizerJsonWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenizerJsonWriter() {}

    static void write(Bpe bpe, Path path) {
        write(tree(bpe), path);
    }

    /**
     * A byte-level encoding in whose texts some tokens are found before they are cut.
     *
     * @param normal whether texts are brought into normal form C
     */
    static byte[] bytes(Bpe bpe, Map<String, Integer> found, boolean normal) {
        ObjectNode file = tree(bpe);
        found.forEach((content, id) -> added((ArrayNode) file.get("added_tokens"), content, id, false));
        if (normal) file.set("normalizer", step("NFC"));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(file);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a tree of texts and numbers can be written
        }
    }

    private static ObjectNode tree(Bpe bpe) {
        ObjectNode file = frame(bpe);
        ObjectNode byteLevel = step("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        if (bpe.splitter() == Splitter.SMOLLM) {
            ObjectNode digits = step("Digits").put("individual_digits", true);
            file.set(
                    "pre_tokenizer",
                    step("Sequence")
                            .set(
                                    "pretokenizers",
                                    JSON.createArrayNode().add(digits).add(byteLevel)));
        } else if (bpe.splitter() != Splitter.GPT2) {
            ObjectNode split = step("Split").put("behavior", "Isolated").put("invert", false);
            split.putObject("pattern").put("Regex", bpe.splitter().regex());
            ObjectNode bytes = byteLevel.deepCopy().put("use_regex", false);
            file.set(
                    "pre_tokenizer",
                    step("Sequence")
                            .set(
                                    "pretokenizers",
                                    JSON.createArrayNode().add(split).add(bytes)));
        } else {
            file.set("pre_tokenizer", byteLevel);
        }
        file.putNull("post_processor");
        file.set("decoder", byteLevel.deepCopy());
        ObjectNode model = file.putObject("model").put("type", "BPE");
        for (String none : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"))
            model.putNull(none);
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", bpe.wholeFirst());
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < bpe.size(); id++) {
            if (bpe.knows(id)) vocabulary.put(bpe.vocabulary().get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        bpe.merges().forEach(merges::add);
        return file;
    }

    static void write(WordLevel words, Path path) {
        ObjectNode file = frame(words);
        boolean characters = words instanceof CharacterTokenizer;
        ObjectNode byteLevel = step("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        ObjectNode split = step("Split").put("behavior", "Isolated").put("invert", false);
        split.putObject("pattern").put("Regex", TokenizerJson.EVERY_CHARACTER);
        file.set("pre_tokenizer", characters ? split : byteLevel);
        file.putNull("post_processor");
        file.set("decoder", characters ? step("Fuse") : byteLevel.deepCopy());
        ObjectNode vocabulary = file.putObject("model")
                .put("type", "WordLevel")
                .put("unk_token", WordLevel.UNKNOWN)
                .putObject("vocab");
        for (int id = 0; id < words.size(); id++) {
            byte[] piece = words.vocabulary().get(id).getBytes(StandardCharsets.UTF_8);
            vocabulary.put(characters ? words.vocabulary().get(id) : ByteLevel.write(piece, 0, piece.length), id);
        }
        write(file, path);
    }

    /** The parts of the file that come before the splitter. */
    private static ObjectNode frame(Tokenizer tokenizer) {
        ObjectNode file = JSON.createObjectNode().put("version", "1.0");
        file.putNull("truncation").putNull("padding");
        ArrayNode added = file.putArray("added_tokens");
        tokenizer.specials().forEach((content, id) -> {
            if (tokenizer.decode(new int[] {id}).equals(content)) added(added, content, id, true); // no second name
        });
        return file.putNull("normalizer");
    }

    private static void added(ArrayNode added, String content, int id, boolean special) {
        added.addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", special);
    }

    private static ObjectNode step(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static void write(ObjectNode file, Path path) {
        AtomicFile.write(
                path,
                "writing the tokenizer",
                out -> JSON.writerWithDefaultPrettyPrinter().writeValue(out, file));
    }
}
