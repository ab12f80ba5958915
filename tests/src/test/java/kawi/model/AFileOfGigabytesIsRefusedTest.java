package kawi.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import kawi.Budget;
import kawi.eval.ChoiceTask;
import kawi.eval.Counterfactuals;
import kawi.eval.StereotypePairs;
import kawi.evidence.KitException;
import kawi.search.Choice;
import kawi.text.Tokenizer;
import kawi.tune.Squad;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is read at once has a bound: one of gigabytes is refused by a sentence, not by the end of the memory. */
class AFileOfGigabytesIsRefusedTest {
    @TempDir
    Path folder;

    @Test
    void whateverIsReadAtOnceHasABound() throws IOException {
        Path file = folder.resolve("config.json");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(3_000_000_000L);
        }
        for (Consumer<Path> reader : List.<Consumer<Path>>of(
                ModelConfig::read,
                Tokenizer::load,
                Squad::read,
                Budget::read,
                Choice::read,
                ChoiceTask::read,
                Counterfactuals::read,
                path -> StereotypePairs.winoBias(path, path))) {
            String said =
                    assertThrows(KitException.class, () -> reader.accept(file)).getMessage();
            assertTrue(said.contains("config.json") && said.contains("bytes that such a file is read up to"), said);
        }
    }
}
