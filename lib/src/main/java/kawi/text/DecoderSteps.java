package kawi.text;

import static kawi.text.TokenizerJson.flag;
import static kawi.text.TokenizerJson.only;
import static kawi.text.TokenizerJson.refusal;
import static kawi.text.TokenizerJson.shortened;
import static kawi.text.TokenizerJson.type;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The steps of a {@code tokenizer.json}'s decoder, which say what each token stands for in a text. A special token
 * stands for itself.
 */
final class DecoderSteps {

    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

    /** What WordPiece's cleanup takes the space from, in its order ({@code decoders/wordpiece.rs}), of one token. */
    private static final List<String> CLOSE = List.of(" .", " ?", " !", " ,", " n't", " 'm", " 's", " 've", " 're");

    private final Path path;
    private final List<String[]> replaced = new ArrayList<>();
    private boolean byteFallback;
    private boolean fused;
    private String prefix; // of a piece that goes on with a word; null where tokens are not words and their rests
    private boolean cleanup;
    private boolean spaceBefore;

    /** @param step the file's decoder */
    DecoderSteps(Path path, JsonNode step) {
        this.path = path;
        read(step);
    }

    /** Whether a decoded text loses a space that it begins with. */
    boolean spaceBefore() {
        return spaceBefore;
    }

    /** The bytes that each id stands for in a text. */
    byte[][] bytes(List<String> vocabulary, List<AddedTokens.Token> added) {
        Map<Integer, Boolean> special =
                added.stream().collect(Collectors.toMap(AddedTokens.Token::id, AddedTokens.Token::special));
        byte[][] bytes = new byte[vocabulary.size()][];
        for (int id = 0; id < bytes.length; id++) {
            String token = vocabulary.get(id);
            if (byteFallback && BYTE.matcher(token).matches()) {
                bytes[id] = new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
                continue;
            }
            if (!special.getOrDefault(id, false)) {
                for (String[] each : replaced) {
                    token = token.replace(each[0], each[1]);
                }
            }
            if (prefix != null) {
                token = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
                for (String close : cleanup ? CLOSE : List.<String>of()) {
                    token = token.replace(close, close.substring(1));
                }
            }
            bytes[id] = token.getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }

    private void read(JsonNode step) {
        switch (type(step)) {
            case "Sequence" -> {
                only(path, step, "decoder.", "type decoders");
                step.path("decoders").forEach(this::read);
            }
            case "Replace" -> {
                only(path, step, "decoder.", "type pattern content");
                String what = step.at("/pattern/String").asText();
                if (what.isEmpty()) {
                    throw refusal(path, "decodes by replacing " + step.path("pattern") + ", and supported is a text");
                }
                replaced.add(new String[] {what, step.path("content").asText()});
            }
            case "ByteFallback" -> {
                only(path, step, "decoder.", "type");
                byteFallback = true;
            }
            case "Fuse" -> {
                only(path, step, "decoder.", "type");
                fused = true;
            }
            case "Strip" -> strip(step);
            case "Metaspace" -> {
                only(path, step, "decoder.", "type replacement prepend_scheme split add_prefix_space str_rep");
                replaced.add(new String[] {step.path("replacement").asText("▁"), " "});
                spaceBefore = !PipelineJson.scheme(path, step).equals("never");
            }
            case "WordPiece" -> {
                only(path, step, "decoder.", "type prefix cleanup");
                prefix = step.path("prefix").asText("##");
                cleanup = flag(path, step, "cleanup", true);
                spaceBefore = true;
            }
            default -> throw refusal(path, "decodes by " + type(step) + ", which is not supported");
        }
    }

    /** Before the tokens are fused into one text it would strip each of them. */
    private void strip(JsonNode step) {
        only(path, step, "decoder.", "type content start stop");
        int start = step.path("start").asInt(0);
        if (!step.path("content").asText().equals(" ") || step.path("stop").asInt(0) != 0 || start > 1 || !fused) {
            throw refusal(
                    path,
                    "decodes by " + shortened(step) + "; supported is one space at the beginning of the fused text");
        }
        spaceBefore = start == 1;
    }
}
