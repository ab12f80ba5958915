package kawi.readers;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.LicenceName;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;

/**
 * A book (EPUB 2 and 3): a document a chapter, in the order in which it is to be read. Which files are chapters, its
 * package document says (the spine), not their names; tables of contents are none. Author, year and a rights statement
 * that is a known licence, or reserves all rights, hold for every chapter that does not state its own.
 *
 * @see <a href="https://www.w3.org/TR/epub-33/">EPUB 3.3</a>
 */
final class Epub {
    private static final String CONTAINER = "META-INF/container.xml";
    private static final String ENCRYPTION = "META-INF/encryption.xml";
    private static final Set<String> CHAPTERS = Set.of(
            "application/xhtml+xml",
            "text/html",
            "text/xml",
            "application/xml",
            "text/x-oeb1-document",
            "application/x-dtbook+xml",
            "");
    private static final String ENCRYPTED = "encrypted (its rights are managed), not read";
    private static final long MOST_HELD = 200_000_000;

    private final Source source;
    private final Content content;
    private final Intake intake;
    private final String name;

    private Epub(Source source, Content content, Intake intake) {
        this.source = source;
        this.content = content;
        this.intake = intake;
        this.name = content.name();
    }

    static void read(Source source, Content content, Intake intake) throws IOException {
        new Epub(source, content, intake).read();
    }

    private void read() throws IOException {
        Map<String, byte[]> about = new HashMap<>();
        Set<String> pages = new TreeSet<>(String.CASE_INSENSITIVE_ORDER); // that lie in the archive
        entries(
                path -> {
                    if (isPage(path)) {
                        pages.add(path.replace('\\', '/'));
                    }
                    return path.equalsIgnoreCase(CONTAINER)
                            || path.equalsIgnoreCase(ENCRYPTION)
                            || path.toLowerCase(Locale.ROOT).endsWith(".opf");
                },
                (where, why) -> {}, // said when its chapters are read
                entry -> about.put(
                        entry.path().equalsIgnoreCase(CONTAINER)
                                ? CONTAINER
                                : entry.path().equalsIgnoreCase(ENCRYPTION) ? ENCRYPTION : entry.path(),
                        entry.bytes()));
        String place = packagePlace(about);
        Element document = place == null ? null : xml(about.get(place));
        Map<String, Element> chapters = document == null ? Map.of() : spine(document, place, pages);
        Set<String> encrypted = encrypted(about.get(ENCRYPTION));
        if (chapters.isEmpty()) {
            boolean[] any = new boolean[1];
            entries(Epub::isPage, this::skipped, entry -> {
                any[0] = true;
                if (encrypted.contains(entry.path())) {
                    intake.skipped(name + "!/" + entry.path(), ENCRYPTED);
                } else {
                    chapter(entry.path(), entry.bytes(), new About(null, null, null, null));
                }
            });
            if (any[0]) {
                intake.repaired(name, "no reading order in it that can be read; its pages in the order of the archive");
            }
            return;
        }
        Map<String, byte[]> texts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        wanted.addAll(chapters.keySet());
        long[] held = new long[1];
        entries(path -> wanted.contains(path.replace('\\', '/')), this::skipped, entry -> {
            held[0] += entry.bytes().length;
            String path = entry.path().replace('\\', '/');
            if (held[0] <= MOST_HELD && (chapters.containsKey(path) || !texts.containsKey(path))) {
                texts.put(path, entry.bytes());
            }
        });
        otherRenditions(about, place);
        About book = about(document);
        chapters.forEach((path, item) -> {
            if (encrypted.contains(path)) {
                intake.skipped(name + "!/" + path, ENCRYPTED);
            } else if (texts.containsKey(path)) {
                chapter(path, texts.get(path), book);
            } else {
                intake.skipped(
                        name + "!/" + path,
                        held[0] > MOST_HELD
                                ? "more than " + MOST_HELD + " bytes of chapters before it"
                                : "in the reading order and not in the archive, or not to be read there");
            }
        });
    }

    /** The chapters in the order of reading, by their paths in the archive; what is none of them is said. */
    private Map<String, Element> spine(Element document, String place, Set<String> pages) {
        Map<String, Element> items = new LinkedHashMap<>();
        all(document, "item").forEach(item -> items.put(item.attr("id"), item));
        Set<String> contents = new HashSet<>();
        all(document, "reference").stream()
                .filter(each -> each.attr("type").equals("toc"))
                .forEach(each -> contents.add(path(place, each.attr("href"))));
        Map<String, Element> chapters = new LinkedHashMap<>();
        Set<Element> ordered = new HashSet<>();
        for (Element reference : all(document, "itemref")) {
            Element item = items.get(reference.attr("idref"));
            if (item == null) {
                intake.skipped(
                        name, "names " + reference.attr("idref") + " in its reading order, which it does not list");
                continue;
            }
            ordered.add(item);
            String path = path(place, item.attr("href"));
            String type = item.attr("media-type").strip().toLowerCase(Locale.ROOT);
            if (isContents(item) || contents.contains(path)) {
                intake.skipped(name + "!/" + path, "its table of contents, no chapter");
            } else if (CHAPTERS.contains(type)) {
                chapters.putIfAbsent(path, item);
            } else {
                intake.skipped(
                        name + "!/" + path, "in the reading order and of the type " + type + ", which is not read");
            }
        }
        Set<String> left = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        left.addAll(pages); // and those that are named and not there
        items.values().forEach(item -> {
            String path = path(place, item.attr("href"));
            boolean known = ordered.contains(item) || isContents(item) || contents.contains(path);
            if (known) {
                left.remove(path);
            } else if (item.attr("media-type").matches("(?i)application/xhtml\\+xml|text/html")) {
                left.add(path);
            }
        });
        if (!left.isEmpty() && !chapters.isEmpty()) {
            intake.skipped(
                    name,
                    left.size() + (left.size() == 1 ? " page that is" : " pages that are")
                            + " not in its reading order");
        }
        return chapters;
    }

