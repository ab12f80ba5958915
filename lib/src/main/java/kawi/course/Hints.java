package kawi.course;

import java.util.HashMap;
import java.util.Map;

/** One hint for each task: where to look, not what stands there. */
final class Hints {
    private static final Map<String, String> HINTS = new HashMap<>();

    static {
        HINTS.put(
                "01.1",
                "Notebook 02 names the three parts and their shares; a hash of the name chooses, " + "like a die.");
        HINTS.put(
                "01.2",
                "Section 6 of notebook 01 counts by hand: she, her, hers, herself; he, him, his, "
                        + "himself. Cut the text into words first, and mind capital letters.");
        HINTS.put("01.3", "The largest source falls with the knob, the smallest ones do not. Try halves.");
        HINTS.put(
                "01.4",
                "A `Ratio` has `value()`, `low()` and `high()`. Two intervals that overlap decide " + "nothing.");
        HINTS.put("01.5", "Think of what stands in a mail that stands in no book.");
        HINTS.put(
                "02.1",
                "NFC puts a letter and its accent into one character. Characters above U+007F take "
                        + "more than one byte.");
        HINTS.put(
                "02.2",
                "`counts.merge(pair, 1, Integer::sum)` counts; a `TreeMap` goes through its keys in "
                        + "alphabetical order.");
        HINTS.put("02.3", "Both figures grow with the vocabulary: the first slowly, the second in proportion.");
        HINTS.put("02.4", "A form that merges more words leaves fewer different ones.");
        HINTS.put("02.5", "What is asked of a model that has to write, and not only to sort?");
        HINTS.put(
                "03.1",
                "Section 4 of notebook 03: two tables, and in each block 12 C squared and 13 C; one "
                        + "more norm at the end.");
        HINTS.put("03.2", "exp(s - m) over the sum of all exp(s - m) is the same share for every m.");
        HINTS.put("03.3", "The blocks grow with layers times width squared, the table with width alone.");
        HINTS.put("03.4", "After n steps the n-th power of the gate is left. A logarithm, or a loop, finds n.");
        HINTS.put("03.5", "What would the loss measure if the answer stood in the question?");
        HINTS.put(
                "04.1",
                "An untrained model gives every token the same probability. The loss is minus its "
                        + "natural logarithm.");
        HINTS.put(
                "04.2",
                "Each error is w x + b - y. The derivative of its square is twice the error times "
                        + "what stands beside the weight.");
        HINTS.put(
                "04.3", "Watch the first losses: if they grow, divide the rate by ten; if they creep, double " + "it.");
        HINTS.put("04.4", "`SampleStatistics.deviation` gives the spread of an array.");
        HINTS.put(
                "04.5",
                "Section 4 of notebook 04: what falls with the root of the batch, and what grows " + "with the batch?");
        HINTS.put("05.1", "The change is a product of a tall matrix and a wide one, which meet at the rank.");
        HINTS.put(
                "05.2",
                "Sort places by probability, take from the top until the sum reaches the mass, "
                        + "divide by that sum.");
        HINTS.put("05.3", "Hotter is flatter. The chart of notebook 05, section 1.3, shows both directions.");
        HINTS.put("05.4", "`PairedComparison.mcnemar(name, before, after, seed)` has a `verdict()`.");
        HINTS.put(
                "05.5",
                "What does an honest rival cost, and what does a tuned model that does not beat it " + "teach?");
        HINTS.put("06.1", "About four times the root of p (1 - p) / n, in percentage points.");
        HINTS.put(
                "06.2",
                "Shared words, each at most as often as it stands on either side. Two over (1 / "
                        + "precision + 1 / recall).");
        HINTS.put("06.3", "`Power.mcnemar(n, difference, disagreement)` says how often the difference is seen.");
        HINTS.put(
                "06.4",
                "Nats over ln 2 are bits. Both models read the same bytes, though not the same " + "number of tokens.");
        HINTS.put("06.5", "Ask how many tokens each of the two needs for the same page.");
        HINTS.put("07.1", "A secret at rank one of n that are possible: how many times must n be halved?");
        HINTS.put(
                "07.2",
                "Go through the words once and look each up in the table; a word that was exchanged "
                        + "is not looked up again.");
        HINTS.put("07.3", "Longer runs are rarer. Count up from one word.");
        HINTS.put("07.4", "`Pii.find(text)` gives a list. Sources are not of the same size.");
        HINTS.put(
                "07.5",
                "Who is asked, who is harmed, and which figure would you have to see before you "
                        + "trusted the average?");
        HINTS.put(
                "08.1",
                "Each worker sends every other one its part of the sums, and sends round what it "
                        + "owns: 2 (k - 1) copies of all numbers cross the links.");
        HINTS.put("08.2", "The big batch is a mean over windows. Who has three of them counts three times.");
        HINTS.put("08.3", "Exchanging every n steps costs an n-th of the exchanges: `plan.every(n)`.");
        HINTS.put("08.4", "Compute both sums in `float`, one from each end, and compare with ==.");
        HINTS.put("08.5", "A last digit that differs is carried on by every step that follows.");
        HINTS.put("09.1", "How many blocks are there, and how many bytes has a block, its scale included?");
        HINTS.put("09.2", "The scale is the weight that is largest in size, with its sign, divided by -8.");
        HINTS.put("09.3", "`type.bits()` are the bits of one weight, scales included. Eight bits are a byte.");
        HINTS.put("09.4", "`type.read(type.write(weights))` gives the weights as they would be read.");
        HINTS.put("09.5", "What must be fetched for each token, and what is done with it?");
    }

    private Hints() {}

    static String of(String task) {
        return HINTS.get(task);
    }
}
