package kawi.readers;

import org.jsoup.internal.StringUtil;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** The addresses of a page's links. Most are plain, and resolve to what they are or to it behind the site's name. */
final class PageAddresses {
    private static final String PLAIN = "-_~%=&?+,;:@!$'()*";

    private final String site;

    PageAddresses(Document html) {
        String root = StringUtil.resolve(html.baseUri(), "/");
        site = root.endsWith("/") ? root.substring(0, root.length() - 1) : null;
    }

    /** {@return a link's address} One that cannot be resolved stays as it was written: a crawler says what it skips. */
    String of(Element link) {
        String written = link.attr("href");
        if (site != null && written.startsWith("/") && isPath(written, 0)) {
            return site + written;
        }
        int host = written.startsWith("https://") ? 8 : written.startsWith("http://") ? 7 : 0;
        if (host > 0) {
            int path = host;
            while (path < written.length() && isOfHost(written.charAt(path))) {
                path++;
            }
            if (path > host && path < written.length() && isPath(written, path)) {
                return written;
            }
        }
        String address = link.absUrl("href");
        return address.isEmpty() ? written.strip() : address;
    }

    private static boolean isOfHost(char c) {
        return isAlphanumeric(c) || c == '-' || c == '.';
    }

    private static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || (c | 32) >= 'a' && (c | 32) <= 'z';
    }

    /** Whether what begins at a place is a path that no resolving changes: no host, and no dots for other folders. */
    private static boolean isPath(String address, int start) {
        char before = 0;
        for (int i = start; i < address.length(); i++) {
            char c = address.charAt(i);
            boolean plain = before == 0
                    ? c == '/'
                    : isAlphanumeric(c)
                            || c == '/' && (before != '/' || i > start + 1)
                            || c == '.' && before != '/'
                            || PLAIN.indexOf(c) >= 0;
            if (!plain) {
                return false;
            }
            before = c;
        }
        return before != 0;
    }
}
