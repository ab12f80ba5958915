package kawi.cluster;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.reflect.ClassTag$;

/** What tests let executors do that the kit itself would not. */
final class WorkersOfTests {
    private WorkersOfTests() {}

    /** The kit's class path and the tests' classes after it. */
    static String classPath() {
        try {
            return WorkerClassPath.text()
                    + File.pathSeparator
                    + Path.of(WorkersOfTests.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static ClusterSettings local(int workers) {
        return ClusterSettings.local(workers).memory("512m").classPath(classPath());
    }

    /** Gives back what it is given. */
    record Echo() implements Task<String, String> {
        @Override
        public String run(String input) {
            return input;
        }
    }

    /** Takes more heap than there is. */
    record Glutton() implements Task<Integer, Integer> {
        @Override
        public Integer run(Integer input) {
            List<long[]> all = new ArrayList<>();
            while (all.size() < 10_000) {
                all.add(new long[1 << 20]);
            }
            return all.size();
        }
    }

    /** Keeps megabytes on the worker's disk, as Spark does with what memory does not hold. */
    record Hoarder() implements Task<Integer, Integer> {
        @Override
        public Integer run(Integer megabytes) {
            for (int i = 0; i < megabytes; i++) {
                SparkEnv.get()
                        .blockManager()
                        .putBytes(
                                new TestBlockId("hoard-" + i),
                                new ChunkedByteBuffer(ByteBuffer.allocate(1 << 20)),
                                StorageLevel.DISK_ONLY(),
                                true,
                                ClassTag$.MODULE$.apply(byte[].class));
            }
            return megabytes;
        }
    }

    /** Opens PyTorch on the GPU that Spark gave, and says how that went. */
    record GpuOpened() implements Task<Integer, String> {
        @Override
        public String run(Integer input) {
            String device = "gpu" + Gpus.mine();
            try (Torch torch = Torch.open(device, 1, 1)) {
                return torch.arithmetic().device();
            } catch (KitException e) {
                return e.getMessage();
            }
        }
    }

    /** Works until it is told to stop. */
    record Patient() implements Task<Integer, Integer> {
        @Override
        public Integer run(Integer seconds) throws InterruptedException {
            Thread.sleep(1000L * seconds);
            return seconds;
        }
    }
}
