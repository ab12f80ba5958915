package kawi.readers;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/**
 * Which blocks of a page are its text. A long block that is mostly no link is prose, and what stands between prose
 * belongs to it; before the first and after the last prose stays what is text by itself, and what is links, notices and
 * rights is the page's frame. Blocks of links after one another are lists of other pages (Kohlschütter, Fankhauser and
 * Nejdl, Boilerplate detection using shallow text features, WSDM 2010: link density and text density decide), unless
 * {@link PageLinks} finds them to be part of the text. A page without prose, such as a table or a poem, is kept whole.
 */
final class PageBlocks {
    /** Weighted length from which a block is prose. */
    static final int LONG = 80;
    /** Weighted length of all prose from which a page has a frame at all. */
    private static final int LEAST_PROSE = 200;

    /** The same, from which it has a text even where more is said of other pages. */
    private static final int ARTICLE = 800;

    private static final double MOSTLY_LINKS = 0.5;
    /** Share of links from which short text beside the prose is its frame. */
    private static final double SOME_LINKS = 0.1;
    /** This many blocks of links after one another are a list of other pages. */
    private static final int LIST = 3;

    private static final Pattern COPYRIGHT = Pattern.compile("(?is)\\s*(\u00a9|\\(c\\)|copyright\\b).*");

    /** What stands in these is short and no remark. */
    private static final Set<String> DATA = Set.of("table", "dl", "pre");

    private static final int LONGEST_CAPTION = 400;
    /** A caption is the element that is called so, or one or two in it. */
    private static final int CAPTION_DEPTH = 3;

    /**
     * A run of text.
     *
     * @param links letters and digits of it that are inside links
     * @param kind name of the element it stands in
     * @param home that element
     * @param weight its length, in which a sign of a script without spaces counts for three letters
     * @param letters its letters and digits
     */
    record Block(String text, int links, String kind, Element home, int weight, int letters) {
        Block(String text, int links, String kind, Element home) {
            this(text, links, kind, home, weight(text), PageBlocks.letters(text));
        }

        private static int weight(String text) {
            int dense = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                dense += c < 0x0e00 ? 0 : c >= 0x0e00 && c < 0x0e80 || c >= 0x2e80 && c < 0xd7b0 ? 2 : 0;
            }
            return text.length() + dense;
        }

        boolean isHeading() {
            return kind.length() == 2 && kind.charAt(0) == 'h' && Character.isDigit(kind.charAt(1));
        }

        boolean isLinks() {
            return links > MOSTLY_LINKS * letters;
        }

        /** {@return the weight of what is no link} */
        double own() {
            return weight * (1 - Math.min(1, links / Math.max(1.0, letters)));
        }

        boolean isProse() {
            return weight() >= LONG && !isLinks();
        }

        /** Whether it is the line under a picture. */
        boolean isCaption() {
            Element up = home;
            for (int i = 0; i < CAPTION_DEPTH && up != null; i++, up = up.parent()) {
                if (PageNames.isCaption(up)) {
                    return weight() < LONGEST_CAPTION;
                }
            }
            return false;
        }

