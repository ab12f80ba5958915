package kawi.crawl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Decoded;
import org.jsoup.Jsoup;
import org.jsoup.internal.StringUtil;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/**
 * A web page read as a text, paragraph by paragraph: everything a reader sees in its main part (or in its articles, or
 * in its body where it marks neither) but navigation, forms, headers, footers and asides.
 *
 * @param url the address it gives itself (canonical link), else the one it was fetched from
 * @param title its title, or null
 * @param author its stated author, or null
 * @param year year of its stated date, or null
 * @param licence SPDX identifier of its stated licence, its address where that is not a known one, several joined by
 *     {@code AND} where it states several, or null where it states none
 * @param robots the content of its robots meta tags, between commas, or empty
 * @param text its paragraphs, parted by blank lines
 * @param links addresses it links to, without those it asks not to follow
 * @param note what was wrong with its encoding, or null
 */
public record Page(
        String url,
        String title,
        String author,
        Integer year,
        String licence,
        String robots,
        String text,
        List<String> links,
        String note) {
    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*[\"']?([\\w-]+)");
    private static final Map<String, String> LICENCES = Map.of(
            "creativecommons.org/publicdomain/zero/1.0",
            "CC0-1.0",
            "creativecommons.org/licenses/by/4.0",
            "CC-BY-4.0",
            "creativecommons.org/licenses/by-sa/4.0",
            "CC-BY-SA-4.0",
            "creativecommons.org/licenses/by-nc/4.0",
            "CC-BY-NC-4.0");
    private static final String FRAME = "script, style, nav, header, footer, noscript, form, aside";
    /** Blocks to jsoup that stand inside a line of text. */
    private static final Set<String> INLINE = Set.of("ins", "del", "video", "audio", "canvas", "svg", "math", "img");

    /**
     * {@return a page from its bytes} The encoding is the header's or the page's own, or what fits the bytes. Plain
     * text is taken as it is.
     *
     * @param url the address it was fetched from
     * @param contentType the header of that name, or empty
     * @param body the page's bytes
     */
    public static Page of(String url, String contentType, byte[] body) {
        Matcher header = CHARSET.matcher(contentType);
        String head = new String(body, 0, Math.min(body.length, 2048), StandardCharsets.ISO_8859_1);
        Matcher meta = CHARSET.matcher(head);
        Decoded decoded = Decoded.of(body, header.find() ? header.group(1) : meta.find() ? meta.group(1) : null);
        if (contentType.strip().toLowerCase(Locale.ROOT).startsWith("text/plain")) {
            return new Page(url, null, null, null, null, "", decoded.text(), List.of(), decoded.note());
        }
        org.jsoup.nodes.Document html = Jsoup.parse(decoded.text(), url);
        String robots =
                String.join(", ", html.select("meta[name~=(?i)^(robots|kawi)$]").eachAttr("content"));
        List<String> links = new ArrayList<>();
        for (Element link : html.select("a[href]:not([rel~=(?i)\\bnofollow\\b])")) {
            links.add(link.absUrl("href"));
        }
        String canonical = html.select("link[rel=canonical]").attr("abs:href");
        return new Page(
                canonical.isEmpty() ? url : canonical,
                blankToNull(html.title()),
                blankToNull(html.select("meta[name=author]").attr("content")),
                year(html.select("meta[name=date]").attr("content")),
                licence(html),
                robots,
                text(html),
                links,
                decoded.note());
    }

    /** The text of the page's main part, or of all its articles, or of its body: a paragraph for each block. */
    private static String text(org.jsoup.nodes.Document html) {
        html.select(FRAME).remove();
        List<Element> roots = html.select("main");
        if (roots.isEmpty()) {
            roots = html.select("article");
        }
        List<String> paragraphs = new ArrayList<>();
        for (Element root : roots.isEmpty() ? List.of(html.body()) : roots) {
            if (root.parents().stream().noneMatch(roots::contains)) {
                paragraphs.addAll(paragraphs(root));
            }
        }
        return String.join("\n\n", paragraphs);
    }

    /** Every run of text between two borders of blocks, in the page's order; nothing that is shown is passed over. */
    private static List<String> paragraphs(Element root) {
        List<String> paragraphs = new ArrayList<>();
        StringBuilder run = new StringBuilder();
        root.filter(new NodeFilter() {
            @Override
            public FilterResult head(Node node, int depth) {
                if (node instanceof TextNode text) {
                    run.append(text.getWholeText());
                } else if (node instanceof Element element) {
                    if (element.normalName().equals("pre")) {
                        end();
                        String code = element.wholeText().stripTrailing();
                        if (!code.isBlank()) {
                            paragraphs.add(code);
                        }
                        return FilterResult.SKIP_CHILDREN;
                    }
                    border(element);
                }
                return FilterResult.CONTINUE;
            }

            @Override
            public FilterResult tail(Node node, int depth) {
                if (node instanceof Element element && !element.normalName().equals("br")) {
                    border(element);
                }
                return FilterResult.CONTINUE;
            }

            private void border(Element element) {
                if (element.normalName().equals("br")) {
                    run.append(' ');
                } else if (element.isBlock() && !INLINE.contains(element.normalName())) {
                    end();
                }
            }

            private void end() {
                String text = StringUtil.normaliseWhitespace(run.toString()).strip();
                if (!text.isEmpty()) {
                    paragraphs.add(text);
                }
                run.setLength(0);
            }
        });
        String rest = StringUtil.normaliseWhitespace(run.toString()).strip();
        if (!rest.isEmpty()) {
            paragraphs.add(rest);
        }
        return paragraphs;
    }

    /** What its links of the relation "license" name: SPDX where the address is known, else the address itself. */
    private static String licence(org.jsoup.nodes.Document html) {
        Set<String> stated = new LinkedHashSet<>();
        for (Element link : html.select("[rel~=(?i)\\blicense\\b]")) {
            String address =
                    link.attr("href").replaceFirst("^https?://(www\\.)?", "").replaceFirst("/+$", "");
            if (!address.isEmpty()) {
                stated.add(LICENCES.getOrDefault(address, link.attr("href")));
            }
        }
        return stated.isEmpty() ? null : String.join(" AND ", stated);
    }

    private static Integer year(String date) {
        return date.matches("\\d{4}.*") ? Integer.valueOf(date.substring(0, 4)) : null;
    }

    private static String blankToNull(String text) {
        return text.isBlank() ? null : text.strip();
    }
}
