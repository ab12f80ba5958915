package kawi.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import kawi.clean.Licences;
import kawi.clean.Pii;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;
import kawi.corpus.Skipped;
import kawi.evidence.Progress;
import kawi.readers.Reading;
import kawi.readers.Source;
import kawi.stats.RatioOfSums;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is in the data, and whose privacy it touches. */
class PeopleTest {
    @TempDir
    Path folder;

    private static List<String> kinds(String text) {
        return Pii.find(text).stream()
                .map(found -> found.kind() + " " + found.text())
                .toList();
    }

    @Test
    void whatPointsAtAPersonIsFound() {
        assertEquals(List.of("EMAIL a.b+c@mail.example.org"), kinds("mail <a.b+c@mail.example.org>."));
        assertEquals(
                List.of("PHONE +44 20 7946 0958", "PHONE (212) 555-0187", "PHONE 1-866-522-8575"),
                kinds("+44 20 7946 0958, (212) 555-0187 or 1-866-522-8575."));
        assertEquals(
                List.of("IP 192.0.2.17", "IP 2001:db8:0:0:0:0:2:1"),
                kinds("from 192.0.2.17 and 2001:db8:0:0:0:0:2:1 today"));
        assertEquals(
                List.of("CARD 4111 1111 1111 1111", "CARD 378282246310005"),
                kinds("4111 1111 1111 1111 and 378282246310005"));
    }

    @Test
    void whatDoesNotPointAtAPersonIsLeft() {
        for (String text : List.of(
                "4111 1111 1111 1112",
                "{@link Foo} @param x @return y",
                "1861-1865",
                "in 1793 or 1794",
                "version 1.2.3",
                "300.1.2.3",
                "12:36:23",
                "9223372036854775807",
                "$1,000,000,000",
                "2002-08-22",
                "a@b",
                "@ home",
                "555-0187",
                "3.14159265358979")) {
            assertEquals(List.of(), kinds(text), text);
        }
    }

    @Test
    void maskingTwiceIsMaskingOnceAndLeavesTheRest() {
        String text = "Ask zo@x.org (192.0.2.1) or +44 20 7946 0958; pay with 4111-1111-1111-1111, please.";
        String masked = Pii.masked(text);
        assertEquals("Ask <email> (<ip>) or <phone>; pay with <card>, please.", masked);
        assertEquals(masked, Pii.masked(masked));
        assertEquals("z*@x.***", Pii.find(text).get(0).masked());
    }

    @Test
    void theCheckDigitIsThatOfTheStandard() {
        assertTrue(Pii.luhn("79927398713"));
        for (int last = 0; last < 10; last++) {
            assertEquals(last == 3, Pii.luhn("7992739871" + last));
        }
    }

    @Test
    void pronounsAreWordsWhateverTheirCase() {
        assertEquals(
                new Pronouns(3, 2, 2, 11), Pronouns.in("She, HER and hers; he himself. They: them. There here sheet"));
        assertEquals(new Pronouns(0, 0, 0, 0), Pronouns.in(""));
    }

    @Test
    void theIntervalOfAShareCoversTheTruthAsOftenAsItPromises() {
        Random random = new Random(11);
        int covered = 0;
        for (int trial = 0; trial < 1000; trial++) {
            RatioOfSums gathering = new RatioOfSums();
            for (int document = 0; document < 60; document++) {
                double own = random.nextBoolean() ? 0.1 : 0.5;
                int whole = 5 + random.nextInt(20);
                gathering.add(random.doubles(whole).filter(x -> x < own).count(), whole);
            }
            Ratio ratio = Ratio.of(gathering);
            covered += ratio.low() <= 0.3 && 0.3 <= ratio.high() ? 1 : 0;
        }
        assertEquals(0.95, covered / 1000.0, 0.025);
    }

    @Test
    void noneInTwentyDocumentsIsNotCertainty() {
        RatioOfSums gathering = new RatioOfSums();
        for (int i = 0; i < 20; i++) {
            gathering.add(0, 3);
        }
        assertEquals(0, Ratio.of(gathering).value());
        assertEquals(0.139, Ratio.of(gathering).high(), 0.001);
    }

