package kawi.crawl;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a robots.txt says of learning from a site's text: lines {@code Content-Signal: ai-train=no} (contentsignals.org)
 * and {@code Content-Usage: train-ai=n} (IETF, AI preferences), for all of the site or for a path that stands first in
 * the line. As for the other rules, a group that names this crawler speaks alone, else those to everybody do (RFC 9309,
 * 2.2.1); lines before all groups speak to everybody.
 */
final class Signals {
    private static final Set<String> TRAINING = Set.of("ai-train", "train-ai", "train-genai", "bots");

    /** One line: whether it allows to learn from what lies below a path. */
    private record Signal(String path, boolean allows, String said) {}

    /** Patterns that mean all of a site. */
    private static final Set<String> ALL = Set.of("/", "*", "/*");

    private static final Pattern TYPE = Pattern.compile("\\*\\.([a-z0-9]+)\\$?", Pattern.CASE_INSENSITIVE);
    /** Endings of plain text; a page with any other, or none, is one of HTML. */
    private static final Set<String> PLAIN = Set.of("txt", "text", "md");

    private final List<Signal> signals;
    private final String file;

    private Signals(List<Signal> signals, String file) {
        this.signals = signals;
        this.file = file;
    }

    /** {@return what the text of a robots.txt says to this crawler} */
    static Signals of(String text) {
        return of(text, "robots.txt", Signals::signal);
    }

    /**
     * {@return what the text of an ai.txt says to this crawler} It is written like a robots.txt (Spawning, 2023), and
     * its {@code Disallow} means that what it matches is not to be learned from. A pattern such as {@code *.html} means
     * a type of file; a page whose address has no ending is one of HTML. Lines of robots.txt that speak of learning
     * count here, too.
     */
    static Signals ofAiTxt(String text) {
        return of(text, "ai.txt", (name, value) -> {
            boolean allows = name.equals("allow");
            if (!allows && !name.equals("disallow")) {
                return signal(name, value);
            }
            String path = value.startsWith(".")
                    ? "*" + value
                    : value.startsWith("/") || value.startsWith("*") ? value : "/" + value;
            return value.isEmpty() ? null : new Signal(path, allows, "Disallow: " + value);
        });
    }

    private static Signals of(String text, String file, BiFunction<String, String, Signal> rule) {
        List<Signal> everybody = new ArrayList<>();
        List<Signal> ours = new ArrayList<>();
        List<Signal> outside = new ArrayList<>();
        boolean naming = false; // inside the lines that name a group's crawlers
        boolean grouped = false;
        boolean toUs = false;
        boolean toAll = false;
        boolean named = false;
        for (String line : text.split("\\R")) {
            String[] field = line.replaceFirst("#.*", "").split(":", 2);
            String name = field[0].strip().toLowerCase(Locale.ROOT);
            if (field.length < 2 || name.equals("sitemap")) {
                continue;
            }
            String value = field[1].strip();
            if (name.matches("user[- ]?agent")) { // as crawlers forgive it

                String token = value.toLowerCase(Locale.ROOT).replaceFirst("[^a-z_*-].*", "");
                toUs = naming && toUs || token.equals(Fetcher.NAME);
                toAll = naming && toAll || token.equals("*");
                named |= token.equals(Fetcher.NAME);
                naming = true;
                grouped = true;
                continue;
            }
            naming = false;
            Signal signal = rule.apply(name, value);
            if (signal != null && !grouped) {
                outside.add(signal);
            } else if (signal != null) {
                (toUs ? ours : toAll ? everybody : new ArrayList<Signal>()).add(signal);
                if (toUs && toAll) {
                    everybody.add(signal);
                }
            }
        }
        List<Signal> holding = new ArrayList<>(outside);
        holding.addAll(named ? ours : everybody);
        return new Signals(holding, file);
    }

    private static Signal signal(String name, String value) {
        if (!name.equals("content-signal") && !name.equals("content-usage")) {
            return null;
        }
        String[] parts = value.startsWith("/") ? value.split("\\s+", 2) : new String[] {"/", value};
        Boolean allows = parts.length < 2 ? null : allows(parts[1]);
        String said = (name.equals("content-signal") ? "Content-Signal: " : "Content-Usage: ")
                + items(parts[parts.length - 1])
                        .filter(each -> !allowing(each))
                        .findFirst()
                        .orElse("");
        return allows == null ? null : new Signal(parts[0], allows, said);
    }

    /**
     * {@return whether preferences such as {@code search=yes, ai-train=no} allow to learn; null where they are silent}
     */
    static Boolean allows(String preferences) {
        List<String> items = items(preferences).toList();
        return items.isEmpty() ? null : items.stream().allMatch(Signals::allowing);
    }

    /** Of preferences those that say something of learning. */
    private static Stream<String> items(String preferences) {
        return Arrays.stream(preferences
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("\\s+", "")
                        .split("[,;]"))
                .filter(each -> each.matches("[a-z-]+=(no?|y|yes)") && TRAINING.contains(each.split("=")[0]));
    }

    private static boolean allowing(String item) {
        return item.contains("=y");
    }

    /** {@return whether it says anything at all} */
    boolean isEmpty() {
        return signals.isEmpty();
    }

    /** {@return in a clause, that all of the site is reserved; null where some of it is not} */
    String ofTheSite() {
        return signals.stream().anyMatch(each -> each.allows() && !ALL.contains(each.path()))
                        || signals.stream().noneMatch(each -> !each.allows() && ALL.contains(each.path()))
                ? null
                : forPath("/");
    }

    /** {@return in a clause, that this address is reserved; null where it is not} Of paths the longest decides. */
    String ofAddress(String url) {
        URI address = URI.create(url);
        String path = address.getRawPath() == null || address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        return forPath(address.getRawQuery() == null ? path : path + "?" + address.getRawQuery());
    }

    private String forPath(String path) {
        int longest = signals.stream()
                .filter(each -> matches(each.path(), path))
                .mapToInt(each -> each.path().length())
                .max()
                .orElse(-1);
        return signals.stream()
                .filter(each -> each.path().length() == longest && matches(each.path(), path) && !each.allows())
                .findFirst()
                .map(each -> "asks in its " + file + " not to be learned from (" + each.said() + ")")
                .orElse(null);
    }

    /** As RFC 9309 matches paths: a beginning, with {@code *} for anything and {@code $} for the end. */
    private static boolean matches(String pattern, String path) {
        Matcher type = TYPE.matcher(pattern);
        if (type.matches()) {
            String name = path.replaceFirst("[?].*", "").replaceFirst(".*/", "");
            String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            String wanted = type.group(1).toLowerCase(Locale.ROOT);
            return name.contains(".") && ending.equals(wanted)
                    || wanted.matches("x?html?") && !(name.contains(".") && PLAIN.contains(ending));
        }
        boolean whole = pattern.endsWith("$");
        String[] parts = (whole ? pattern.substring(0, pattern.length() - 1) : pattern).split("\\*", -1);
        if (!path.startsWith(parts[0])) {
            return false;
        }
        int at = parts[0].length();
        for (String part : Arrays.copyOfRange(parts, 1, parts.length)) {
            int found = path.indexOf(part, at);
            if (found < 0) {
                return false;
            }
            at = found + part.length();
        }
        return !whole || at == path.length() || parts.length > 1 && path.endsWith(parts[parts.length - 1]);
    }
}
