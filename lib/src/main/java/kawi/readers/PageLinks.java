package kawi.readers;

import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/**
 * Which lists of links are part of a text: sources at its end, tables with a link in each cell, lists among its
 * paragraphs; and not the list of its own headings, which repeats them.
 */
final class PageLinks {
    /** What authors write above the works they draw on, as a whole heading. */
    private static final Pattern SOURCES = Pattern.compile(
            "(?iu)[\\d.\\s]*(references?|bibliograph(y|ie)|works cited|sources?|further reading|external links?|notes?"
                    + "|citations?|see also|siehe auch|voir aussi|v\u00e9ase tambi\u00e9n"
                    + "|vedi anche|literatur(verzeichnis)?|quellen(angaben)?|weblinks|einzelnachweise|belege"
                    + "|r\u00e9f\u00e9rences?|liens externes|referencias|bibliograf\u00eda|bibliografia|fuentes"
                    + "|enlaces externos|fonti|note|\u53c2\u8003(\u6587\u732e|\u8d44\u6599)?|\u5916\u90e8\u94fe\u63a5"
                    + "|\u53c3\u8003(\u6587\u737b|\u8cc7\u6599)|\u6ce8\u91ca|\u0627\u0644\u0645\u0631\u0627\u062c\u0639"
                    + "|\u043b\u0438\u0442\u0435\u0440\u0430\u0442\u0443\u0440\u0430"
                    + "|\u0441\u0441\u044b\u043b\u043a\u0438"
                    + "|\u043f\u0440\u0438\u043c\u0435\u0447\u0430\u043d\u0438\u044f)[\\s:\uff1a]*(\\[.*\\])?");

    private static final Pattern NAMED =
            Pattern.compile("(?i).*\\b(references?|reflist|bibliography|citations?|footnotes?|sources)\\b.*");
    /** Mean length of a link's text from which it is the name of a work and not of a service. */
    private static final int NAME_OF_WORK = 12;

    private static final Set<String> TABLE = Set.of("table");
    private static final Set<String> ITEMS =
            Set.of("li", "ul", "ol", "dl", "dt", "dd", "p", "h1", "h2", "h3", "h4", "h5", "h6");

    private final boolean marked;
    private final Set<Element> text;

    /**
     * @param marked whether the page marks this part as its main one
     * @param text the elements that hold paragraphs of prose
     */
    PageLinks(boolean marked, Set<Element> text) {
        this.marked = marked;
        this.text = text;
    }

    /**
     * {@return whether a list is part of the text}
     *
     * @param list blocks of links after one another
     * @param heading what stands above it, or null
     * @param after whether prose stands before it
     * @param before whether prose stands after it
     */
    boolean isText(List<PageBlocks.Block> list, PageBlocks.Block heading, boolean after, boolean before) {
        Element first = list.get(0).home();
        if (heading != null && isAboveSources(heading) || isNamed(first)) {
            return true;
        }
        Map<Element, Integer> homes = new LinkedHashMap<>(); // one may hold many blocks, parted by line breaks
        list.forEach(block -> homes.merge(block.home(), 1, Integer::sum));
        Map<String, Integer> targets = new LinkedHashMap<>();
        homes.forEach((home, times) -> {
            for (Element each = home; each != null; each = PageTree.next(each, home)) {
                if (PageTree.isLink(each)) {
                    targets.merge(each.attr("href").strip(), times, Integer::sum);
                }
            }
        });
        if (targets.keySet().stream().allMatch(each -> each.startsWith("#"))) {
            return false;
        }
        Element whole = whole(first);
        if (whole.normalName().equals("table")) {
            return marked || after && before;
        }
        boolean among = text.contains(whole) || whole.parent() != null && text.contains(whole.parent());
        return after
                && (before && among || (before || marked) && leadsOut(targets, first.baseUri()) && isOfWorks(list));
    }

    /** {@return whether a heading stands above the works that a text draws on} */
    static boolean isAboveSources(PageBlocks.Block heading) {
        return SOURCES.matcher(heading.text()).matches();
    }

    private static boolean isNamed(Element home) {
        for (Element up = home; up != null && !up.normalName().equals("body"); up = up.parent()) {
            if (up.attr("role").matches("doc-(bibliography|endnotes)")
                    || NAMED.matcher(up.className() + " " + up.id()).matches()) {
                return true;
            }
        }
        return false;
    }

    /** The table or the outermost list that an item stands in, or the item itself. */
    private static Element whole(Element home) {
        Element table = PageTree.closest(home, TABLE);
        if (table != null) {
            return table;
        }
        Element whole = home;
        for (Element up = home; up != null && ITEMS.contains(up.normalName()); up = up.parent()) {
            whole = up;
        }
        return whole;
    }

    /** Whether most links lead to other sites, and to more than one. */
    private static boolean leadsOut(Map<String, Integer> targets, String page) {
        Set<String> hosts = new HashSet<>();
        long all = 0;
        long out = 0;
        String own = host(page);
        for (Map.Entry<String, Integer> target : targets.entrySet()) {
            String host = host(target.getKey());
            all += target.getValue();
            if (host != null && !host.equals(own)) {
                out += target.getValue();
                hosts.add(host);
            }
        }
        return hosts.size() > 1 && 2 * out > all;
    }

    private static String host(String address) {
        try {
            String host = URI.create(address).getHost();
            return host == null ? null : host.toLowerCase(Locale.ROOT).replaceFirst("^www\\.", "");
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isOfWorks(List<PageBlocks.Block> list) {
        return list.stream().mapToInt(block -> block.weight()).average().orElse(0) >= NAME_OF_WORK;
    }
}
