package kawi.crawl;

import crawlercommons.filters.basic.BasicURLNormalizer;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses in one spelling, for the first page and for links alike, and which of them lead into private networks. */
final class Addresses {
    private static final BasicURLNormalizer NORMAL = BasicURLNormalizer.newBuilder()
            .queryParamsToRemove(new TreeSet<>(List.of(
                    "jsessionid",
                    "phpsessid",
                    "sid",
                    "sessionid",
                    "utm_source",
                    "utm_medium",
                    "utm_campaign",
                    "fbclid")))
            .build();
    /** Scheme, then what stands before the host, the host, and the rest. */
    private static final Pattern PARTS =
            Pattern.compile("(?i)(https?):/{0,2}(?:[^/?#@]*@)?(\\[[^\\]/]*\\]|[^/?#:@]+)(?::(\\d*))?(.*)");

    private static final Pattern OTHER_SCHEME = Pattern.compile("(?i)(?!https?:)[a-z][a-z0-9+.-]*:.*");
    private static final Pattern NOT_IN_AN_ADDRESS =
            Pattern.compile("[^\\x21-\\x7e]|[\"<>\\\\^`{|}]|%(?![0-9a-fA-F]{2})");

    private Addresses() {}

    /** {@return the first address as it is asked for: with a scheme, or null where it is none} */
    static String ofStart(String written) {
        String start = written.strip();
        boolean bare = !start.matches("(?i)[a-z][a-z0-9+.-]*://.*");
        return normal(null, bare ? "http://" + start.replaceFirst("^//", "") : start);
    }

    /** {@return a link of a page in its one spelling, or null where it is no address of the web} */
    static String normal(String base, String link) {
        String written = link.strip().replaceAll("[\\t\\r\\n]", "");
        try {
            String whole = PARTS.matcher(written).matches() || base == null
                    ? written
                    : URI.create(base).resolve(encoded(written)).toString();
            Matcher parts = PARTS.matcher(whole);
            if (!parts.matches()) {
                return null;
            }
            String host = parts.group(2).toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
            String ascii = host.startsWith("[") ? host : IDN.toASCII(host);
            String port = parts.group(3) == null || parts.group(3).isEmpty() ? "" : ":" + parts.group(3);
            String rest = parts.group(4).replaceFirst("#.*", "");
            String url = NORMAL.filter(parts.group(1).toLowerCase(Locale.ROOT) + "://" + ascii + port + encoded(rest));
            URI uri = url == null ? null : URI.create(url.replaceFirst("#.*", ""));
            return uri == null || uri.getHost() == null || uri.getPort() > 65535 ? null : uri.toString();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** {@return whether a link is no page and not meant as one, such as an address for mail} */
    static boolean isOfAnotherScheme(String link) {
        return link.isBlank() || OTHER_SCHEME.matcher(link.strip()).matches();
    }

    private static String encoded(String written) {
        return NOT_IN_AN_ADDRESS.matcher(written).replaceAll(found -> {
            StringBuilder bytes = new StringBuilder();
            for (byte b : found.group().getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                bytes.append("%%%02X".formatted(b & 0xff));
            }
            return bytes.toString();
        });
    }

    /** {@return the part of an address that names its site: scheme, host and port} */
    static String site(String url) {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    /** {@return whether two addresses differ as http and https or with and without www do} */
    static boolean isSameHouse(String one, String other) {
        return house(one).equals(house(other));
    }

    private static String house(String url) {
        return String.valueOf(URI.create(url).getHost()).replaceFirst("^www\\.", "");
    }

    /**
     * {@return whether who gave this address named a private place himself: a number, or a name of no public domain}
     */
    static boolean namesAPrivatePlace(String url) {
        String host = String.valueOf(URI.create(url).getHost());
        return host.startsWith("[")
                || host.matches("[0-9.]+")
                || !host.contains(".")
                || host.matches(".*\\.(localhost|local|lan|internal|intranet|home|test)");
    }

    /** {@return in a clause, why an address is not asked: it leads into a private network; null where it does not} */
    static String refusal(URI address) {
        try {
            for (InetAddress each : InetAddress.getAllByName(address.getHost())) {
                if (isPrivate(each)) {
                    return "leads to " + each.getHostAddress() + ", a private address that the start does not name";
                }
            }
            return null;
        } catch (UnknownHostException e) {
            return null; // the request will say it
        }
    }

    private static boolean isPrivate(InetAddress address) {
        byte[] b = address.getAddress();
        boolean four = b.length == 4;
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || four && b[0] == 0
                || four && b[0] == 100 && (b[1] & 0xc0) == 64 // shared by providers, RFC 6598
                || address instanceof Inet6Address && (b[0] & 0xfe) == 0xfc; // unique local, RFC 4193
    }
}
