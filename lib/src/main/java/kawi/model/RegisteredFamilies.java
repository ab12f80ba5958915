package kawi.model;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/** Model families of the reader's own, by the {@code model_type} of their {@code config.json}. */
final class RegisteredFamilies {
    static final Map<String, Function<Settings, ModelConfig>> BY_TYPE = new ConcurrentSkipListMap<>();

    private RegisteredFamilies() {}
}
