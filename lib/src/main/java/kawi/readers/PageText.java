package kawi.readers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * The text of a page: every run of text between two borders of blocks, in the page's order, without what stands around
 * a page's own text. Nothing is picked out: {@link PageWalk} goes through all of it, {@link PageFrame} tells what says
 * of itself that it stands around, {@link PageBlocks} judges the rest by its links and its place, and what is left is
 * held against what is shown: where most of the prose is gone, the choice was wrong and the page is kept.
 *
 * @param text the paragraphs, parted by blank lines
 * @param shown characters that the page shows
 * @param out characters that were left out, by reason
 */
record PageText(String text, int shown, Map<String, Integer> out) {
    static final String ANNOUNCEMENTS = "announcements of other pages";
    private static final int LONGEST_ANNOUNCEMENT = 300;
    /** The least share of the prose a reader sees that has to survive. */
    private static final double MOST = 0.5;
    /** The same, of all prose that is shown, what is named as a frame included. */
    private static final double LEAST = 0.25;
    /** Weight of prose from which a page has something to say without its hidden parts. */
    private static final double SAYS_SOMETHING = 200;

    private static final double FAR_MORE = 4;

    /** {@return the text of a page} */
    static PageText of(Document html, PageElements page) {
        Element body = html.body() == null ? html : html.body();
        PageWalk.Sums shown = PageWalk.sums(body);
        List<PageBlocks.Block> whole = shown.blocks();
        if (PageBlocks.prose(whole) < SAYS_SOMETHING) {
            // A page that only a script unfolds, or that is written for browsers without scripts.
            List<PageBlocks.Block> all = PageWalk.blocks(body, PageWalk.Mode.ALL, null);
            if (PageBlocks.prose(all) > FAR_MORE * PageBlocks.prose(whole)
                    || PageBlocks.words(all) > FAR_MORE * PageBlocks.words(whole)) {
                reveal(body);
                shown = PageWalk.sums(body);
                whole = shown.blocks();
            }
        }
        Map<String, Integer> announced = new LinkedHashMap<>();
        int all = characters(whole);
        remove(announcements(page, body, shown), ANNOUNCEMENTS, announced);
        remove(PageComments.of(html, page), "comments", announced);
        // Where nothing went, what is shown is what was: pages are walked through as seldom as can be.
        PageWalk.Sums left = announced.isEmpty() ? shown : PageWalk.sums(body);
        List<PageBlocks.Block> rest = left.blocks();
        Map<String, Integer> beside = new LinkedHashMap<>();
        List<Element> roots = roots(page, left, beside);
        PageWalk.Sums now = beside.isEmpty() ? left : PageWalk.sums(body);
        Map<String, Integer> out = new LinkedHashMap<>(announced);
        for (Map.Entry<String, Integer> each : beside.entrySet()) {
            out.merge(each.getKey(), each.getValue(), Integer::sum);
        }
        List<PageBlocks.Block> chosen = List.of();
        if (!roots.isEmpty()) {
            List<PageBlocks.Block> blocks = new ArrayList<>();
            for (Element root : roots) {
                blocks.addAll(PageWalk.own(root, now.of(root), out));
            }
            chosen = PageBlocks.chosen(blocks, true, out);
        }
        // A page whose main part is a shell, or one part of several, has its text elsewhere.
        Map<String, Integer> around = new LinkedHashMap<>(announced);
        List<PageBlocks.Block> own = PageWalk.own(body, now, around);
        if (chosen.isEmpty() || isLess(chosen, MOST, own)) {
            out = around;
            chosen = PageBlocks.chosen(own, false, out);
        }
        if (chosen.isEmpty() || isLess(chosen, LEAST, rest)) {
            out = new LinkedHashMap<>(announced);
            chosen = rest.isEmpty() ? whole : PageBlocks.chosen(rest, false, out);
        }
        int told = out.entrySet().stream()
                .filter(each -> !each.getKey().equals("hidden"))
                .mapToInt(Map.Entry::getValue)
                .sum();
        if (all - characters(chosen) > told) {
            out.merge("parts beside the main one", all - characters(chosen) - told, Integer::sum);
        }
        return new PageText(
                String.join("\n\n", chosen.stream().map(PageBlocks.Block::text).toList()), all, out);
    }

