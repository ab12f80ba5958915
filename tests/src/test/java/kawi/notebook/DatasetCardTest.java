package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.readers.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetCardTest {
    private static final String COUNTS =
            "{\"bySource\":{\"letters\":{\"documents\":1200,\"bytes\":2500000,\"pronouns\":"
                    + "{\"words\":400000},\"she\":{\"value\":0.25,\"low\":0.2,\"high\":0.31},\"personal\":{\"EMAIL\":12}},"
                    + "\"notes\":{\"documents\":3,\"bytes\":10,\"pronouns\":{\"words\":2},\"she\":{\"documents\":0},"
                    + "\"personal\":{}}}}";

    private static Source source(String id, String licence) {
        return new Source(
                id,
                "Letters: a set",
                "What people wrote.",
                licence,
                "See the package.",
                "en",
                "letters",
                "corpus",
                true,
                "text",
                null,
                null,
                null);
    }

    @Test
    void theCardSaysWhatWasCountedAndTheHubReadsItsHead(@TempDir Path folder) throws IOException {
        Path counted = Files.writeString(folder.resolve("data-card.json"), COUNTS);
        assertEquals(
                Files.readString(Path.of("src/test/resources/kawi/notebook/dataset.md")),
                DatasetCard.of(source("letters", "public-domain"), counted).markdown(),
                "tests/environment/test_card.py reads that file");
        assertTrue(
                DatasetCard.of(source("letters", "CC0-1.0"), counted).markdown().contains("license: \"cc0-1.0\"\n"));
    }

    @Test
    void whatWasNotFoundIsSaid(@TempDir Path folder) throws IOException {
        Path counted = Files.writeString(folder.resolve("data-card.json"), COUNTS);
        List<String> findings = DatasetCard.of(source("notes", "MIT"), counted).findings();
        assertTrue(findings.get(1).contains("has no interval"));
        assertTrue(findings.get(2).startsWith("The patterns found no personal data"));
    }

    @Test
    void aFileThatWasCutShortOrSpeaksOfOthersIsRefused(@TempDir Path folder) throws IOException {
        Path cut = Files.writeString(folder.resolve("cut.json"), COUNTS.substring(0, 40));
        assertTrue(assertThrows(KitException.class, () -> DatasetCard.of(source("letters", "MIT"), cut))
                .getMessage()
                .contains("cut.json is not complete JSON"));
        Path counted = Files.writeString(folder.resolve("data-card.json"), COUNTS);
        assertTrue(assertThrows(KitException.class, () -> DatasetCard.of(source("plays", "MIT"), counted))
                .getMessage()
                .contains("has no counts of plays"));
    }
}
