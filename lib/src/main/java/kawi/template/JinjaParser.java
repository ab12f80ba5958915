package kawi.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.template.Jinja.Leave;
import kawi.template.Jinja.Scope;
import kawi.template.Jinja.Statement;
import kawi.template.JinjaLexer.Kind;
import kawi.template.JinjaLexer.Token;

/** Reads a template's statements; {@link JinjaExpressions} reads what stands inside them. */
final class JinjaParser {

    private final JinjaExpressions expressions;

    JinjaParser(List<Token> tokens) {
        this.expressions = new JinjaExpressions(tokens);
    }

    Statement template() {
        return body(Set.of());
    }

    /** Statements up to one of the given names, which is left to the caller; or to the end where there are none. */
    private Statement body(Set<String> ends) {
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = expressions.take();
            if (token.kind() == Kind.DATA) {
                MarkedText data = MarkedText.template(token.text());
                statements.add(scope -> scope.write(data));
            } else if (token.kind() == Kind.PRINT) {
                Jinja.Expression value = expressions.list();
                expressions.close();
                statements.add(scope -> scope.write(JinjaValues.printed(value.in(scope))));
            } else if (token.kind() == Kind.STATEMENT) {
                Token name = expressions.peek();
                if (ends.contains(name.text())) {
                    List<Statement> all = List.copyOf(statements);
                    return scope -> all.forEach(each -> each.run(scope));
                }
                statements.add(statement(expressions.name(), name.line()));
            } else if (token.kind() == Kind.END && ends.isEmpty()) {
                List<Statement> all = List.copyOf(statements);
                return scope -> all.forEach(each -> each.run(scope));
            } else {
                throw Jinja.refused(token.line(), "does not end with " + ends);
            }
        }
    }

    private Statement statement(String name, int line) {
        switch (name) {
            case "if":
                return condition();
            case "for":
                return loop();
            case "set":
                return assignment();
            case "macro":
                return macro();
            case "generation": // transformers' mark of what an assistant says: it writes nothing
                expressions.close();
                Statement said = body(Set.of("endgeneration"));
                end();
                return said;
            case "break":
            case "continue":
                expressions.close();
                return scope -> {
                    throw new Leave(name.equals("break"));
                };
            default:
                throw Jinja.refused(line, "uses the statement '" + name + "'");
        }
    }

    /** The name that ends a body, and its mark. */
    private String end() {
        String name = expressions.name();
        expressions.close();
        return name;
    }

    private Statement condition() {
        Jinja.Expression test = expressions.one();
        expressions.close();
        Statement then = body(Set.of("elif", "else", "endif"));
        Statement otherwise = scope -> {};
        String next = expressions.name();
        if (next.equals("elif")) {
            otherwise = condition();
        } else {
            expressions.close();
            if (next.equals("else")) {
                otherwise = body(Set.of("endif"));
                end();
            }
        }
        Statement other = otherwise;
        return scope -> {
            if (JinjaValues.truth(test.in(scope))) {
                then.run(scope);
            } else {
                other.run(scope);
            }
        };
    }

    private List<String> targets() {
        List<String> names = new ArrayList<>(List.of(expressions.name()));
        while (expressions.accept(",")) {
            names.add(expressions.name());
        }
        return names;
    }

    private static void bind(Scope scope, List<String> names, Object value) {
        if (names.size() == 1) {
            scope.set(names.get(0), value);
            return;
        }
        List<Object> parts = JinjaValues.items(value);
        if (parts.size() != names.size()) {
            throw Jinja.refused(0, "gives " + parts.size() + " values to the names " + names);
        }
        for (int i = 0; i < names.size(); i++) {
            scope.set(names.get(i), parts.get(i));
        }
    }

    private Statement loop() {
        List<String> names = targets();
        expressions.expect("in");
        Jinja.Expression all = expressions.unconditional();
        Jinja.Expression filter = expressions.accept("if") ? expressions.one() : scope -> true;
        expressions.close();
        Statement round = body(Set.of("else", "endfor"));
        Statement none = scope -> {};
        if (end().equals("else")) {
            none = body(Set.of("endfor"));
            end();
        }
        Statement otherwise = none;
        return scope -> {
            List<Object> items = new ArrayList<>();
            for (Object each : JinjaValues.items(all.in(scope))) {
                Scope inner = new Scope(scope, false);
                bind(inner, names, each);
                if (JinjaValues.truth(filter.in(inner))) {
                    items.add(each);
                }
            }
            for (int i = 0; i < items.size(); i++) {
                Scope inner = new Scope(scope, false);
                bind(inner, names, items.get(i));
                inner.set("loop", place(items, i));
                try {
                    round.run(inner);
                } catch (Leave leave) {
                    if (leave.loop) {
                        break;
                    }
                }
            }
            if (items.isEmpty()) {
                otherwise.run(scope);
            }
        };
    }

    private static Map<String, Object> place(List<Object> items, int i) {
        Map<String, Object> loop = new LinkedHashMap<>();
        loop.put("index", i + 1L);
        loop.put("index0", (long) i);
        loop.put("revindex", (long) items.size() - i);
        loop.put("revindex0", items.size() - i - 1L);
        loop.put("first", i == 0);
        loop.put("last", i == items.size() - 1);
        loop.put("length", (long) items.size());
        loop.put("previtem", i > 0 ? items.get(i - 1) : new Jinja.Undefined("loop.previtem"));
        loop.put("nextitem", i + 1 < items.size() ? items.get(i + 1) : new Jinja.Undefined("loop.nextitem"));
        return loop;
    }

    private Statement assignment() {
        List<String> names = targets();
        String field = expressions.accept(".") ? expressions.name() : null;
        Jinja.Expression value;
        if (expressions.accept("=")) {
            value = expressions.list();
            expressions.close();
        } else {
            expressions.close();
            Statement block = body(Set.of("endset"));
            end();
            value = scope -> {
                Scope apart = new Scope(scope, true);
                block.run(apart);
                return apart.written();
            };
        }
        return scope -> {
            if (field == null) {
                bind(scope, names, value.in(scope));
            } else {
                JinjaValues.map(scope.get(names.get(0))).put(field, value.in(scope));
            }
        };
    }

    private Statement macro() {
        String name = expressions.name();
        Map<String, Jinja.Expression> parameters = new LinkedHashMap<>();
        expressions.expect("(");
        while (!expressions.accept(")")) {
            String parameter = expressions.name();
            parameters.put(parameter, expressions.accept("=") ? expressions.one() : null);
            expressions.accept(",");
        }
        expressions.close();
        Statement block = body(Set.of("endmacro"));
        end();
        return scope -> scope.set(name, (Jinja.Callable) (arguments, named) -> {
            if (arguments.size() > parameters.size() || !parameters.keySet().containsAll(named.keySet())) {
                throw Jinja.refused(0, "gives the macro '" + name + "' more than it takes");
            }
            Scope inner = new Scope(scope, true);
            int i = 0;
            for (Map.Entry<String, Jinja.Expression> each : parameters.entrySet()) {
                Object given = i < arguments.size() ? arguments.get(i) : named.get(each.getKey());
                boolean absent = i >= arguments.size() && !named.containsKey(each.getKey());
                inner.set(
                        each.getKey(),
                        !absent
                                ? given
                                : each.getValue() == null
                                        ? new Jinja.Undefined(each.getKey())
                                        : each.getValue().in(inner));
                i++;
            }
            block.run(inner);
            return inner.written();
        });
    }
}
