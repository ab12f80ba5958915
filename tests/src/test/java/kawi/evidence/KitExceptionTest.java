package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.SnippetEvent;
import jdk.jshell.execution.LocalExecutionControl;
import org.junit.jupiter.api.Test;

class KitExceptionTest {

    @Test
    void aProgramSeesWhereItWasThrownAndWhatItComesFrom() {
        IOException cause = new NoSuchFileException("notes.txt");
        KitException e = KitException.of(cause, "reading the notes", Path.of("notes.txt"));
        assertSame(cause, e.getCause());
        assertEquals("kawi.evidence.KitExceptionTest", e.getStackTrace()[1].getClassName());
        StringWriter printed = new StringWriter();
        e.printStackTrace(new PrintWriter(printed));
        assertTrue(printed.toString().contains("KitExceptionTest.java"), printed.toString());
        assertTrue(printed.toString().contains("Caused by: java.nio.file.NoSuchFileException"), printed.toString());
        e.addSuppressed(new IOException("closing failed too"));
        assertEquals(1, e.getSuppressed().length);
    }

    @Test
    void aFullDiskIsSaidWithTheSpaceThatIsFree() {
        for (String place : List.of("model.bin", "not/there/yet/model.bin")) {
            String said = KitException.of(
                            new IOException("No space left on device"),
                            "writing the model",
                            Path.of(System.getProperty("java.io.tmpdir")).resolve(place))
                    .getMessage();
            assertTrue(said.matches(".*disk is full.*\\([1-9][\\d,]* (bytes|kB|MB) are free\\).*untouched\\."), said);
        }
    }

    @Test
    void aCellShowsTheSentenceAloneAndCanAskForTheRest() {
        try (JShell shell = JShell.builder().executionEngine("local").build()) {
            shell.addToClasspath(System.getProperty("java.class.path"));
            List<SnippetEvent> events = shell.eval(
                    "throw new kawi.evidence.KitException(\"One sentence.\", new java.io.IOException(\"deep\"));");
            EvalException shown = (EvalException) events.get(0).exception();
            assertEquals("One sentence.", shown.getMessage());
            assertEquals(0, shown.getStackTrace().length);
            assertNull(shown.getCause());
            assertEquals(
                    "\"deep\"",
                    shell.eval("kawi.evidence.KitException.last().getCause().getMessage()")
                            .get(0)
                            .value());
        }
    }

    @Test
    void aKernelsOwnKindOfShellSeesTheSentenceAlone() {
        KitException e = new KitException("One sentence.", new IOException("deep"));
        Kernel kernel = new Kernel();
        assertEquals(0, kernel.frames(e));
        assertNull(kernel.cause(e));
        assertSame(e, KitException.last());
    }

    /** As JJava's and IJava's, which turn a cell's exception into the shell's in a class of their own. */
    private static final class Kernel extends LocalExecutionControl {
        int frames(Throwable e) {
            return e.getStackTrace().length;
        }

        Throwable cause(Throwable e) {
            return e.getCause();
        }
    }

    @Test
    void eachFailureOfAFileIsSaidInWordsThatHelp() {
        String full =
                "the disk is full; free some space and run the cell again (N free), what was finished before is untouched.";
        String closed =
                "this user may not write or read there; change the folder's permissions or choose another clone.";
        Map<IOException, String> table = Map.of(
                new IOException("No space left on device"), full,
                new IOException("Disk quota exceeded"), full,
                new NoSuchFileException("/tmp/notes.txt"), "the file is not there.",
                new AccessDeniedException("/tmp/notes.txt"), closed,
                new IOException("/tmp/notes.txt (Permission denied)"), closed,
                new FileSystemException("/tmp/notes.txt", null, "Is a directory"), "Is a directory.",
                new FileSystemException("notes.txt"), "notes.txt.",
                new IOException("It was torn."), "It was torn.",
                new IOException("it was torn"), "it was torn.");
        table.forEach((cause, reason) -> assertEquals(
                "Failed reading the notes (notes.txt): " + reason,
                KitException.of(cause, "reading the notes", Path.of("/tmp/notes.txt"))
                        .getMessage()
                        .replaceFirst("\\([^()]* are free\\)", "(N free)")));
    }

    @Test
    void aFileThatIsNotTextIsSaidToBeInAnotherEncoding() {
        assertEquals(
                "Failed reading the notes (notes.txt): it is not text in UTF-8; save it in that encoding, or take the "
                        + "file anew.",
                KitException.of(new MalformedInputException(1), "reading the notes", Path.of("/tmp/notes.txt"))
                        .getMessage());
    }
}