    @Test
    void aShareOfNothingIsNoNumberAndOneDocumentHasNoInterval() throws Exception {
        DataCard card = DataCard.of(
                Corpus.of(List.of(
                        Document.collected("none", "1", null, null, null, null, "MIT", "", "Nobody."),
                        Document.collected("one", "2", null, null, null, "g", "MIT", "", "She and he."))),
                Progress.NONE);
        Ratio none = card.bySource().get("none").she();
        assertEquals(0, none.documents());
        assertTrue(Double.isNaN(none.value()) && !none.interval().defined());
        Ratio one = card.bySource().get("one").she();
        assertEquals(0.5, one.value());
        assertFalse(one.interval().defined());
        assertTrue(DataCard.pronouns("source", card.bySource())
                .column("share of she")
                .isMissing(0));
        card.write(folder.resolve("card.json"));
        JsonNode written = JsonLines.JSON.readTree(folder.resolve("card.json").toFile());
        assertEquals(0, written.at("/bySource/none/she/documents").asInt(-1));
        assertTrue(written.at("/bySource/none/she/value").isMissingNode(), written.toString());
        assertTrue(written.at("/bySource/one/she/low").isMissingNode());
        assertEquals(0.5, written.at("/bySource/one/she/value").asDouble());
        assertFalse(written.at("/bySource/one/she/reason").asText().isEmpty());
        assertEquals(List.of("unknown", "g"), List.copyOf(card.byGenre().keySet()));
    }

    @Test
    void aReasonMayHoldAnyCharacter() {
        Source source = new Source("s", "S", null, "MIT", "note", "en", "g", "corpus", true, null, null, null, null);
        Reading reading =
                new Reading(source, List.of(), 0, List.of(), List.of(new Skipped("x", "a\ttab"), new Skipped("y", "")));
        Ledger ledger = Ledger.of(List.of(reading), List.of(), Licences.permissive());
        assertEquals(
                List.of("a\ttab", ""),
                ledger.imperfections().stringColumn("reason").asList());
    }

    @Test
    void theCardCountsEveryDocumentOnceInEachView() throws Exception {
        Corpus corpus = Corpus.of(List.of(
                Document.collected("a", "1", null, null, 1861, "speech", "MIT", "", "He and she. zo@x.org"),
                Document.collected("a", "2", null, null, 1869, "speech", "MIT", "", "He and he."),
                Document.collected("b", "3", null, null, null, "novel", "MIT", "", "Nobody.")));
        DataCard card = DataCard.of(corpus, Progress.NONE);
        assertEquals(List.of("a", "b"), List.copyOf(card.bySource().keySet()));
        assertEquals(List.of("1860s", "unknown"), List.copyOf(card.byDecade().keySet()));
        assertEquals(0.25, card.bySource().get("a").she().value());
        assertEquals(1L, card.bySource().get("a").personal().get(Pii.Kind.EMAIL));
        assertEquals(1, card.privacy().rowCount());
        assertFalse(card.privacy().toString().contains("zo@x.org"));
        card.write(folder.resolve("card.json"));
        assertFalse(Files.readString(folder.resolve("card.json")).contains("zo@x.org"));
    }

    @Test
    void theLedgerCountsWhatIsTakenRefusedMissingAndSetAside() throws Exception {
        Source source = new Source("s", "S", null, "MIT", "note", "en", "g", "corpus", true, null, null, null, null);
        List<Document> documents = List.of(
                Document.collected("s", "1", null, null, null, "g", "MIT", "", "ab"),
                Document.collected("s", "2", null, null, null, "g", "LicenseRef-unstated", "", "abc"));
        Reading reading = new Reading(
                source, documents, 9, List.of(), List.of(new Skipped("x", "empty"), new Skipped("y", "empty")));
        Ledger ledger = Ledger.of(List.of(reading), List.of(new Skipped("gone", "not at hand")), Licences.permissive());
        assertEquals(
                List.of(true, false),
                ledger.entries().stream().map(Ledger.Entry::taken).toList());
        assertEquals(
                List.of(2L, 3L),
                ledger.entries().stream().map(Ledger.Entry::bytes).toList());
        assertEquals(2, ledger.imperfections().longColumn("count").get(0));
        assertEquals(1, Ledger.allowed(List.of(reading), Licences.permissive()).count());
        ledger.write(folder.resolve("ledger.json"));
        assertTrue(Files.readString(folder.resolve("ledger.json")).contains("not at hand"));
    }
}
