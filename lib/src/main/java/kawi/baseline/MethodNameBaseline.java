package kawi.baseline;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.tune.Example;
import kawi.tune.Predictor;

/**
 * The classic guess at what a method does: its name taken apart at the capital letters, its first word in the third
 * person, and its parameters' names after it.
 */
public final class MethodNameBaseline implements Predictor {
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");

    private static final Pattern SIGNATURE = Pattern.compile("[^(]*[^(.]\\(.*\\)", Pattern.DOTALL);

    /**
     * {@return a sentence for each signature}
     *
     * @param examples whose inputs are signatures; nothing else of them is read
     * @throws KitException for an input that is no signature such as {@code Type.name(Type parameter)}
     */
    @Override
    public List<String> predict(List<Example> examples) {
        return examples.stream().map(e -> sentence(e.input())).toList();
    }

    private static String sentence(String signature) {
        if (!SIGNATURE.matcher(signature).matches()) {
            throw new KitException("'" + signature + "' is no signature: give one such as Type.name(Type parameter).");
        }
        int open = signature.indexOf('(');
        String[] words = HUMP.split(signature.substring(signature.lastIndexOf('.', open) + 1, open));
        StringBuilder text =
                new StringBuilder(words[0].substring(0, 1).toUpperCase(Locale.ROOT) + words[0].substring(1) + "s");
        for (int i = 1; i < words.length; i++) {
            text.append(' ').append(words[i].toLowerCase(Locale.ROOT));
        }
        String parameters = signature.substring(open + 1, signature.length() - 1);
        return text + (parameters.isEmpty() ? "." : " the given " + parameters.replaceAll(".* ", "") + ".");
    }
}
