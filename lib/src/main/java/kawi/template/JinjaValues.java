package kawi.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Values of a template, with Python's meaning: null (none), Boolean, Long, Double, {@link MarkedText}, List, Map by
 * text, {@link Jinja.Callable} and {@link Jinja.Undefined}.
 */
final class JinjaValues {

    private JinjaValues() {}

    static boolean truth(Object value) {
        if (value == null || value instanceof Jinja.Undefined) {
            return false;
        } else if (value instanceof Boolean flag) {
            return flag;
        } else if (value instanceof Number number) {
            return number.doubleValue() != 0;
        } else if (value instanceof MarkedText text) {
            return text.length() > 0;
        } else if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        return !(value instanceof Map<?, ?> map) || !map.isEmpty();
    }

    /** A value as it is written: what is not defined writes nothing. */
    static MarkedText printed(Object value) {
        if (value instanceof MarkedText text) {
            return text;
        } else if (value instanceof Jinja.Undefined) {
            return MarkedText.template("");
        } else if (value == null) {
            return MarkedText.template("None");
        } else if (value instanceof Boolean flag) {
            return MarkedText.template(flag ? "True" : "False");
        } else if (value instanceof Number) {
            return MarkedText.template(value.toString());
        }
        throw Jinja.refused(0, "writes a list or a map as Python would");
    }

    static String text(Object value) {
        return printed(value).text();
    }

    /** What a loop goes through. */
    static List<Object> items(Object value) {
        if (value instanceof List<?> list) {
            return new ArrayList<>(list);
        } else if (value instanceof Map<?, ?> map) {
            List<Object> keys = new ArrayList<>();
            map.keySet().forEach(key -> keys.add(MarkedText.template(String.valueOf(key))));
            return keys;
        } else if (value instanceof MarkedText text) {
            List<Object> characters = new ArrayList<>();
            for (int i = 0, next; i < text.length(); i = next) { // Python's characters are whole
                next = text.text().offsetByCodePoints(i, 1);
                characters.add(text.part(i, next));
            }
            return characters;
        } else if (value instanceof Jinja.Undefined) {
            return List.of();
        }
        throw Jinja.refused(0, "goes through " + value + ", which is not a list");
    }

    @SuppressWarnings("unchecked") // every map here is made by this kit, by text
    static Map<String, Object> map(Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw Jinja.refused(0, "takes " + value + " for a map");
    }

    static Object item(Object of, Object key) {
        if (of instanceof Jinja.Undefined undefined) {
            throw Jinja.refused(0, "looks into '" + undefined.name() + "', which is not defined");
        } else if (of instanceof Map<?, ?> map && key instanceof MarkedText name) {
            return map.containsKey(name.text()) ? map.get(name.text()) : new Jinja.Undefined(name.text());
        } else if (key instanceof Long index && (of instanceof List<?> || of instanceof MarkedText)) {
            List<?> items = of instanceof List<?> list ? list : items(of);
            int length = items.size();
            long at = index < 0 ? index + length : index;
            if (at < 0 || at >= length) {
                return new Jinja.Undefined("item " + index);
            }
            return items.get((int) at);
        }
        return new Jinja.Undefined(String.valueOf(key));
    }

    /** Python's slice; an absent part is null. */
    static Object slice(Object of, Object from, Object to, Object by) {
        List<Object> items = items(of);
        long step = by == null ? 1 : (Long) by;
        int length = items.size();
        long first = bound(from, step < 0 ? length - 1 : 0, length, step < 0);
        long end = bound(to, step < 0 ? -1 : length, length, step < 0);
        List<Object> out = new ArrayList<>();
        for (long i = first; step > 0 ? i < end : step < 0 && i > end; i += step) {
            out.add(items.get((int) i));
        }
        if (of instanceof MarkedText) {
            MarkedText text = MarkedText.template("");
            for (Object each : out) {
                text = text.plus((MarkedText) each);
            }
            return text;
        }
        return out;
    }

    private static long bound(Object value, long otherwise, int length, boolean backwards) {
        if (value == null) {
            return otherwise;
        }
        long at = (Long) value < 0 ? (Long) value + length : (Long) value;
        return backwards ? Math.max(-1, Math.min(at, length - 1)) : Math.max(0, Math.min(at, length));
    }

