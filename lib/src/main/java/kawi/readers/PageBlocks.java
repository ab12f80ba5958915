package kawi.readers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which blocks of a page are its text. A long block that is mostly no link is prose, and what stands between prose
 * belongs to it; before the first and after the last prose of a page without a marked main part, short blocks are its
 * frame. Runs of blocks that are links are lists of other pages (Kohlschütter, Fankhauser and Nejdl, Boilerplate
 * detection using shallow text features, WSDM 2010: link density and text density decide). A page without prose, such
 * as a table or a poem, is kept whole.
 */
final class PageBlocks {
    /** Weighted length from which a block is prose. */
    private static final int LONG = 80;
    /** Weighted length of all prose from which a page has a frame at all. */
    private static final int LEAST_PROSE = 200;

    private static final double MOSTLY_LINKS = 0.5;
    /** This many blocks of links after one another are a list of other pages. */
    private static final int LIST = 3;

    private static final Pattern COPYRIGHT = Pattern.compile("(?i)\\s*(\u00a9|\\(c\\)|copyright\\b).*");

    /** What a notice about cookies says besides the word itself. */
    private static final Pattern CONSENT = Pattern.compile(
            "(?iu).*\\bcookies?\\b.*(agree|accept|consent|policy|zustimm|akzept|einverstanden|accept|acept|consent"
                    + "|accett|aceit|akkoord|\u540c\u610f|\u63a5\u53d7).*");

    private static final int NOTICE = 400;

    /**
     * A run of text.
     *
     * @param links letters and digits of it that are inside links
     * @param kind name of the element it stands in
     */
    record Block(String text, int links, String kind) {
        /** Length in which a sign of a script without spaces counts for three letters. */
        int weight() {
            int dense = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                dense += c >= 0x0e00 && c < 0x0e80 || c >= 0x2e80 && c < 0xd7b0 ? 2 : 0;
            }
            return text.length() + dense;
        }

        boolean isHeading() {
            return kind.length() == 2 && kind.charAt(0) == 'h' && Character.isDigit(kind.charAt(1));
        }

        boolean isLinks() {
            return links > MOSTLY_LINKS * letters(text);
        }

        boolean isProse() {
            return weight() >= LONG && !isLinks() && !isNotice();
        }

        private boolean isNotice() {
            return text.length() < NOTICE && CONSENT.matcher(text).matches();
        }
    }

    private PageBlocks() {}

    static int letters(String text) {
        return (int) text.codePoints().filter(Character::isLetterOrDigit).count();
    }

    static double words(List<Block> blocks) {
        return blocks.stream().mapToInt(Block::weight).sum();
    }

    static double prose(List<Block> blocks) {
        return words(blocks.stream().filter(Block::isProse).toList());
    }

    /** Length of what is no link. */
    static double own(List<Block> blocks) {
        return blocks.stream()
                .mapToDouble(block ->
                        block.weight() * (1 - Math.min(1, block.links() / Math.max(1.0, letters(block.text())))))
                .sum();
    }

    /** {@return the blocks that are a page's text} */
    static List<Block> chosen(List<Block> blocks, boolean marked) {
        if (prose(blocks) < LEAST_PROSE) {
            return blocks;
        }
        boolean[] out = new boolean[blocks.size()];
        listsOfLinks(blocks, out);
        int first = 0;
        while (!blocks.get(first).isProse()) {
            first++;
        }
        int last = blocks.size() - 1;
        while (!blocks.get(last).isProse()) {
            last--;
        }
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            boolean outside = i < first || i > last;
            if (outside
                    && (block.isLinks()
                            || block.isNotice()
                            || COPYRIGHT.matcher(block.text()).matches())) {
                out[i] = true;
            } else if (outside && !marked && !belongs(blocks, i, first, last)) {
                out[i] = true;
            }
        }
        List<Block> chosen = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            if (!out[i]) {
                chosen.add(blocks.get(i));
            }
        }
        while (chosen.size() > 1 && chosen.get(chosen.size() - 1).isHeading()) {
            chosen.remove(chosen.size() - 1); // of what was left out
        }
        return chosen;
    }

    private static void listsOfLinks(List<Block> blocks, boolean[] out) {
        for (int i = 0; i < blocks.size(); ) {
            int end = i;
            while (end < blocks.size() && blocks.get(end).isLinks()) {
                end++;
            }
            if (end - i >= LIST) {
                java.util.Arrays.fill(out, i, end, true);
                if (i > 0 && blocks.get(i - 1).isHeading()) {
                    out[i - 1] = true; // the heading of the list
                }
            }
            i = Math.max(end, i + 1);
        }
    }

    /**
     * Whether a short block outside all prose is part of the text: a heading above it, or what follows the last prose
     * as part of its list, table or quotation, as the last items of a list do.
     */
    private static boolean belongs(List<Block> blocks, int at, int first, int last) {
        Block block = blocks.get(at);
        if (at < first) {
            return block.isHeading() || first - at <= 1 && block.weight() > 20;
        }
        for (int i = at; i > last; i--) {
            String kind = blocks.get(i).kind();
            boolean part = List.of("li", "dd", "dt", "td", "th", "blockquote", "pre", "p", "figcaption")
                            .contains(kind)
                    || blocks.get(i).isHeading() && i < at;
            if (!part || blocks.get(i).isLinks()) {
                return false;
            }
        }
        return true;
    }
}
