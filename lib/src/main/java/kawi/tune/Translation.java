package kawi.tune;

import java.util.List;
import kawi.corpus.Catalog;

/** Translates the messages of software from English into French. */
public final class Translation implements Task {
  private static final int ANSWER_TOKENS = 56;

  /** Messages of JupyterLab, Django and Wagtail, split by groups of near-duplicates. @param catalog where the data packages are */
  public static Examples examples(Catalog catalog, int train, int test) {
    return Examples.split(SoftwareMessages.read(catalog.files("ui-translations")), train, test);
  }

  @Override
  public String name() {
    return "translator";
  }

  @Override
  public String prompt(Example example) {
    return "English: " + example.input() + "\nFrench:";
  }

  @Override
  public String instruction(Example example) {
    return "Translate into French. Write only the translation.\n\n" + example.input();
  }

  @Override
  public String completion(String answer) {
    return " " + answer + end();
  }

  @Override
  public String read(String completion) {
    return completion.strip();
  }

  @Override
  public List<String> choices() {
    return List.of();
  }

  @Override
  public int answerTokens() {
    return ANSWER_TOKENS;
  }
}
