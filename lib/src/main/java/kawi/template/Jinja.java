package kawi.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/**
 * A template in the part of Jinja that chat templates are written in: statements {@code if}, {@code for}, {@code set}
 * and {@code macro}, and expressions with Python's operators, its methods on texts, and Jinja's common filters and
 * tests. What lies outside is refused by name, when the template is read or when it gets there.
 *
 * <p>Source: the Jinja 3.1 manual ("Template Designer Documentation") and the settings of transformers'
 * {@code apply_chat_template}.
 */
final class Jinja {

    /** An expression, a value in a scope. */
    interface Expression {
        Object in(Scope scope);
    }

    /** A statement, which writes. */
    interface Statement {
        void run(Scope scope);
    }

    /** What can be called: a macro, or a function of the template's surroundings. */
    interface Callable {
        Object call(List<Object> arguments, Map<String, Object> named);
    }

    /** A name that nothing stands for. */
    record Undefined(String name) {}

    /** Leaves a loop, or its round. */
    static final class Leave extends RuntimeException {
        private static final long serialVersionUID = 1;
        final boolean loop;

        Leave(boolean loop) {
            super(null, null, false, false);
            this.loop = loop;
        }
    }

    /** Names and what they stand for, with those around it; and what has been written. */
    static final class Scope {
        private final Scope around;
        private final Map<String, Object> names = new LinkedHashMap<>();
        private final StringBuilder text;
        private final StringBuilder marks;
        private final int[] opened; // scopes in all, shared by all of one rendering

        Scope(Scope around, boolean writesApart) {
            this.around = around;
            this.opened = around == null ? new int[1] : around.opened;
            if (++opened[0] > LONGEST) {
                throw refused(0, "goes round its loops more than " + LONGEST + " times");
            }
            this.text = around == null || writesApart ? new StringBuilder() : around.text;
            this.marks = around == null || writesApart ? new StringBuilder() : around.marks;
        }

        Object get(String name) {
            for (Scope scope = this; scope != null; scope = scope.around) {
                if (scope.names.containsKey(name)) {
                    return scope.names.get(name);
                }
            }
            return new Undefined(name);
        }

        void set(String name, Object value) {
            names.put(name, value);
        }

        void write(MarkedText piece) {
            if (text.length() + piece.length() > MOST_WRITTEN) {
                throw refused(0, "writes more than " + MOST_WRITTEN + " characters");
            }
            text.append(piece.text());
            marks.append(piece.marks());
        }

        MarkedText written() {
            return new MarkedText(text.toString(), marks.toString());
        }
    }

    /** The longest template, in characters, and the most that it may count to. */
    static final int LONGEST = 1_000_000;

    /** The most characters that it may write, or hold in one text. */
    static final int MOST_WRITTEN = 20_000_000;

    private final Statement body;

    private Jinja(Statement body) {
        this.body = body;
    }

    /**
     * Reads a template.
     *
     * @throws KitException if it has a statement or a sign that this kit does not know, or does not end
     */
    static Jinja of(String template) {
        if (template.length() > LONGEST) {
            throw refused(0, "has " + template.length() + " characters, more than " + LONGEST);
        }
        try {
            return new Jinja(new JinjaParser(JinjaLexer.tokens(template)).template());
        } catch (StackOverflowError e) { // how deep one can go, only the stack knows
            throw tooDeep(e);
        }
    }

    /**
     * Writes what the template makes of some names.
     *
     * @throws KitException if it gets to something that this kit does not do, or raises an exception of its own
     */
    MarkedText render(Map<String, ?> names) {
        Scope scope = new Scope(null, true);
        names.forEach(scope::set);
        scope.set("raise_exception", (Callable) (arguments, named) -> {
            throw new KitException("The model's chat template refuses this conversation: "
                    + (arguments.isEmpty() ? "it does not say why" : JinjaValues.text(arguments.get(0)))
                    + ": write it as the template wants it.");
        });
        for (String map : List.of("namespace", "dict")) {
            scope.set(map, (Callable) (arguments, named) -> {
                if (!arguments.isEmpty()) {
                    throw refused(0, "gives " + map + "() values without names");
                }
                return new LinkedHashMap<>(named);
            });
        }
        scope.set("range", (Callable) (arguments, named) -> {
            if (arguments.size() > 3 || !named.isEmpty()) {
                throw refused(0, "gives range() more than three numbers");
            }
            return range(arguments);
        });
        try {
            body.run(scope);
        } catch (StackOverflowError e) {
            throw tooDeep(e);
        } catch (Leave e) {
            throw new KitException(
                    "The model's chat template leaves a loop where there is none: use the model without a chat.", e);
        } catch (KitException e) {
            throw e;
        } catch (RuntimeException e) { // a value of another kind than the template calculates with
            throw new KitException(
                    "The model's chat template fails on this conversation ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + "): use the model without a chat.",
                    e);
        }
        return scope.written();
    }

    private static KitException tooDeep(StackOverflowError e) {
        return new KitException(
                "The model's chat template holds more inside one another than this machine's stack: use the model"
                        + " without a chat.",
                e);
    }

    private static List<Object> range(List<Object> arguments) {
        long first = arguments.size() > 1 ? (Long) arguments.get(0) : 0;
        long end = (Long) arguments.get(arguments.size() > 1 ? 1 : 0);
        long step = arguments.size() > 2 ? (Long) arguments.get(2) : 1;
        List<Object> numbers = new ArrayList<>();
        for (long i = first; step > 0 ? i < end : step < 0 && i > end; i += step) {
            if (numbers.size() >= LONGEST) {
                throw refused(0, "counts further than " + LONGEST);
            }
            numbers.add(i);
        }
        return numbers;
    }

    /** What this kit does not do, by name; line 0 where it is met while the template runs. */
    static KitException refused(int line, String what) {
        return new KitException("The model's chat template" + (line > 0 ? ", line " + line + "," : "") + " " + what
                + ": this kit reads the part of Jinja that chat templates are commonly written in; use the model"
                + " without a chat.");
    }
}
