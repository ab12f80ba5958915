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

    @Test
    void whatIsNoRecordOfTheKitIsNoRecipe() {
        assertThrows(KitException.class, () -> Recipe.of("optimizer", 3));
    }
}
