package kawi.notebook;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kawi.audit.EarlierPass;
import kawi.evidence.Artifact;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Run;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What whoever uses a model must know before they do (Mitchell et al. 2019), as Markdown and as HTML. Words come from
 * the author; numbers come from the manifests of the run, or from a table that the card's own artifact keeps.
 */
public final class ModelCard {
    private static final String CARD = "card";

    /** A part of the card: paragraphs and tables in the order in which they were added. */
    private record Section(String title, List<Object> blocks) {}

    private final Run run;
    private final String title;
    private final List<Artifact> artifacts;
    private final EarlierPass earlier;
    private final List<Section> sections = new ArrayList<>();
    private final Map<String, Object> metadata = new LinkedHashMap<>();

    private ModelCard(Run run, String title) {
        this.run = run;
        this.title = title;
        this.artifacts = run.all().stream()
                .filter(each -> !each.name().equals(CARD) && run.fault(each.name()) == null)
                .toList();
        this.earlier = EarlierPass.of(run);
    }

    /**
     * Begins the card of a run's models.
     *
     * @param run whose artifacts the card describes, as they are now: those that can be trusted, see {@link Run#fault};
     *     an earlier card is none of them, and neither is what was made from something that is no longer there
     * @param title what stands above the card
     * @return the card, still without parts
     */
    public static ModelCard of(Run run, String title) {
        return new ModelCard(run, title);
    }

