package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import jdk.jshell.JShell;
import jdk.jshell.SnippetEvent;
import kawi.clean.Duplicates;
import kawi.clean.Step;
import kawi.evidence.KitException;
import kawi.train.AdamW;
import kawi.train.Muon;
import kawi.train.Optimizer;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.TestBlockId;
import org.junit.jupiter.api.Test;

class TravelTest {
    private static <T> T travelled(Recipe recipe, Class<T> type) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(recipe);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return ((Recipe) in.readObject()).make(type);
        }
    }

    @Test
    void recordsOfTheKitArriveEqual() throws Exception {
        for (Optimizer each : List.of(AdamW.defaults().withRate(0.3), Muon.defaults())) {
            assertEquals(each, travelled(Recipe.of("optimizer", each), Optimizer.class));
        }
        assertEquals(
                "near duplicates",
                travelled(Recipe.call(Duplicates.class, "near", 0.8), Step.class)
                        .name());
    }

    /** What a notebook's kernel is made of: a variable of one cell, a lambda of another that reads it. */
    @Test
    void codeOfCellsIsRefusedAndNeverComputesWithUnsetVariables() {
        try (JShell shell = JShell.builder().executionEngine("local").build()) {
            for (String cell : List.of(
                    "import kawi.cluster.*; import kawi.clean.*; import kawi.train.*; import kawi.torch.*; import java.util.*;",
                    "String suffix = \"!\";",
                    "java.util.function.UnaryOperator<String> louder = text -> text + suffix;",
                    "record Mine(double rate) {}",
                    "String said(Runnable work) { try { work.run(); return \"nothing\"; } catch (RuntimeException e) { return e.getMessage(); } }")) {
                for (SnippetEvent each : shell.eval(cell)) {
                    assertTrue(each.exception() == null, each.toString());
                }
            }
            String lambda = value(shell, "said(() -> Recipe.call(Step.class, \"change\", \"louder\", louder))");
            assertTrue(lambda.contains("Argument 2 of Step.change cannot travel"), lambda);
            assertTrue(lambda.contains("a cell of this notebook"), lambda);
            String type = value(shell, "said(() -> Recipe.of(\"optimizer\", new Mine(1)))");
            assertTrue(type.contains("The optimizer cannot travel") && type.contains("'Mine'"), type);
        }
    }

    private static String value(JShell shell, String expression) {
        SnippetEvent last = shell.eval(expression).get(0);
        assertNotNull(last.value(), last.toString());
        return last.value();
    }

    /** What the kit uses of Spark without Spark's promise to keep it. */
    @Test
    void sparksInnerPartsAreStillWhereTheyWere() {
        String moved =
                "a part of Spark that the kit uses has moved: look at SliceExchange and Node before this version is "
                        + "taken";
        try {
            Class<?> id = org.apache.spark.storage.BlockId.class;
            assertNotNull(BlockManager.class.getMethod("getLocalBytes", id), moved);
            assertNotNull(BlockManager.class.getMethod("releaseLock", id, scala.Option.class), moved);
            assertNotNull(BlockManager.class.getMethod("removeBlock", id, boolean.class), moved);
            assertNotNull(BlockManager.class.getMethod("getMatchingBlockIds", scala.Function1.class), moved);
            assertEquals(
                    org.apache.spark.network.BlockTransferService.class,
                    BlockManager.class.getMethod("blockTransferService").getReturnType(),
                    moved);
            assertNotNull(
                    BlockManager.class
                            .getMethod("master")
                            .getReturnType()
                            .getMethod("getLocations", id),
                    moved);
            assertNotNull(
                    org.apache.spark.network.BlockTransferService.class.getMethod(
                            "uploadBlock",
                            String.class,
                            int.class,
                            String.class,
                            id,
                            org.apache.spark.network.buffer.ManagedBuffer.class,
                            org.apache.spark.storage.StorageLevel.class,
                            scala.reflect.ClassTag.class),
                    moved);
            assertEquals("test_x", new TestBlockId("x").name(), moved);
            assertNotNull(
                    org.apache.spark.deploy.master.Master.class.getMethod(
                            "startRpcEnvAndEndpoint",
                            String.class,
                            int.class,
                            int.class,
                            org.apache.spark.SparkConf.class),
                    moved);
            assertNotNull(org.apache.spark.deploy.worker.Worker.class.getMethod("main", String[].class), moved);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(moved, e);
        }
        assertThrows(KitException.class, () -> Recipe.of("optimizer", 3));
    }
}
