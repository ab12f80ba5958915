package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bytes become the text that a browser would show, and damage costs the damaged place alone. */
class EncodingsOfTheWebTest {
    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] with(String before, int bad, String after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        all.write(bad);
        all.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    @Test
    void oneBadByteCostsOneCharacter() {
        for (String declared : new String[] {null, "utf-8", "UTF8"}) {
            Decoded decoded = Decoded.of(with("Caf\u00e9 \u65e5\u672c", 0xff, " tea"), declared);
            assertEquals("Caf\u00e9 \u65e5\u672c\ufffd tea", decoded.text());
            assertEquals("1 place that is no UTF-8, U+FFFD there", decoded.note());
        }
        Decoded marked = Decoded.of(with("\ufeffCaf\u00e9 \u65e5\u672c", 0x92, ""));
        assertEquals("Caf\u00e9 \u65e5\u672c\ufffd", marked.text());
        Decoded cut = Decoded.of(with("\u65e5\u672c", 0xe6, ""));
        assertEquals("\u65e5\u672c\ufffd", cut.text());
        Decoded japanese = Decoded.of(new byte[] {(byte) 0x93, (byte) 0xfa, (byte) 0xff, 'x'}, "shift_jis");
        assertEquals("\u65e5\ufffdx", japanese.text());
        assertTrue(japanese.note().contains("shift_jis"), japanese.note());
    }

    @Test
    void aLabelMeansWhatBrowsersTakeItFor() {
        for (String label : List.of("ISO-8859-1", " latin1 ", "\"iso8859-1\"", "windows-1252", "CP1252")) {
            assertEquals("don\u2019t", Decoded.of(latin1("don\u0092t"), label).text(), label);
        }
        byte[] chinese = "\u4e2d\u6587\u9555".getBytes(Charset.forName("GB18030"));
        for (String label : List.of("gb2312", "GBK", "x-gbk", "gb18030", "chinese")) {
            assertEquals(new Decoded("\u4e2d\u6587\u9555", null), Decoded.of(chinese, label), label);
        }
        assertEquals(Charset.forName("windows-31j"), Encodings.of("x-sjis"));
        assertEquals(Charset.forName("windows-1254"), Encodings.of("latin5"));
        assertEquals(Charset.forName("x-windows-949"), Encodings.of("ks_c_5601-1987"));
        assertEquals(Charset.forName("x-windows-874"), Encodings.of("TIS-620"));
        assertEquals(StandardCharsets.UTF_16LE, Encodings.of("utf-16"));
        assertNull(Encodings.of("no-such-thing"));
        assertNull(Encodings.of(""));
        assertNull(Encodings.of(null));
    }

    @Test
    void asciiSaysNothingOfOtherBytes() {
        assertEquals(
                "caf\u00e9",
                Decoded.of("caf\u00e9".getBytes(StandardCharsets.UTF_8), "us-ascii")
                        .text());
        assertEquals("caf\u00e9", Decoded.of(latin1("caf\u00e9"), "us-ascii").text());
    }

    @Test
    void aDeclarationThatEveryByteRefutesIsLeft() {
        Decoded decoded = Decoded.of("caf\u00e9 na\u00efve".getBytes(Charset.forName("windows-1252")), "utf-8");
        assertEquals("caf\u00e9 na\u00efve", decoded.text());
        assertEquals("not utf-8, read as Windows-1252", decoded.note());
    }

    @Test
    void theMarkGoesFirstAndUtf16IsReadWithOrWithoutIt() {
        byte[] marked = "\ufeffna\u00efve text".getBytes(StandardCharsets.UTF_16BE);
        assertEquals("na\u00efve text", Decoded.of(marked, "iso-8859-1").text());
        byte[] bare = "A plain line of text, and another.".getBytes(StandardCharsets.UTF_16LE);
        assertEquals("A plain line of text, and another.", Decoded.of(bare).text());
    }

    @Test
    void whatNobodyDeclaresIsGuessed() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(
                "shift_jis",
                "\u79c1\u306f\u732b\u3067\u3042\u308b\u3002\u540d\u524d\u306f\u307e\u3060\u7121\u3044\u3002\u3069\u3053\u3067\u751f\u308c\u305f\u304b\u3068\u3093\u3068\u898b\u5f53\u304c\u3064\u304b\u306c\u3002");
        texts.put("euc-jp", texts.get("shift_jis"));
        texts.put("iso-2022-jp", texts.get("shift_jis"));
        texts.put(
                "gb18030",
                "\u8fd9\u662f\u4e00\u4e2a\u7528\u4e2d\u6587\u5199\u7684\u53e5\u5b50\uff0c\u6211\u4eec\u5e0c\u671b\u5b83\u80fd\u88ab\u6b63\u786e\u5730\u8bfb\u51fa\u6765\u3002\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002");
        texts.put(
                "big5",
                "\u9019\u662f\u4e00\u500b\u7528\u4e2d\u6587\u5beb\u7684\u53e5\u5b50\uff0c\u6211\u5011\u5e0c\u671b\u5b83\u80fd\u88ab\u6b63\u78ba\u5730\u8b80\u51fa\u4f86\u3002\u4eca\u5929\u5929\u6c23\u5f88\u597d\u3002");
        texts.put(
                "euc-kr",
                "\uc774\uac83\uc740 \ud55c\uad6d\uc5b4\ub85c \uc4f4 \ubb38\uc7a5\uc785\ub2c8\ub2e4. \uc624\ub298\uc740 \ub0a0\uc528\uac00 \uc544\uc8fc \uc88b\uc2b5\ub2c8\ub2e4. \uc6b0\ub9ac\ub294 \uc0b0\ucc45\uc744 \uac14\ub2e4.");
        texts.put(
                "windows-1251",
                "\u0412 \u043d\u0430\u0447\u0430\u043b\u0435 \u0438\u044e\u043b\u044f, \u0432 \u0447\u0440\u0435\u0437\u0432\u044b\u0447\u0430\u0439\u043d\u043e \u0436\u0430\u0440\u043a\u043e\u0435 \u0432\u0440\u0435\u043c\u044f, \u043f\u043e\u0434 \u0432\u0435\u0447\u0435\u0440, \u043e\u0434\u0438\u043d \u043c\u043e\u043b\u043e\u0434\u043e\u0439 \u0447\u0435\u043b\u043e\u0432\u0435\u043a \u0432\u044b\u0448\u0435\u043b \u0438\u0437 \u0441\u0432\u043e\u0435\u0439 \u043a\u0430\u043c\u043e\u0440\u043a\u0438.");
        texts.put("koi8-r", texts.get("windows-1251"));
        texts.put(
                "windows-1253",
                "\u0391\u03c5\u03c4\u03cc \u03b5\u03af\u03bd\u03b1\u03b9 \u03ad\u03bd\u03b1 \u03ba\u03b5\u03af\u03bc\u03b5\u03bd\u03bf \u03b3\u03c1\u03b1\u03bc\u03bc\u03ad\u03bd\u03bf \u03c3\u03c4\u03b1 \u03b5\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac \u03ba\u03b1\u03b9 \u03c0\u03c1\u03ad\u03c0\u03b5\u03b9 \u03bd\u03b1 \u03b4\u03b9\u03b1\u03b2\u03b1\u03c3\u03c4\u03b5\u03af \u03c3\u03c9\u03c3\u03c4\u03ac.");
        texts.put(
                "windows-1252",
                "Die M\u00e4nner gingen \u00fcber die Stra\u00dfe, und \u201eniemand\u201c hat sie gefragt, warum sie so fr\u00f6hlich waren.");
        texts.put(
                "windows-1250",
                "Za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105 ja\u017a\u0144, powiedzia\u0142 ksi\u0105\u017c\u0119 i poszed\u0142 do \u0142\u00f3\u017cka spa\u0107, bo by\u0142 zm\u0119czony. Nast\u0119pnego dnia wsta\u0142 wcze\u015bnie, \u017ceby zobaczy\u0107 s\u0142o\u0144ce nad rzek\u0105.");
        texts.put(
                "windows-1254",
                "Bug\u00fcn hava \u00e7ok g\u00fczel, \u00e7ocuklar bah\u00e7ede oynuyor ve \u015fark\u0131 s\u00f6yl\u00fcyorlar; \u0130stanbul'da \u0131\u015f\u0131klar yand\u0131.");
        Map<String, String> wrong = new LinkedHashMap<>();
        texts.forEach((label, text) -> {
            String read = Decoded.of(text.getBytes(Encodings.of(label))).text();
            if (!read.equals(text)) {
                wrong.put(label, read);
            }
        });
        assertEquals(Map.of(), wrong);
    }
}
