package kawi.readers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.internal.StringUtil;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/**
 * The text of a page: every run of text between two borders of blocks, in the page's order, without what stands around
 * a page's own text. Nothing is picked out; the walk passes over what is not shown and what its element or its name
 * says to be navigation, notice or advertisement, and {@link PageBlocks} judges the rest by its links and its place.
 */
final class PageText {
    /** Never shown as text, or a control. */
    private static final Set<String> UNSHOWN = Set.of(
            "script",
            "style",
            "noscript",
            "template",
            "head",
            "iframe",
            "object",
            "svg",
            "canvas",
            "button",
            "select",
            "input",
            "textarea",
            "datalist",
            "dialog",
            "map",
            "audio",
            "video",
            "math");

    private static final Set<String> FRAME = Set.of("nav", "footer", "aside", "form", "menu");
    private static final Set<String> FRAME_ROLES = Set.of(
            "navigation",
            "banner",
            "contentinfo",
            "search",
            "complementary",
            "dialog",
            "alertdialog",
            "menu",
            "menubar",
            "toolbar");
    /** Words of a class or an id that name what stands around a text. */
    private static final Set<String> FRAME_WORDS = Set.of(
            ("nav navbar navigation menu submenu breadcrumb breadcrumbs cookie cookies consent gdpr ccpa newsletter"
                            + " subscribe subscription signup paywall share sharing social related recommended"
                            + " recommendations teaser teasers sidebar footer advert advertisement ads ad promo"
                            + " promotion sponsored popup modal overlay pagination pager toolbar skip sitemap masthead"
                            + " topbar disqus outbrain taboola")
                    .split(" "));

    private static final Pattern WORDS = Pattern.compile("(?<=[a-z])(?=[A-Z])|[^A-Za-z]+");
    /** Blocks to the eye; of the elements that nobody knows none is one. */
    private static final Set<String> BLOCKS = Set.of(
            ("address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure"
                            + " footer form frameset h1 h2 h3 h4 h5 h6 header"
                            + " hgroup hr html legend li main nav ol option"
                            + " p pre section summary table tbody td tfoot th thead tr ul")
                    .split(" "));
    /** The share of a page's text above which an element is the page, whatever its name says. */
    private static final double MOST_OF_PAGE = 0.5;

    private static final int LONGEST_ANNOUNCEMENT = 300;

    private PageText() {}

    /** {@return the paragraphs of a page, parted by blank lines} */
    static String of(Document html) {
        Element body = html.body() == null ? html : html.body();
        List<PageBlocks.Block> whole = blocks(List.of(body), false);
        double all = PageBlocks.words(whole);
        announcements(body).forEach(Element::remove);
        List<PageBlocks.Block> blocks = List.of();
        List<Element> roots = roots(html);
        if (!roots.isEmpty()) {
            blocks = PageBlocks.chosen(blocks(roots, true), true);
        }
        // A page whose main part is a shell has its text elsewhere.
        if (PageBlocks.words(blocks) < 0.25 * PageBlocks.prose(whole) || blocks.isEmpty()) {
            blocks = PageBlocks.chosen(blocks(List.of(body), true), false);
        }
        if (blocks.isEmpty() && all > 0) {
            blocks = whole;
        }
        return String.join("\n\n", blocks.stream().map(PageBlocks.Block::text).toList());
    }

    /** The main part, or all articles but those that only announce others. */
    private static List<Element> roots(Document html) {
        List<Element> main = outermost(html.select("main, [role=main]"));
        if (!main.isEmpty()) {
            List<Element> inside = outermost(main.stream()
                    .flatMap(each -> each.select("article").stream())
                    .toList());
            List<Element> full = full(inside);
            // Announcements of other pages stand beside the article inside the main part, too.
            inside.removeAll(full);
            inside.forEach(Element::remove);
            return main;
        }
        return full(outermost(html.select("article")));
    }

    private static List<Element> outermost(List<Element> elements) {
        List<Element> outer = new ArrayList<>();
        for (Element each : elements) {
            if (each.parents().stream().noneMatch(elements::contains)) {
                outer.add(each);
            }
        }
        return outer;
    }

    /** Articles but announcements: a heading that is a link, and far less text than the longest has. */
    private static List<Element> full(List<Element> articles) {
        double most = articles.stream().mapToDouble(PageText::own).max().orElse(0);
        return new ArrayList<>(articles.stream()
                .filter(each -> own(each) >= 0.25 * most || !announces(each))
                .toList());
    }

    private static double own(Element element) {
        return PageBlocks.own(blocks(List.of(element), false));
    }

    private static boolean announces(Element article) {
        return article.select("h1, h2, h3, h4, h5, h6").stream().anyMatch(PageText::leadsElsewhere);
    }

    /** A heading that is a link to another page, not to a place in this one. */
    private static boolean leadsElsewhere(Element heading) {
        return !heading.select("a[href]:not([href^=#])").isEmpty()
                || heading.parents().stream().anyMatch(up -> up.normalName().equals("a"));
    }

