package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GettextTest {
    @Test
    void compiledCatalogueIsReadInBothByteOrders() throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            byte[] file = compile(
                    order,
                    "",
                    "Content-Type: text/plain",
                    "menu\u0004Open file",
                    "Ouvrir le fichier",
                    "One file\0%d files",
                    "Un fichier\0%d fichiers");
            assertEquals(
                    Map.of("Open file", "Ouvrir le fichier", "One file", "Un fichier"),
                    Gettext.mo(file).messages());
        }
    }

    @Test
    void compiledCatalogueCutAnywhereIsRefusedWithASentence() {
        byte[] file = compile(ByteOrder.LITTLE_ENDIAN, "Open file", "Ouvrir le fichier");
        for (int length = 0; length < file.length - 1; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            IOException e = assertThrows(IOException.class, () -> Gettext.mo(cut), "length " + length);
            assertTrue(e.getMessage().contains("gettext catalogue"), e.getMessage());
        }
    }

    @Test
    void sourceCatalogueLeavesOutHeaderFuzzyAndUntranslatedMessages() {
        String po = """
        msgid ""
        msgstr "Language: fr\\n"

        #: a.py:1
        msgctxt "button"
        msgid "Save"
        msgstr "Enregistrer"

        #, fuzzy
        msgid "Guess"
        msgstr "Devinette"

        msgid "Nothing yet"
        msgstr ""

        msgid ""
        "Two lines, "
        "one \\"message\\""
        msgstr ""
        "Deux lignes, "
        "un \\"message\\""

        msgid "one day"
        msgid_plural "%d days"
        msgstr[0] "un jour"
        msgstr[1] "%d jours"
        """;
        assertEquals(
                Map.of(
                        "Save",
                        "Enregistrer",
                        "Two lines, one \"message\"",
                        "Deux lignes, un \"message\"",
                        "one day",
                        "un jour"),
                Gettext.po(po).messages());
        assertEquals(
                Map.of("marked as fuzzy", 1, "not translated", 1, "a plural form", 1),
                Gettext.po(po).leftOut());
    }

    @Test
    void aCatalogueIsReadInTheEncodingItsHeaderNames() throws IOException {
        byte[] latin = compile(
                Charset.forName("windows-1252"),
                ByteOrder.LITTLE_ENDIAN,
                "",
                "Project: x\nContent-Type: text/plain; charset=windows-1252\n",
                "coffee",
                "caf\u00e9 \u2013");
        assertEquals(Map.of("coffee", "caf\u00e9 \u2013"), Gettext.mo(latin).messages());
        String po =
                "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n\nmsgid\"tea\"\nmsgstr \"th\u00e9\"\n";
        assertEquals(
                Map.of("tea", "th\u00e9"),
                Gettext.po(po.getBytes(StandardCharsets.ISO_8859_1)).messages());
    }

    @Test
    void lengthsAndPlacesOutsideTheFileAreRefusedWhateverTheyAre() {
        for (int field : new int[] {8, 12, 16, 28, 32, 36, 40}) {
            for (int value : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20}) {
                byte[] file = compile(ByteOrder.LITTLE_ENDIAN, "Open file", "Ouvrir le fichier");
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(field, value);
                assertThrows(IOException.class, () -> Gettext.mo(file), field + " is " + value);
            }
        }
        byte[] later = compile(ByteOrder.LITTLE_ENDIAN, "a", "b");
        ByteBuffer.wrap(later).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 2 << 16);
        assertTrue(assertThrows(IOException.class, () -> Gettext.mo(later))
                .getMessage()
                .contains("later format, 2.0"));
    }

    @Test
    void whatASourceCatalogueLeavesOutIsCountedByReason() {
        Gettext.Catalogue catalogue = Gettext.po("""
        msgid "a\\tb\\x41\\101\\r"
        msgstr "c"
        msgctxt "one"
        msgid "Open"
        msgstr "Ouvrir"
        msgctxt "two"
        msgid "Open"
        msgstr "Ouvert"
        nonsense here
        msgid "broken
        #~ msgid "old"
        #~ msgstr "vieux"
        msgid "%d file"
        msgid_plural "%d files"
        msgstr[0] "%d\u30d5"
        """);
        assertEquals(Map.of("a\tbAA\r", "c", "Open", "Ouvrir"), catalogue.messages());
        assertEquals(
                Map.of(
                        "another translation in another context", 1,
                        "a line that is neither comment, keyword nor string", 2,
                        "obsolete", 1,
                        "one translation for singular and plural", 1),
                catalogue.leftOut());
    }

    static byte[] compile(ByteOrder order, String... texts) {
        return compile(StandardCharsets.UTF_8, order, texts);
    }

    /** A catalogue of alternating messages and translations, laid out as msgfmt does. */
    static byte[] compile(Charset charset, ByteOrder order, String... texts) {
        int count = texts.length / 2;
        List<byte[]> bytes = new ArrayList<>();
        int size = 28 + 16 * count;
        int[] offsets = new int[texts.length];
        for (int i = 0; i < texts.length; i++) {
            bytes.add(texts[i].getBytes(charset));
            offsets[i] = size;
            size += bytes.get(i).length + 1;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(order);
        out.putInt(0x950412de)
                .putInt(0)
                .putInt(count)
                .putInt(28)
                .putInt(28 + 8 * count)
                .putInt(0)
                .putInt(0);
        for (int side = 0; side < 2; side++) {
            for (int i = side; i < texts.length; i += 2) {
                out.putInt(bytes.get(i).length).putInt(offsets[i]);
            }
        }
        bytes.forEach(b -> out.put(b).put((byte) 0));
        return out.array();
    }
}
