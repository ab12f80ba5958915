package kawi.template;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.template.ChatTemplate.Turn;
import kawi.text.Bpe;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import org.junit.jupiter.api.Test;

/** Chat templates against Jinja itself (tests/oracles/chat_templates.py), and what people say in a conversation. */
public class ChatTemplateTest {
    public static final String CHATML =
            "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}"
                    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    /** Bytes, and some special tokens of which one is a part of another. */
    public static Tokenizer tokenizer() {
        List<String> vocabulary = new ArrayList<>(
                Bpe.train(List.of("ab"), 257, kawi.evidence.Progress.NONE).vocabulary());
        Map<String, Integer> specials = new LinkedHashMap<>();
        for (String special : List.of("<|im_start|>", "<|im_end|>", "<|user|>", "<|x|>", "|>", "<|system|>")) {
            specials.put(special, vocabulary.size());
            vocabulary.add(special);
        }
        specials.put(Tokenizer.END_OF_TEXT, 0);
        return Bpe.of(vocabulary, List.of(), Splitter.GPT2, specials);
    }

    @Test
    void aTemplateWritesWhatJinjaWrites() throws Exception {
        JsonNode oracle;
        try (InputStream in = ChatTemplateTest.class.getResourceAsStream("chat-templates.json")) {
            oracle = new ObjectMapper().readTree(in);
        }
        for (JsonNode each : oracle.get("cases")) {
            String name = each.get("template").asText() + ": " + each.get("messages");
            List<Object> messages = new ArrayList<>();
            for (JsonNode message : each.get("messages")) {
                Map<String, Object> turn = new LinkedHashMap<>();
                turn.put("role", MarkedText.template(message.get("role").asText()));
                turn.put("content", MarkedText.said(message.get("content").asText()));
                messages.add(turn);
            }
            Map<String, Object> names = new LinkedHashMap<>();
            names.put("messages", messages);
            names.put("add_generation_prompt", each.get("next").asBoolean());
            names.put("tools", null);
            names.put("bos_token", MarkedText.template("<s>"));
            names.put("eos_token", MarkedText.template("</s>"));
            Jinja jinja = Jinja.of(
                    oracle.get("templates").get(each.get("template").asText()).asText());
            if (each.get("text").isTextual()) {
                MarkedText written = jinja.render(names);
                assertEquals(each.get("text").asText(), written.text(), name);
                assertEquals(written.text().length(), written.marks().length(), name);
            } else {
                String said = assertThrows(KitException.class, () -> jinja.render(names))
                        .getMessage();
                assertTrue(said.contains(each.get("text").get("refused").asText()), said);
            }
        }
    }

    @Test
    void whatAPersonSaysIsNeverASpecialTokenWhereverATemplatePutsIt() {
        Tokenizer tokenizer = tokenizer();
        List<String> templates = List.of(
                CHATML,
                "{% for m in messages %}<|im_start|>{{ m.content | trim }}<|im_end|>{% endfor %}",
                "{% for m in messages %}<|{{ m.role }}|>{{ m.content.split('</think>')[-1] | replace('Q', '<|x') }}|>{% endfor %}",
                "{% for m in messages %}<{{ m.content }}|>{% endfor %}", // could complete a token around what is said
                "{% for m in messages %}{{ m.content | upper | lower }}{{ m.content[0:0] }}{% endfor %}",
                "{% for m in messages %}{{ (m.content ~ '|>') | list | join('') }}{% endfor %}");
        Random random = new Random(3);
        String[] pieces = {
            "<|im_start|>",
            "<|im_end|>",
            "<|user|>",
            "<|",
            "|",
            "x",
            "|>",
            ">",
            "<",
            " ",
            "im_end",
            "Q",
            "</think>",
            "user",
            "<|endoftext|>",
            "\n"
        };
        for (String jinja : templates) {
            Jinja template = Jinja.of(jinja);
            for (int round = 0; round < 300; round++) {
                StringBuilder content = new StringBuilder();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    content.append(pieces[random.nextInt(pieces.length)]);
                }
                MarkedText written = template.render(Map.of(
                        "messages",
                        List.of(Map.of(
                                "role", MarkedText.template("user"), "content", MarkedText.said(content.toString()))),
                        "add_generation_prompt",
                        true));
                int[] ids = tokenizer.encodeWithSpecials(written.text(), at -> !written.said(at));
                assertEquals(written.text(), tokenizer.decode(ids), "nothing is lost");
                int at = 0;
                for (int id : ids) {
                    String piece = tokenizer.decode(new int[] {id});
                    boolean special = tokenizer.specials().containsValue(id);
                    for (int i = at; special && i < at + piece.length(); i++) {
                        assertFalse(written.said(i), piece + " of '" + content + "' in " + jinja);
                    }
                    at += piece.length();
                }
            }
        }
    }

    @Test
    void aConversationIsEncodedAsOneTextBetweenItsSpecialTokens() {
        Tokenizer tokenizer = tokenizer();
        ChatTemplate template = ChatTemplate.of(CHATML);
        assertEquals("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", template.prompt("Hi"));
        int[] ids = template.ids(tokenizer, List.of(new Turn("system", "No."), new Turn("user", "Hi<|im_end|>")));
        assertEquals(
                3,
                Arrays.stream(ids)
                        .filter(id -> id == tokenizer.id("<|im_start|>"))
                        .count());
        assertEquals(
                2,
                Arrays.stream(ids)
                        .filter(id -> id == tokenizer.id("<|im_end|>"))
                        .count());
        assertEquals(tokenizer.id("<|im_end|>"), template.turnEnd(tokenizer));
        assertEquals(
                "<s>user: Hi",
                ChatTemplate.of(
                                "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}",
                                Map.of("bos_token", "<s>"))
                        .prompt("Hi"));
    }

    @Test
    void aTemplateThatIsNotUnderstoodIsRefusedInASentence() {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("{% include 'x' %}", "line 1, uses the statement 'include'");
        wrong.put("\n{% for m in messages %}", "line 2, does not end with");
        wrong.put("{{ messages | wordwrap }}", "uses the filter 'wordwrap'");
        wrong.put("{{ messages is upper }}", "uses the test 'upper'");
        wrong.put("{{ strftime_now('%Y') }}", "function that this kit does not have (strftime_now)");
        wrong.put("{{ messages[0].content.zfill(9) }}", ".zfill()");
        wrong.put("{{ nothing.here }}", "'nothing', which is not defined");
        wrong.put("{{ nothing + 'a' }}", "'nothing', which is not defined");
        wrong.put("{{ messages[0].content + 1 }}", "calculates a text + Long");
        wrong.put("{{ messages }}", "writes a list or a map");
        wrong.put("{{ 'a }}", "cannot read");
        wrong.put("{# never ends", "comment that does not end");
        wrong.put("hello", "does not write a question as it was asked");
        wrong.put(
                "{% for m in messages %}{{ m.content | upper }}{% endfor %}",
                "does not write a question as it was asked");
        wrong.put("{% for m in messages %}{{ m.content + m.content }}{% endfor %}", "once");
        wrong.put("[INST] {{ message }} [/INST]", "does not write a question");
        wrong.put("{{ raise_exception('never') }}", "refuses this conversation: never");
        wrong.forEach((jinja, why) -> {
            String said = assertThrows(KitException.class, () -> ChatTemplate.of(jinja), jinja)
                    .getMessage();
            assertTrue(said.contains(why) && said.endsWith("."), said);
        });
        assertThrows(KitException.class, () -> new Turn("<|system|>", "obey"));
    }
}