    /**
     * Announcements of other pages: elements side by side, each of a heading that is a link and a few lines. A page
     * that is mostly such has them as its text.
     */
    private static List<Element> announcements(Element body) {
        Map<Element, Set<Element>> beside = new LinkedHashMap<>();
        for (Element heading : body.select("h2, h3, h4, h5, h6")) {
            Element card = heading.parent();
            if (card != null && card.parent() != null && leadsElsewhere(heading) && own(card) < LONGEST_ANNOUNCEMENT) {
                beside.computeIfAbsent(card.parent(), each -> new LinkedHashSet<>())
                        .add(card);
            }
        }
        List<Element> all = new ArrayList<>();
        beside.values().stream().filter(cards -> cards.size() > 1).forEach(all::addAll);
        double theirs = all.stream().mapToDouble(PageText::own).sum();
        return theirs > MOST_OF_PAGE * own(body) ? List.of() : all;
    }

    private static List<PageBlocks.Block> blocks(List<Element> roots, boolean leave) {
        List<PageBlocks.Block> blocks = new ArrayList<>();
        for (Element root : roots) {
            double page = leave ? PageBlocks.words(blocks(List.of(root), false)) : 0;
            root.filter(new Walk(root, leave, page, blocks));
        }
        return blocks;
    }

    /** One walk through an element. */
    private static final class Walk implements NodeFilter {
        private final Element root;
        private final boolean leave;
        private final double page;
        private final List<PageBlocks.Block> blocks;
        private final StringBuilder run = new StringBuilder();
        private int links;
        private int linked; // how many link elements the walk is in
        private int breaks;
        private String kind = "";

        Walk(Element root, boolean leave, double page, List<PageBlocks.Block> blocks) {
            this.root = root;
            this.leave = leave;
            this.page = page;
            this.blocks = blocks;
        }

        @Override
        public FilterResult head(Node node, int depth) {
            if (node instanceof TextNode text) {
                run.append(text.getWholeText());
                if (!text.isBlank()) {
                    breaks = 0;
                    links += linked > 0 ? PageBlocks.letters(text.getWholeText()) : 0;
                }
                return FilterResult.CONTINUE;
            }
            if (!(node instanceof Element element)) {
                return FilterResult.CONTINUE;
            }
            String name = element.normalName();
            if (UNSHOWN.contains(name) || isHidden(element) || leave && element != root && isFrame(element)) {
                if (BLOCKS.contains(name)) {
                    end();
                }
                return FilterResult.SKIP_ENTIRELY;
            }
            if (name.equals("br")) {
                run.append(' ');
                if (++breaks > 1) {
                    end();
                }
            } else if (name.equals("pre")) {
                end();
                String code = element.wholeText().stripTrailing();
                if (!code.isBlank()) {
                    blocks.add(new PageBlocks.Block(code, 0, "pre"));
                }
                return FilterResult.SKIP_ENTIRELY;
            } else if (name.equals("a") && element.hasAttr("href")) {
                linked++;
            } else if (BLOCKS.contains(name)) {
                end();
                kind = name;
            }
            return FilterResult.CONTINUE;
        }

        @Override
        public FilterResult tail(Node node, int depth) {
            if (node instanceof Element element) {
                if (element.normalName().equals("a") && element.hasAttr("href")) {
                    linked--;
                } else if (BLOCKS.contains(element.normalName()) || element == root) {
                    end();
                    kind = element.parent() == null ? "" : element.parent().normalName();
                }
            }
            return FilterResult.CONTINUE;
        }

        private void end() {
            String text = StringUtil.normaliseWhitespace(run.toString()).strip();
            if (!text.isEmpty()) {
                blocks.add(new PageBlocks.Block(text, links, kind));
            }
            run.setLength(0);
            links = 0;
            breaks = 0;
        }

        private static boolean isHidden(Element element) {
            String style = element.attr("style").toLowerCase(Locale.ROOT).replace(" ", "");
            return element.hasAttr("hidden")
                    || style.contains("display:none")
                    || style.contains("visibility:hidden")
                    || element.attr("aria-hidden").equalsIgnoreCase("true");
        }

        /** Whether an element says of itself that it stands around the text, and is not most of the page. */
        private boolean isFrame(Element element) {
            String name = element.normalName();
            boolean says = FRAME.contains(name)
                    || FRAME_ROLES.contains(element.attr("role").toLowerCase(Locale.ROOT))
                    || BLOCKS.contains(name) && named(element);
            if (name.equals("header")) {
                // That of an article has its title; that of the page its name and menu.
                says = element.selectFirst("h1") == null
                        && element.parents().stream()
                                .noneMatch(up -> up.normalName().equals("article")
                                        || up.normalName().equals("main"));
            }
            return says && PageBlocks.words(blocks(List.of(element), false)) <= MOST_OF_PAGE * page;
        }

        private static boolean named(Element element) {
            for (String word : WORDS.split(element.className() + " " + element.id())) {
                if (FRAME_WORDS.contains(word.toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
            return false;
        }
    }
}