    /**
     * Puts a fact where programs look for it: the front matter of {@link #markdown}, as Hugging Face's hub reads it.
     *
     * @param key one of the hub's, such as "license" (an identifier in lower case), "language" or "base_model"
     * @param value a text, a number or a list of texts
     * @return this
     * @see <a href="https://huggingface.co/docs/hub/model-cards">the hub's keys</a>
     */
    public ModelCard metadata(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Puts a score of an artifact into the front matter, so that the hub lists it among a model's results.
     *
     * @param artifact whose manifest has the score
     * @param score its name there, such as "sentiment: accuracy"
     * @param task the hub's name of the task, such as "text-classification"
     * @param metric the hub's name of the metric, such as "accuracy"
     * @param dataset what it was measured on, in a few words
     * @return this
     * @throws KitException where the run has no such artifact, or its manifest no such score
     */
    public ModelCard result(String artifact, String score, String task, String metric, String dataset) {
        Manifest.Metric found = manifest(artifact).metrics().get(score);
        if (found == null) {
            throw new KitException("The manifest of '" + artifact + "' has no score '" + score + "', only "
                    + String.join(", ", manifest(artifact).metrics().keySet()) + ": name one of these.");
        }
        List<Object> results = new ArrayList<>();
        if (metadata.get("model-index") instanceof List<?> index
                && index.get(0) instanceof Map<?, ?> model
                && model.get("results") instanceof List<?> before) {
            results.addAll(before);
        }
        results.add(Map.of(
                "task", Map.of("type", task),
                "dataset", Map.of("name", dataset, "type", dataset.replaceAll("[^A-Za-z0-9]+", "-")),
                "metrics", List.of(Map.of("type", metric, "name", score, "value", found.value()))));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("name", title);
        model.put("results", results);
        metadata.put("model-index", List.of(model));
        return this;
    }

    /**
     * {@return what the work of this pass took: the seconds that the manifests count, and the energy of it, estimated
     * as seconds times cores times watts a core} A counter of the machine, where it can be read, knows better; this is
     * for where none can. What {@link #leftOut} names is not in it.
     *
     * @param cores how many computed, at least 1
     * @param wattsPerCore what a busy core uses, with its share of memory and power supply; 10 to 15 in a server
     * @throws KitException for numbers that are not above 0
     */
    public Table energy(int cores, double wattsPerCore) {
        if (cores < 1 || !(wattsPerCore > 0) || Double.isInfinite(wattsPerCore)) {
            throw new KitException(cores + " cores of " + wattsPerCore
                    + " watts each have no energy to estimate: give numbers above 0.");
        }
        double seconds = artifacts.stream()
                .filter(each -> !earlier.has(each))
                .mapToDouble(each -> each.manifest().seconds())
                .sum();
        return Table.create(
                "energy",
                StringColumn.create(
                        "what",
                        "seconds, of this pass's manifests",
                        "cores",
                        "watts a core, supposed",
                        "watt-hours, estimated"),
                DoubleColumn.create("value", seconds, cores, wattsPerCore, seconds * cores * wattsPerCore / 3600));
    }

    /**
     * {@return which artifacts of an earlier pass lie in the run's folder and are left out of the sums, in a sentence
     * with their names; empty where there are none} An earlier card is none of them, for this one takes its place.
     */
    public String leftOut() {
        return earlier.leftOut(CARD);
    }

    /**
     * Adds a paragraph to a part of the card.
     *
     * @param section the heading of the part, which is begun where it is new
     * @param paragraph its text
     * @return this
     */
    public ModelCard say(String section, String paragraph) {
        section(section).blocks().add(paragraph.strip());
        return this;
    }

    /**
     * Adds a table to a part of the card.
     *
     * @param section the heading of the part, which is begun where it is new
     * @param table the table; its numbers are written as {@link Tables#number} writes them
     * @return this
     */
    public ModelCard table(String section, Table table) {
        List<List<String>> rows = new ArrayList<>();
        for (Row row : table) {
            List<String> cells = new ArrayList<>();
            table.columns().forEach(column -> cells.add(Tables.cell(column, row.getRowNumber())));
            rows.add(cells);
        }
        section(section).blocks().add(new Manifest.Grid("", table.columnNames(), rows));
        return this;
    }

    /**
     * Adds the tables of an artifact's manifest that have a column of this name, such as "licence".
     *
     * @param section the heading of the part, which is begun where it is new
     * @param artifact whose tables are taken
     * @param column the heading to look for, in upper or lower case
     * @return this
     * @throws KitException where the run has no such artifact, or none of its tables has such a column
     */
    public ModelCard tables(String section, String artifact, String column) {
        List<Manifest.Grid> found = manifest(artifact).tables().stream()
                .filter(grid -> grid.columns().stream().anyMatch(name -> name.equalsIgnoreCase(column)))
                .toList();
        if (found.isEmpty()) {
            throw new KitException("The manifest of '" + artifact + "' has no table with a column '" + column
                    + "': run its notebook again.");
        }
        section(section).blocks().addAll(found);
        return this;
    }

    /**
     * Adds every score of some artifacts, with its 95 % interval.
     *
     * @param section the heading of the part, which is begun where it is new
     * @param names the names of the artifacts
     * @return this
     * @throws KitException where the run has no artifact of one of these names
     */
    public ModelCard scores(String section, String... names) {
        List<List<String>> rows = new ArrayList<>();
        for (String name : names) {
            manifest(name)
                    .metrics()
                    .forEach((score, m) -> rows.add(List.of(
                            name,
                            score,
                            Tables.number(m.value()),
                            m.low() == null ? "" : Tables.number(m.low()) + " to " + Tables.number(m.high()))));
        }
        section(section)
                .blocks()
                .add(new Manifest.Grid("", List.of("artifact", "score", "value", "95 % interval"), rows));
        return this;
    }

    /**
     * Adds which artifact was made from which, by which notebook, with their hashes, and the sources that came from
     * outside with theirs.
     *
     * @param section the heading of the part, which is begun where it is new
     * @return this
     */
    public ModelCard chain(String section) {
        List<List<String>> rows = new ArrayList<>();
        for (Artifact each : artifacts) {
            rows.add(List.of(
                    earlier.has(each) ? each.name() + " (earlier pass)" : each.name(),
                    each.stage(),
                    String.join(", ", madeFrom(each.manifest())),
                    each.hash().substring(0, 16),
                    each.manifest().finished()));
        }
        section(section)
                .blocks()
                .add(new Manifest.Grid("", List.of("artifact", "notebook", "made from", "SHA-256", "finished"), rows));
        List<List<String>> outside = new ArrayList<>();
        sources()
                .forEach(source -> outside.add(List.of(
                        source.name(),
                        source.use(),
                        source.licence(),
                        String.valueOf(source.files().size()),
                        source.hash().substring(0, 16))));
        if (!outside.isEmpty()) {
            section(section)
                    .blocks()
                    .add(new Manifest.Grid("", List.of("source", "use", "licence", "files", "SHA-256"), outside));
        }
        return this;
    }

    /** The names of what an artifact was made from: artifacts first, then sources. */
    static List<String> madeFrom(Manifest manifest) {
        List<String> names = new ArrayList<>(manifest.inputs().keySet());
        manifest.sources().forEach(source -> names.add(source.name()));
        return names;
    }

    /**
     * {@return every source that an artifact of the run records, by name; one whose files changed between two artifacts
     * stands twice}
     */
    public List<Manifest.Source> sources() {
        return sources(artifacts);
    }

    private static List<Manifest.Source> sources(Collection<Artifact> artifacts) {
        return artifacts.stream()
                .flatMap(each -> each.manifest().sources().stream())
                .distinct()
                .sorted(Comparator.comparing(Manifest.Source::name).thenComparing(Manifest.Source::hash))
                .toList();
    }

    /**
     * {@return who holds what, from the manifests alone: a row for each source of the run, with the artifacts that were
     * made from it directly and those that were made from these} If a source must be withdrawn, all of them are
     * affected. So all that lies in the run's folder is in it but an earlier card, whose place this one takes: behind
     * the name stands "(earlier pass)" where an earlier pass left it, and "(not trusted)" where {@link Run#fault} finds
     * another fault.
     */
    public Table holdings() {
        Map<String, Artifact> all = new TreeMap<>();
        run.all().stream()
                .filter(each -> !each.name().equals(CARD))
                .forEach(each -> all.putIfAbsent(each.name(), each));
        Map<String, List<String>> ancestry = ancestry(all.values());
        StringColumn name = StringColumn.create("source");
        StringColumn use = StringColumn.create("use");
        StringColumn licence = StringColumn.create("licence");
        StringColumn direct = StringColumn.create("made from it");
        StringColumn indirect = StringColumn.create("made from these");
        for (Manifest.Source source : sources(all.values())) {
            List<String> first = all.values().stream()
                    .filter(each -> each.manifest().sources().contains(source))
                    .map(Artifact::name)
                    .toList();
            List<String> later = ancestry.entrySet().stream()
                    .filter(e ->
                            !first.contains(e.getKey()) && e.getValue().stream().anyMatch(first::contains))
                    .map(Map.Entry::getKey)
                    .toList();
            name.append(source.name());
            use.append(source.use());
            licence.append(source.licence());
            direct.append(marked(first, all));
            indirect.append(marked(later, all));
        }
        return Table.create("holdings", name, use, licence, direct, indirect);
    }

    private String marked(List<String> names, Map<String, Artifact> all) {
        return names.stream()
                .map(name -> earlier.has(all.get(name))
                        ? name + " (earlier pass)"
                        : artifacts.stream().noneMatch(each -> each.name().equals(name))
                                ? name + " (not trusted)"
                                : name)
                .collect(Collectors.joining(", "));
    }

    /**
     * Which artifacts hold something of which: all inputs of an artifact and theirs. What came from outside the run is
     * in {@link #sources} and {@link #holdings}.
     *
     * @return by artifact, the names of everything that it was made from, in alphabetical order
     */
    public Map<String, List<String>> ancestry() {
        return ancestry(artifacts);
    }

    private static Map<String, List<String>> ancestry(Collection<Artifact> artifacts) {
        Map<String, Manifest> manifests = new TreeMap<>();
        artifacts.forEach(each -> manifests.putIfAbsent(each.name(), each.manifest()));
        Map<String, List<String>> ancestry = new TreeMap<>();
        manifests.keySet().forEach(name -> {
            TreeSet<String> all = new TreeSet<>();
            ancestors(name, manifests, all);
            ancestry.put(name, List.copyOf(all));
        });
        return ancestry;
    }

    private static void ancestors(String name, Map<String, Manifest> manifests, TreeSet<String> found) {
        if (manifests.containsKey(name)) {
            manifests.get(name).inputs().keySet().stream()
                    .filter(found::add)
                    .forEach(input -> ancestors(input, manifests, found));
        }
    }

    private Manifest manifest(String name) {
        return artifacts.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .map(Artifact::manifest)
                .orElseThrow(() -> new KitException("The model card needs artifact '" + name
                        + "', which is not in run '" + run.name() + "': run its notebook first."));
    }

    private Section section(String name) {
        return sections.stream()
                .filter(each -> each.title().equals(name))
                .findFirst()
                .orElseGet(() -> {
                    Section made = new Section(name, new ArrayList<>());
                    sections.add(made);
                    return made;
                });
    }

    /** {@return the card in Markdown, its metadata in front} */
    public String markdown() {
        StringBuilder card = new StringBuilder(FrontMatter.of(metadata))
                .append("# ")
                .append(title)
                .append("\n");
        for (Section section : sections) {
            card.append("\n## ").append(section.title()).append("\n");
            for (Object block : section.blocks()) {
                card.append('\n')
                        .append(block instanceof Manifest.Grid grid ? markdown(grid) : block)
                        .append('\n');
            }
        }
        return card.toString();
    }

    private static String markdown(Manifest.Grid grid) {
        StringBuilder table = new StringBuilder(grid.title().isEmpty() ? "" : grid.title() + "\n\n");
        table.append("| ")
                .append(String.join(" | ", escaped(grid.columns())))
                .append(" |\n|")
                .append(" --- |".repeat(grid.columns().size()));
        grid.rows()
                .forEach(row -> table.append("\n| ")
                        .append(String.join(" | ", escaped(row)))
                        .append(" |"));
        return table.toString();
    }

    private static List<String> escaped(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.replace("|", "\\|").replaceAll("\\s+", " "))
                .toList();
    }

