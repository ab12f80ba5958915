package kawi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages look one way: a package may use those before it in the list, and no kernel's class is named by anyone. */
class ArrowsTest {
  private static final List<String> ORDER = List.of("evidence", "corpus", "text", "torch", "model", "train", "tune", "eval", "notebook");
  private static final Pattern USE = Pattern.compile("\\bkawi\\.([a-z]+)\\b(?=\\.[A-Z*])");
  private static final Path SOURCES = Path.of(System.getProperty("kawi.home", ".."), "lib/src/main/java");

  @Test
  void everyPackageUsesOnlyThoseBeforeIt() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : sources()) {
      int own = ORDER.indexOf(file.getParent().getFileName().toString());
      if (own < 0) {
        continue;
      }
      Matcher uses = USE.matcher(Files.readString(file));
      while (uses.find()) {
        if (ORDER.indexOf(uses.group(1)) > own) {
          wrong.add(file.getFileName() + " of kawi." + ORDER.get(own) + " uses kawi." + uses.group(1));
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void noClassOfAKernelIsImported() throws IOException {
    for (Path file : sources()) {
      assertEquals(false, Pattern.compile("^import (static )?(org\\.dflib|io\\.github\\.spencerpark)", Pattern.MULTILINE)
          .matcher(Files.readString(file)).find(), file.toString());
    }
  }

  @Test
  void onlyTheNotebookPackagePrints() throws IOException {
    for (Path file : sources()) {
      if (!file.getParent().getFileName().toString().equals("notebook")) {
        assertEquals(false, Files.readString(file).contains("System.out."), file.toString());
      }
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> all = Files.walk(SOURCES)) {
      return all.filter(p -> p.toString().endsWith(".java")).sorted().toList();
    }
  }
}
