package kawi.clean;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.evidence.KitException;
import kawi.text.LanguageCode;

/**
 * The thresholds that Penedo et al., "FineWeb2: One Pipeline to Scale Them All" (2025), published for each language in
 * the folder {@code configs} of their repository. English is not among them: FineWeb2 begins where FineWeb ends.
 *
 * @param language ISO 639-1 code
 * @param shortest smallest mean number of characters in a word; null where they set none
 * @param longest largest mean number of characters in a word
 * @param letters smallest share of words with a letter
 * @param punctuated smallest share of lines that end in punctuation; null where they set none
 * @param newLines most line breaks a word
 * @param linesSeen largest share of lines seen before
 * @param top largest shares of characters in the most frequent 2-, 3- and 4-gram
 * @param seen largest shares of characters in 5- to 10-grams seen before
 */
record FineWeb2(
        String language,
        Double shortest,
        Double longest,
        Double letters,
        Double punctuated,
        Double newLines,
        Double linesSeen,
        List<Double> top,
        List<Double> seen) {
    private static final Map<String, FineWeb2> ALL = all();

    /** {@return the languages that have thresholds, as ISO 639-1 codes in alphabetical order} */
    static List<String> languages() {
        return List.copyOf(ALL.keySet());
    }

    static FineWeb2 of(String language) {
        FineWeb2 thresholds = ALL.get(LanguageCode.of(language));
        if (thresholds == null) {
            throw new KitException("There are no published thresholds at hand for the language \"" + language
                    + "\": name en or one of " + String.join(", ", languages()) + ", or move the bounds yourself.");
        }
        return thresholds;
    }

    private static Map<String, FineWeb2> all() {
        Map<String, FineWeb2> all = new TreeMap<>();
        try (InputStream file = FineWeb2.class.getResourceAsStream("fineweb2.tsv")) {
            new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
                String[] cells = line.split("\t");
                Double[] n = Arrays.stream(cells).skip(1).map(FineWeb2::bound).toArray(Double[]::new);
                List<Double> shares = Arrays.asList(n);
                all.put(
                        cells[0],
                        new FineWeb2(
                                cells[0],
                                n[0],
                                n[1],
                                n[2],
                                n[3],
                                n[4],
                                n[5],
                                shares.subList(6, 9),
                                shares.subList(9, 15)));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** At least nothing is no bound. */
    private static Double bound(String cell) {
        return cell.equals("0") ? null : Double.valueOf(cell);
    }
}