    /** Whether blocks hold less than a share of the prose of others that is no announcement of another page. */
    private static boolean isLess(List<PageBlocks.Block> chosen, double share, List<PageBlocks.Block> all) {
        double prose = PageBlocks.prose(chosen);
        // No more is told than all prose: announcements are looked for only where that does not settle it.
        return prose < share * PageBlocks.prose(all) && prose < share * PageBlocks.told(all);
    }

    private static int characters(List<PageBlocks.Block> blocks) {
        return blocks.stream().mapToInt(block -> block.text().length()).sum();
    }

    /** Shows what is hidden, and what is for browsers without scripts. */
    private static void reveal(Element body) {
        for (Element each : body.select("[hidden], [style], [aria-hidden], noscript")) {
            if (each.normalName().equals("noscript")) {
                if (!PageWalk.isPlea(each)) {
                    each.tagName("div");
                }
            } else {
                each.removeAttr("hidden").removeAttr("style").removeAttr("aria-hidden");
            }
        }
    }

    private static void remove(List<Element> elements, String reason, Map<String, Integer> out) {
        for (Element each : elements) {
            out.merge(reason, characters(PageWalk.shown(each)), Integer::sum);
            each.remove();
        }
    }

    /** The main part, or all articles but those that only announce others. */
    private static List<Element> roots(PageElements page, PageWalk.Sums shown, Map<String, Integer> out) {
        List<Element> main = outermost(page.left(page.mains));
        List<Element> articles = page.left(page.articles);
        if (!main.isEmpty()) {
            Set<Element> mains = new HashSet<>(main);
            List<Element> inside = outermost(
                    articles.stream().filter(each -> isIn(each, mains)).toList());
            List<Element> full = full(inside, shown);
            // Announcements of other pages stand beside the article inside the main part, too.
            inside.removeAll(full);
            remove(inside, ANNOUNCEMENTS, out);
            return main;
        }
        return full(outermost(articles), shown);
    }

    private static boolean isIn(Element element, Set<Element> others) {
        Element up = element;
        while (up != null && !others.contains(up)) {
            up = up.parent();
        }
        return up != null;
    }

    static List<Element> outermost(List<Element> elements) {
        Set<Element> all = new LinkedHashSet<>(elements);
        List<Element> outer = new ArrayList<>();
        for (Element each : elements) {
            Element up = each.parent();
            while (up != null && !all.contains(up)) {
                up = up.parent();
            }
            if (up == null) {
                outer.add(each);
            }
        }
        return outer;
    }

    /** Articles but announcements: a heading that is a link, and far less text than the longest has. */
    private static List<Element> full(List<Element> articles, PageWalk.Sums shown) {
        double[] own =
                articles.stream().mapToDouble(each -> shown.of(each).own(each)).toArray();
        double most = Arrays.stream(own).max().orElse(0);
        List<Element> full = new ArrayList<>();
        for (int i = 0; i < own.length; i++) {
            if (own[i] >= 0.25 * most || !PageTree.has(articles.get(i), PageFrame::isTitleOfAnother)) {
                full.add(articles.get(i));
            }
        }
        return full;
    }

    /**
     * Announcements of other pages: elements side by side, each of a heading that is a link and a few lines. A page
     * that is mostly such has them as its text.
     */
    private static List<Element> announcements(PageElements page, Element body, PageWalk.Sums shown) {
        Map<Element, Set<Element>> beside = new LinkedHashMap<>();
        for (Element heading : page.headings) {
            Element card = heading.parent();
            if (card != null
                    && card.parent() != null
                    && PageFrame.leadsElsewhere(heading)
                    && shown.own(card) < LONGEST_ANNOUNCEMENT) {
                beside.computeIfAbsent(card.parent(), each -> new LinkedHashSet<>())
                        .add(card);
            }
        }
        List<Element> all = new ArrayList<>();
        beside.values().stream().filter(cards -> cards.size() > 1).forEach(all::addAll);
        double theirs = all.stream().mapToDouble(shown::own).sum();
        return theirs > PageFrame.MOST_OF_PAGE * shown.own(body) ? List.of() : all;
    }
}
