package kawi.readers;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.LicenceName;
import org.jsoup.nodes.Element;

/**
 * The licence that a page states for itself: links of the relation "license", metadata, and short notices that all
 * rights are reserved. What is stated inside a part (a figure, a table, a quotation, one article of several) is the
 * part's and says nothing of the page. Several statements all hold, joined by {@code AND}, so that the stricter
 * decides.
 */
final class PageLicence {
    private static final Set<String> PARTS = Set.of(
            "figure",
            "figcaption",
            "picture",
            "table",
            "blockquote",
            "video",
            "audio",
            "object",
            "li",
            "details",
            "pre",
            "aside");
    private static final Pattern RELATION = Pattern.compile("(?i)\\blicen[cs]e\\b");
    private static final Pattern METADATA = Pattern.compile("(?i)^((dc|dcterms)\\.(rights|license)|licen[cs]e)$");
    private static final Pattern LD = Pattern.compile("\"license\"\\s*:\\s*\"([^\"]+)\"");
    private static final int NOTICE = 250;

    private PageLicence() {}

    /** {@return an SPDX identifier or expression, an address where it is unknown, or null where none is stated} */
    static String of(PageElements page) {
        Set<String> stated = new LinkedHashSet<>();
        for (Element link : page.related) {
            String address = link.attr("href").strip();
            if (!address.isEmpty() && RELATION.matcher(link.attr("rel")).find() && ofThePage(link, page)) {
                stated.add(LicenceName.of(address));
            }
        }
        for (Element meta : page.metas) {
            if (METADATA.matcher(meta.attr("name")).find()
                    && !meta.attr("content").isBlank()) {
                stated.add(LicenceName.of(meta.attr("content")));
            }
        }
        for (Element script : page.data) {
            String data = script.data();
            // Of a single thing only: in a graph the licence may be a picture's.
            Matcher found = LD.matcher(data);
            if (data.split("\"@type\"", -1).length == 2 && found.find()) {
                stated.add(LicenceName.of(found.group(1).replace("\\/", "/")));
            }
        }
        for (Element element : page.texts) {
            String own = element.ownText();
            if (own.length() < NOTICE && LicenceName.reserves(own) && ofThePage(element, page)) {
                stated.add(LicenceName.RESERVED);
            }
        }
        return stated.isEmpty() ? null : String.join(" AND ", stated);
    }

    private static boolean ofThePage(Element statement, PageElements page) {
        for (Element up = statement; up != null; up = up.parent()) {
            String name = up.normalName().toLowerCase(Locale.ROOT);
            if (PARTS.contains(name) && !(name.equals("li") && isFooter(up))) {
                return false;
            }
            if (name.equals("article") && page.articles.size() > 1) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFooter(Element element) {
        return element.parents().stream().anyMatch(up -> up.normalName().equals("footer"));
    }
}
