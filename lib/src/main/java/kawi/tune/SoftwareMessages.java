package kawi.tune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/**
 * Reads the English and French messages of software: JupyterLab, Django and Wagtail. Catalog: ui-translations. Kept are
 * pairs of 3 to 25 words on both sides, one line each, that are not the same in both languages.
 */
final class SoftwareMessages {
    private static final int FEWEST_WORDS = 3;
    private static final int MOST_WORDS = 25;
    private static final Map<String, String> PACKAGES = new LinkedHashMap<>();

    static {
        PACKAGES.put("JupyterLab", "jupyterlab_language_pack_fr_fr-");
        PACKAGES.put("Django", "django-");
        PACKAGES.put("Wagtail", "wagtail-");
    }

    private SoftwareMessages() {}

    /**
     * Examples whose input is the English message and whose answer is the French one; the slice is the project.
     *
     * @param packages the source's packages; those of other projects are passed over
     * @throws KitException when there is none of the three
     */
    static List<Example> read(List<Path> packages) {
        Map<String, Example> bySource = new LinkedHashMap<>();
        PACKAGES.forEach((project, prefix) -> {
            for (Path archive : packages.stream()
                    .filter(p -> p.getFileName().toString().startsWith(prefix))
                    .toList()) {
                for (Archives.Entry file :
                        Archives.entries(archive, p -> p.matches(".*/fr(_FR)?/LC_MESSAGES/.*\\.mo"))) {
                    messages(archive, file).forEach((english, french) -> {
                        if (fits(english) && fits(french) && !english.equals(french)) {
                            bySource.putIfAbsent(
                                    english, Example.of(project, "", clean(english), List.of(clean(french))));
                        }
                    });
                }
            }
        });
        if (bySource.isEmpty()) {
            throw new KitException("the messages of software (ui-translations) are not at hand: run environment/setup");
        }
        return List.copyOf(bySource.values());
    }

    private static Map<String, String> messages(Path archive, Archives.Entry file) {
        try {
            return Gettext.mo(file.bytes());
        } catch (IOException e) {
            throw new KitException(
                    file.path() + " in " + archive.getFileName() + " is " + e.getMessage()
                            + ": remove the package from datasets/cache and run environment/setup",
                    e);
        }
    }

    private static boolean fits(String message) {
        int words = message.strip().split("\\s+").length;
        return words >= FEWEST_WORDS
                && words <= MOST_WORDS
                && !message.strip().contains("\n")
                && !message.contains("<");
    }

    private static String clean(String message) {
        return message.strip().replace('\u00a0', ' ').replace('\u202f', ' ').replaceAll("\\s+", " ");
    }
}
