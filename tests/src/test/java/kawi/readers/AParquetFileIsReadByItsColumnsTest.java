package kawi.readers;

import static kawi.readers.Packed.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parquet files of three libraries ({@code tests/oracles/parquet_files.py}) become the rows that they were made of. */
class AParquetFileIsReadByItsColumnsTest {
    private static final Path FILES =
            Path.of(System.getProperty("kawi.home"), "tests/src/test/resources/kawi/readers/parquet");

    @TempDir
    Path folder;

    private Path mine;

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    static List<String> written() throws Exception {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("(arrow|polars|duckdb).*"))
                    .sorted()
                    .toList();
        }
    }

    private static byte[] bytes(String name) throws Exception {
        return Files.readAllBytes(FILES.resolve(name + ".parquet"));
    }

    private Reading read(byte[] bytes, String... more) throws Exception {
        Files.write(mine.resolve("a.parquet"), bytes);
        return Packed.read(
                Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"" + String.join("", more) + "}"), "mine");
    }

    private static List<String> texts(Reading reading) {
        return reading.documents().stream().map(each -> each.text().strip()).toList();
    }

    @ParameterizedTest
    @MethodSource("written")
    void everyCodecAndEncodingGivesTheRowsThatWereWritten(String name) throws Exception {
        Reading reading = read(Files.readAllBytes(FILES.resolve(name)));
        List<String> wanted = new ArrayList<>();
        int without = 0;
        for (JsonNode row :
                new ObjectMapper().readTree(FILES.resolve("rows.json").toFile())) {
            if (row.path("text").isNull()) {
                without++;
            } else {
                wanted.add(String.join(
                        "|",
                        row.path("text").asText(),
                        row.path("title").asText(),
                        row.path("year").asText(),
                        row.path("license").asText()));
            }
        }
        assertEquals(
                wanted,
                reading.documents().stream()
                        .map(each -> each.text() + "|" + each.title() + "|" + each.year() + "|" + each.licence())
                        .toList());
        assertEquals("a.parquet row 2", reading.documents().get(1).url());
        assertEquals("a.parquet: " + without + " rows without a text", said(reading.skipped()));
    }

    @Test
    void whatIsNotReadIsNamed() throws Exception {
        Reading reading = read(bytes("arrow-snappy-1"));
        assertTrue(
                said(reading.repaired()).contains("a.parquet: 3 columns not read: messages, meta.lang, picture"),
                said(reading.repaired()));
        assertEquals(
                "a.parquet: no text, only name, age",
                said(read(bytes("no-text")).skipped()));
        assertEquals(
                "a.parquet: no text: \"text\" is a number",
                said(read(bytes("number")).skipped()));
        assertEquals("a.parquet: no rows", said(read(bytes("none")).skipped()));
    }

    @Test
    void theTextIsChosenAsInAnObject() throws Exception {
        assertEquals(List.of("one", "three"), texts(read(bytes("nested"), ", \"textField\": \"message.content\"")));
        assertTrue(read(bytes("nested")).documents().isEmpty());
        assertEquals(
                List.of("Title 0", "Title 1"),
                texts(read(bytes("polars"), ", \"textField\": \"title\"")).subList(0, 2));
        assertEquals(List.of("one\n\ntwo", "three"), texts(read(bytes("lists"))));
    }

    @Test
    void bytesThatAreTextAreReadAndOthersAreSaid() throws Exception {
        Reading reading = read(bytes("bytes"));
        assertEquals(List.of("caf\u00e9"), texts(reading));
        assertTrue(
                said(reading.repaired()).contains("values of text that are bytes and no text, not read: 1"),
                said(reading.repaired()));
    }

    @Test
    void aDamagedByteOfATextCostsACharacterAndIsSaid() throws Exception {
        byte[] file = bytes("arrow-none-1");
        file[indexOf(file, "Row 30. ")] = (byte) 0xff;
        Reading reading = read(file);
        assertTrue(
                texts(reading).stream().anyMatch(each -> each.startsWith("\ufffdow 30. ")),
                texts(reading).toString());
        assertTrue(
                said(reading.repaired())
                        .contains("values of text with bytes that are no UTF-8, U+FFFD in their place: 1"),
                said(reading.repaired()));
    }

    @Test
    void aDayAndAMomentHaveAYear() throws Exception {
        assertEquals(1911, read(bytes("days")).documents().get(0).year());
        assertEquals(1911, read(bytes("moments")).documents().get(0).year());
    }

    private static List<Integer> years(Reading reading) {
        List<Integer> years = new ArrayList<>();
        reading.documents().forEach(each -> years.add(each.year()));
        return years;
    }

    @Test
    void aNumberIsReadHoweverItIsWritten() throws Exception {
        for (String name : List.of("split-int", "split-float", "decimals", "decimals-int", "sums")) {
            Reading reading = read(bytes(name));
            assertEquals(List.of("Row 0.", "Row 1.", "Row 2."), texts(reading), name);
            assertEquals(Arrays.asList(1911, null, 1913), years(reading), name);
            assertEquals(List.of(), reading.repaired(), name);
        }
    }

    @Test
    void whatIsNoYearAndNoTextOfAColumnIsSaidAsThat() throws Exception {
        Reading hours = read(bytes("hours"));
        assertEquals(Arrays.asList(null, null, null), years(hours));
        assertEquals("a.parquet: 1 column not read: date", said(hours.repaired()));
        Reading twice = read(bytes("twice"));
        assertEquals(List.of("first"), texts(twice));
        assertEquals("a.parquet: 1 column not read: text (another column of that name)", said(twice.repaired()));
        assertEquals(List.of("four", "five"), texts(read(bytes("fixed"))));
        assertEquals(
                "a.parquet: 2 rows without a text", said(read(bytes("nulls")).skipped()));
    }

    @Test
    void aColumnThatCannotBeReadCostsTheRowsOnlyWhereTheyAreNothingWithoutIt() throws Exception {
        Reading reading = read(bytes("encrypted-title"));
        assertEquals(List.of("Row 0.", "Row 1.", "Row 2."), texts(reading));
        assertEquals("MIT", reading.documents().get(0).licence());
        assertEquals("a.parquet after row 0: column title encrypted; not read up to row 3", said(reading.repaired()));
        for (String needed : List.of("text", "license")) {
            Reading none = read(bytes("encrypted-" + needed));
            assertEquals(List.of(), texts(none));
            assertEquals(
                    "a.parquet after row 0: column " + needed
                            + " encrypted; no further row of its group was read, up to row 3",
                    said(none.skipped()));
        }
    }

    @Test
    void aPageWhoseChecksumIsAnotherIsNotReadAsIfItWereWhole() throws Exception {
        byte[] file = bytes("sums");
        file[indexOf(file, "Row 1.")] = 'B';
        Reading reading = read(file);
        assertEquals(List.of(), texts(reading));
        assertTrue(
                said(reading.skipped()).contains("column text damaged: a page whose checksum is another"),
                said(reading.skipped()));
    }

    @Test
    void rowsThatAreNotThereAndValuesBehindTheRowsAreSaid() throws Exception {
        byte[] file = bytes("nulls"); // 2 rows, as its footer says for itself, for its group and for its column
        int at = file.length - 8;
        int footer = java.nio.ByteBuffer.wrap(file, at, 4)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getInt();
        List<Integer> places = new ArrayList<>();
        for (int i = at - footer; i < at - 1; i++) {
            if (file[i] == 0x16 && file[i + 1] == 4) { // a number of 64 bits that is 2
                places.add(i + 1);
            }
        }
        List<String> said = new ArrayList<>();
        for (int place : places) {
            byte[] other = file.clone();
            other[place] = 2;
            said.add(said(read(other).skipped()));
        }
        assertTrue(said.toString().contains("damaged: says that it has 1 rows, and has 2"), said.toString());
        assertTrue(said.toString().contains("column text has more values up to row 1 than rows"), said.toString());
    }

    @Test
    void itIsReadPackedAndInAnArchive() throws Exception {
        Packed.zip(mine.resolve("b.zip"), Map.of("c.parquet", bytes("lists")));
        Files.write(mine.resolve("d.parquet.zst"), com.github.luben.zstd.Zstd.compress(bytes("lists")));
        Reading reading = read(bytes("days"));
        assertEquals(List.of("one", "one\n\ntwo", "three", "one\n\ntwo", "three"), texts(reading));
    }

    @Test
    void damageCostsAGroupOfRowsAndIsSaid() throws Exception {
        byte[] file = bytes("arrow-none-1");
        int at = indexOf(file, "Row 30. ");
        file[at - 4] = (byte) 0xff; // the length of a value
        file[at - 1] = (byte) 0x7f;
        Reading reading = read(file);
        String all = String.join("\n", texts(reading));
        assertTrue(all.contains("Row 24. ") && all.contains("Row 50. ") && !all.contains("Row 49. "), all);
        assertTrue(said(reading.skipped()).contains("column text damaged: a value of"), said(reading.skipped()));
        byte[] cut = Arrays.copyOf(file, file.length - 20);
        assertEquals(
                "a.parquet: cut short: what it says of itself stands at its end",
                said(read(cut).skipped()));
        assertEquals(
                "a.parquet: no Parquet file, or one that is cut short",
                said(read(new byte[30]).skipped()));
        byte[] encrypted = bytes("days");
        encrypted[encrypted.length - 1] = 'E';
        assertEquals("a.parquet: encrypted, not read", said(read(encrypted).skipped()));
    }

    /** One value that a dictionary holds, for more rows than any text has. */
    @Test
    void aFileThatUnpacksToFarMoreThanItsSizeIsLeft() throws Exception {
        byte[] dictionary = plain("words ".repeat(2000));
        byte[] dictionaryHead = struct(1, 2, 2, dictionary.length, 3, dictionary.length, 7, new int[] {1, 1, 2, 0});
        int rows = 1_000_000;
        byte[] page = {1, 0, 0, 0, 0};
        ByteBuffer run = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        run.put((byte) 1);
        for (int head = rows << 1; ; head >>>= 7) {
            run.put((byte) (head < 128 ? head : head & 127 | 128));
            if (head < 128) {
                break;
            }
        }
        run.put((byte) 0);
        page = Arrays.copyOf(run.array(), run.position());
        byte[] pageHead = struct(1, 0, 2, page.length, 3, page.length, 5, new int[] {1, rows, 2, 8, 3, 3, 4, 3});
        byte[] all = join(new byte[] {'P', 'A', 'R', '1'}, dictionaryHead, dictionary, pageHead, page);
        int length = all.length - 4;
        byte[] chunk = struct(1, 6, 4, 0, 5, rows, 7, length, 9, 4 + dictionaryHead.length + dictionary.length, 11, 4);
        byte[] root = join(new byte[] {0x48, 1, 'r'}, new byte[] {0x15, 2, 0});
        byte[] text = join(new byte[] {0x15, 12, 0x25, 0, 0x18, 4}, "text".getBytes(), new byte[] {0});
        byte[] group = join(new byte[] {0x19, 0x1c, 0x3c}, chunk, new byte[] {0, 0x26}, zigzag(rows), new byte[] {0});
        byte[] footer = join(
                new byte[] {0x15, 2, 0x19, 0x2c},
                root,
                text,
                new byte[] {0x16},
                zigzag(rows),
                new byte[] {0x19, 0x1c},
                group,
                new byte[] {0});
        byte[] tail = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(footer.length)
                .put("PAR1".getBytes())
                .array();
        Reading reading = read(join(all, footer, tail));
        assertTrue(
                said(reading.skipped()).contains("unpacks to more than 200 times its size"), said(reading.skipped()));
        assertTrue(reading.offered() > 1000 && reading.bytes() < 70_000_000, reading.offered() + " " + reading.bytes());
        assertNull(reading.documents().get(0).title());
    }

    private static byte[] plain(String value) {
        byte[] text = value.getBytes();
        return join(
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(text.length)
                        .array(),
                text);
    }

    /** A struct of Thrift: numbers of fields and their values, or the fields of a struct. */
    private static byte[] struct(Object... fields) {
        byte[] all = {};
        int last = 0;
        for (int i = 0; i < fields.length; i += 2) {
            int id = (Integer) fields[i];
            Object value = fields[i + 1];
            int type = value instanceof int[] ? 12 : 6;
            byte[] said = type == 6
                    ? zigzag((Integer) value)
                    : struct(Arrays.stream((int[]) value).boxed().toArray());
            all = join(all, new byte[] {(byte) (id - last << 4 | type)}, said);
            last = id;
        }
        return join(all, new byte[] {0});
    }

    private static byte[] zigzag(int number) {
        long left = (long) number << 1;
        byte[] all = {};
        for (; left >= 128; left >>>= 7) {
            all = join(all, new byte[] {(byte) (left & 127 | 128)});
        }
        return join(all, new byte[] {(byte) left});
    }

    private static byte[] join(byte[]... parts) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
