package kawi.readers;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Inputs that were mutated at random, for tests of parsers. */
public final class Mutations {
    /** Inputs a parser; {@code -Dkawi.fuzz=100000} asks for as many as one likes. */
    public static final int INPUTS = Integer.getInteger("kawi.fuzz", 2000);

    private Mutations() {}

    /** Flips, cuts, doubles, moves and inserts, also pieces that parsers know. */
    public static byte[] of(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        String[] known = {
            "<",
            ">",
            "\"",
            "\0",
            "\r\n",
            "\n\n",
            "WARC/1.0\r\n",
            "Content-Length: 99999999999\r\n",
            "&#0;",
            "{",
            "[[[[",
            "]",
            "PK\3\4",
            "\u001f\u008b",
            "From ",
            "\\u0000",
            "-1",
            "--x",
            "<![CDATA[",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>",
            "Content-Type: multipart/mixed; boundary=\"\"\n\n",
            "{{",
            "]]",
            "\n{|",
            "/Length 99999999999",
            " 1 0 R",
            "endstream"
        };
        for (int n = 1 + random.nextInt(6); n > 0 && bytes.length > 0; n--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            switch (random.nextInt(6)) {
                case 0 -> {
                    bytes[at] ^= (byte) (1 << random.nextInt(8));
                    continue;
                }
                case 1 -> out.write(bytes, 0, at);
                case 2 -> {
                    out.write(bytes, 0, at);
                    out.write(bytes, to, bytes.length - to);
                }
                case 3 -> {
                    out.write(bytes, 0, to);
                    out.write(bytes, at, bytes.length - at);
                }
                case 4 -> {
                    bytes[at] = (byte) random.nextInt(256);
                    continue;
                }
                default -> {
                    out.write(bytes, 0, at);
                    out.writeBytes(known[random.nextInt(known.length)].getBytes(StandardCharsets.ISO_8859_1));
                    out.write(bytes, at, bytes.length - at);
                }
            }
            bytes = out.toByteArray();
        }
        return bytes;
    }
}
