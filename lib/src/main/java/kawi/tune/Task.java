package kawi.tune;

import java.util.List;

/**
 * What a model is tuned to do: how an example becomes text to read, and how an answer is written and read back.
 * A task knows nothing of models; {@link Tuned} brings the two together.
 */
public interface Task {
  /** Name in file names and charts: letters and dashes. */
  String name();

  /** What the tuned model reads; it ends where the answer begins. */
  String prompt(Example example);

  /** What a model that was not tuned reads: the task said in words, as a person would in a chat. */
  String instruction(Example example);

  /** An answer as it stands after the prompt, with the mark that ends it. */
  String completion(String answer);

  /** The answer in what was written after the prompt. */
  String read(String completion);

  /** The only answers there are, or none where answers are free text. */
  List<String> choices();

  /** Most tokens an answer may take. */
  int answerTokens();

  /** The text that ends an answer. */
  default String end() {
    return "\n";
  }
}
