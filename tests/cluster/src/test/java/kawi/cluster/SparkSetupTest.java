package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The one test that {@code environment/setup --spark} runs: Maven brings what tests need, while there is a network. */
class SparkSetupTest {
    @Test
    void sparkIsTheVersionThatTheKitWasTriedWith() {
        assertEquals(
                "4.1.3",
                org.apache.spark.package$.MODULE$.SPARK_VERSION(),
                "the kit uses parts of Spark that Spark does not promise to keep: run the tests of the cluster with the "
                        + "new version, then change this line");
    }
}
