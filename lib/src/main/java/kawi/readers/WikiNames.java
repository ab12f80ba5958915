package kawi.readers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a wiki calls its namespaces, and where its pages are found. */
final class WikiNames {
    static final int ARTICLES = 0;
    private static final Set<Integer> PICTURES = Set.of(6, -2);
    private static final int CATEGORY = 14;

    private final Map<String, Integer> keys = new HashMap<>();
    private final Map<Integer, String> names = new HashMap<>();
    private String base; // address of a page up to its title, or null
    private boolean query; // whether the title stands behind a question mark

    /** A wiki that has said nothing of itself: the names that every wiki knows. */
    WikiNames() {
        keys.put("file", 6);
        keys.put("image", 6);
        keys.put("media", -2);
        keys.put("category", CATEGORY);
    }

    /** What another knows, to go on from. */
    WikiNames(WikiNames other) {
        keys.putAll(other.keys);
        names.putAll(other.names);
        base = other.base;
        query = other.query;
    }

    /** Takes the address of the wiki's main page. */
    void mainPage(String address) {
        String plain = address.strip();
        Matcher asked =
                Pattern.compile("(https?://[^/\\s]+/\\S*[?&]title=)[^&\\s]*").matcher(plain);
        Matcher path =
                Pattern.compile("(https?://[^/\\s]+/(?:[^/:?\\s]*/)*)\\S*").matcher(plain); // up to Project:A/B
        query = asked.matches();
        base = query ? asked.group(1) : path.matches() ? path.group(1) : null;
    }

    void namespace(int key, String name) {
        keys.put(plain(name), key);
        names.put(key, name);
    }

    private static String plain(String name) {
        return name.strip().replace('_', ' ').toLowerCase(Locale.ROOT);
    }

    /** {@return the namespace that a title says by its prefix} */
    int of(String title) {
        int colon = title.indexOf(':');
        return colon < 0 ? ARTICLES : keys.getOrDefault(plain(title.substring(0, colon)), ARTICLES);
    }

    boolean isPicture(String title) {
        return PICTURES.contains(of(title));
    }

    boolean isCategory(String title) {
        return of(title) == CATEGORY;
    }

    /** {@return a namespace for people} */
    String name(int key) {
        String name = names.get(key);
        return "namespace " + key + (name == null || name.isBlank() ? "" : " (" + name.strip() + ")");
    }

    /** {@return the address at which a page is shown as it was in one revision, or null where the wiki has none} */
    String address(String title, String page, String revision) {
        if (base == null) {
            return null;
        }
        String path = URLEncoder.encode(title.replace(' ', '_'), StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("%3A", ":")
                .replace("%2C", ",")
                .replace("%28", "(")
                .replace("%29", ")")
                .replace("+", "%20");
        String numbers = (page.isEmpty() ? "" : "&curid=" + page) + (revision.isEmpty() ? "" : "&oldid=" + revision);
        return base + path + (numbers.isEmpty() ? "" : (query ? "&" : "?") + numbers.substring(1));
    }
}
