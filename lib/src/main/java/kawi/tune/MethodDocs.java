package kawi.tune;

import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.evidence.KitException;
import kawi.readers.JavadocScanner;
import kawi.text.Normalizer;

/**
 * Reads the documented methods out of Java source archives. Catalog: java-docs. The comments are those that
 * {@link JavadocScanner} finds, read as the Javadoc tool would show them: block tags apart, inline tags and HTML as
 * plain text (Javadoc documentation comment specification, JDK 17). Comments of classes, fields, constructors and
 * private methods are counted and left out.
 */
final class MethodDocs {
    private static final Pattern BLOCK_TAG = Pattern.compile("\\s*@(\\w+)\\s*");
    private static final Pattern MODIFIERS = Pattern.compile(
            "^(?:(?:public|protected|static|final|abstract|synchronized|default|native|strictfp)\\s+)+");
    private static final Pattern NAME = Pattern.compile("^(.*?)([\\w$]+)$");
    private static final Pattern NO_TYPE =
            Pattern.compile(".*\\b(?:private|class|interface|enum|record|new|return|throw|else)\\b.*");
    private static final Pattern ANNOTATION = Pattern.compile("@[\\w.]+\\s*");
    private static final Normalizer AS_SHOWN = Normalizer.of(Normalizer.javadoc(), Normalizer.html());
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

    /**
     * What source archives hold.
     *
     * @param methods the documented methods, in the archives' order
     * @param leftOut comments that document no method, by reason
     * @param readOtherwise files that were decoded otherwise than as UTF-8, by how
     */
    record Documented(List<Method> methods, Map<String, Integer> leftOut, Map<String, Integer> readOtherwise) {
        Documented(List<Method> methods, Map<String, Integer> leftOut) {
            this(methods, leftOut, Map.of());
        }

        /** A pool to which these comments were left out already. */
        Pool.Gathering pool() {
            Pool.Gathering pool = new Pool.Gathering();
            leftOut.forEach(pool::leaveOut);
            readOtherwise.forEach(pool::readOtherwise);
            return pool;
        }
    }

    /** What was read last, for two tasks make their examples of the same archives; given up where memory runs short. */
    private static SoftReference<Map.Entry<List<Path>, Documented>> latest = new SoftReference<>(null);

    /**
     * Documented methods of source archives; the same archives asked for again are not read again.
     *
     * @throws KitException when there is none, or an archive cannot be read whole
     */
    static synchronized Documented read(List<Path> archives) {
        Map.Entry<List<Path>, Documented> kept = latest.get();
        if (kept == null || !kept.getKey().equals(archives)) {
            kept = Map.entry(List.copyOf(archives), scan(archives));
            latest = new SoftReference<>(kept);
        }
        return kept.getValue();
    }

    private static Documented scan(List<Path> archives) {
        List<Method> methods = new ArrayList<>();
        Map<String, Integer> leftOut = new TreeMap<>();
        Map<String, Integer> readOtherwise = new TreeMap<>();
        for (Path archive : archives) {
            String project = archive.getFileName().toString().replaceAll("-[0-9].*", "");
            for (Archive.Entry source : Archive.entries(archive, path -> path.endsWith(".java"))) {
                String file = source.path().substring(source.path().lastIndexOf('/') + 1);
                Decoded text = source.text();
                if (text.note() != null) {
                    readOtherwise.merge("a file: " + text.note(), 1, Integer::sum);
                }
                scan(project, file.substring(0, file.length() - ".java".length()), text.text(), methods, leftOut);
            }
        }
        if (methods.isEmpty()) {
            throw new KitException("The Java documentation (java-docs) is not at hand: run environment/setup.");
        }
        return new Documented(List.copyOf(methods), leftOut, readOtherwise);
    }

    static void scan(String project, String type, String source, List<Method> methods, Map<String, Integer> leftOut) {
        for (JavadocScanner.Comment comment : JavadocScanner.scan(source)) {
            if (!comment.documents()) {
                continue;
            }
            Signature signature = Signature.of(comment.declaration());
            if (signature == null) {
                leftOut.merge("a comment of something else than a method", 1, Integer::sum);
            } else {
                methods.add(method(project, type, signature, comment.text()));
            }
        }
    }

