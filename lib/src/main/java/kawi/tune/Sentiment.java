package kawi.tune;

import java.util.List;
import kawi.corpus.Catalog;

/** Tells a positive sentence on a film from a negative one, by which of two words the model would write next. */
public final class Sentiment implements Task {
  /** The two answers; the second's probability is the one that is reported. */
  public static final List<String> LABELS = List.of("negative", "positive");

  /** The examples of {@link MovieSentences}, split. @param catalog where the data packages are */
  public static Examples examples(Catalog catalog, int train, int test) {
    return Examples.split(MovieSentences.read(catalog.files("sentiment-vader").get(0)), train, test);
  }

  @Override
  public String name() {
    return "sentiment";
  }

  @Override
  public String prompt(Example example) {
    return "Review: " + example.input() + "\nSentiment:";
  }

  /** The same: the two words are scored, so nothing need be explained. */
  @Override
  public String instruction(Example example) {
    return prompt(example);
  }

  @Override
  public String completion(String answer) {
    return " " + answer;
  }

  @Override
  public String read(String completion) {
    return completion.strip();
  }

  @Override
  public List<String> choices() {
    return LABELS;
  }

  @Override
  public int answerTokens() {
    return 1;
  }
}
