package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GunzipTest {

    private static byte[] packed(byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void membersOfEveryKindAreReadAsJavaReadsThem() throws Exception {
        Random random = new Random(5);
        byte[] all = new byte[0];
        byte[] packed = new byte[0];
        for (int i = 0; i < 20; i++) {
            byte[] part = new byte[random.nextInt(200_000)];
            for (int j = 0; j < part.length; j++) {
                part[j] = (byte) random.nextInt(1 + random.nextInt(256));
            }
            all = joined(all, part);
            packed = joined(packed, packed(part));
        }
        assertArrayEquals(
                all,
                new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(),
                "as Java reads several members");
        assertArrayEquals(all, new Gunzip(new ByteArrayInputStream(packed)).readAllBytes());
    }
}
