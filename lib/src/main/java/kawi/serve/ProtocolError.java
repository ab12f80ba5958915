package kawi.serve;

import java.util.LinkedHashMap;
import java.util.Map;

/** A request that is refused, as OpenAI's protocol says so: a status and an error object with a sentence. */
final class ProtocolError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String type;
    private final String parameter;
    private final String code;

    private ProtocolError(int status, String type, String parameter, String code, String sentence) {
        super(sentence);
        this.status = status;
        this.type = type;
        this.parameter = parameter;
        this.code = code;
    }

    /** A parameter that is missing, of the wrong type, out of range, or not one that this server knows. */
    static ProtocolError invalid(String parameter, String sentence) {
        return new ProtocolError(400, "invalid_request_error", parameter, null, sentence);
    }

    static ProtocolError of(int status, String type, String code, String sentence) {
        return new ProtocolError(status, type, null, code, sentence);
    }

    /** {@return the same, which comes from another error} */
    ProtocolError from(Throwable cause) {
        initCause(cause);
        return this;
    }

    int status() {
        return status;
    }

    /** {@return the body: {@code {"error": {"message", "type", "param", "code"}}}} */
    Map<String, Object> body() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", getMessage());
        error.put("type", type);
        error.put("param", parameter);
        error.put("code", code);
        return Map.of("error", error);
    }
}
