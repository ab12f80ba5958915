package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the kit uses of Spark without Spark's promise to keep it: a version in which it has moved is not taken. */
class SparkInternalsTest {
    /** The kit's class that uses it, Spark's class, and its members by name and types. */
    private static final List<String[]> USED = List.of(
            new String[] {
                "Peers", "storage.BlockManager", "putBytes(BlockId,ChunkedByteBuffer,StorageLevel,boolean,ClassTag)"
            },
            new String[] {"Peers", "storage.BlockManager", "getRemoteBytes(BlockId)"},
            new String[] {"Peers", "storage.BlockManager", "removeBlock(BlockId,boolean)"},
            new String[] {"Peers", "storage.TestBlockId", "TestBlockId(String)"},
            new String[] {"Peers", "util.io.ChunkedByteBuffer", "ChunkedByteBuffer(ByteBuffer)"},
            new String[] {"Peers", "util.io.ChunkedByteBuffer", "toArray()"},
            new String[] {"PeerListener", "storage.BlockManagerId", "host()"},
            new String[] {"AtWork", "storage.BlockManager", "getStatus(BlockId)"},
            new String[] {"Jobs", "rdd.RDDBarrier", "mapPartitions(Function1,boolean,ClassTag)"},
            new String[] {"Node", "deploy.master.Master", "startRpcEnvAndEndpoint(String,int,int,SparkConf)"},
            new String[] {"Node", "deploy.worker.Worker", "main(String[])"},
            new String[] {"Node", "rpc.RpcEnv", "address()"},
            new String[] {"Node", "rpc.RpcEnv", "awaitTermination()"},
            new String[] {"Door", "rpc.RpcEnv", "create(String,String,int,SparkConf,SecurityManager,boolean)"},
            new String[] {"Door", "rpc.RpcEnv", "setupEndpointRef(RpcAddress,String)"},
            new String[] {"Door", "rpc.RpcEnv", "shutdown()"},
            new String[] {"Door", "rpc.RpcEndpointRef", "askSync(Object,ClassTag)"},
            new String[] {"Door", "SecurityManager", "SecurityManager(SparkConf,Option,ConfigEntry)"},
            new String[] {"Door", "SecurityManager", "$lessinit$greater$default$3()"},
            new String[] {"Door", "deploy.DeployMessages$MasterStateResponse", "workers()"},
            new String[] {"Door", "deploy.master.WorkerInfo", "isAlive()"},
            new String[] {"Door", "deploy.master.WorkerInfo", "webUiAddress()"},
            new String[] {"Door", "deploy.master.WorkerInfo", "coresFree()"},
            new String[] {"Door", "deploy.master.WorkerInfo", "memoryFree()"},
            new String[] {"Elsewhere", "SparkContext", "killAndReplaceExecutor(String)"},
            new String[] {"Elsewhere", "SparkStatusTracker", "getExecutorInfos()"},
            new String[] {"Cluster", "SparkContext", "getExecutorMemoryStatus()"},
            new String[] {"Gpus", "TaskContext", "resources()"},
            new String[] {"Round", "TaskContext", "stageAttemptNumber()"},
            new String[] {"Peers", "TaskContext", "isInterrupted()"},
            new String[] {"Jobs", "util.Utils", "setLogLevelIfNeeded(String)"},
            new String[] {"SparkSettings", "util.Utils", "setCustomHostname(String)"});

    private static List<String> moved(List<String[]> used) {
        List<String> moved = new ArrayList<>();
        for (String[] each : used) {
            String name = "org.apache.spark." + each[1];
            try {
                Class<?> type = Class.forName(name, false, SparkInternalsTest.class.getClassLoader());
                Stream<Executable> members = Stream.concat(
                        Arrays.stream(type.getMethods()).map(Executable.class::cast),
                        Arrays.stream(type.getConstructors()));
                if (members.map(SparkInternalsTest::words).noneMatch(each[2]::equals)) {
                    moved.add(name + " has no " + each[2] + " any more, which " + each[0] + " uses");
                }
            } catch (ClassNotFoundException e) {
                moved.add(name + " is gone, which " + each[0] + " uses");
            }
        }
        return moved;
    }

    private static String words(Executable member) {
        String name = member instanceof java.lang.reflect.Constructor<?>
                ? member.getDeclaringClass().getSimpleName()
                : member.getName();
        return name + "("
                + String.join(
                        ",",
                        Arrays.stream(member.getParameterTypes())
                                .map(Class::getSimpleName)
                                .toList())
                + ")";
    }

    @Test
    void everyInnerPartOfSparkThatIsUsedIsStillThere() {
        assertEquals(
                List.of(), moved(USED), "Spark has moved what the kit uses: mend these classes before its version");
    }

    @Test
    void aPartThatMovedIsNamedWithTheClassThatUsesIt() {
        List<String> said = moved(List.of(
                new String[] {"Node", "deploy.master.Master", "start(int)"}, new String[] {"Door", "Gone", "x()"}));
        assertEquals(
                List.of(
                        "org.apache.spark.deploy.master.Master has no start(int) any more, which Node uses",
                        "org.apache.spark.Gone is gone, which Door uses"),
                said);
    }

    /** The names that are no methods: a variable of the environment, a kind of block, a page's address in the code. */
    @Test
    void namesThatSparkAndTheKitMustAgreeOnAreTheSame() {
        assertEquals("_SPARK_AUTH_SECRET", org.apache.spark.SecurityManager.ENV_AUTH_SECRET());
        assertEquals("spark.authenticate.secret", org.apache.spark.SecurityManager.SPARK_AUTH_SECRET_CONF());
        assertEquals("test_x", new org.apache.spark.storage.TestBlockId("x").name());
        assertEquals("Master", org.apache.spark.deploy.master.Master.ENDPOINT_NAME());
        assertTrue(new org.apache.spark.SparkConf(false)
                .set("spark.authenticate", "true")
                .contains("spark.authenticate"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new org.apache.spark.SecurityManager(
                                new org.apache.spark.SparkConf(false).set("spark.authenticate", "true"),
                                scala.Option.empty(),
                                org.apache.spark.SecurityManager.$lessinit$greater$default$3())
                        .getSecretKey());
    }
}
