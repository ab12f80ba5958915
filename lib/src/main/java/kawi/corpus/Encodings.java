package kawi.corpus;

import com.ibm.icu.text.CharsetDetector;
import com.ibm.icu.text.CharsetMatch;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Encodings under the labels that pages, mails and files give them. A label means what browsers take it for: ISO-8859-1
 * and US-ASCII are Windows-1252, GB2312 and GBK are GB18030, and so on.
 *
 * @see <a href="https://encoding.spec.whatwg.org/#names-and-labels">WHATWG Encoding Standard, names and labels</a>
 */
public final class Encodings {
    static final Charset WESTERN = Charset.forName("windows-1252");

    /** Java's name, then the standard's labels that are more than that name. */
    private static final String TABLE = """
            UTF-8 utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8
            IBM866 866 cp866 csibm866 ibm866
            ISO-8859-2 csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
            ISO-8859-3 csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
            ISO-8859-4 csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
            ISO-8859-5 csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
            ISO-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e
            ISO-8859-6 iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
            ISO-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597
            ISO-8859-7 iso_8859-7 iso_8859-7:1987 sun_eu_greek
            ISO-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598
            ISO-8859-8 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
            ISO-8859-13 iso-8859-13 iso8859-13 iso885913
            ISO-8859-15 csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
            ISO-8859-16 iso-8859-16
            KOI8-R cskoi8r koi koi8 koi8-r koi8_r
            KOI8-U koi8-ru koi8-u
            x-MacRoman csmacintosh mac macintosh x-mac-roman
            x-windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
            windows-1250 cp1250 windows-1250 x-cp1250
            windows-1251 cp1251 windows-1251 x-cp1251
            windows-1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1
            windows-1252 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252
            windows-1253 cp1253 windows-1253 x-cp1253
            windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5
            windows-1254 latin5 windows-1254 x-cp1254
            windows-1255 cp1255 windows-1255 x-cp1255
            windows-1256 cp1256 windows-1256 x-cp1256
            windows-1257 cp1257 windows-1257 x-cp1257
            windows-1258 cp1258 windows-1258 x-cp1258
            x-MacCyrillic x-mac-cyrillic x-mac-ukrainian
            GB18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030
            Big5-HKSCS big5 big5-hkscs cn-big5 csbig5 x-x-big5
            EUC-JP cseucpkdfmtjapanese euc-jp x-euc-jp
            ISO-2022-JP csiso2022jp iso-2022-jp
            windows-31j csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
            x-windows-949 cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601
            x-windows-949 ksc_5601 windows-949
            UTF-16BE unicodefffe utf-16be
            UTF-16LE csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le
            """;

    private static final Map<String, Charset> LABELS = labels();
    /** What the guesser may answer of bytes that are no UTF-8. */
    private static final Set<String> GUESSED = Set.of(
            "Shift_JIS",
            "EUC-JP",
            "EUC-KR",
            "Big5",
            "GB18030",
            "KOI8-R",
            "windows-1251",
            "windows-1252",
            "windows-1253",
            "windows-1255",
            "windows-1256",
            "ISO-8859-1",
            "ISO-8859-5",
            "ISO-8859-6",
            "ISO-8859-7",
            "ISO-8859-8");
    /** Those that differ from Windows-1252 in a few letters only: a short text proves none of them. */
    private static final Set<String> NEAR_WESTERN = Set.of("windows-1250", "windows-1254", "ISO-8859-2", "ISO-8859-9");
    /** Below this, of 100, the guesser knows nothing. */
    private static final int LEAST_CONFIDENCE = 20;

    private static final int LEAST_FOR_NEAR_WESTERN = 33;
    private static final int LEAST_LETTERS = 8;

    private Encodings() {}

    private static Map<String, Charset> labels() {
        Map<String, Charset> labels = new HashMap<>();
        TABLE.lines().forEach(line -> {
            String[] words = line.split(" ");
            for (int i = 1; i < words.length; i++) {
                if (Charset.isSupported(words[0])) {
                    labels.put(words[i], Charset.forName(words[0]));
                }
            }
        });
        return Map.copyOf(labels);
    }

    /**
     * {@return the encoding that a label means, or null where nobody knows it} Labels of the standard first, then the
     * names that Java has, as mails of old systems use them.
     *
     * @param label the label, in any case, with blanks or quotes around it; null is unknown
     */
    public static Charset of(String label) {
        if (label == null) {
            return null;
        }
        String name = label.replaceAll("^[\\s\"']+|[\\s\"']+$", "").toLowerCase(Locale.ROOT);
        Charset known = LABELS.get(name);
        if (known != null) {
            return known;
        }
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether a label says that every byte is ASCII, so that it says nothing of those that are not. */
    static boolean isAscii(String label) {
        return label != null && label.strip().toLowerCase(Locale.ROOT).matches("us-ascii|ascii|ansi_x3\\.4-1968");
    }

    /** The encoding of a byte-order mark at the beginning, or null where there is none. */
    static Charset marked(byte[] bytes) {
        if (bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf) {
            return StandardCharsets.UTF_8;
        }
        if (bytes.length >= 2 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe) {
            return StandardCharsets.UTF_16LE;
        }
        return bytes.length >= 2 && bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff
                ? StandardCharsets.UTF_16BE
                : null;
    }

    /** What bytes that are no UTF-8 most likely are: what ICU finds, and Windows-1252 where it is not sure. */
    static Charset guess(byte[] sample) {
        long beyond = 0;
        for (byte b : sample) {
            beyond += b < 0 ? 1 : 0;
        }
        int needed = beyond < LEAST_LETTERS ? 101 : LEAST_FOR_NEAR_WESTERN;
        for (CharsetMatch match : new CharsetDetector().setText(sample).detectAll()) {
            if (match.getConfidence() < LEAST_CONFIDENCE) {
                break;
            }
            if (GUESSED.contains(match.getName())
                    || NEAR_WESTERN.contains(match.getName()) && match.getConfidence() >= needed) {
                return of(match.getName());
            }
        }
        return cyrillic(sample);
    }

    /**
     * The Cyrillic encoding in which bytes are words of small letters, and Windows-1252 where they are in none: ICU
     * misses short Russian texts, and KOI8-R read as Windows-1251 has its capitals and small letters exchanged.
     */
    private static Charset cyrillic(byte[] sample) {
        for (String name : List.of("windows-1251", "KOI8-R", "IBM866", "ISO-8859-5")) {
            String text = new String(sample, Charset.forName(name));
            long beyond = text.chars().filter(c -> c >= 0x80).count();
            long small =
                    text.chars().filter(c -> c >= '\u0430' && c <= '\u045f').count();
            if (beyond > 0.3 * text.length() && small > 0.8 * beyond) {
                return Charset.forName(name);
            }
        }
        return WESTERN;
    }

    /** UTF-16 without a mark: every other byte of most of the beginning is zero. Null where it is not that. */
    static Charset unmarkedUtf16(byte[] head) {
        int pairs = Math.min(head.length, 4096) / 2;
        int even = 0;
        int odd = 0;
        for (int i = 0; i < pairs; i++) {
            even += head[2 * i] == 0 ? 1 : 0;
            odd += head[2 * i + 1] == 0 ? 1 : 0;
        }
        if (pairs < 4 || Math.max(even, odd) < 0.7 * pairs || Math.min(even, odd) > 0.05 * pairs) {
            return null;
        }
        return odd > even ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
    }
}