    /** A method's return type, name and parameters. */
    private record Signature(String returns, String name, String parameters) {
        /** {@return those of a declaration in one line, or null where it declares no method, or a private one} */
        static Signature of(String declaration) {
            String text = withoutAnnotations(declaration);
            int open = text.indexOf('(');
            int close = open < 0 ? -1 : closing(text, open, '(', ')');
            Matcher name = NAME.matcher(open < 0 ? "" : text.substring(0, open).strip());
            if (close < 0 || !name.matches()) {
                return null;
            }
            String returns = MODIFIERS.matcher(name.group(1)).replaceFirst("").strip();
            if (returns.startsWith("<")) {
                int end = closing(returns, 0, '<', '>');
                returns = end < 0 ? "" : returns.substring(end + 1).strip();
            }
            // Without a return type it is a constructor, a record or an enum constant.
            if (returns.isEmpty() || NO_TYPE.matcher(returns).matches()) {
                return null;
            }
            String parameters = text.substring(open + 1, close)
                    .replaceAll("\\bfinal\\s+", "")
                    .replaceAll("\\s+", " ")
                    .strip();
            return new Signature(returns, name.group(2), parameters);
        }

        private static String withoutAnnotations(String text) {
            StringBuilder bare = new StringBuilder(text);
            Matcher annotation = ANNOTATION.matcher(bare);
            for (int from = 0; annotation.find(from); annotation.reset(bare)) {
                int end = annotation.end();
                if (end < bare.length() && bare.charAt(end) == '(') {
                    int close = closing(bare, end, '(', ')');
                    end = close < 0 ? bare.length() : close + 1;
                    while (end < bare.length() && bare.charAt(end) == ' ') {
                        end++;
                    }
                }
                from = annotation.start();
                bare.delete(from, end);
            }
            return bare.toString().strip();
        }

        /** Where the bracket at {@code from} closes, brackets in strings and characters left aside; -1 if nowhere. */
        private static int closing(CharSequence text, int from, char open, char close) {
            char quote = 0;
            for (int at = from, depth = 0; at < text.length(); at++) {
                char c = text.charAt(at);
                if (open == '(' && (c == '"' || c == '\'') && (quote == 0 || quote == c)) {
                    quote = quote == 0 ? c : 0;
                } else if (quote != 0 && c == '\\') {
                    at++;
                }
                if (quote != 0) {
                    continue;
                }
                depth += text.charAt(at) == open ? 1 : text.charAt(at) == close ? -1 : 0;
                if (depth == 0) {
                    return at;
                }
            }
            return -1;
        }
    }

    private static Method method(String project, String type, Signature signature, String comment) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<String, String> failures = new LinkedHashMap<>();
        List<String> blocks = blocks(comment);
        String result = "";
        String main = blocks.get(0).strip();
        if (main.startsWith("{@return")) {
            // JDK 16: the sentence and the tag in one.
            int end = Signature.closing(main, 0, '{', '}');
            int stop = end < 0 ? main.length() : end;
            result = plain(main.substring("{@return".length(), stop));
            main = "Returns " + main.substring("{@return".length(), stop).strip() + "."
                    + main.substring(Math.min(main.length(), stop + 1));
        }
        String description = plain(main);
        for (String block : blocks.subList(1, blocks.size())) {
            Matcher tag = BLOCK_TAG.matcher(block);
            if (!tag.lookingAt()) {
                continue;
            }
            String body = block.substring(tag.end());
            String text = plain(body);
            int space = text.indexOf(' ');
            String name = tag.group(1);
            if (name.equals("return")) {
                result = text;
            } else if (space > 0 && name.equals("param") && !body.startsWith("<")) {
                parameters.put(text.substring(0, space), dash(text.substring(space)));
            } else if (space > 0 && (name.equals("throws") || name.equals("exception"))) {
                failures.put(text.substring(0, space).replaceAll(".*\\.", ""), dash(text.substring(space)));
            }
        }
        return new Method(
                project,
                type,
                signature.name(),
                signature.returns(),
                signature.parameters(),
                description,
                parameters,
                result,
                failures);
    }

    /** The text before the first block tag, and each block with its tag; an {@code @} inside braces begins none. */
    private static List<String> blocks(String comment) {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = new StringBuilder();
        int depth = 0;
        for (String line : comment.split("\n", -1)) {
            if (depth == 0 && BLOCK_TAG.matcher(line).lookingAt()) {
                blocks.add(block.toString());
                block.setLength(0);
            }
            block.append(line).append('\n');
            for (int at = 0; at < line.length(); at++) {
                if (line.startsWith("{@", at) || depth > 0 && line.charAt(at) == '{') {
                    depth++;
                } else if (depth > 0 && line.charAt(at) == '}') {
                    depth--;
                }
            }
        }
        blocks.add(block.toString());
        return blocks;
    }

    private static String dash(String text) {
        return text.strip().replaceFirst("^[-:\u2013] *", "");
    }

    /**
     * A comment's text as a reader sees it: inline tags resolved, HTML and examples left out, white space collapsed.
     */
    static String plain(String comment) {
        String text = AS_SHOWN.apply(comment.replaceAll("(?s)<pre>.*?</pre>", " "));
        return text.replaceAll("\\s+", " ").strip().replaceAll(" ([.,;:])(?= |$)", "$1");
    }
}
