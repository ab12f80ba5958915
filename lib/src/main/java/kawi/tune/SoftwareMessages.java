package kawi.tune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kawi.corpus.Archive;
import kawi.evidence.KitException;

/**
 * Reads the English and French messages of software out of packages that carry gettext catalogues: JupyterLab, Django
 * and Wagtail. Catalog: ui-translations. Kept are pairs of 3 to 25 words on both sides, one line each, that are not the
 * same in both languages.
 */
final class SoftwareMessages {
    private static final int FEWEST_WORDS = 3;
    private static final int MOST_WORDS = 25;

    private SoftwareMessages() {}

    /**
     * Examples whose input is the English message and whose answer is the French one; the slice is the project, which
     * is told by the folder that the catalogue lies in.
     *
     * @param packages the source's packages; those without French catalogues are counted as left out
     * @throws KitException when there is no French catalogue in any, or one of them is damaged
     */
    static Pool read(List<Path> packages) {
        Pool.Gathering pool = new Pool.Gathering();
        Set<String> seen = new HashSet<>();
        for (Path archive : packages) {
            List<Archive.Entry> catalogues =
                    Archive.entries(archive, path -> path.matches(".*/fr(_FR)?/LC_MESSAGES/.*\\.mo"));
            if (catalogues.isEmpty()) {
                pool.leaveOut("a package without French gettext catalogues");
            }
            for (Archive.Entry file : catalogues) {
                Gettext.Catalogue catalogue = catalogue(archive, file);
                catalogue.leftOut().forEach((reason, count) -> pool.leaveOut("message: " + reason, count));
                catalogue.readOtherwise().forEach((how, count) -> pool.readOtherwise("a message: " + how, count));
                catalogue.messages().forEach((english, french) -> {
                    String problem = problem(english, french);
                    if (problem != null) {
                        pool.leaveOut(problem);
                    } else if (!seen.add(english)) {
                        pool.leaveOut("seen before");
                    } else {
                        pool.add(Example.of(project(file.path()), "", clean(english), List.of(clean(french))));
                    }
                });
            }
        }
        if (pool.isEmpty()) {
            throw new KitException(
                    "The messages of software (ui-translations) are not at hand: run environment/setup.");
        }
        return pool.pool();
    }

    /** The project's name from the top folder in its package. */
    private static String project(String path) {
        String folder = path.substring(0, path.indexOf('/'));
        return switch (folder) {
            case "jupyterlab_language_pack_fr_FR" -> "JupyterLab";
            case "django" -> "Django";
            case "wagtail" -> "Wagtail";
            default -> folder;
        };
    }

    private static Gettext.Catalogue catalogue(Path archive, Archive.Entry file) {
        try {
            return Gettext.mo(file.bytes());
        } catch (IOException e) {
            throw new KitException(
                    file.path() + " in " + archive + " is " + e.getMessage()
                            + ": remove the package and run environment/setup to fetch it again.",
                    e);
        }
    }

    /** Why a pair is left out, or null where it is taken. */
    private static String problem(String english, String french) {
        if (english.equals(french)) {
            return "the same in both languages";
        }
        return fits(english) && fits(french)
                ? null
                : "not " + FEWEST_WORDS + " to " + MOST_WORDS + " words on one line without markup";
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
