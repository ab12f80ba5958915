package kawi.readers;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Decoded;
import kawi.corpus.LicenceName;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.jsoup.select.Evaluator;
import org.jsoup.select.Selector;

/**
 * A web page read as a text, paragraph by paragraph: everything a reader sees of its own text. What stands around that
 * (navigation, notices, announcements of other pages) is left out, told by its element, its name, its links and its
 * place.
 *
 * @param url the address it gives itself (canonical link) where that is of the same site, else the one it was fetched
 *     from
 * @param title its title, or null
 * @param author its stated author, or null
 * @param year year of its stated date, or null
 * @param licence SPDX identifier of the licence it states for itself, the licence's address where that is not a known
 *     one, several joined by {@code AND} where it states several, among them {@link LicenceName#RESERVED}; null where
 *     it states none
 * @param robots the content of its robots meta tags, between commas, or empty
 * @param text its paragraphs, parted by blank lines
 * @param links addresses it links to, without those it asks not to follow
 * @param note what was wrong with its encoding, or null
 * @param left characters that stand on the page and not in the text, by reason: what is hidden, navigation, notices,
 *     lists of links, and so on; empty for plain text
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
        String note,
        Map<String, Integer> left) {
    /** About as many times its size a page needs while it is read. */
    static final int TIMES_ITS_SIZE = 16;

    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*[\"']?([\\w:.-]+)");
    private static final Pattern NAMES_ONE = Pattern.compile("(?i)charset");
    private static final Pattern XML = Pattern.compile("^<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([\\w:.-]+)[\"']");
    private static final Pattern CLOSED =
            Pattern.compile("<((?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)"
                    + "\\b)[a-zA-Z][\\w:-]*)((?:\\s[^<>]*)?)/>");
    private static final Pattern ROBOTS = Pattern.compile("(?i)^(robots|kawi)$");
    private static final String RESERVATION = "tdm-reservation";
    private static final Pattern NO_FOLLOW = Pattern.compile("(?i)\\bnofollow\\b");
    private static final Pattern YEAR = Pattern.compile("\\d{4}.*");
    private static final Evaluator NAMING = Selector.evaluatorOf("meta[charset], meta[http-equiv~=(?i)^content-type$]");
    /** The beginning of most pages: tags with plain attributes, and a meta element that names the encoding alone. */
    private static final Pattern PLAIN = plain();

    /** Where a page may name its encoding; browsers look through all of its head. */
    private static final int HEAD = 16_384;

    /**
     * {@return a page from its bytes} The encoding is that of a byte-order mark, the header's, the page's own, or what
     * fits the bytes. Plain text is taken as it is.
     *
     * @param url the address it was fetched from
     * @param contentType the header of that name, or empty
     * @param body the page's bytes
     */
    public static Page of(String url, String contentType, byte[] body) {
        Matcher header = CHARSET.matcher(contentType);
        String type = contentType.strip().toLowerCase(Locale.ROOT);
        boolean plain = type.startsWith("text/plain");
        Decoded decoded = Decoded.of(body, header.find() ? header.group(1) : plain ? null : own(body));
        if (plain) {
            return new Page(url, null, null, null, null, "", decoded.text(), List.of(), decoded.note(), Map.of());
        }
        boolean xhtml = type.startsWith("application/xhtml");
        String source = decoded.text();
        org.jsoup.nodes.Document html =
                Jsoup.parse(xhtml ? CLOSED.matcher(source).replaceAll("<$1$2></$1>") : source, url);
        PageElements elements = new PageElements(html);
        List<String> wishes = new ArrayList<>();
        boolean reserved = false;
        for (Element meta : elements.metas) {
            String name = meta.attr("name");
            if (ROBOTS.matcher(name).find() && meta.hasAttr("content")) {
                wishes.add(meta.attr("content"));
            }
            reserved |= name.strip().equalsIgnoreCase(RESERVATION) && PageTree.is(meta, "content", "1");
        }
        if (reserved) {
            wishes.add(RESERVATION);
        }
        String robots = String.join(", ", wishes);
        List<String> links = new ArrayList<>();
        PageAddresses addresses = new PageAddresses(html);
        for (Element link : elements.links) {
            if (!NO_FOLLOW.matcher(link.attr("rel")).find()) {
                links.add(addresses.of(link));
            }
        }
        String licence = PageLicence.of(elements);
        String title = html.title();
        PageText text = PageText.of(html, elements);
        String canonical = new Elements(elements.left(elements.canonical)).attr("abs:href");
        List<Element> metas = elements.left(elements.metas);
        return new Page(
                isSameSite(url, canonical) ? canonical : url,
                blankToNull(title),
                blankToNull(content(metas, "author")),
                year(content(metas, "date")),
                licence,
                robots,
                text.text(),
                links,
                decoded.note(),
                Collections.unmodifiableMap(text.out()));
    }

    /** What a page says of its encoding: its XML declaration, or its first meta element that names one. */
    private static String own(byte[] body) {
        String head = new String(body, 0, Math.min(body.length, HEAD), StandardCharsets.ISO_8859_1);
        Matcher xml = XML.matcher(head);
        String named = xml.find() ? xml.group(1) : null;
        Matcher first = NAMES_ONE.matcher(head);
        if (named == null && first.find()) {
            // Most pages name it in their first lines: the rest of the head is read where that is no meta element.
            int end = head.indexOf('>', first.end());
            named = end < 0 ? null : named(head.substring(0, end + 1));
            named = named == null ? named(head) : named;
        }
        // Who can read the name in ASCII is not reading UTF-16.
        return named != null && named.toLowerCase(Locale.ROOT).startsWith("utf-16") ? "utf-8" : named;
    }

    private static Pattern plain() {
        String rest = "(?:\\s++[\\w:-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[\\w./:-]++))?+)*+\\s*+/?>\\s*+";
        return Pattern.compile("(?i)\\s*+(?:<!doctype html>\\s*+)?+(?:<html" + rest + ")?+(?:<head" + rest
                + ")?+(?:<(?:meta|link)(?!\\s+charset)" + rest
                + ")*+<meta\\s+charset=(?:\"([\\w:.-]+)\"|([\\w:.-]+))\\s*/?>");
    }

    private static String named(String head) {
        Matcher plain = PLAIN.matcher(head);
        if (plain.matches()) {
            return plain.group(1) == null ? plain.group(2) : plain.group(1);
        }
        for (Element meta : Jsoup.parse(head).select(NAMING)) {
            if (meta.hasAttr("charset")) {
                return meta.attr("charset");
            }
            Matcher content = CHARSET.matcher(meta.attr("content"));
            if (content.find()) {
                return content.group(1);
            }
        }
        return null;
    }

    private static String content(List<Element> metas, String name) {
        for (Element meta : metas) {
            if (PageTree.is(meta, "name", name) && meta.hasAttr("content")) {
                return meta.attr("content");
            }
        }
        return "";
    }

    /** Whether a canonical address is one of the page's own site; a page is not the source of another's. */
    private static boolean isSameSite(String url, String canonical) {
        try {
            String own = URI.create(url).getHost();
            String other = URI.create(canonical).getHost();
            return own != null && other != null && bare(own).equals(bare(other));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String bare(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst("^www\\.", "");
    }

    private static Integer year(String date) {
        return YEAR.matcher(date).matches() ? Integer.valueOf(date.substring(0, 4)) : null;
    }

    private static String blankToNull(String text) {
        return text.isBlank() ? null : text.strip();
    }
}