    static boolean equal(Object left, Object right) {
        if (left instanceof MarkedText a && right instanceof MarkedText b) {
            return a.text().equals(b.text());
        } else if (left instanceof Number a && right instanceof Number b) {
            return a.doubleValue() == b.doubleValue();
        } else if (left instanceof List<?> a && right instanceof List<?> b) {
            boolean same = a.size() == b.size();
            for (int i = 0; same && i < a.size(); i++) {
                same = equal(a.get(i), b.get(i));
            }
            return same;
        } else if (left instanceof Jinja.Undefined && right instanceof Jinja.Undefined) {
            return true;
        }
        return Objects.equals(left, right);
    }

    static boolean compared(String sign, Object left, Object right) {
        switch (sign) {
            case "==":
                return equal(left, right);
            case "!=":
                return !equal(left, right);
            case "in":
                return within(left, right);
            case "not in":
                return !within(left, right);
            default:
                int order;
                if (left instanceof Number a && right instanceof Number b) {
                    order = Double.compare(a.doubleValue(), b.doubleValue());
                } else if (left instanceof MarkedText a && right instanceof MarkedText b) {
                    order = a.text().compareTo(b.text());
                } else {
                    throw Jinja.refused(0, "compares " + left + " with " + right);
                }
                return switch (sign) {
                    case "<" -> order < 0;
                    case "<=" -> order <= 0;
                    case ">" -> order > 0;
                    default -> order >= 0;
                };
        }
    }

    private static boolean within(Object part, Object whole) {
        if (whole instanceof MarkedText text && part instanceof MarkedText some) {
            return text.text().contains(some.text());
        } else if (whole instanceof Map<?, ?> map) {
            return part instanceof MarkedText key && map.containsKey(key.text());
        } else if (whole instanceof List<?> list) {
            return list.stream().anyMatch(each -> equal(each, part));
        } else if (whole instanceof Jinja.Undefined) {
            return false;
        }
        throw Jinja.refused(0, "looks for something in " + whole + ", which holds nothing");
    }

    static Object calculated(String sign, Object left, Object right) {
        if (sign.equals("~")) {
            return printed(left).plus(printed(right));
        } else if (left instanceof Long a && right instanceof Long b && !sign.equals("/")) {
            return switch (sign) {
                case "+" -> a + b;
                case "-" -> a - b;
                case "*" -> a * b;
                case "//" -> Math.floorDiv(a, b);
                default -> Math.floorMod(a, b);
            };
        } else if (left instanceof Number m && right instanceof Number n) {
            double a = m.doubleValue();
            double b = n.doubleValue();
            return switch (sign) {
                case "+" -> a + b;
                case "-" -> a - b;
                case "*" -> a * b;
                case "/" -> a / b;
                case "//" -> Math.floor(a / b);
                default -> a - b * Math.floor(a / b);
            };
        } else if (sign.equals("+") && left instanceof MarkedText a && right instanceof MarkedText b) {
            return a.plus(b);
        } else if (sign.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            if (a.size() + b.size() > Jinja.LONGEST) {
                throw Jinja.refused(0, "makes a list of more than " + Jinja.LONGEST + " values");
            }
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        } else if (sign.equals("*") && left instanceof MarkedText a && right instanceof Long times) {
            return a.times(times);
        }
        throw Jinja.refused(0, "calculates " + kind(left) + " " + sign + " " + kind(right));
    }

    private static String kind(Object value) {
        if (value instanceof Jinja.Undefined undefined) {
            return "'" + undefined.name() + "', which is not defined,";
        }
        return value == null
                ? "none"
                : value instanceof MarkedText ? "a text" : value.getClass().getSimpleName();
    }

    /** A conversation or a setting from Java, its texts marked as said. */
    static Object said(Object value) {
        if (value instanceof String text) {
            return MarkedText.said(text);
        } else if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(said(each)));
            return copy;
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put(String.valueOf(key), said(each)));
            return copy;
        }
        return value;
    }
}
