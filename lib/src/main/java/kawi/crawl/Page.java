package kawi.crawl;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Decoded;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/**
 * A web page read as a text: without navigation, scripts and styles, paragraph by paragraph.
 *
 * @param url the address it gives itself (canonical link), else the one it was fetched from
 * @param title its title, or null
 * @param author its stated author, or null
 * @param year year of its stated date, or null
 * @param licence SPDX identifier of its stated licence, or null where it states none
 * @param robots its robots meta tag, or empty
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
    private static final String BLOCKS = "p, h1, h2, h3, h4, h5, h6, li, blockquote, pre, dt, dd, td, th, figcaption";

    /** Reads a page from its bytes; the encoding is the header's or the page's own, or what fits the bytes. */
    public static Page of(String url, String contentType, byte[] body) {
        Matcher header = CHARSET.matcher(contentType);
        String head = new String(body, 0, Math.min(body.length, 2048), java.nio.charset.StandardCharsets.ISO_8859_1);
        Matcher meta = CHARSET.matcher(head);
        Decoded decoded = Decoded.of(body, header.find() ? header.group(1) : meta.find() ? meta.group(1) : null);
        org.jsoup.nodes.Document html = Jsoup.parse(decoded.text(), url);
        String robots = html.select("meta[name~=(?i)^(robots|kawi)$]").attr("content");
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

    private static String text(org.jsoup.nodes.Document html) {
        html.select("script, style, nav, header, footer, noscript, form, aside").remove();
        Element main = html.selectFirst("article, main");
        Element root = main == null ? html.body() : main;
        Set<String> paragraphs = new LinkedHashSet<>();
        for (Element block : root.select(BLOCKS)) {
            boolean innermost = block.select(BLOCKS).size() == 1;
            if (innermost && !block.text().isBlank()) {
                paragraphs.add(block.tagName().equals("pre") ? block.wholeText().stripTrailing() : block.text());
            }
        }
        return paragraphs.isEmpty() ? root.text() : String.join("\n\n", paragraphs);
    }

    private static String licence(org.jsoup.nodes.Document html) {
        String address = html.select("[rel~=(?i)\\blicense\\b]")
                .attr("href")
                .replaceFirst("^https?://(www\\.)?", "")
                .replaceFirst("/+$", "");
        return LICENCES.get(address);
    }

    private static Integer year(String date) {
        return date.matches("\\d{4}.*") ? Integer.valueOf(date.substring(0, 4)) : null;
    }

    private static String blankToNull(String text) {
        return text.isBlank() ? null : text.strip();
    }
}
