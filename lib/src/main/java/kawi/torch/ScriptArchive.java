package kawi.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript source text as an archive that libtorch loads, with no Python anywhere.
 *
 * <p>The archive is a zip whose entries are stored uncompressed: a pickle that says "one object of class X, with no
 * state", the source of class X, an empty table of constants, and the version of the operator schemas.
 */
final class ScriptArchive {

    private static final Pattern MODULE = Pattern.compile("(?m)^class (\\w+)\\(Module\\):");

    private ScriptArchive() {}

    static void write(Path file, String source) throws IOException {
        Matcher module = MODULE.matcher(source);
        if (!module.find()) {
            throw new IOException("a TorchScript source needs a line 'class Name(Module):'");
        }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            store(zip, "archive/data.pkl", statelessObject(module.group(1)));
            store(zip, "archive/code/__torch__.py", utf8(source));
            store(zip, "archive/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "archive/version", utf8("10\n"));
        }
    }

    /** The pickle program: find the class, make an object, set its two attributes that every module has. */
    private static byte[] statelessObject(String className) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x80);
        out.write(2);
        out.write(utf8("c__torch__\n" + className + "\n"));
        out.write(utf8(")"));
        out.write(0x81);
        out.write(utf8("}("));
        out.write(text("training"));
        out.write(0x88);
        out.write(text("_is_full_backward_hook"));
        out.write(utf8("Nub."));
        return out.toByteArray();
    }

    private static byte[] text(String s) {
        byte[] bytes = utf8(s);
        return ByteBuffer.allocate(bytes.length + 5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'X')
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }
}
