package kawi.tune;

import java.util.List;
import kawi.corpus.Catalog;

/** Answers a question with words of the text it is asked about. */
public final class QuestionAnswering implements Task {
  private static final int ANSWER_TOKENS = 32;

  /**
   * Questions on the comments of Java methods, split: what a method returns, when it throws, what a parameter is.
   *
   * @param catalog where the data packages are
   */
  public static Examples examples(Catalog catalog, int train, int test) {
    return Examples.split(DocQuestions.spans(MethodDocs.read(catalog.files("java-docs"))), train, test);
  }

  @Override
  public String name() {
    return "answers";
  }

  @Override
  public String prompt(Example example) {
    return example.context() + "\nQuestion: " + example.input() + "\nAnswer:";
  }

  @Override
  public String instruction(Example example) {
    return "Answer the question with a few words copied from the text.\n\nText: " + example.context() + "\n\nQuestion: " + example.input();
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
