package kawi.readers;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.LicenceName;
import org.jsoup.nodes.Document;
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
    private static final String METADATA =
            "meta[name~=(?i)^(dc|dcterms)\\.(rights|license)$], meta[name~=(?i)^licen[cs]e$]";
    private static final Pattern LD = Pattern.compile("\"license\"\\s*:\\s*\"([^\"]+)\"");
    private static final int NOTICE = 250;

    private PageLicence() {}

    /** {@return an SPDX identifier or expression, an address where it is unknown, or null where none is stated} */
    static String of(Document html) {
        Set<String> stated = new LinkedHashSet<>();
        for (Element link : html.select("[rel~=(?i)\\blicen[cs]e\\b]")) {
            String address = link.attr("href").strip();
            if (!address.isEmpty() && ofThePage(link, html)) {
                stated.add(LicenceName.of(address));
            }
        }
        for (Element meta : html.select(METADATA)) {
            if (!meta.attr("content").isBlank()) {
                stated.add(LicenceName.of(meta.attr("content")));
            }
        }
        for (Element script : html.select("script[type=application/ld+json]")) {
            String data = script.data();
            // Of a single thing only: in a graph the licence may be a picture's.
            Matcher found = LD.matcher(data);
            if (data.split("\"@type\"", -1).length == 2 && found.find()) {
                stated.add(LicenceName.of(found.group(1).replace("\\/", "/")));
            }
        }
        for (Element element : html.getAllElements()) {
            String own = element.ownText();
            if (own.length() < NOTICE && LicenceName.reserves(own) && ofThePage(element, html)) {
                stated.add(LicenceName.RESERVED);
            }
        }
        return stated.isEmpty() ? null : String.join(" AND ", stated);
    }

    private static boolean ofThePage(Element statement, Document html) {
        for (Element up = statement; up != null; up = up.parent()) {
            String name = up.normalName().toLowerCase(Locale.ROOT);
            if (PARTS.contains(name) && !(name.equals("li") && isFooter(up))) {
                return false;
            }
            if (name.equals("article") && html.select("article").size() > 1) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFooter(Element element) {
        return element.parents().stream().anyMatch(up -> up.normalName().equals("footer"));
    }
}
