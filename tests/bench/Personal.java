import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import kawi.clean.Pii;
import kawi.corpus.JsonLines;

/**
 * Finds personal data in the texts that personal_set.py drew, on one thread: {@code Personal DATA THREADS full|quick}.
 * What was found is left in DATA for personal.py, which scores both sides by one measure and is the peer.
 */
public class Personal {
    /** One text in so many, as in personal.py. */
    private static final int QUICKLY = 20;

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        boolean quick = args[2].equals("quick");
        List<String> lines = Files.readAllLines(data.resolve("personal.jsonl"));
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += quick ? QUICKLY : 1) {
            texts.add(JsonLines.JSON.readTree(lines.get(i)).get("text").asText());
        }
        int passes = quick ? 1 : 3;
        List<List<Pii.Found>> found = List.of();
        for (int i = 0; i < passes; i++) {
            found = pass(texts); // warms up
        }
        long start = System.nanoTime();
        for (int i = 0; i < passes; i++) {
            found = pass(texts);
        }
        System.out.println("result seconds " + (System.nanoTime() - start) / 1e9 / passes);
        List<String> places = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            places.add(JsonLines.JSON.writeValueAsString(places(texts.get(i), found.get(i))));
        }
        Files.write(data.resolve("personal-found.jsonl"), places);
        ProcessBuilder scores = new ProcessBuilder(
                System.getenv("KAWI_PYTHON"),
                Path.of(System.getenv("KAWI_HOME"), "tests/bench/personal.py").toString(),
                data.toString(),
                args[2],
                "score");
        scores.redirectError(ProcessBuilder.Redirect.INHERIT).redirectOutput(ProcessBuilder.Redirect.INHERIT);
        if (scores.start().waitFor() != 0) {
            throw new IllegalStateException("What was found could not be scored by tests/bench/personal.py.");
        }
    }

    private static List<List<Pii.Found>> pass(List<String> texts) {
        return texts.stream().map(Pii::find).toList();
    }

    /** Kind, first and last place of each find, counted in code points as Python does. */
    private static List<List<Object>> places(String text, List<Pii.Found> found) {
        return found.stream()
                .map(each -> List.<Object>of(
                        each.kind().name().toLowerCase(Locale.ROOT),
                        text.codePointCount(0, each.start()),
                        text.codePointCount(0, each.end())))
                .toList();
    }
}
