package kawi.serve;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ARequestThatIsNestedWithoutEndTest {
    @Test
    void isAnsweredWithAnErrorOfTheProtocol() {
        for (String body : List.of("[".repeat(200_000), "{\"messages\":".repeat(200_000))) {
            for (boolean chat : new boolean[] {true, false}) {
                String said = assertThrows(
                                ProtocolError.class,
                                () -> ChatRequest.read(body.getBytes(StandardCharsets.UTF_8), chat))
                        .getMessage();
                assertTrue(said.contains("not JSON"), said);
            }
        }
    }
}
