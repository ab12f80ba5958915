package kawi.cluster;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import kawi.Kit;
import kawi.torch.CpuFlags;
import org.apache.spark.SparkEnv;

/**
 * What an executor says of itself when it is first spoken to.
 *
 * @param executor its number with Spark
 * @param host the address that it listens on
 * @param port for what others fetch from it
 * @param pid of its process
 * @param kit a checksum over the kit's classes
 * @param cpu its maker and the widest instructions that PyTorch uses
 * @param gpu the address of the GPU that it was given; null without
 */
record Introduction(int executor, String host, int port, long pid, String kit, String cpu, String gpu)
        implements Serializable {

    /** Asks for it. */
    record Ask() implements Task<Integer, Introduction> {
        @Override
        public Introduction run(Integer input) {
            return new Introduction(
                    Integer.parseInt(SparkEnv.get().executorId()),
                    SparkEnv.get().blockManager().blockManagerId().host(),
                    SparkEnv.get().blockManager().blockManagerId().port(),
                    ProcessHandle.current().pid(),
                    kitHere(),
                    cpuHere(),
                    Gpus.mine());
        }
    }

    static String cpuHere() {
        return (CpuFlags.maker() + " " + CpuFlags.capability()).strip();
    }

    /** {@return a checksum over the classes of the kit, its jars' dates and places left out} */
    static String kitHere() {
        CRC32C sum = new CRC32C();
        for (Class<?> each : new Class<?>[] {Kit.class, Cluster.class}) {
            classes(each).forEach((name, crc) -> {
                sum.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                sum.update(Long.toHexString(crc).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            });
        }
        return Long.toHexString(sum.getValue());
    }

    private static Map<String, Long> classes(Class<?> type) {
        Map<String, Long> classes = new TreeMap<>();
        try {
            Path home = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isRegularFile(home)) {
                try (ZipFile jar = new ZipFile(home.toFile())) {
                    jar.stream()
                            .filter(each -> each.getName().endsWith(".class"))
                            .forEach((ZipEntry each) -> classes.put(each.getName(), each.getCrc()));
                }
            } else {
                try (Stream<Path> files = Files.walk(home)) {
                    for (Path file : files.filter(each -> each.toString().endsWith(".class"))
                            .toList()) {
                        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
                        crc.update(Files.readAllBytes(file));
                        classes.put(home.relativize(file).toString().replace('\\', '/'), crc.getValue());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the address of a class that was loaded can be read", e);
        }
        return classes;
    }
}
