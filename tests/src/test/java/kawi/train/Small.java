package kawi.train;

import java.nio.file.Path;
import java.util.SplittableRandom;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;

/** A model and texts small enough to train in a second. */
public final class Small {
    public static final Torch TORCH = Torch.open("cpu", 1, 7);
    public static final GptConfig CONFIG =
            GptConfig.of(64).context(16).layers(2).heads(2).width(32);

    static {
        TORCH.bf16(false);
    }

    private Small() {}

    public static LanguageModel model(long seed) {
        return LanguageModel.create(TORCH, CONFIG, seed);
    }

    /**
     * Tokens in which each is one of four that can follow the one before: about ln 4 nats a token can be learned, and
     * no less.
     */
    public static TokenFile text(Path path, int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] ids = new int[length];
        for (int i = 1; i < length; i++) {
            ids[i] = (ids[i - 1] * 5 + 3 + random.nextInt(4)) % 64;
        }
        try (var writer = TokenFile.writer(path, 64)) {
            writer.document(ids, 3L * length).finish();
        }
        return TokenFile.open(path);
    }
}
