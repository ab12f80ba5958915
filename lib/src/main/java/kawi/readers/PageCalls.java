package kawi.readers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Element;

/**
 * What calls for other pages, or belongs to a picture or to the comments, by what its line says and where it stands.
 */
final class PageCalls {
    /** Share of links from which a block is nothing but a link. */
    private static final double WHOLLY = 0.95;
    /** Length from which such a block is a title; a shorter one may be a button of the text. */
    private static final int CALL = 20;

    /** In these a link stands within what is said. */
    private static final Set<String> WITHIN = Set.of("li", "td", "dl", "blockquote", "figure");

    private PageCalls() {}

    /** What a line says of itself by its words alone, or null. */
    static String reason(List<PageBlocks.Block> blocks, int i, int first, int last) {
        PageBlocks.Block block = blocks.get(i);
        if (i < first && block.isCaption()) {
            return "the caption of the picture above";
        }
        if (PageCues.isCredit(block)) {
            return "rights";
        }
        if (PageCues.isToAnother(block) || i > first && PageCues.isLabels(block)) {
            return "links";
        }
        if (i > first && i < last && isCallAlone(blocks, i)) {
            return "links";
        }
        return i > last && PageCues.isCommenting(block) ? "comments" : null;
    }

    /** Whether a block is one link to another page and stands alone between blocks that are none. */
    private static boolean isCallAlone(List<PageBlocks.Block> blocks, int i) {
        PageBlocks.Block block = blocks.get(i);
        return block.text().length() >= CALL
                && block.links() >= WHOLLY * block.letters()
                && (block.kind().equals("p") || block.kind().equals("div"))
                && PageTree.closest(block.home(), WITHIN) == null
                && PageTree.count(block.home(), PageTree::isLink, 2) == 1
                && PageTree.count(block.home(), PageFrame::isLinkElsewhere, 1) == 1
                && !blocks.get(i - 1).isLinks()
                && !blocks.get(i + 1).isLinks();
    }

    /** What stands below a line that calls for other pages: links and short text, up to the next prose or heading. */
    static void announced(List<PageBlocks.Block> blocks, String[] out, boolean[] prose, int first) {
        int n = blocks.size();
        int[] stop = new int[n + 1]; // of each block, the first from it on at which what is announced ends
        stop[n] = n;
        for (int i = n - 1; i >= 0; i--) {
            PageBlocks.Block block = blocks.get(i);
            boolean goesOn =
                    !prose[i] && (!block.isHeading() || block.isLinks() || PageFrame.leadsElsewhere(block.home()));
            stop[i] = goesOn ? stop[i + 1] : i;
        }
        int[] links = new int[n + 1]; // of each block, where the last links before it end
        for (int i = 0; i < n; i++) {
            links[i + 1] = blocks.get(i).isLinks() ? i + 1 : links[i];
        }
        Map<Element, Boolean> leading = new HashMap<>();
        for (int i = first + 1; i < n; i++) {
            if (!PageCues.isAboveOthers(blocks.get(i))) {
                continue;
            }
            int end = i + 1;
            if (end < n
                    && !prose[end]
                    && (blocks.get(end).isLinks()
                            || leading.computeIfAbsent(blocks.get(end).home(), PageFrame::leadsElsewhere))) {
                end = stop[i + 2];
            }
            end = Math.max(i + 1, links[end]);
            if (end > i + 1 || end == n || out[end] != null) {
                java.util.Arrays.fill(out, i, end, PageText.ANNOUNCEMENTS);
            }
        }
    }
}
