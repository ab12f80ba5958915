package kawi.notebook;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.readers.JavadocScanner;
import kawi.text.Normalizer;

/**
 * The documentation of a class, read from its source: the kit is used from its clone, where the sources lie beside the
 * library.
 *
 * @param declaration the class's declaration in one line
 * @param text its comment without markup
 * @param methods its public methods and constructors that have a comment, in the order of the source
 */
record Documentation(String declaration, String text, List<Method> methods) {
    private static final String SOURCES = "lib/src/main/java";
    private static final Normalizer PLAIN = Normalizer.of(Normalizer.javadoc(), Normalizer.html());
    private static final Pattern INNER = Pattern.compile("\\{@\\w+\\s+(?:[\\w.#()]+\\s+)?([^{}]*)}");
    /** What a method returns, which the javadoc tool makes a sentence of its own; a tag may lie within it. */
    private static final Pattern RETURN =
            Pattern.compile("\\{@return\\s+((?:[^{}]|\\{(?:[^{}]|\\{[^{}]*})*})*?)\\s*([.!?]?)\\s*}");

    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+(?=[A-Z@{])|\\n\\s*(?=@)|\\n\\n");

    /** A method's declaration in one line, and the first sentence of its comment. */
    record Method(String declaration, String says) {}

    static Documentation of(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        Path source = sources(outermost).resolve(outermost.getName().replace('.', '/') + ".java");
        List<JavadocScanner.Comment> comments;
        try {
            comments = JavadocScanner.scan(Files.readString(source));
        } catch (IOException e) {
            throw KitException.of(e, "reading the documentation of " + type.getSimpleName(), source);
        }
        Pattern named =
                Pattern.compile("\\b(class|interface|record|enum) " + Pattern.quote(type.getSimpleName()) + "\\b");
        for (JavadocScanner.Comment each : comments) {
            if (named.matcher(each.declaration()).find()) {
                return new Documentation(each.declaration(), plain(each.text()), methods(type, comments));
            }
        }
        throw new KitException(type.getSimpleName() + " has no documentation in " + source.getFileName() + ".");
    }

    private static List<Method> methods(Class<?> type, List<JavadocScanner.Comment> comments) {
        List<String> names = new ArrayList<>();
        for (java.lang.reflect.Method each : type.getDeclaredMethods()) {
            if (java.lang.reflect.Modifier.isPublic(each.getModifiers())) {
                names.add(each.getName());
            }
        }
        if (type.getConstructors().length > 0) {
            names.add(type.getSimpleName());
        }
        List<Method> methods = new ArrayList<>();
        for (JavadocScanner.Comment each : comments) {
            String declaration = each.declaration();
            int parenthesis = declaration.indexOf('(');
            if (parenthesis < 0 || !(declaration.startsWith("public ") || type.isInterface())) {
                continue;
            }
            String name = declaration.substring(0, parenthesis).replaceAll(".*[^\\w$]", "");
            if (names.contains(name) && !declaration.matches(".*\\b(class|record|interface|enum) .*")) {
                String text = plain(each.text());
                methods.add(new Method(declaration, SENTENCE_END.split(text, 2)[0].strip()));
            }
        }
        return methods;
    }

    private static String plain(String comment) {
        // A tag within a tag, as in {@return the {@link #low} end}, is still there after the first round.
        return INNER.matcher(PLAIN.apply(RETURN.matcher(comment)
                        .replaceAll(found -> Matcher.quoteReplacement(
                                found.group(1) + (found.group(2).isEmpty() ? "." : found.group(2))))))
                .replaceAll("$1")
                .strip();
    }

    /** The folder of the sources in the clone that holds the library, or the one that the kernel works in. */
    private static Path sources(Class<?> type) {
        List<Path> starts = new ArrayList<>();
        try {
            CodeSource place = type.getProtectionDomain().getCodeSource();
            if (place != null && place.getLocation() != null) {
                starts.add(Path.of(place.getLocation().toURI()));
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the library lies at an address that is none: " + e, e);
        }
        starts.add(Path.of(System.getProperty("kawi.home", "")).toAbsolutePath());
        for (Path start : starts) {
            for (Path each = start; each != null; each = each.getParent()) {
                Path sources = each.resolve(SOURCES);
                if (Files.isRegularFile(sources.resolve(type.getName().replace('.', '/') + ".java"))) {
                    return sources;
                }
            }
        }
        throw new KitException("The documentation of " + type.getSimpleName() + " is read from " + SOURCES
                + " of the kit's clone, where it is not: start the kernel in the clone's notebooks folder, and"
                + " ask for a class of the kit.");
    }

    String html() {
        StringBuilder html =
                new StringBuilder("<p><code>").append(Html.escape(declaration)).append("</code></p>\n");
        for (String paragraph : text.split("\\n\\s*\\n")) {
            html.append("<p style=\"white-space:pre-line\">")
                    .append(Html.escape(paragraph.strip()))
                    .append("</p>\n");
        }
        if (methods.isEmpty()) {
            return html.toString();
        }
        html.append("<table><thead><tr><th style=\"text-align:left\">method</th><th"
                + " style=\"text-align:left\">what it does</th>"
                + "</tr></thead><tbody>\n");
        for (Method each : methods) {
            html.append("<tr><td style=\"text-align:left\"><code>")
                    .append(Html.escape(each.declaration().replaceFirst("^public ", "")))
                    .append("</code></td><td style=\"text-align:left\">")
                    .append(Html.escape(each.says()))
                    .append("</td></tr>\n");
        }
        return html.append("</tbody></table>\n").toString();
    }
}
