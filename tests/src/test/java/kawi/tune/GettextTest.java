package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
            assertEquals(Map.of("Open file", "Ouvrir le fichier", "One file", "Un fichier"), Gettext.mo(file));
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
                Gettext.po(po));
    }

    /** A catalogue of alternating messages and translations, laid out as msgfmt does. */
    static byte[] compile(ByteOrder order, String... texts) {
        int count = texts.length / 2;
        List<byte[]> bytes = new ArrayList<>();
        int size = 28 + 16 * count;
        int[] offsets = new int[texts.length];
        for (int i = 0; i < texts.length; i++) {
            bytes.add(texts[i].getBytes(StandardCharsets.UTF_8));
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
