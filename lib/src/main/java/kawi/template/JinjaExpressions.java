package kawi.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.template.Jinja.Expression;
import kawi.template.JinjaLexer.Kind;
import kawi.template.JinjaLexer.Token;

/** Reads a template's expressions, by Jinja's order of precedence. */
final class JinjaExpressions {

    private final List<Token> tokens;
    private int at;

    JinjaExpressions(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token take() {
        return tokens.get(at++);
    }

    boolean accept(String word) {
        Token token = peek();
        boolean there = (token.kind() == Kind.NAME || token.kind() == Kind.OPERATOR)
                && token.text().equals(word);
        at += there ? 1 : 0;
        return there;
    }

    void expect(String word) {
        if (!accept(word)) {
            throw Jinja.refused(peek().line(), "has '" + peek().text() + "' where '" + word + "' was due");
        }
    }

    String name() {
        if (peek().kind() != Kind.NAME) {
            throw Jinja.refused(peek().line(), "has '" + peek().text() + "' where a name was due");
        }
        return take().text();
    }

    void close() {
        if (peek().kind() != Kind.CLOSE) {
            throw Jinja.refused(peek().line(), "has '" + peek().text() + "', which it cannot place");
        }
        at++;
    }

    /** One expression, or several with commas between as a list. */
    Expression list() {
        Expression first = one();
        if (!accept(",")) {
            return first;
        }
        List<Expression> all = new ArrayList<>(List.of(first));
        while (peek().kind() != Kind.CLOSE) {
            all.add(one());
            if (!accept(",")) {
                break;
            }
        }
        return listOf(all);
    }

    private static Expression listOf(List<Expression> all) {
        return scope -> {
            List<Object> values = new ArrayList<>();
            all.forEach(each -> values.add(each.in(scope)));
            return values;
        };
    }

    Expression one() {
        Expression value = unconditional();
        while (accept("if")) {
            Expression then = value;
            Expression test = unconditional();
            Expression otherwise = accept("else") ? one() : scope -> new Jinja.Undefined("else");
            value = scope -> JinjaValues.truth(test.in(scope)) ? then.in(scope) : otherwise.in(scope);
        }
        return value;
    }

    /** Without a trailing {@code if}, which in a loop filters. */
    Expression unconditional() {
        Expression left = and();
        while (accept("or")) {
            Expression first = left;
            Expression second = and();
            left = scope -> {
                Object value = first.in(scope);
                return JinjaValues.truth(value) ? value : second.in(scope);
            };
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (accept("and")) {
            Expression first = left;
            Expression second = not();
            left = scope -> {
                Object value = first.in(scope);
                return JinjaValues.truth(value) ? second.in(scope) : value;
            };
        }
        return left;
    }

    private Expression not() {
        if (accept("not")) {
            Expression value = not();
            return scope -> !JinjaValues.truth(value.in(scope));
        }
        return comparison();
    }

    private String operator(String... words) {
        for (String word : words) {
            if (accept(word)) {
                return word;
            }
        }
        return null;
    }

    /** Compared one after the other, as in {@code a < b < c}. */
    private Expression comparison() {
        Expression first = sum();
        List<String> signs = new ArrayList<>();
        List<Expression> values = new ArrayList<>(List.of(first));
        while (true) {
            String sign = operator("==", "!=", "<=", ">=", "<", ">", "in");
            if (sign == null
                    && peek().text().equals("not")
                    && tokens.get(at + 1).text().equals("in")) {
                at += 2;
                sign = "not in";
            }
            if (sign == null) {
                break;
            }
            signs.add(sign);
            values.add(sum());
        }
        if (signs.isEmpty()) {
            return first;
        }
        return scope -> {
            Object left = values.get(0).in(scope);
            for (int i = 0; i < signs.size(); i++) {
                Object right = values.get(i + 1).in(scope);
                if (!JinjaValues.compared(signs.get(i), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        };
    }

    private Expression sum() {
        Expression left = joined();
        for (String sign; (sign = operator("+", "-")) != null; ) {
            left = calculated(sign, left, joined());
        }
        return left;
    }

    private Expression joined() {
        Expression left = product();
        while (accept("~")) {
            left = calculated("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        for (String sign; (sign = operator("*", "//", "/", "%")) != null; ) {
            left = calculated(sign, left, unary());
        }
        return left;
    }

    private static Expression calculated(String sign, Expression left, Expression right) {
        return scope -> JinjaValues.calculated(sign, left.in(scope), right.in(scope));
    }

    private Expression unary() {
        if (accept("-")) {
            return calculated("-", scope -> 0L, unary());
        }
        return accept("+") ? unary() : filtered(after(primary()));
    }

    private Expression primary() {
        Token token = take();
        switch (token.kind()) {
            case TEXT:
                StringBuilder text = new StringBuilder(token.text());
                while (peek().kind() == Kind.TEXT) {
                    text.append(take().text());
                }
                MarkedText literal = MarkedText.template(text.toString());
                return scope -> literal;
            case NUMBER:
                Object number = token.text().contains(".")
                        ? (Object) Double.parseDouble(token.text())
                        : Long.valueOf(token.text());
                return scope -> number;
            case NAME:
                return switch (token.text()) {
                    case "true", "True" -> scope -> true;
                    case "false", "False" -> scope -> false;
                    case "none", "None" -> scope -> null;
                    default -> scope -> scope.get(token.text());
                };
            case OPERATOR:
                if (token.text().equals("(")) {
                    return parentheses();
                } else if (token.text().equals("[")) {
                    return listOf(until("]"));
                } else if (token.text().equals("{")) {
                    return map();
                }
                break;
            default:
                break;
        }
        throw Jinja.refused(token.line(), "has '" + token.text() + "' where a value was due");
    }

    private Expression parentheses() {
        if (accept(")")) {
            return scope -> new ArrayList<>();
        }
        Expression first = one();
        if (accept(")")) {
            return first;
        }
        expect(",");
        List<Expression> all = new ArrayList<>(List.of(first));
        all.addAll(until(")"));
        return listOf(all);
    }

    private List<Expression> until(String end) {
        List<Expression> all = new ArrayList<>();
        while (!accept(end)) {
            all.add(one());
            if (!accept(",")) {
                expect(end);
                break;
            }
        }
        return all;
    }

    private Expression map() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!accept("}")) {
            Expression key = one();
            expect(":");
            entries.put(key, one());
            if (!accept(",")) {
                expect("}");
                break;
            }
        }
        return scope -> {
            Map<String, Object> map = new LinkedHashMap<>();
            entries.forEach((key, value) -> map.put(key(key.in(scope)), value.in(scope)));
            return map;
        };
    }

    /** A map's key, which is written as the template's own. */
    private static String key(Object value) {
        MarkedText text = JinjaValues.printed(value);
        if (text.marks().indexOf(MarkedText.SAID) >= 0) {
            throw Jinja.refused(0, "makes a key of what was said, which could then no more be told from its own text");
        }
        return text.text();
    }

    /** What stands after a value: a field, an item, a slice, a call. */
    private Expression after(Expression value) {
        while (true) {
            Expression of = value;
            int line = peek().line();
            if (accept(".")) {
                String name = peek().kind() == Kind.NUMBER ? take().text() : name();
                if (accept("(")) {
                    Arguments arguments = arguments();
                    value = scope ->
                            JinjaMethods.call(of.in(scope), name, arguments.values(scope), arguments.named(scope));
                } else {
                    value = scope -> JinjaValues.item(of.in(scope), MarkedText.template(name));
                }
            } else if (accept("[")) {
                value = bracket(of);
            } else if (accept("(")) {
                Arguments arguments = arguments();
                value = scope -> {
                    if (!(of.in(scope) instanceof Jinja.Callable called)) {
                        throw Jinja.refused(
                                line,
                                "calls a function that this kit does not have"
                                        + (of.in(scope) instanceof Jinja.Undefined u ? " (" + u.name() + ")" : ""));
                    }
                    return called.call(arguments.values(scope), arguments.named(scope));
                };
            } else {
                return value;
            }
        }
    }

    private Expression bracket(Expression of) {
        Expression[] parts = new Expression[3];
        int part = 0;
        boolean slice = false;
        while (!accept("]")) {
            if (accept(":")) {
                slice = true;
                part++;
            } else {
                parts[part] = one();
            }
        }
        if (!slice) {
            return scope -> JinjaValues.item(of.in(scope), parts[0].in(scope));
        }
        return scope -> JinjaValues.slice(
                of.in(scope),
                parts[0] == null ? null : parts[0].in(scope),
                parts[1] == null ? null : parts[1].in(scope),
                parts[2] == null ? null : parts[2].in(scope));
    }

    /** What stands between the parentheses of a call. */
    record Arguments(List<Expression> inOrder, Map<String, Expression> byName) {
        List<Object> values(Jinja.Scope scope) {
            List<Object> values = new ArrayList<>();
            inOrder.forEach(each -> values.add(each.in(scope)));
            return values;
        }

        Map<String, Object> named(Jinja.Scope scope) {
            Map<String, Object> values = new LinkedHashMap<>();
            byName.forEach((name, each) -> values.put(name, each.in(scope)));
            return values;
        }
    }

    private Arguments arguments() {
        Arguments arguments = new Arguments(new ArrayList<>(), new LinkedHashMap<>());
        while (!accept(")")) {
            if (peek().kind() == Kind.NAME
                    && tokens.get(at + 1).text().equals("=")
                    && tokens.get(at + 1).kind() == Kind.OPERATOR) {
                String name = name();
                expect("=");
                arguments.byName().put(name, one());
            } else {
                arguments.inOrder().add(one());
            }
            if (!accept(",")) {
                expect(")");
                break;
            }
        }
        return arguments;
    }

    private Expression filtered(Expression value) {
        while (true) {
            Expression of = value;
            if (accept("|")) {
                String name = name();
                Arguments arguments = accept("(") ? arguments() : new Arguments(List.of(), Map.of());
                value = scope ->
                        JinjaMethods.filter(of.in(scope), name, arguments.values(scope), arguments.named(scope));
            } else if (accept("is")) {
                boolean not = accept("not");
                String name = name();
                Expression argument = null;
                if (accept("(")) {
                    Arguments given = arguments();
                    if (given.inOrder().size() != 1 || !given.byName().isEmpty()) {
                        throw Jinja.refused(peek().line(), "gives the test '" + name + "' other than one value");
                    }
                    argument = given.inOrder().get(0);
                } else if (peek().kind() == Kind.TEXT
                        || peek().kind() == Kind.NUMBER
                        || peek().text().equals("[")) {
                    argument = after(primary());
                }
                Expression by = argument;
                value = scope -> not != JinjaMethods.test(of.in(scope), name, by == null ? null : by.in(scope));
            } else {
                return value;
            }
        }
    }
}
