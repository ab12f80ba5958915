package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import kawi.evidence.KitException;
import kawi.readers.Packed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
    @TempDir
    Path folder;

    private final List<String> read = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();

    private Archive.Tally all(Path file) throws Exception {
        read.clear();
        skipped.clear();
        return Archive.read(
                file,
                path -> true,
                (where, reason) -> skipped.add(new Skipped(where, reason)),
                entry -> read.add(entry.path() + "=" + entry.text().text()));
    }

    private static Map<String, byte[]> two() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("d/a.txt", Packed.utf8("first"));
        entries.put("d/b.txt", Packed.utf8("second"));
        return entries;
    }

    @Test
    void whatAnArchiveIsItsBytesSayAndNotItsName() throws Exception {
        Path tgz = Packed.tgz(folder.resolve("a.zip"), two());
        Path zip = Packed.zip(folder.resolve("b.tar.gz"), two());
        Path tar = folder.resolve("c.bin");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(tgz))) {
            Files.copy(in, tar);
        }
        Path behind = folder.resolve("d.exe");
        Files.write(behind, Packed.utf8("#!/bin/sh\n"));
        Files.write(behind, Files.readAllBytes(zip), java.nio.file.StandardOpenOption.APPEND);
        for (Path file : List.of(tgz, zip, tar, behind)) {
            assertEquals(new Archive.Tally(2, 2), all(file), file.toString());
            assertEquals(List.of("d/a.txt=first", "d/b.txt=second"), read);
            assertEquals(List.of(), skipped);
        }
        Path single = folder.resolve("e.txt.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(single))) {
            out.write(Packed.utf8("alone"));
        }
        all(single);
        assertEquals(List.of("e.txt=alone"), read);
    }

    @Test
    void aPartIsFoundInAnArchiveInsideAnArchive() throws Exception {
        Path inner = Packed.tgz(folder.resolve("inner.tgz"), two());
        Path outer = Packed.zip(folder.resolve("o.whl"), Map.of("p-1/x/inner.tgz", Files.readAllBytes(inner)));
        assertEquals(
                "second", Archive.part(outer, "x/inner.tgz!/d/b.txt").text().text());
        assertEquals("first", Archive.part(outer, "inner.tgz!/a.txt").text().text());
        for (String part : List.of("x/inner.tgz!/c.txt", "y/inner.tgz!/d/b.txt", "ner.tgz!/d/a.txt")) {
            assertTrue(assertThrows(KitException.class, () -> Archive.part(outer, part))
                    .getMessage()
                    .contains("nothing in it lies at"));
        }
    }

    @Test
    void anArchiveCutAnywhereSaysSoAndGivesWhatCameBefore() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            byte[] noise = new byte[700];
            new Random(i).nextBytes(noise);
            entries.put("f" + i, noise);
        }
        Path tgz = Packed.tgz(folder.resolve("a.tgz"), entries);
        Path tar = folder.resolve("b.tar");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(tgz))) {
            Files.copy(in, tar);
        }
        Path zip = Packed.zip(folder.resolve("c.zip"), entries);
        for (Path file : List.of(tgz, tar, zip)) {
            byte[] whole = Files.readAllBytes(file);
            // The last thousand bytes of a tar are its end mark.
            int last = file.equals(tar) ? whole.length - 1024 : whole.length;
            Path cut = folder.resolve("cut");
            for (int length = 1; length < last; length += 37) {
                Files.write(cut, Arrays.copyOf(whole, length));
                all(cut);
                assertTrue(!skipped.isEmpty(), file + " cut to " + length + " says nothing");
                assertTrue(read.size() <= 5);
            }
            Files.write(cut, Arrays.copyOf(whole, last * 9 / 10));
            all(cut);
            assertTrue(read.size() >= 3, file + " " + read.size());
        }
    }

    @Test
    void aByteThatIsFlippedIsNeverReadAsText() throws Exception {
        Path zip = Packed.zip(folder.resolve("c.zip"), two());
        byte[] whole = Files.readAllBytes(zip);
        Path stored = folder.resolve("s.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(stored))) {
            ZipEntry entry = new ZipEntry("a");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(5);
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            crc.update(Packed.utf8("first"));
            entry.setCrc(crc.getValue());
            out.putNextEntry(entry);
            out.write(Packed.utf8("first"));
        }
        byte[] bytes = Files.readAllBytes(stored);
        bytes[30 + 1] ^= 1;
        all(Files.write(stored, bytes));
        assertEquals(List.of(), read);
        assertEquals(List.of(new Skipped("s.zip a", "damaged: its checksum is another")), skipped);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x11;
            all(Files.write(zip, damaged));
            for (String each : read) {
                assertTrue(each.endsWith("=first") || each.endsWith("=second"), "byte " + at + ": " + each);
            }
        }
    }

    @Test
    void whatIsNoArchiveIsSaidAndAnArchiveThatMustBeWholeIsRefused() throws Exception {
        for (String content : List.of("", "text", "BZh91AY", "x".repeat(2000), "PK")) {
            all(Files.write(folder.resolve("n"), Packed.utf8(content)));
            assertEquals(1, skipped.size(), content + skipped);
        }
        Path cut = Packed.tgz(folder.resolve("a.tgz"), two());
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 60));
        KitException refused = assertThrows(KitException.class, () -> Archive.entries(cut, path -> true));
        assertTrue(refused.getMessage().contains(cut.toString())
                && refused.getMessage().contains("environment/setup"));
        assertTrue(assertThrows(KitException.class, () -> Archive.entries(folder.resolve("gone"), path -> true))
                .getMessage()
                .contains("gone"));
    }

    @Test
    void randomBytesAreSurvived() throws Exception {
        Random random = new Random(5);
        Path tgz = Packed.tgz(folder.resolve("a.tgz"), two());
        Path tar = folder.resolve("b.tar");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(tgz)))) {
            Files.copy(in, tar);
        }
        byte[][] seeds = {
            Files.readAllBytes(tgz), Files.readAllBytes(tar), Files.readAllBytes(Packed.zip(folder.resolve("c"), two()))
        };
        for (int trial = 0; trial < 600; trial++) {
            byte[] bytes = seeds[trial % 3].clone();
            for (int i = 0; i < 1 + trial % 20; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            all(Files.write(folder.resolve("mutated"), bytes));
        }
    }
}
