package kawi.notebook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.audit.EarlierPass;
import kawi.evidence.Artifact;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Run;

/**
 * The page that tells what a run made, drawn from its manifests alone: a number that no manifest holds cannot appear in
 * it. It is one HTML file with the figures beside it, and needs no network.
 */
public final class Report {
    private final Run run;
    private final List<Artifact> artifacts;

    private Report(Run run) {
        this.run = run;
        this.artifacts = run.all();
    }

    /**
     * Writes {@code report/index.html} into the run's folder.
     *
     * @param args the run's folder alone
     */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("Report needs one argument, the run's folder: runs/<run>.");
            System.exit(2);
        }
        try {
            System.out.println(write(Path.of(args[0])));
        } catch (KitException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Writes the report of a run, {@code report/index.html} in its folder, with copies of the figures beside it.
     *
     * @param runFolder the run's folder, {@code runs/<run>}
     * @return the report's file
     * @throws KitException where there is no such run, it has no artifacts, or the report cannot be written
     */
    public static Path write(Path runFolder) {
        if (!Files.isDirectory(runFolder)) {
            throw new KitException(
                    "There is no run '" + runFolder.getFileName() + "' to report on: run a notebook first.");
        }
        Report report = new Report(new Run(runFolder, Map.of()));
        if (report.artifacts.isEmpty()) {
            throw new KitException("Run '" + runFolder.getFileName()
                    + "' has no artifacts to report on yet: run notebook 01-data-collection first.");
        }
        Path folder = runFolder.resolve("report");
        Path index = folder.resolve("index.html");
        try {
            Files.createDirectories(folder.resolve("figures"));
            report.copyFigures(folder.resolve("figures"));
            AtomicFile.write(index, "writing the report", report.html());
            return index;
        } catch (IOException e) {
            throw KitException.of(e, "writing the report", index);
        }
    }

    private void copyFigures(Path folder) throws IOException {
        for (Artifact artifact : artifacts) {
            for (Manifest.Figure figure : artifact.manifest().figures()) {
                Path source = artifact.folder().resolve(figure.file());
                if (Files.exists(source)) {
                    AtomicFile.write(
                            folder.resolve(copyName(artifact, figure)),
                            "copying a figure into the report",
                            out -> Files.copy(source, out));
                }
            }
        }
    }

    private static String copyName(Artifact artifact, Manifest.Figure figure) {
        return artifact.name() + "-" + Path.of(figure.file()).getFileName();
    }

    private String html() {
        StringBuilder page = new StringBuilder(HEAD.replace("{run}", Html.escape(run.name())));
        page.append("<h1>Run ")
                .append(Html.escape(run.name()))
                .append("</h1>\n")
                .append(summary());
        page.append("<h2 id=\"chain\">What was made, from what</h2>\n").append(chain());
        Map<String, List<Artifact>> stages = new TreeMap<>();
        artifacts.forEach(
                a -> stages.computeIfAbsent(a.stage(), s -> new ArrayList<>()).add(a));
        stages.forEach((stage, members) -> {
            page.append("<h2 id=\"")
                    .append(Html.escape(stage))
                    .append("\">")
                    .append(Html.escape(stage))
                    .append("</h2>\n");
            Path notebook = run.folder().resolve("notebooks").resolve(stage + ".html");
            if (Files.exists(notebook)) {
                page.append("<p><a href=\"../notebooks/")
                        .append(Html.escape(stage))
                        .append(".html\">The executed notebook</a></p>\n");
            }
            members.forEach(a -> page.append(section(a)));
        });
        page.append("<h2 id=\"machine\">Machine and versions</h2>\n")
                .append(machine())
                .append("</main></body></html>\n");
        return page.toString();
    }

    private String summary() {
        Manifest first = artifacts.get(0).manifest();
        EarlierPass earlier = EarlierPass.of(run);
        double seconds = artifacts.stream()
                .filter(a -> !earlier.has(a))
                .mapToDouble(a -> a.manifest().seconds())
                .sum();
        long bytes = artifacts.stream()
                .flatMap(a -> a.manifest().outputs().values().stream())
                .mapToLong(Manifest.Output::bytes)
                .sum();
        List<String> faults = artifacts.stream()
                .map(a -> run.fault(a.name()))
                .filter(f -> f != null)
                .distinct()
                .toList();
        Tables.Rows facts = Tables.columns("budget", "seed", "artifacts", "bytes", "time of making");
        facts.row(first.budget(), first.seed(), artifacts.size(), bytes, ProgressBar.time(seconds));
        StringBuilder said = new StringBuilder(Tables.html(facts.table()).source());
        if (!earlier.names().isEmpty()) {
            said.append("<p>Of the time, ")
                    .append(Html.escape(earlier.leftOut()))
                    .append("</p>\n");
        }
        if (faults.isEmpty()) {
            said.append("<p class=\"good\">Every file has the hash its manifest records, and every artifact was "
                    + "made from the inputs that are here now.</p>\n");
        } else {
            faults.forEach(
                    f -> said.append("<p class=\"bad\">").append(Html.escape(f)).append("</p>\n"));
        }
        return said.toString();
    }

    private String chain() {
        StringBuilder html =
                new StringBuilder("<table><thead><tr><th>artifact</th><th>notebook</th><th>made from</th><th>hash</th>"
                        + "<th>bytes</th><th>finished (UTC)</th></tr></thead><tbody>\n");
        for (Artifact a : artifacts) {
            long bytes = a.manifest().outputs().values().stream()
                    .mapToLong(Manifest.Output::bytes)
                    .sum();
            html.append("<tr><td><a href=\"#")
                    .append(Html.escape(a.name()))
                    .append("\">")
                    .append(Html.escape(a.name()))
                    .append("</a></td><td>")
                    .append(Html.escape(a.stage()))
                    .append("</td><td>")
                    .append(Html.escape(String.join(", ", ModelCard.madeFrom(a.manifest()))))
                    .append("</td><td><code>")
                    .append(a.hash(), 0, 12)
                    .append("</code></td><td class=\"n\">")
                    .append(Tables.number(bytes))
                    .append("</td><td>")
                    .append(Html.escape(a.manifest().finished()))
                    .append("</td></tr>\n");
        }
        return html.append("</tbody></table>\n").toString();
    }

    private String section(Artifact artifact) {
        Manifest manifest = artifact.manifest();
        StringBuilder html = new StringBuilder("<section id=\"")
                .append(Html.escape(artifact.name()))
                .append("\"><h3>")
                .append(Html.escape(artifact.name()))
                .append("</h3>\n");
        if (!manifest.metrics().isEmpty()) {
            html.append("<table><thead><tr><th>score</th><th>value</th><th>95 % interval</th></tr></thead><tbody>\n");
            manifest.metrics()
                    .forEach((name, m) -> html.append("<tr><td>")
                            .append(Html.escape(name))
                            .append("</td><td class=\"n\">")
                            .append(Tables.number(m.value()))
                            .append("</td><td class=\"n\">")
                            .append(m.low() == null ? "" : Tables.number(m.low()) + " to " + Tables.number(m.high()))
                            .append("</td></tr>\n"));
            html.append("</tbody></table>\n");
        }
        if (!manifest.sources().isEmpty()) {
            html.append(
                    "<h4>Made from outside the run</h4>\n<table><thead><tr><th>source</th><th>use</th><th>licence</th>"
                            + "<th>file</th><th>SHA-256</th></tr></thead><tbody>\n");
            for (Manifest.Source source : manifest.sources()) {
                source.files()
                        .forEach((file, hash) -> html.append("<tr><td>")
                                .append(Html.escape(source.name()))
                                .append("</td><td>")
                                .append(Html.escape(source.use()))
                                .append("</td><td>")
                                .append(Html.escape(source.licence()))
                                .append("</td><td>")
                                .append(Html.escape(file))
                                .append("</td><td><code>")
                                .append(Html.escape(hash))
                                .append("</code></td></tr>\n"));
            }
            html.append("</tbody></table>\n");
        }
        for (Manifest.Figure figure : manifest.figures()) {
            html.append("<figure><img width=\"720\" src=\"figures/")
                    .append(Html.escape(copyName(artifact, figure)))
                    .append("\" alt=\"")
                    .append(Html.escape(figure.alt()))
                    .append("\"><figcaption>")
                    .append(Html.escape(figure.title()))
                    .append("</figcaption></figure>\n");
        }
        for (Manifest.Grid grid : manifest.tables()) {
            html.append("<h4>")
                    .append(Html.escape(grid.title()))
                    .append("</h4>\n")
                    .append(grid(grid));
        }
        for (Manifest.Passage passage : manifest.texts()) {
            html.append("<h4>")
                    .append(Html.escape(passage.title()))
                    .append("</h4>\n<pre>")
                    .append(Html.escape(passage.text()))
                    .append("</pre>\n");
        }
        if (!manifest.parameters().isEmpty()) {
            html.append("<details><summary>Parameters</summary><table><tbody>\n");
            manifest.parameters()
                    .forEach((k, v) -> html.append("<tr><td>")
                            .append(Html.escape(k))
                            .append("</td><td>")
                            .append(Html.escape(String.valueOf(v)))
                            .append("</td></tr>\n"));
            html.append("</tbody></table></details>\n");
        }
        html.append("<details><summary>Files</summary><table><tbody>\n");
        manifest.outputs()
                .forEach((path, o) -> html.append("<tr><td>")
                        .append(Html.escape(path))
                        .append("</td><td class=\"n\">")
                        .append(Tables.number(o.bytes()))
                        .append("</td><td><code>")
                        .append(o.sha256(), 0, 16)
                        .append("</code></td></tr>\n"));
        return html.append("</tbody></table></details></section>\n").toString();
    }

    private static String grid(Manifest.Grid grid) {
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        grid.columns().forEach(c -> html.append("<th>").append(Html.escape(c)).append("</th>"));
        html.append("</tr></thead><tbody>\n");
        for (List<String> row : grid.rows()) {
            html.append("<tr>");
            for (String cell : row) {
                boolean number = cell.matches("-?[\\d,.]+(E-?\\d+)?");
                html.append(number ? "<td class=\"n\">" : "<td>")
                        .append(Html.escape(number ? shortened(cell) : cell))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table>\n").toString();
    }

    /** A manifest keeps every digit; a page shows four that count. */
    private static String shortened(String number) {
        try {
            return number.contains(".")
                    ? Tables.number(Double.parseDouble(number))
                    : Tables.number(Long.parseLong(number));
        } catch (NumberFormatException e) {
            return number;
        }
    }

    private String machine() {
        Map<String, String> all = new LinkedHashMap<>();
        artifacts.forEach(a -> a.manifest()
                .environment()
                .forEach((k, v) -> all.merge(k, v, (x, y) -> x.contains(y) ? x : x + "; " + y)));
        artifacts.forEach(a -> a.manifest().code().forEach((k, v) -> {
            if (k.equals("library")) {
                all.merge("library jar (SHA-256)", v.substring(0, 16), (x, y) -> x.contains(y) ? x : x + "; " + y);
            }
        }));
        return Tables.html(Tables.of(all, "what", "which")).source();
    }

    private static final String HEAD = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Kawi: run {run}</title>
      <style>
      :root { color-scheme: light dark }
      body { font: 16px/1.5 system-ui, sans-serif; color: #222; margin: 0; overflow-wrap: break-word }
      main { max-width: 60rem; margin: 0 auto; padding: 1.5rem }
      h1 { font-size: 1.7rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd } h3 { margin-top: 2rem }
      table { border-collapse: collapse; margin: .8rem 0; font-size: .92rem; display: block; overflow-x: auto }
      th, td { padding: .25rem .7rem; border-bottom: 1px solid #e5e5e5; text-align: left; vertical-align: top }
      td.n { text-align: right; font-variant-numeric: tabular-nums }
      figure { margin: 1rem 0 } img { max-width: 100%; height: auto } figcaption { color: #555; font-size: .9rem }
      pre { white-space: pre-wrap; background: #f6f6f6; padding: .8rem; font-size: .88rem } code { font-size: .88em }
      .good { color: #00614a } .bad { color: #a33b00 } summary { cursor: pointer; color: #0059a0 }
      @media (prefers-color-scheme: dark) {
        body { background: #141518; color: #ececef } h2 { border-color: #373a41 } th, td { border-color: #373a41 }
        pre { background: #1d1f23 } figcaption { color: #a3a6ad } img { background: #fff } a { color: #8fc7ff }
        .good { color: #5fd3b3 } .bad { color: #ff9d6e } summary { color: #8fc7ff }
      }
      </style></head><body><main>
      """;
}
