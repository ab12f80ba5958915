package kawi.tune;

import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.evidence.KitException;

/**
 * Reads the documented methods out of Java source archives. Catalog: java-docs. Comments are read as the Javadoc tool
 * would show them: block tags apart, inline tags and HTML as plain text (Javadoc documentation comment specification,
 * JDK 17). Sources are scanned, not parsed: a declaration that the scan does not understand is passed over.
 */
final class MethodDocs {
    private static final Pattern DECLARATION =
            Pattern.compile("\\s*(?:@\\w+(?:\\([^)]*\\))?\\s+)*((?:public|protected|static|final|abstract|synchronized|"
                    + "default)\\s+)*(?:<[^;{(]{1,80}>\\s*)?"
                    + "([\\w.]+(?:<[\\w<>,.? "
                    + "\\[\\]]{1,60}>)?(?:\\[\\])*)\\s+(\\w+)\\s*\\(([^;{]{0,200}?)\\)\\s*(?:throws\\s[\\w.,"
                    + "\\s]+)?[;{]");
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^\\s*@(\\w+)\\s*");
    private static final Pattern INLINE_CODE =
            Pattern.compile("\\{@(?:code|literal|value)\\s*([^{}]*(?:\\{[^{}]*\\}[^{}]*)*)\\}");
    private static final Pattern INLINE_LINK =
            Pattern.compile("\\{@link(?:plain)?\\s+([^\\s{}(]*(?:\\([^)]*\\))?)\\s*([^{}]*)\\}");
    private static final Pattern SENTENCE_END = Pattern.compile("(?<!e\\.g|i\\.e|etc)[.!?](?=\\s|$)");

    private MethodDocs() {}

    /**
     * A method and what its comment says of it, as plain text on one line each.
     *
     * @param project the archive's name without version
     * @param type simple name of the class that declares it
     * @param returns its return type
     * @param signature parameter types and names, between commas
     * @param description the comment's text before its first block tag
     * @param parameters name to description, in the comment's order
     * @param result what {@code @return} says, or empty
     * @param failures exception's simple name to what {@code @throws} says
     */
    record Method(
            String project,
            String type,
            String name,
            String returns,
            String signature,
            String description,
            Map<String, String> parameters,
            String result,
            Map<String, String> failures) {
        /** The description's first sentence, with its full stop. */
        String summary() {
            Matcher end = SENTENCE_END.matcher(description);
            return end.find() ? description.substring(0, end.end()) : description;
        }
    }

    /** What was read last, for two tasks make their examples of the same archives; given up where memory runs short. */
    private static SoftReference<Map.Entry<List<Path>, List<Method>>> latest = new SoftReference<>(null);

    /**
     * Documented methods of source archives; the same archives asked for again are not read again.
     *
     * @throws KitException when there is none
     */
    static synchronized List<Method> read(List<Path> archives) {
        Map.Entry<List<Path>, List<Method>> kept = latest.get();
        if (kept == null || !kept.getKey().equals(archives)) {
            kept = Map.entry(List.copyOf(archives), scan(archives));
            latest = new SoftReference<>(kept);
        }
        return kept.getValue();
    }

    private static List<Method> scan(List<Path> archives) {
        List<Method> methods = new ArrayList<>();
        for (Path archive : archives) {
            String project = archive.getFileName().toString().replaceAll("-[0-9].*", "");
            for (Archives.Entry source : Archives.entries(archive, p -> p.endsWith(".java"))) {
                String file = source.path().substring(source.path().lastIndexOf('/') + 1);
                scan(project, file.substring(0, file.length() - ".java".length()), source.text(), methods);
            }
        }
        if (methods.isEmpty()) {
            throw new KitException("the Java documentation (java-docs) is not at hand: run environment/setup");
        }
        return List.copyOf(methods);
    }

    static void scan(String project, String type, String source, List<Method> methods) {
        for (int start = source.indexOf("/**"); start >= 0; start = source.indexOf("/**", start + 3)) {
            int end = source.indexOf("*/", start + 3);
            if (end < 0) {
                return;
            }
            Matcher declaration = DECLARATION.matcher(source).region(end + 2, Math.min(source.length(), end + 700));
            if (declaration.lookingAt() && !declaration.group(2).matches("return|new|class|record|enum|else|throw")) {
                String comment = source.substring(start + 3, end).replaceAll("(?m)^[ \\t]*\\*[ \\t]?", "");
                methods.add(method(project, type, declaration, comment));
            }
        }
    }

    private static Method method(String project, String type, Matcher declaration, String comment) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<String, String> failures = new LinkedHashMap<>();
        String result = "";
        Matcher tag = BLOCK_TAG.matcher(comment);
        int from = tag.find() ? tag.start() : comment.length();
        String description = plain(comment.substring(0, from));
        while (from < comment.length()) {
            String name = tag.group(1);
            int start = tag.end();
            from = tag.find() ? tag.start() : comment.length();
            String body = comment.substring(start, from);
            String text = plain(body);
            int space = text.indexOf(' ');
            if (name.equals("return")) {
                result = text;
            } else if (space > 0 && name.equals("param") && !body.startsWith("<")) {
                parameters.put(text.substring(0, space), dash(text.substring(space)));
            } else if (space > 0 && (name.equals("throws") || name.equals("exception"))) {
                failures.put(text.substring(0, space).replaceAll(".*\\.", ""), dash(text.substring(space)));
            }
        }
        String signature = declaration
                .group(4)
                .replaceAll("@\\w+(\\([^)]*\\))?\\s*|\\bfinal\\s+|//[^\\n]*|/\\*.*?\\*/", "")
                .replaceAll("\\s+", " ")
                .strip();
        return new Method(
                project,
                type,
                declaration.group(3),
                declaration.group(2),
                signature,
                description,
                parameters,
                result,
                failures);
    }

    private static String dash(String text) {
        return text.strip().replaceFirst("^[-:\u2013] *", "");
    }

    /**
     * A comment's text as a reader sees it: inline tags resolved, HTML and examples left out, white space collapsed.
     */
    static String plain(String comment) {
        String text = comment.replaceAll("(?s)<pre>.*?</pre>", " ").replaceAll("(?s)<!--.*?-->", " ");
        text = INLINE_CODE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1)));
        text = INLINE_LINK
                .matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement(
                        m.group(2).isBlank() ? m.group(1).replaceFirst("^#", "").replace('#', '.') : m.group(2)));
        text = text.replaceAll("\\{@\\w+\\s*([^{}]*)\\}", "$1").replaceAll("</?[a-zA-Z][^<>]*>", " ");
        text = text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&nbsp;", " ")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
        return text.replaceAll("\\s+", " ").strip().replaceAll(" ([.,;:])(?= |$)", "$1");
    }
}
