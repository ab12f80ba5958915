package kawi.tune;

import java.nio.file.Path;
import java.util.List;

/** Translates the messages of software from English into French. */
public final class Translation implements Task {
  private static final int ANSWER_TOKENS = 56;

  /** Messages of JupyterLab, Django and Wagtail, split by groups of near-duplicates. @param cache folder of the data packages */
  public static Examples examples(Path cache, int train, int test) {
    return Examples.split(SoftwareMessages.read(cache), train, test);
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
