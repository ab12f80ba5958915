package kawi.readers;

import java.util.List;

/**
 * What calls for other pages, or belongs to a picture or to the comments, by what its line says and where it stands.
 */
final class PageCalls {
    /** Share of links from which a block is nothing but a link. */
    private static final double WHOLLY = 0.95;
    /** Length from which such a block is a title; a shorter one may be a button of the text. */
    private static final int CALL = 20;

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
                && block.links() >= WHOLLY * PageBlocks.letters(block.text())
                && block.kind().matches("p|div")
                && block.home().closest("li, td, dl, blockquote, figure") == null
                && block.home().select("a[href]").size() == 1
                && block.home().selectFirst("a[href^=#]") == null
                && !blocks.get(i - 1).isLinks()
                && !blocks.get(i + 1).isLinks();
    }

    /** What stands below a line that calls for other pages: links and short text, up to the next prose or heading. */
    static void announced(List<PageBlocks.Block> blocks, String[] out, boolean[] prose, int first) {
        for (int i = first + 1; i < blocks.size(); i++) {
            if (!PageCues.isAboveOthers(blocks.get(i))) {
                continue;
            }
            int end = i + 1;
            boolean links = false;
            while (end < blocks.size()
                    && !prose[end]
                    && (blocks.get(end).isLinks()
                            || PageFrame.leadsElsewhere(blocks.get(end).home())
                            || end > i + 1 && !blocks.get(end).isHeading())) {
                links |= blocks.get(end).isLinks();
                end++;
            }
            while (end > i + 1 && !blocks.get(end - 1).isLinks()) {
                end--;
            }
            if (links || end == blocks.size() || end == i + 1 && out[Math.min(end, out.length - 1)] != null) {
                java.util.Arrays.fill(out, i, end, PageText.ANNOUNCEMENTS);
            }
        }
    }
}
