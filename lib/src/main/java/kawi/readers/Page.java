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
    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*[\"']?([\\w:.-]+)");
    private static final Pattern NAMES_ONE = Pattern.compile("(?i)charset");
    private static final Pattern XML = Pattern.compile("^<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([\\w:.-]+)[\"']");
    private static final Pattern CLOSED =
            Pattern.compile("<((?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)"
                    + "\\b)[a-zA-Z][\\w:-]*)((?:\\s[^<>]*)?)/>");
    private static final Pattern NO_FOLLOW = Pattern.compile("(?i)\\bnofollow\\b");
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
        List<String> wishes =
                new ArrayList<>(html.select("meta[name~=(?i)^(robots|kawi)$]").eachAttr("content"));
        if (!html.select("meta[name~=(?i)^tdm-reservation$][content=1]").isEmpty()) {
            wishes.add("tdm-reservation");
        }
        String robots = String.join(", ", wishes);
        List<String> links = new ArrayList<>();
        for (Element link : html.select("a[href], area[href]")) {
            if (!NO_FOLLOW.matcher(link.attr("rel")).find()) {
                links.add(resolved(link));
            }
        }
        String licence = PageLicence.of(html);
        String title = html.title();
        PageText text = PageText.of(html);
        String canonical = html.select("link[rel=canonical]").attr("abs:href");
        return new Page(
                isSameSite(url, canonical) ? canonical : url,
                blankToNull(title),
                blankToNull(html.select("meta[name=author]").attr("content")),
                year(html.select("meta[name=date]").attr("content")),
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

    private static String named(String head) {
        for (Element meta : Jsoup.parse(head).select("meta[charset], meta[http-equiv~=(?i)^content-type$]")) {
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

    /** An address that cannot be resolved stays as it was written: a crawler says what it cannot follow. */
    private static String resolved(Element link) {
        String address = link.absUrl("href");
        return address.isEmpty() ? link.attr("href").strip() : address;
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
        return date.matches("\\d{4}.*") ? Integer.valueOf(date.substring(0, 4)) : null;
    }

    private static String blankToNull(String text) {
        return text.isBlank() ? null : text.strip();
    }
}