    private static boolean isPage(String path) {
        return path.toLowerCase(Locale.ROOT).matches("(?s).*\\.x?html?");
    }

    private static boolean isContents(Element item) {
        return List.of(item.attr("properties").split("\\s+")).contains("nav");
    }

    private void chapter(String path, byte[] bytes, About book) {
        Page page = Page.of("", "application/xhtml+xml", bytes); // also where it is said to be of another type
        Page known = new Page(
                page.url(),
                page.title() == null ? book.title() : page.title(),
                page.author() == null ? book.author() : page.author(),
                page.year() == null ? book.year() : page.year(),
                page.licence(),
                page.robots(),
                page.text(),
                page.links(),
                page.note(),
                page.left());
        String licence = page.licence() != null ? page.licence() : book.licence();
        OwnTexts.page(source, name + "!/" + path, known, licence == null ? source.licence() : licence, intake);
    }

    /** What a book says of itself; null where it does not. */
    private record About(String title, String author, Integer year, String licence) {}

    private About about(Element document) {
        String rights = words(document, "rights");
        String licence = rights == null ? null : LicenceName.of(rights);
        if (rights != null && LicenceName.reserves(rights)) {
            licence = LicenceName.RESERVED;
        } else if (rights != null
                && licence.equals(rights)
                && !rights.matches("[A-Za-z0-9.+-]+-\\d[A-Za-z0-9.+-]*|MIT|public-domain")) {
            intake.repaired(
                    name,
                    "its rights statement is no licence that is known, so that of the source holds: "
                            + (rights.length() > 80 ? rights.substring(0, 80) + "..." : rights));
            licence = null;
        }
        all(document, "date").stream()
                .filter(each -> each.attr("opf:event").equals("modification"))
                .forEach(Element::remove); // when the file was changed
        String date = words(document, "date");
        return new About(
                words(document, "title"),
                words(document, "creator"),
                date != null && date.matches("[1-9]\\d{3}(\\D.*)?") ? Integer.valueOf(date.substring(0, 4)) : null,
                licence);
    }

    /** What stands in all elements of a name, between commas; null where there is nothing. */
    private static String words(Element document, String named) {
        List<String> all = all(document, named).stream()
                .map(each -> each.text().strip())
                .filter(each -> !each.isEmpty())
                .toList();
        if (all.isEmpty()) {
            return null;
        }
        return named.equals("creator") ? String.join(", ", all) : all.get(0);
    }

    private static String packagePlace(Map<String, byte[]> about) {
        if (about.containsKey(CONTAINER)) {
            for (Element file : all(xml(about.get(CONTAINER)), "rootfile")) {
                if (about.containsKey(file.attr("full-path"))) {
                    return file.attr("full-path");
                }
            }
        }
        return about.keySet().stream()
                .filter(path -> path.toLowerCase(Locale.ROOT).endsWith(".opf"))
                .sorted()
                .findFirst()
                .orElse(null);
    }

    /** A book may hold itself several times, as with fixed pages and without; the first is read. */
    private void otherRenditions(Map<String, byte[]> about, String place) {
        about.keySet().stream()
                .filter(path ->
                        !path.equals(place) && path.toLowerCase(Locale.ROOT).endsWith(".opf"))
                .sorted()
                .forEach(path -> intake.skipped(
                        name + "!/" + path, "another rendition of the book; that of " + place + " was read"));
    }

    /** Paths of files that are encrypted otherwise than fonts are. */
    private static Set<String> encrypted(byte[] encryption) {
        if (encryption == null) {
            return Set.of();
        }
        return all(xml(encryption), "encrypteddata").stream()
                .filter(data -> all(data, "encryptionmethod").stream()
                        .noneMatch(each -> each.attr("Algorithm").matches(".*(idpf\\.org/2008/embedding|pdf/enc#RC)")))
                .flatMap(data -> all(data, "cipherreference").stream())
                .map(each -> path("", each.attr("URI")))
                .collect(Collectors.toSet());
    }

    private static Element xml(byte[] bytes) {
        return Jsoup.parse(Decoded.of(bytes).text(), "", Parser.xmlParser());
    }

    /** The elements of a local name, whatever prefix stands before it. */
    private static List<Element> all(Element within, String named) {
        return within.getAllElements().stream()
                .filter(each -> {
                    String tag = each.tagName().toLowerCase(Locale.ROOT);
                    return tag.substring(tag.indexOf(':') + 1).equals(named);
                })
                .toList();
    }

    /** A reference of a file as a path in the archive. */
    private static String path(String from, String href) {
        String bare = href.strip().replaceFirst("#.*", "").replace('\\', '/');
        try {
            bare = URLDecoder.decode(bare.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // A sign % that encodes nothing: the path as it is.
        }
        String whole = bare.startsWith("/") ? bare.substring(1) : from.substring(0, from.lastIndexOf('/') + 1) + bare;
        try {
            return new URI(null, null, "/" + whole, null).normalize().getPath().substring(1);
        } catch (java.net.URISyntaxException e) {
            return whole;
        }
    }

    private void entries(Predicate<String> wanted, BiConsumer<String, String> skipped, Consumer<Archive.Entry> visitor)
            throws IOException {
        if (content.file() != null) {
            Archive.read(content.file(), wanted, skipped, visitor);
        } else {
            Archive.read(new Archive.Entry(name, PlainText.whole(content)), wanted, skipped, visitor);
        }
    }

    private void skipped(String where, String why) {
        intake.skipped(PlainText.within(name, where), why);
    }
}
