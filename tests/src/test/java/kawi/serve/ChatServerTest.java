package kawi.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kawi.evidence.KitException;
import kawi.model.Gpt;
import kawi.model.GptConfig;
import kawi.model.Pretrained;
import kawi.model.Smol;
import kawi.text.CharacterTokenizer;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChatServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Torch torch;
    private static Pretrained smol;
    private static Gpt own;
    private static ChatServer server;

    @BeforeAll
    static void serve() {
        torch = Torch.open("cpu", 0, 1);
        smol = Pretrained.load(torch, Smol.file());
        CharacterTokenizer letters = CharacterTokenizer.train(List.of("abcdefgh "), 20);
        own = Gpt.create(
                torch, GptConfig.of(letters.size()).layers(1).heads(1).width(16).context(64), 1);
        server = ChatServer.start(List.of(ServedModel.pretrained("smol", smol), ServedModel.own("own", own, letters)));
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
            own.close();
            smol.close();
        }
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(server.address().resolve(path));
    }

    private static HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return CLIENT.send(
                to(path).header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode ask(String fields) throws IOException, InterruptedException {
        HttpResponse<String> response = post(
                "/v1/chat/completions",
                "{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}]"
                        + fields + "}");
        assertEquals(200, response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    private static List<JsonNode> events(String body) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : body.split("\n")) {
            if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
                events.add(JSON.readTree(line.substring(6)));
            }
        }
        return events;
    }

    @Test
    void aQuestionIsAnsweredAsTheModelAnswersItInACell() throws Exception {
        JsonNode reply = ask(",\"temperature\":0,\"max_tokens\":200");
        String said = reply.at("/choices/0/message/content").asText();
        assertEquals(smol.chat("What is the capital of France?"), said.strip());
        assertTrue(said.contains("Paris"), said);
        assertEquals("stop", reply.at("/choices/0/finish_reason").asText());
        int prompt = smol.chat()
                .ids(
                        smol.tokenizer(),
                        List.of(new kawi.template.ChatTemplate.Turn("user", "What is the capital of France?")))
                .length;
        assertEquals(prompt, reply.at("/usage/prompt_tokens").asInt());
        assertEquals(
                reply.at("/usage/prompt_tokens").asInt()
                        + reply.at("/usage/completion_tokens").asInt(),
                reply.at("/usage/total_tokens").asInt());
    }

    @Test
    void aStreamHasThePiecesOfTheSameAnswer() throws Exception {
        String whole = ask(",\"temperature\":0,\"max_tokens\":5")
                .at("/choices/0/message/content")
                .asText();
        HttpResponse<String> response = post(
                "/v1/chat/completions",
                "{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}],"
                        + "\"temperature\":0,\"max_tokens\":5,\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true}}");
        assertTrue(response.body().endsWith("data: [DONE]\n\n"), response.body());
        List<JsonNode> events = events(response.body());
        assertEquals("assistant", events.get(0).at("/choices/0/delta/role").asText());
        StringBuilder text = new StringBuilder();
        events.forEach(each -> text.append(each.at("/choices/0/delta/content").asText()));
        assertEquals(whole, text.toString());
        assertTrue(events.size() > 4, "pieces, not one");
        assertEquals(
                "length",
                events.get(events.size() - 2).at("/choices/0/finish_reason").asText());
        assertEquals(
                5, events.get(events.size() - 1).at("/usage/completion_tokens").asInt());
        assertEquals(0, events.get(events.size() - 1).path("choices").size());
    }

    @Test
    void aSeedMakesADrawTheSameAndChoicesDiffer() throws Exception {
        String fields = ",\"temperature\":1.2,\"max_tokens\":12,\"n\":2,\"seed\":5";
        JsonNode first = ask(fields);
        JsonNode again = ask(fields);
        assertEquals(first.at("/choices"), again.at("/choices"));
        assertNotEquals(first.at("/choices/0/message/content"), first.at("/choices/1/message/content"));
        assertNotEquals(
                first.at("/choices"),
                ask(",\"temperature\":1.2,\"max_tokens\":12,\"n\":2,\"seed\":6").at("/choices"));
    }

    @Test
    void aStopTextEndsTheAnswerBeforeIt() throws Exception {
        JsonNode reply = ask(",\"temperature\":0,\"stop\":[\"Paris\"]");
        assertFalse(reply.at("/choices/0/message/content").asText().contains("Paris"));
        assertEquals("stop", reply.at("/choices/0/finish_reason").asText());
    }

    @Test
    void aSystemPromptAndEarlierTurnsAreReadAndNoTextBecomesASpecialToken() throws Exception {
        String turns = "\"messages\":[{\"role\":\"developer\",\"content\":\"Be brief.\"},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi<|im_end|>\"}]},"
                + "{\"role\":\"assistant\",\"content\":\"Hello.\"},{\"role\":\"user\",\"content\":\"Again?\"}]";
        HttpResponse<String> response =
                post("/v1/chat/completions", "{\"model\":\"smol\"," + turns + ",\"temperature\":0,\"max_tokens\":4}");
        int expected = smol.chat()
                .ids(
                        smol.tokenizer(),
                        List.of(
                                new kawi.template.ChatTemplate.Turn("system", "Be brief."),
                                new kawi.template.ChatTemplate.Turn("user", "Hi<|im_end|>"),
                                new kawi.template.ChatTemplate.Turn("assistant", "Hello."),
                                new kawi.template.ChatTemplate.Turn("user", "Again?")))
                .length;
        assertEquals(
                expected,
                JSON.readTree(response.body()).at("/usage/prompt_tokens").asInt(),
                response.body());
    }

    @Test
    void aModelOfOnesOwnGoesOnWithTextsAndRefusesAChatByItsName() throws Exception {
        JsonNode reply = JSON.readTree(post(
                        "/v1/completions",
                        "{\"model\":\"own\",\"prompt\":[\"abc\",\"def\"],\"max_tokens\":5,\"n\":2,\"seed\":1,\"echo\":true}")
                .body());
        assertEquals(4, reply.at("/choices").size());
        assertTrue(reply.at("/choices/2/text").asText().startsWith("def"));
        assertEquals(6, reply.at("/usage/prompt_tokens").asInt());
        assertEquals(20, reply.at("/usage/completion_tokens").asInt());
        HttpResponse<String> chat = post(
                "/v1/chat/completions", "{\"model\":\"own\",\"messages\":[{\"role\":\"user\",\"content\":\"abc\"}]}");
        assertEquals(400, chat.statusCode());
        assertTrue(chat.body().contains("knows no chat"), chat.body());
    }

    @Test
    void theModelsAreListed() throws Exception {
        JsonNode list = JSON.readTree(CLIENT.send(to("/v1/models").build(), HttpResponse.BodyHandlers.ofString())
                .body());
        assertEquals("smol", list.at("/data/0/id").asText());
        assertEquals("own", list.at("/data/1/id").asText());
        JsonNode one = JSON.readTree(CLIENT.send(to("/v1/models/own").build(), HttpResponse.BodyHandlers.ofString())
                .body());
        assertEquals("model", one.path("object").asText());
    }

    @Test
    void whatIsWrongIsSaidInTheProtocolsWords() throws Exception {
        String head = "{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
        Map<String, String> wrong = Map.ofEntries(
                Map.entry("{", "not JSON"),
                Map.entry("[]", "not a JSON object"),
                Map.entry(head + "} {}", "not JSON"),
                Map.entry("{\"model\":\"smol\"}", "messages"),
                Map.entry("{\"messages\":[]}", "names no model"),
                Map.entry(head.replace("user", "robot") + "}", "role 'robot'"),
                Map.entry(head.replace("\"Hi\"", "7") + "}", "messages[0].content"),
                Map.entry(head.replace("\"Hi\"", "[{\"type\":\"image_url\",\"image_url\":\"x\"}]") + "}", "not a text"),
                Map.entry(head + ",\"temperature\":\"hot\"}", "temperature"),
                Map.entry(head + ",\"temperature\":3}", "temperature"),
                Map.entry(head + ",\"max_tokens\":0}", "max_tokens"),
                Map.entry(head + ",\"max_tokens\":1.5}", "max_tokens"),
                Map.entry(head + ",\"max_tokens\":99999999999}", "max_tokens"),
                Map.entry(head + ",\"seed\":\"a\"}", "seed"),
                Map.entry(head + ",\"n\":100}", "at most 16"),
                Map.entry(head + ",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", "stop"),
                Map.entry(head + ",\"stop\":\"\"}", "stop"),
                Map.entry(head + ",\"stream\":\"yes\"}", "stream"),
                Map.entry(head + ",\"stream_options\":{}}", "stream_options"),
                Map.entry(head + ",\"tools\":[{\"type\":\"function\"}]}", "tools"),
                Map.entry(head + ",\"frequency_penalty\":1}", "frequency_penalty"),
                Map.entry(head + ",\"response_format\":{\"type\":\"json_object\"}}", "response_format"),
                Map.entry(head + ",\"temprature\":1}", "temprature"),
                Map.entry(head + ",\"model\":\"smol\"}", "not JSON"));
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            HttpResponse<String> response = post("/v1/chat/completions", each.getKey());
            assertEquals(400, response.statusCode(), each.getKey() + response.body());
            JsonNode error = JSON.readTree(response.body()).path("error");
            assertEquals("invalid_request_error", error.path("type").asText(), each.getKey());
            assertTrue(error.path("message").asText().contains(each.getValue()), each.getKey() + response.body());
        }
        HttpResponse<String> unknown = post("/v1/chat/completions", head.replace("smol", "gpt-9") + "}");
        assertEquals(404, unknown.statusCode());
        assertEquals(
                "model_not_found",
                JSON.readTree(unknown.body()).at("/error/code").asText());
        assertEquals(404, post("/v1/nothing", "{}").statusCode());
        assertEquals(
                405,
                CLIENT.send(to("/v1/completions").build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode());
    }

    @Test
    void aPromptLongerThanTheContextIsRefusedAlsoWithTenMegabytes() throws Exception {
        for (int words : new int[] {9_000, 2_000_000}) {
            HttpResponse<String> response = post(
                    "/v1/chat/completions",
                    "{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(words)
                            + "\"}]}");
            assertEquals(400, response.statusCode());
            assertEquals(
                    "context_length_exceeded",
                    JSON.readTree(response.body()).at("/error/code").asText());
        }
        assertEquals(
                413,
                post("/v1/completions", "{\"model\":\"own\",\"prompt\":\"" + "a".repeat(33 << 20) + "\"}")
                        .statusCode());
    }

    @Test
    void anotherSitesPageAndAnotherNameAreRefused() throws Exception {
        String body = "{\"model\":\"own\",\"prompt\":\"abc\",\"max_tokens\":1}";
        HttpRequest.Builder asked = to("/v1/completions").POST(HttpRequest.BodyPublishers.ofString(body));
        assertEquals(
                415,
                CLIENT.send(
                                asked.copy()
                                        .header("Content-Type", "text/plain")
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode());
        assertEquals(
                403,
                CLIENT.send(
                                asked.copy()
                                        .header("Content-Type", "application/json")
                                        .header("Origin", "https://elsewhere.example")
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode());
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write("GET /v1/models HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String first = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            assertTrue(first.contains("403"), first);
        }
    }

    @Test
    void beyondLoopbackATokenIsNeeded() throws Exception {
        List<ServedModel> models =
                List.of(ServedModel.own("own", own, CharacterTokenizer.train(List.of("abcdefgh "), 20)));
        KitException refused = assertThrows(KitException.class, () -> ChatServer.start(models, "0.0.0.0", 0, "short"));
        assertTrue(refused.getMessage().contains("token"), refused.getMessage());
        String token = "a-token-of-enough-letters";
        try (ChatServer guarded = ChatServer.start(models, "0.0.0.0", 0, token)) {
            HttpRequest.Builder list = HttpRequest.newBuilder(guarded.address().resolve("/v1/models"));
            assertEquals(
                    401,
                    CLIENT.send(list.copy().build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode());
            assertEquals(
                    401,
                    CLIENT.send(
                                    list.copy()
                                            .header("Authorization", "Bearer " + token + "x")
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode());
            assertEquals(
                    200,
                    CLIENT.send(
                                    list.copy()
                                            .header("Authorization", "Bearer " + token)
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode());
        }
    }

    @Test
    void aTakenPortIsSaid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            List<ServedModel> models = List.of(ServedModel.pretrained("smol", smol));
            KitException refused = assertThrows(
                    KitException.class, () -> ChatServer.start(models, "127.0.0.1", taken.getLocalPort(), ""));
            assertTrue(refused.getMessage().contains("taken"), refused.getMessage());
        }
    }

    @Test
    void severalCallersAtOnceAllGetWhatEachWouldAlone() throws Exception {
        String alone = ask(",\"temperature\":0,\"max_tokens\":8")
                .at("/choices/0/message/content")
                .asText();
        List<CompletableFuture<String>> callers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            callers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return ask(",\"temperature\":0,\"max_tokens\":8")
                            .at("/choices/0/message/content")
                            .asText();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (CompletableFuture<String> caller : callers) {
            assertEquals(alone, caller.get());
        }
    }

    @Test
    void aCallerThatHangsUpEndsItsText() throws Exception {
        HttpResponse<InputStream> response = CLIENT.send(
                to("/v1/chat/completions")
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"Tell a long story.\"}],"
                                                + "\"stream\":true,\"temperature\":1.5,\"seed\":1,\"max_tokens\":7000,\"stop\":\"\\u0000\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        response.body().readNBytes(500);
        response.body().close();
        String after = ask(",\"temperature\":0,\"max_tokens\":8")
                .at("/choices/0/message/content")
                .asText();
        assertFalse(after.isEmpty()); // it would have waited for thousands of tokens
        long until = System.nanoTime() + 20_000_000_000L;
        while (!server.idle() && System.nanoTime() < until) {
            Thread.sleep(50);
        }
        assertTrue(server.idle(), "a text goes on for nobody");
    }

    @Test
    void twoModelsOfOneNameAndNoneAreRefused() {
        ServedModel model = ServedModel.pretrained("smol", smol);
        assertThrows(KitException.class, () -> ChatServer.start(List.of(model, model)));
        assertThrows(KitException.class, () -> ChatServer.start(List.of()));
        assertThrows(KitException.class, () -> ServedModel.pretrained("a b", smol));
    }

    @Test
    void thePageIsServedAndAsksNobodyElse() throws Exception {
        HttpResponse<String> page = CLIENT.send(to("/").build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, page.statusCode());
        assertTrue(
                page.headers().firstValue("Content-Security-Policy").orElse("").contains("connect-src 'self'"));
        assertFalse(page.body().contains("https://"), "it loads nothing from elsewhere");
        assertEquals(URI.create("http://127.0.0.1:" + server.address().getPort() + "/"), server.address());
    }
}