    /** {@return the card as a piece of HTML} */
    public Html html() {
        StringBuilder card =
                new StringBuilder("<h2>").append(Html.escape(title)).append("</h2>\n");
        for (Section section : sections) {
            card.append("<h3>").append(Html.escape(section.title())).append("</h3>\n");
            for (Object block : section.blocks()) {
                card.append(
                                block instanceof Manifest.Grid grid
                                        ? html(grid)
                                        : "<p>" + Html.escape(String.valueOf(block)) + "</p>")
                        .append('\n');
            }
        }
        return new Html(card.toString());
    }

    private static String html(Manifest.Grid grid) {
        String head = grid.columns().stream()
                .map(c -> "<th style=\"text-align:left\">" + Html.escape(c) + "</th>")
                .collect(Collectors.joining());
        String body = grid.rows().stream()
                .map(row -> row.stream()
                        .map(cell -> "<td style=\"text-align:" + (cell.matches("-?[\\d.,]+") ? "right" : "left") + "\">"
                                + Html.escape(cell) + "</td>")
                        .collect(Collectors.joining("", "<tr>", "</tr>")))
                .collect(Collectors.joining("\n"));
        String caption = grid.title().isEmpty() ? "" : "<caption>" + Html.escape(grid.title()) + "</caption>";
        String table =
                "<table>" + caption + "<thead><tr>" + head + "</tr></thead><tbody>\n" + body + "</tbody></table>";
        return Tables.boxed(table, grid.rows().size(), grid.columns().size());
    }

    /** {@return the card as a page of its own that needs nothing else} */
    public String page() {
        return String.format(Locale.ROOT, """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>%s</title>
        <style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto;
          padding: 0 1rem; color: #222 }
        table { border-collapse: collapse; font-size: .92rem }
        th, td { padding: .25rem .7rem; border-bottom: 1px solid #e5e5e5 }</style>
        </head><body>
        %s</body></html>
        """, Html.escape(title), html().source());
    }

    @Override
    public String toString() {
        return "model card: " + title;
    }
}
