package kawi.tune;

import java.util.List;
import kawi.corpus.Catalog;

/**
 * Says in a chat, in one sentence, what a Java method does, from its signature alone.
 * It stays a chat model: its turns are written in the chat template, so that other questions still have answers.
 */
public final class Chat implements Task {
  private static final int ANSWER_TOKENS = 40;
  private static final String END_OF_TURN = "<|im_end|>";

  /** Signatures and the first sentences of their comments, split; overloads of a method that are described alike stay on one side. */
  public static Examples examples(Catalog catalog, int train, int test) {
    return Examples.split(DocQuestions.summaries(MethodDocs.read(catalog.files("java-docs"))), train, test,
        e -> e.input().substring(0, e.input().indexOf('(')) + " " + e.answer());
  }

  @Override
  public String name() {
    return "assistant";
  }

  /** The person's turn and the opening of the assistant's, as SmolLM2's template writes them. */
  @Override
  public String prompt(Example example) {
    return "<|im_start|>user\n" + instruction(example) + END_OF_TURN + "\n<|im_start|>assistant\n";
  }

  @Override
  public String instruction(Example example) {
    return "In one sentence, what does the Java method " + example.input() + " do?";
  }

  @Override
  public String completion(String answer) {
    return answer + end();
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

  @Override
  public String end() {
    return END_OF_TURN;
  }
}