        /** The element that holds the paragraph, or the text itself where that stands in no paragraph. */
        Element container() {
            return home.parent() == null ? home : home.parent();
        }
    }

    private PageBlocks() {}

    static int letters(String text) {
        int letters = 0;
        for (int i = 0; i < text.length(); ) {
            char sign = text.charAt(i);
            if (sign < 128) {
                int c = sign | 32;
                letters += c >= 'a' && c <= 'z' || sign >= '0' && sign <= '9' ? 1 : 0;
                i++;
                continue;
            }
            int c = text.codePointAt(i);
            letters += Character.isLetterOrDigit(c) ? 1 : 0;
            i += Character.charCount(c);
        }
        return letters;
    }

    static double words(List<Block> blocks) {
        double words = 0;
        for (Block block : blocks) {
            words += block.weight();
        }
        return words;
    }

    static double prose(List<Block> blocks) {
        double prose = 0;
        for (Block block : blocks) {
            prose += block.isProse() ? block.weight() : 0;
        }
        return prose;
    }

    /** Length of what is no link. */
    static double own(List<Block> blocks) {
        double own = 0;
        for (Block block : blocks) {
            own += block.own();
        }
        return own;
    }

    /**
     * {@return the blocks that are a page's text}
     *
     * @param blocks all blocks
     * @param marked whether they come from a part that the page marks as its main one
     * @param left takes the characters that are left out by reason
     */
    static List<Block> chosen(List<Block> blocks, boolean marked, Map<String, Integer> left) {
        if (prose(blocks) < LEAST_PROSE) {
            return blocks;
        }
        String[] out = new String[blocks.size()];
        boolean[] prose = new boolean[blocks.size()];
        Set<Element> text = new HashSet<>(); // what holds paragraphs of it
        PageBranches branches = new PageBranches(blocks);
        boolean[] cards = cards(blocks, branches);
        for (int i = 0; i < blocks.size(); i++) {
            prose[i] = blocks.get(i).isProse()
                    && !PageConsent.isAsked(blocks.get(i))
                    && !cards[i]
                    && !blocks.get(i).isCaption();
            if (prose[i]) {
                text.add(blocks.get(i).container());
            }
        }
        int first = 0;
        while (first < prose.length && !prose[first]) {
            first++;
        }
        if (first == prose.length) {
            return blocks;
        }
        int last = prose.length - 1;
        while (!prose[last]) {
            last--;
        }
        PageConsent consent = new PageConsent(text);
        for (int i = 0; i < blocks.size(); i++) {
            if (consent.isNotice(blocks.get(i), i < first || i > last)) {
                out[i] = "notices";
            } else if (cards[i]) {
                out[i] = PageText.ANNOUNCEMENTS;
            } else {
                out[i] = PageCalls.reason(blocks, i, first, last);
            }
        }
        PageCalls.announced(blocks, out, prose, first);
        boolean[] settled = prose.clone();
        listsOfLinks(blocks, out, settled, new PageLinks(marked, text), first, last);
        int end = last; // of the prose that stands where most of it does
        while (end >= 0 && (!prose[end] || branches.isBeside(blocks.get(end)))) {
            end--;
        }
        boolean sources = false;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            sources = block.isHeading() ? PageLinks.isAboveSources(block) : sources;
            if (out[i] != null || settled[i] || block.isHeading()) {
                continue;
            }
            boolean outside = i < first || i > last;
            double linked = branches.linked(block, blocks.get(i < first ? first : last));
            if (outside && COPYRIGHT.matcher(block.text()).matches()) {
                out[i] = "rights";
            } else if (outside && block.isLinks() && !text.contains(block.container())) {
                out[i] = "links";
            } else if (outside && linked > MOSTLY_LINKS) {
                out[i] = "links";
            } else if (!marked
                    && branches.isBeside(block)
                    && branches.linkedBeside(block) > (outside ? SOME_LINKS : MOSTLY_LINKS)) {
                out[i] = "short text beside the prose";
            } else if (end >= 0
                    && i > end
                    && !sources
                    && PageTree.closest(block.home(), DATA) == null
                    && branches.isUnlikeTheProses(block)) {
                out[i] = "short text after the prose";
            }
        }
        return kept(blocks, out, left);
    }

    /** {@return the weight of the prose that is no announcement of another page} */
    static double told(List<Block> blocks) {
        boolean[] cards = cards(blocks, new PageBranches(blocks));
        List<Block> rest = new ArrayList<>();
        for (int i = 0; i < cards.length; i++) {
            if (!cards[i]) {
                rest.add(blocks.get(i));
            }
        }
        return prose(rest);
    }

    /** What announces other pages; nothing where that is most of what the page says. */
    private static boolean[] cards(List<Block> blocks, PageBranches branches) {
        boolean[] cards = PageCards.of(blocks, branches);
        List<Block> rest = new ArrayList<>();
        List<Block> theirs = new ArrayList<>();
        for (int i = 0; i < cards.length; i++) {
            (cards[i] ? theirs : rest).add(blocks.get(i));
        }
        double own = own(theirs);
        return prose(rest) >= Math.max(LEAST_PROSE, Math.min(own, Math.max(own / 4, ARTICLE)))
                ? cards
                : new boolean[cards.length];
    }

    private static List<Block> kept(List<Block> blocks, String[] out, Map<String, Integer> left) {
        for (int i = blocks.size() - 1; i > 0; i--) {
            if (out[i] == null) {
                if (!blocks.get(i).isHeading()) {
                    break;
                }
                out[i] = "headings of what was left out";
            }
        }
        List<Block> chosen = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            if (out[i] == null) {
                chosen.add(blocks.get(i));
            } else {
                left.merge(out[i], blocks.get(i).text().length(), Integer::sum);
            }
        }
        return chosen;
    }

    private static void listsOfLinks(
            List<Block> blocks, String[] out, boolean[] settled, PageLinks links, int first, int last) {
        for (int i = 0; i < blocks.size(); ) {
            int end = i;
            while (end < blocks.size() && blocks.get(end).isLinks()) {
                end++;
            }
            if (end - i >= LIST) {
                List<Block> list = blocks.subList(i, end);
                Block heading = i > 0 && blocks.get(i - 1).isHeading() ? blocks.get(i - 1) : null;
                if (links.isText(list, heading, i > first, end <= last)) {
                    java.util.Arrays.fill(settled, i, end, true);
                } else {
                    java.util.Arrays.fill(out, i, end, "lists of links");
                    if (heading != null) {
                        out[i - 1] = "lists of links";
                    }
                }
            }
            i = Math.max(end, i + 1);
        }
    }
}
