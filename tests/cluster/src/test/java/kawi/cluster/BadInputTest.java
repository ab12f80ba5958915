package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.torch.CpuFlags;
import kawi.torch.Torch;
import kawi.train.Schedule;
import kawi.train.Trainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong with the machines of a cluster, and the sentence for each. */
class BadInputTest {
    @TempDir
    static Path folder;

    private static Torch torch;
    private static SmallTraining small;

    @BeforeAll
    static void open() {
        torch = SmallTraining.engine();
        small = new SmallTraining(torch, folder, 8);
    }

    @AfterAll
    static void close() {
        Cluster.running().ifPresent(Cluster::close);
        small.close();
    }

    private static String refused(org.junit.jupiter.api.function.Executable work) {
        return assertThrows(KitException.class, work).getMessage();
    }

    @Test
    void aWorkerWithoutJavaIsNamed() {
        String said = refused(() -> Cluster.start(WorkersOfTests.local(1)
                .environment("JAVA_HOME", folder.resolve("nowhere").toString())));
        assertTrue(said.contains("worker 0") && said.contains("never came to work"), said);
        assertTrue(said.contains("nowhere/bin/java"), said);
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            String said = refused(() -> Cluster.start(WorkersOfTests.local(1).port(Math.max(1024, port))));
            assertTrue(said.contains("Port " + port + " of 127.0.0.1 is taken"), said);
        }
        for (int port : new int[] {0, 80, 65001}) {
            assertTrue(refused(() -> ClusterSettings.local(1).port(port)).contains("1024 to 65000"));
        }
    }

    /** One cluster for what goes wrong in a job: it is there afterwards. */
    @Test
    void aJobThatCannotSucceedSaysWhyAndTheClusterStays() throws Exception {
        Cluster cluster = Cluster.start(WorkersOfTests.local(2)
                .environment("ATEN_CPU_CAPABILITY", CpuFlags.capability().equals("AVX2") ? "default" : "avx2"));
        List<Integer> both = List.of(0, 1);

        String heap = refused(() -> cluster.run("eat", both, new WorkersOfTests.Glutton(), true));
        assertTrue(heap.contains("heap of 512m is too small"), heap);
        cluster.awaitExecutors();

        String cpu = refused(() -> small.on(cluster));
        assertTrue(cpu.contains("other arithmetic") && cpu.contains("cpu ("), cpu);

        Thread cell = Thread.currentThread();
        Thread interrupting = new Thread(() -> {
            while (!cluster.working()) {
                Thread.onSpinWait();
            }
            cell.interrupt();
        });
        interrupting.start();
        assertThrows(
                Cluster.InterruptedJob.class,
                () -> cluster.run("wait", List.of(600, 600), new WorkersOfTests.Patient(), true));
        assertTrue(Thread.interrupted(), "the cell learns of it");
        interrupting.join();
        assertEquals(List.of("a", "b"), cluster.run("echo", List.of("a", "b"), new WorkersOfTests.Echo(), true));

        String many = refused(() -> {
            try (LanguageModel model = small.model()) {
                DistributedTrainer.of(small.trainer(model).accumulate(1), cluster)
                        .run(Progress.NONE);
            }
        });
        assertTrue(many.contains("1 pass cannot be shared out evenly among 2 workers"), many);
    }

    @Test
    void aModelThatDoesNotFitAWorkerIsSaidToBeTooLarge() {
        Cluster cluster = Cluster.start(WorkersOfTests.local(2));
        try (LanguageModel model =
                GptConfig.of(2048).context(16).layers(4).heads(8).width(1024).create(torch, 3)) {
            String said = refused(() -> DistributedTrainer.of(
                            Trainer.of(model, SmallTraining.text(folder.resolve("large"), 500, 1), null)
                                    .batch(1)
                                    .accumulate(2)
                                    .schedule(Schedule.constant(1)),
                            cluster)
                    .run(Progress.NONE));
            assertTrue(said.contains("too small for this work") && said.contains("smaller model"), said);
        }
    }

    @Test
    void aFullDiskIsSaidToBeFull() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        String wrong;
        try {
            wrong = NamespacesTest.failure("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk.toString());
        } catch (IOException e) {
            wrong = e.getMessage();
        }
        assumeTrue(wrong == null, "no small disk can be mounted here (" + wrong + ")");
        try {
            Cluster cluster = Cluster.start(WorkersOfTests.local(1).scratch(disk));
            assertEquals(List.of("a"), cluster.run("echo", List.of("a"), new WorkersOfTests.Echo(), false));
            String said = refused(() -> cluster.run("hoard", List.of(16), new WorkersOfTests.Hoarder(), false));
            assertTrue(said.contains("disk is full") && said.contains("scratch"), said);
            cluster.close();
        } finally {
            NamespacesTest.failure("umount", "-l", disk.toString());
        }
    }

    @Test
    void everyWorkerHasAGpuOfItsOwnOrTheClusterIsRefused() throws Exception {
        Path script = folder.resolve("discovery");
        Files.writeString(script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'\n");
        assertTrue(script.toFile().setExecutable(true));
        String few = refused(() -> Cluster.start(WorkersOfTests.local(3).gpus(script)));
        assertTrue(few.contains("3 workers want a GPU each and there are 2 here"), few);
        String none = refused(() -> Cluster.start(WorkersOfTests.local(1).gpus(folder.resolve("no-script"))));
        assertTrue(none.contains("no-script") && none.contains("leave gpus() out"), none);
        Path odd = folder.resolve("odd");
        Files.writeString(odd, "#!/bin/sh\necho '{\"name\": \"fpga\", \"addresses\": []}'\n");
        assertTrue(odd.toFile().setExecutable(true));
        assertTrue(
                refused(() -> Cluster.start(WorkersOfTests.local(1).gpus(odd))).contains("is to print"));

        Cluster cluster = Cluster.start(WorkersOfTests.local(2).gpus(script));
        List<Introduction> met = cluster.run("who", List.of(0, 1), new Introduction.Ask(), true);
        assertEquals(
                List.of("0", "1"), met.stream().map(Introduction::gpu).sorted().toList());
        for (String said : cluster.run("open", List.of(0, 1), new WorkersOfTests.GpuOpened(), true)) {
            assertTrue(said.matches("gpu[01]") || said.contains("PyTorch sees"), said);
        }
    }

    @Test
    void aLinkOfNoWidthIsNone() {
        Cluster cluster = Cluster.start(WorkersOfTests.local(1));
        for (double each : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertTrue(refused(() -> cluster.throttle(each)).contains("unthrottle()"));
        }
        assertEquals(10, cluster.throttle(10).megabits().orElseThrow());
        assertTrue(cluster.unthrottle().megabits().isEmpty());
    }
}
