package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {
    @TempDir
    Path cache;

    @Test
    void movieSentencesAreLabelledByRatingAndMildOnesLeftOut() throws IOException {
        byte[] sentences =
                "1\t2.3\tA joy.\n2\t-0.4\tSo so.\n3\t-1.9\tL\u00e9a\u2019s worst.\nno columns\n4\tfive\tFine.\n"
                        .getBytes(Charset.forName("windows-1252"));
        Files.write(
                cache.resolve("vaderSentiment-3.3.2.tar.gz"),
                tar(
                        "v/additional_resources/hutto_ICWSM_2014.tar.gz",
                        tar("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt", sentences)));
        assertEquals(
                List.of(
                        Example.of("strong", "", "A joy.", List.of("positive")),
                        Example.of("clear", "", "L\u00e9a\u2019s worst.", List.of("negative"))),
                movies().examples());
        assertEquals(
                Map.of(
                        "rated nearer to zero than 0.5", 1,
                        "a line without id, rating and text", 1,
                        "its rating is no number", 1),
                movies().leftOut());
        assertEquals(Map.of("not UTF-8, read as Windows-1252", 1), movies().readOtherwise());
        assertEquals(
                movies().readOtherwise(),
                Examples.split(movies(), 1, 1).readOtherwise(),
                "what was guessed is not lost");
    }

    private static final String TABLE = "hutto_ICWSM_2014.tar.gz!/movieReviewSnippets_GroundTruth.txt";

    private Pool movies() {
        return MovieSentences.read(cache.resolve("vaderSentiment-3.3.2.tar.gz"), TABLE);
    }

    @Test
    void softwareMessagesKeepPairsOfThreeToTwentyFiveWords() throws IOException {
        try (OutputStream out = Files.newOutputStream(cache.resolve("django-5.2.19-py3-none-any.whl"));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("django/conf/locale/fr/LC_MESSAGES/django.mo"));
            zip.write(GettextTest.compile(
                    ByteOrder.LITTLE_ENDIAN,
                    "Save",
                    "Enregistrer",
                    "Delete the %(name)s file",
                    "Supprimer le fichier %(name)s"));
            zip.putNextEntry(new ZipEntry("django/conf/locale/de/LC_MESSAGES/django.mo"));
            zip.write(new byte[3]);
        }
        // The name of the file says nothing of what is in it.
        Files.move(cache.resolve("django-5.2.19-py3-none-any.whl"), cache.resolve("renamed.zip"));
        Pool pool = SoftwareMessages.read(List.of(cache.resolve("renamed.zip")));
        List<Example> examples = pool.examples();
        assertEquals(Map.of("not 3 to 25 words on one line without markup", 1), pool.leftOut());
        assertEquals(
                List.of(Example.of("Django", "", "Delete the %(name)s file", List.of("Supprimer le fichier %(name)s"))),
                examples);
    }

    @Test
    void everyTaskLoadsItsDataInOneWayAndNamesTheSourceThatIsNotThere() throws IOException {
        Path json = cache.resolve("catalog.json");
        Files.writeString(json, "{\"sources\": []}");
        Catalog catalog = Catalog.open(json);
        for (TaskData data : TaskData.values()) {
            String said =
                    assertThrows(KitException.class, () -> data.pool(catalog)).getMessage();
            assertTrue(said.contains(data.id()), said);
        }
        for (Runnable task : List.<Runnable>of(
                () -> Sentiment.examples(catalog, 1, 1),
                () -> Translation.examples(catalog, 1, 1),
                () -> QuestionAnswering.examples(catalog, 1, 1),
                () -> MethodSummaries.examples(catalog, 1, 1))) {
            KitException e = assertThrows(KitException.class, task::run);
            assertTrue(Arrays.stream(TaskData.values())
                    .anyMatch(data -> e.getMessage().contains(data.id())));
            assertTrue(
                    Arrays.stream(e.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(TaskData.class.getName())),
                    "by the one way");
        }
    }

    @Test
    void missingOrBrokenPackagesSayWhatToDo() throws IOException {
        for (Runnable reader :
                List.<Runnable>of(() -> SoftwareMessages.read(List.of()), () -> MethodDocs.read(List.of()))) {
            KitException e = assertThrows(KitException.class, reader::run);
            assertTrue(e.getMessage().contains("environment/setup"), e.getMessage());
        }
        Files.write(cache.resolve("vaderSentiment-3.3.2.tar.gz"), new byte[] {31, (byte) 139, 8, 0, 1});
        KitException e = assertThrows(KitException.class, this::movies);
        assertTrue(
                e.getMessage().contains("vaderSentiment-3.3.2.tar.gz")
                        && e.getMessage().contains("environment/setup"),
                e.getMessage());
    }

    /**
     * A compressed tar of one file: header of 512 bytes (POSIX ustar: name, mode, size and checksum in octal), content,
     * padding.
     */
    private static byte[] tar(String path, byte[] content) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(512);
        header.put(0, path.getBytes(StandardCharsets.US_ASCII))
                .put(100, "0000644\0".getBytes(StandardCharsets.US_ASCII));
        header.put(124, "%011o\0".formatted(content.length).getBytes(StandardCharsets.US_ASCII))
                .put(156, (byte) '0');
        header.put(257, "ustar\00000".getBytes(StandardCharsets.US_ASCII))
                .put(148, " ".repeat(8).getBytes(StandardCharsets.US_ASCII));
        int sum = 0;
        for (byte b : header.array()) {
            sum += b & 0xff;
        }
        header.put(148, "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(header.array());
            out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
            out.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }
}
