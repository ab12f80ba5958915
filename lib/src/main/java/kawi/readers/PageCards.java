package kawi.readers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Element;

/**
 * Cards: at least three elements side by side, each of a title that is a link and a few lines, which are all that their
 * parent holds. With a picture or a heading each, or apart from the prose, they announce other pages. A list of that
 * shape in the midst of a text without either is an annotated list and the text's; so is a table, in which
 * documentation lists what it describes.
 */
final class PageCards {
    private static final int LEAST = 3;
    /** Weight of text that is no link, from which an element tells and does not announce. */
    private static final double LONGEST = 450;
    /** The share of the parent's text that the cards are. */
    private static final double MOST = 0.8;
    /** The title is one of the first blocks; a date or a section's name may stand above it. */
    private static final int AT_FIRST = 4;

    private static final Set<String> NOT_OF_CARDS = Set.of("table", "tbody", "thead", "tr", "dl", "body", "html", "p");
    private static final Set<String> SHOWY = Set.of("img", "picture", "h2", "h3", "h4", "h5", "h6");

    private final List<PageBlocks.Block> blocks;
    private final Map<Element, int[]> spans = new LinkedHashMap<>();
    private final double[] words;
    private final double[] own;
    private final boolean[] title;

    private PageCards(List<PageBlocks.Block> blocks) {
        this.blocks = blocks;
        words = new double[blocks.size() + 1];
        own = new double[blocks.size() + 1];
        title = new boolean[blocks.size()];
        for (int i = 0; i < blocks.size(); i++) {
            PageBlocks.Block block = blocks.get(i);
            words[i + 1] = words[i] + block.weight();
            own[i + 1] = own[i] + block.own();
            Element home = block.home();
            title[i] = block.isHeading() ? PageFrame.leadsElsewhere(home) : block.isLinks() && leadsElsewhere(home);
            for (Element up = home; up != null; up = up.parent()) {
                int[] span = spans.computeIfAbsent(up, each -> new int[] {Integer.MAX_VALUE, 0});
                span[0] = Math.min(span[0], i);
                span[1] = i + 1;
            }
        }
    }

    private static boolean leadsElsewhere(Element home) {
        if (PageFrame.hasLinkElsewhere(home)) {
            return true;
        }
        for (Element up = home.parent(); up != null; up = up.parent()) {
            if (PageFrame.isLinkElsewhere(up)) {
                return true;
            }
        }
        return false;
    }

    /** {@return of each block, whether it is a card's} */
    static boolean[] of(List<PageBlocks.Block> blocks, PageBranches branches) {
        PageCards cards = new PageCards(blocks);
        boolean[] all = new boolean[blocks.size()];
        Map<Element, List<Element>> children = new LinkedHashMap<>();
        for (Element each : cards.spans.keySet()) {
            if (each.parent() != null) {
                children.computeIfAbsent(each.parent(), up -> new ArrayList<>()).add(each);
            }
        }
        children.forEach((parent, inside) -> {
            int[] span = cards.spans.get(parent);
            if (span != null && cards.announce(parent, inside, branches)) {
                java.util.Arrays.fill(all, span[0], span[1], true);
            }
        });
        return all;
    }

    private boolean announce(Element parent, List<Element> inside, PageBranches branches) {
        if (inside.size() < LEAST || NOT_OF_CARDS.contains(parent.normalName())) {
            return false;
        }
        Set<Element> cards = new LinkedHashSet<>();
        double theirs = 0;
        int shown = 0;
        for (Element each : inside) {
            int[] span = spans.get(each);
            if (isCard(span)) {
                cards.add(each);
                theirs += words[span[1]] - words[span[0]];
                shown += PageTree.has(each, part -> SHOWY.contains(part.normalName())) ? 1 : 0;
            }
        }
        int[] span = spans.get(parent);
        return cards.size() >= LEAST
                && theirs >= MOST * (words[span[1]] - words[span[0]])
                && (2 * shown >= cards.size() || branches.isBeside(blocks.get(span[0])));
    }

    private boolean isCard(int[] span) {
        if (own[span[1]] - own[span[0]] >= LONGEST) {
            return false;
        }
        for (int i = span[0]; i < Math.min(span[1], span[0] + AT_FIRST); i++) {
            if (title[i]) {
                return true;
            }
        }
        return false;
    }
}
