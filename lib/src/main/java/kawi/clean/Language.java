package kawi.clean;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Set;
import java.util.TreeSet;
import kawi.evidence.KitException;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * Which language a text is in, by OpenNLP's detector of 103 languages (character n-grams, maximum entropy). It looks at
 * three passages of at most 300 characters, so a long text costs no more than a short one.
 */
public final class Language {
    private static final String MODEL = "langdetect-183.bin";
    private static final int PASSAGE = 300;

    /** Macrolanguages and those of their members that the detector tells apart (ISO 639-3, mappings of SIL). */
    private static final Map<String, List<String>> MEMBERS = Map.of(
            "zho", List.of("cmn", "nan"),
            "nor", List.of("nob", "nno"),
            "est", List.of("ekk"),
            "lav", List.of("lvs"),
            "fas", List.of("pes"),
            "mlg", List.of("plt"));

    private Language() {}

    /**
     * A guess.
     *
     * @param code ISO 639-3 code
     * @param confidence 0 to 1, over all languages together
     */
    public record Guess(String code, double confidence) {}

    /**
     * Keeps documents whose likeliest language is one of these.
     *
     * @param codes ISO 639-1 or 639-3 codes, such as {@code en} or {@code cmn}; one that stands for several languages
     *     of the detector, as {@code zh} and {@code no} do, keeps each of them
     * @return the step; a document is dropped where a language outside the list is likelier than all in it
     * @throws KitException where no code is given or the detector does not know one: that could never keep a document
     */
    public static Step keep(String... codes) {
        if (codes.length == 0) {
            throw new KitException("Language.keep would keep nothing: name at least one language, such as \"en\".");
        }
        Set<String> wanted = new HashSet<>();
        for (String code : codes) {
            wanted.addAll(known(code));
        }
        return new Step() {
            @Override
            public String name() {
                return "language";
            }

            @Override
            public String settings() {
                return String.join(", ", codes);
            }

            @Override
            public boolean independent() {
                return true;
            }

            @Override
            public Pass begin() {
                LanguageDetectorME detector = new LanguageDetectorME(Model.LOADED);
                return document -> {
                    List<Guess> guesses = guesses(detector, document.text());
                    double confidence = guesses.stream()
                            .filter(g -> wanted.contains(g.code()))
                            .mapToDouble(Guess::confidence)
                            .max()
                            .orElse(0);
                    return confidence >= guesses.get(0).confidence()
                            ? new Verdict.Keep(document)
                            : new Verdict.Drop(
                                    "confidence in " + String.join(", ", codes),
                                    confidence,
                                    guesses.get(0).confidence(),
                                    null,
                                    "looks like " + guesses.get(0).code());
                };
            }
        };
    }

    /** What the detector calls a language: {@code zh} is its cmn and nan, {@code fa} its fas and pes. */
    private static Set<String> known(String code) {
        String iso3 = iso3(Locale.forLanguageTag(code));
        Set<String> supported =
                new TreeSet<>(Arrays.asList(new LanguageDetectorME(Model.LOADED).getSupportedLanguages()));
        Set<String> known = new HashSet<>(MEMBERS.getOrDefault(iso3, List.of()));
        known.add(iso3);
        known.retainAll(supported);
        if (known.isEmpty()) {
            throw new KitException("Language.keep: the detector does not know the language \"" + code
                    + "\": name one of " + String.join(", ", supported) + " instead.");
        }
        return known;
    }

    private static String iso3(Locale locale) {
        try {
            return locale.getISO3Language();
        } catch (MissingResourceException e) {
            return ""; // a code without a three-letter form is refused like any the model does not know
        }
    }

    /**
     * {@return the languages a text may be in, likeliest first}
     *
     * @param text a text; three passages of a long one are looked at
     */
    public static List<Guess> of(String text) {
        return guesses(new LanguageDetectorME(Model.LOADED), text);
    }

    private static List<Guess> guesses(LanguageDetectorME detector, String text) {
        return Arrays.stream(detector.predictLanguages(passages(text)))
                .map(l -> new Guess(l.getLang(), l.getConfidence()))
                .toList();
    }

    private static String passages(String text) {
        if (text.length() <= 3 * PASSAGE) {
            return text;
        }
        StringBuilder passages = new StringBuilder();
        for (int part = 0; part < 3; part++) {
            int from = (int) ((long) (text.length() - PASSAGE) * (part + 1) / 4);
            passages.append(text, from, from + PASSAGE).append(' ');
        }
        return passages.toString();
    }

    private static final class Model {
        static final LanguageDetectorModel LOADED = load();

        private static LanguageDetectorModel load() {
            try (InputStream in = Language.class.getClassLoader().getResourceAsStream(MODEL)) {
                if (in == null) {
                    throw new KitException("The language model " + MODEL
                            + " is not on the class path: run environment/setup to build the library again.");
                }
                return new LanguageDetectorModel(in);
            } catch (IOException e) {
                throw new KitException(
                        "The language model " + MODEL + " cannot be read (" + e.getMessage()
                                + "): run environment/setup again.",
                        e);
            }
        }
    }
}
