package kawi.eval;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.stats.Metric;

/**
 * Whether the placeholders of a software message survive its translation: <code>%(name)s</code>, <code>%s</code>,
 * <code>{0}</code>, <code>{name}</code>. A message that lost one breaks the program that shows it, however good its
 * BLEU.
 */
public final class Placeholders {

    private static final Pattern PLACEHOLDER = Pattern.compile("%\\(\\w+\\)[a-z]|%\\d*\\$?[sdif]|\\{[\\w.]*\\}");

    private Placeholders() {}

    /**
     * {@return the placeholders of a message in alphabetical order, repeated ones repeated}
     *
     * @param message any text
     */
    public static List<String> in(String message) {
        List<String> found = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(message);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        Collections.sort(found);
        return found;
    }

    /**
     * {@return whether a translation has exactly the placeholders of its message, each as often; true where there are
     * none in either}
     *
     * @param message what was translated
     * @param translation its translation
     */
    public static boolean kept(String message, String translation) {
        return in(message).equals(in(translation));
    }

    /**
     * {@return the share, in [0, 1], of messages with placeholders whose translation has exactly the same ones}
     * Messages without placeholders are not counted.
     *
     * @param messages what was translated
     * @param translations a translation of each, in the same order
     * @throws KitException for more or fewer translations than messages
     */
    public static Metric survival(List<String> messages, List<String> translations) {
        ModelScores.equal("Placeholders of messages and translations", messages.size(), translations.size());
        List<Double> survived = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            List<String> expected = in(messages.get(i));
            if (!expected.isEmpty()) {
                survived.add(expected.equals(in(translations.get(i))) ? 1.0 : 0.0);
            }
        }
        return Metric.mean(
                "placeholders kept",
                survived.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
