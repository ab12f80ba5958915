package kawi.tune;

import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Tests of adapters on a Llama of three layers and 60 tokens, whose own weights stay. */
abstract class WithSmallLlama {
    static Torch torch;
    static Llama model;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
        model = Llama.create(torch, new LlamaConfig(60, 64, 3, 32, 48, 4, 2, 8, 10000, 1e-5, true), 7)
                .trainable(false);
        model.parameters()
                .get("model.embed_tokens.weight")
                .muli(20); // a head of new, small weights could say nothing with certainty
    }

    @AfterEach
    void plain() {
        model.adapter(null);
    }

    @AfterAll
    static void close() {
        model.close();
        torch.close();
    }
}
