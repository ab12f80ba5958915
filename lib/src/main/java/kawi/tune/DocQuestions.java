package kawi.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes questions with known answers from the comments of methods: what a method returns, when it throws, what a
 * parameter is. The context is the comment as a reader of the documentation sees it, the answer a span of it.
 */
final class DocQuestions {
    private static final int SHORTEST_CONTEXT = 15;
    private static final int LONGEST_CONTEXT = 75;
    private static final int SHORTEST_ANSWER = 2;
    private static final int LONGEST_ANSWER = 16;
    private static final int LONGEST_SIGNATURE = 70;

    private DocQuestions() {}

    /**
     * Questions on spans of a comment; the slice is returns, throws or parameter. At least two things must be
     * documented.
     */
    static Pool spans(MethodDocs.Documented documented) {
        Pool.Gathering pool = documented.pool();
        List<Example> examples = new ArrayList<>();
        for (MethodDocs.Method method : documented.methods()) {
            String context = context(method);
            int tags = method.parameters().size()
                    + method.failures().size()
                    + (method.result().isEmpty() ? 0 : 1);
            int words = words(context);
            if (tags < 2 || words < SHORTEST_CONTEXT || words > LONGEST_CONTEXT) {
                pool.leaveOut(
                        tags < 2
                                ? "a method with fewer than two things documented"
                                : "a comment not of " + SHORTEST_CONTEXT + " to " + LONGEST_CONTEXT + " words");
                continue;
            }
            add(examples, pool, "returns", context, "What does " + method.name() + " return?", method.result());
            method.failures()
                    .forEach((type, when) -> add(
                            examples,
                            pool,
                            "throws",
                            context,
                            "When does " + method.name() + " throw " + type + "?",
                            when));
            method.parameters()
                    .forEach((name, what) -> add(
                            examples,
                            pool,
                            "parameter",
                            context,
                            "What is the parameter " + name + " of " + method.name() + "?",
                            what));
        }
        List<Example> kept = oneOfEachContext(examples);
        pool.leaveOut("another question on the same comment", examples.size() - kept.size());
        kept.forEach(pool::add);
        return pool.pool();
    }

    /**
     * Questions on what a method does, asked of its signature; the answer is the comment's first sentence, the slice
     * the project.
     */
    static Pool summaries(MethodDocs.Documented documented) {
        Pool.Gathering pool = documented.pool();
        for (MethodDocs.Method method : documented.methods()) {
            String summary = method.summary();
            int words = words(summary);
            if (words < 4 || words > LONGEST_ANSWER || !summary.matches("[A-Z][a-z]+s .*[.]")) {
                pool.leaveOut("a first sentence that is not of 4 to " + LONGEST_ANSWER + " words after a verb");
            } else if (method.signature().length() > LONGEST_SIGNATURE) {
                pool.leaveOut("parameters of more than " + LONGEST_SIGNATURE + " characters");
            } else {
                pool.add(Example.of(method.project(), "", signature(method), List.of(summary)));
            }
        }
        return pool.pool();
    }

    private static String signature(MethodDocs.Method method) {
        return method.type() + "." + method.name() + "(" + method.signature() + ")";
    }

    private static void add(
            List<Example> examples, Pool.Gathering pool, String kind, String context, String question, String text) {
        String answer = text.replaceFirst("[.;]$", "");
        int words = words(answer);
        if (words >= SHORTEST_ANSWER && words <= LONGEST_ANSWER && context.contains(answer)) {
            examples.add(Example.of(kind, context, question, List.of(answer)));
        } else if (words > 0) {
            pool.leaveOut("an answer not of " + SHORTEST_ANSWER + " to " + LONGEST_ANSWER + " words");
        }
    }

    private static String context(MethodDocs.Method method) {
        // Said in other words than the questions use, as in a text written by people.
        StringBuilder text = new StringBuilder(sentence(method.description()));
        method.parameters()
                .forEach((name, what) ->
                        text.append(" It takes ").append(name).append(", ").append(sentence(what)));
        if (!method.result().isEmpty()) {
            text.append(" It gives back ").append(sentence(method.result()));
        }
        method.failures()
                .forEach((type, when) ->
                        text.append(" It fails with ").append(type).append(" ").append(sentence(when)));
        return text.toString();
    }

    private static String sentence(String text) {
        return text.isEmpty() || text.matches(".*[.!?;:]$") ? text : text + ".";
    }

    /**
     * Keeps one question a context, so that no comment counts twice: a kind is chosen by hash, then a question of that
     * kind.
     */
    private static List<Example> oneOfEachContext(List<Example> examples) {
        Map<String, List<Example>> byContext = new LinkedHashMap<>();
        examples.forEach(e ->
                byContext.computeIfAbsent(e.context(), c -> new ArrayList<>()).add(e));
        List<Example> kept = new ArrayList<>();
        byContext.forEach((context, all) -> {
            List<String> kinds =
                    all.stream().map(Example::slice).distinct().sorted().toList();
            String kind = kinds.get(choose(context, kinds.size()));
            List<Example> ofKind =
                    all.stream().filter(e -> e.slice().equals(kind)).toList();
            kept.add(ofKind.get(choose(kind + context, ofKind.size())));
        });
        return kept;
    }

    private static int choose(String text, int count) {
        return Integer.parseInt(Example.hash(text).substring(0, 4), 16) % count;
    }

    private static int words(String text) {
        return text.isBlank() ? 0 : text.strip().split("\\s+").length;
    }
}
