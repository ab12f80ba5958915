package kawi.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.clean.Licences;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.readers.Account;
import kawi.readers.Omission;
import kawi.readers.Reading;
import kawi.readers.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger is as long as is wanted, and what it does not list it counts. */
class BookkeeperTest {
    @TempDir
    Path folder;

    private static Source source(String id) {
        return new Source(id, "T", null, "MIT", "note", "en", "g", "corpus", true, null, null, null, null);
    }

    private static Document document(int number, String licence) {
        return Document.collected("s", "" + number, null, null, null, "g", licence, "", "12345");
    }

    private static Account account(String id) {
        return new Account(source(id), 9, 0, 0, Map.of());
    }

    private static Ledger kept(int most) {
        Bookkeeper books = new Bookkeeper(Licences.permissive(), most);
        for (int i = 0; i < 6; i++) {
            books.document(document(
                    i,
                    i == 5
                            ? null
                            : List.of("MIT", "X-1", "CC0-1.0", "X-2", "MIT").get(i)));
            books.skipped(new Skipped("place " + i, "reason " + i % 4));
            books.repaired(new Skipped("place " + i, "note"));
        }
        books.end(account("one"));
        books.document(document(7, "X-1"));
        books.end(account("two"));
        return books.ledger(List.of(new Skipped("three", "gone")));
    }

    private static List<String> lines(Ledger ledger) {
        return ledger.entries().stream()
                .map(each -> each.source() + " " + each.licence() + " " + each.taken() + " " + each.documents() + " "
                        + each.bytes() + " " + each.offered())
                .toList();
    }

    @Test
    void whatIsWantedIsListed() {
        Ledger ledger = kept(100);
        assertEquals(
                List.of(
                        "one MIT true 2 10 9",
                        "one X-1 false 1 5 9",
                        "one CC0-1.0 true 1 5 9",
                        "one X-2 false 1 5 9",
                        "one LicenseRef-unstated false 1 5 9",
                        "two X-1 false 1 5 9"),
                lines(ledger));
        assertEquals(6, ledger.skipped().get("one").size());
        assertEquals(6, ledger.repaired().get("one").size());
        assertEquals(Map.of(), ledger.further());
        assertEquals(List.of("one"), List.copyOf(ledger.skipped().keySet()));
    }

    @Test
    void whatIsMoreIsCountedByItsReasonAndLicencesByThePolicy() throws Exception {
        Ledger ledger = kept(2);
        assertEquals(
                List.of(
                        "one MIT true 2 10 9",
                        "one X-1 false 1 5 9",
                        "one LicenseRef-others (allowed) true 1 5 9",
                        "one LicenseRef-others (not allowed) false 2 10 9",
                        "two X-1 false 1 5 9"),
                lines(ledger));
        assertEquals(
                List.of(new Skipped("place 0", "reason 0"), new Skipped("place 1", "reason 1")),
                ledger.skipped().get("one"));
        assertEquals(
                List.of(
                        new Ledger.Further("set aside", "other reasons", 2),
                        new Ledger.Further("set aside", "reason 2", 1),
                        new Ledger.Further("set aside", "reason 3", 1),
                        new Ledger.Further("kept", "note", 4)),
                ledger.further().get("one"));
        assertEquals(
                kept(100).imperfections().longColumn("count").sum(),
                ledger.imperfections().longColumn("count").sum());
        assertEquals(6, ledger.imperfections().longColumn("count").get(0));
        Path json = folder.resolve("ledger.json");
        ledger.write(json);
        assertEquals(ledger, Ledger.read(json));
        assertEquals(Map.of(), ledger.without("one", "gone").further());
        kept(100).write(json);
        assertFalse(Files.readString(json).contains("further"), "a ledger that lists all says nothing of others");
        assertEquals(kept(100), Ledger.read(json));
    }

    @Test
    void aLedgerOfReadingsThatAreHeldIsKeptInTheSameWay() {
        Bookkeeper books = new Bookkeeper(Licences.permissive(), 3);
        List<Document> documents =
                IntStream.range(0, 3).mapToObj(i -> document(i, "MIT")).toList();
        documents.forEach(books::document);
        books.skipped(new Skipped("a", "b"));
        Map<String, Omission> omitted = Map.of("hidden", new Omission(1, 2));
        books.end(new Account(source("one"), 3, 1, 0, omitted));
        Reading reading = new Reading(source("one"), documents, 3, List.of(), List.of(new Skipped("a", "b")), omitted);
        Ledger held = Ledger.of(List.of(reading), List.of(), Licences.permissive());
        assertEquals(held, books.ledger(List.of()));
        assertTrue(held.omitted().containsKey("one"));
    }
}
