package kawi.readers;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.internal.StringUtil;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/**
 * One walk through an element: every run of text between two borders of blocks becomes a {@link PageBlocks.Block}. What
 * is not shown is passed over, and, where that is asked for, what {@link PageFrame} finds to stand around the text; how
 * much that was is counted by its reason.
 */
final class PageWalk implements NodeFilter {
    /** What a walk passes over. */
    enum Mode {
        /** Only what is not shown. */
        SHOWN,
        /** What is not shown and what stands around the text. */
        OWN,
        /** Nothing but scripts and the like: hidden parts and what is for browsers without scripts are read, too. */
        ALL
    }

    /** Never shown as text. */
    private static final Set<String> UNSHOWN = Set.of(
            "script",
            "style",
            "template",
            "head",
            "title",
            "iframe",
            "object",
            "svg",
            "canvas",
            "input",
            "textarea",
            "datalist",
            "map",
            "audio",
            "video",
            "noframes",
            "rp");

    /** Blocks to the eye; of the elements that nobody knows none is one. */
    static final Set<String> BLOCKS = Set.of(
            ("address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption"
                            + " figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing"
                            + " main menu nav noscript ol optgroup option p plaintext pre section summary table tbody"
                            + " td tfoot th thead tr ul xmp")
                    .split(" "));
    /** Text as it was typed, line by line. */
    private static final Set<String> TYPED = Set.of("pre", "xmp", "listing", "plaintext");
    /** What runs of a line break leave in the text until it is cut there; no parser lets it through. */
    private static final String BREAK = "\0";

    private static final int QUESTION = 40;
    /** Where a control is a question that unfolds, or stands within what is said. */
    private static final Set<String> ASKING = Set.of("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary");

    private static final Set<String> SAYING = Set.of("p", "li", "td", "dd", "blockquote");

    private final Element root;
    private final Mode mode;
    private final Sums shown; // of all that is shown in the root; null where nothing is asked of it
    private final Map<String, Integer> out;
    private final Map<Element, int[]> spans = new IdentityHashMap<>();
    private final List<PageBlocks.Block> blocks = new ArrayList<>();
    private final StringBuilder run = new StringBuilder();
    private Element home;
    private int links;
    private int linked; // how many link elements the walk is in
    private int breaks;

    private PageWalk(Element root, Mode mode, Sums shown, Map<String, Integer> out) {
        this.root = root;
        this.mode = mode;
        this.shown = shown;
        this.out = out;
        this.home = root;
    }

    /** {@return the blocks of an element that are shown} */
    static List<PageBlocks.Block> shown(Element root) {
        return blocks(root, Mode.SHOWN, null);
    }

    /**
     * {@return the blocks of an element}
     *
     * @param root the element
     * @param mode what is passed over
     * @param out takes the characters that are passed over by reason, or null
     */
    static List<PageBlocks.Block> blocks(Element root, Mode mode, Map<String, Integer> out) {
        return mode == Mode.OWN ? own(root, sums(root), out) : walked(new PageWalk(root, mode, null, out));
    }

    /** {@return the blocks of an element that are its own, where it is known already what it shows} */
    static List<PageBlocks.Block> own(Element root, Sums shown, Map<String, Integer> out) {
        return walked(new PageWalk(root, Mode.OWN, shown, out));
    }

    private static List<PageBlocks.Block> walked(PageWalk walk) {
        walk.root.filter(walk);
        return walk.blocks;
    }

    /** {@return the weights of what is shown in an element and in each block element in it, by one walk} */
    static Sums sums(Element root) {
        PageWalk walk = new PageWalk(root, Mode.SHOWN, null, null);
        root.filter(walk);
        return new Sums(walk);
    }

    /** Weights of what is shown in block elements. */
    static final class Sums {
        private final Map<Element, int[]> spans;
        private final List<PageBlocks.Block> blocks;
        private final double[] words;
        private final double[] own;
        private final double[] prose;
        private final int[] characters;

        private Sums(PageWalk walk) {
            spans = walk.spans;
            blocks = walk.blocks;
            int n = walk.blocks.size();
            words = new double[n + 1];
            own = new double[n + 1];
            prose = new double[n + 1];
            characters = new int[n + 1];
            for (int i = 0; i < n; i++) {
                PageBlocks.Block one = walk.blocks.get(i);
                words[i + 1] = words[i] + one.weight();
                own[i + 1] = own[i] + one.own();
                prose[i + 1] = prose[i] + (one.isProse() ? one.weight() : 0);
                characters[i + 1] = characters[i] + one.text().length();
            }
        }

        /** {@return the sums of what an element shows by itself: these, unless it was passed over or is in a link} */
        Sums of(Element element) {
            return spans.containsKey(element) && PageTree.closest(element, PageTree.LINK) == null
                    ? this
                    : sums(element);
        }

        /** {@return the blocks that are shown} */
        List<PageBlocks.Block> blocks() {
            return blocks;
        }

        private int[] span(Element element) {
            return spans.getOrDefault(element, new int[2]);
        }

        /** {@return the weight of a block element's text; 0 where none is shown} */
        double words(Element element) {
            int[] span = span(element);
            return words[span[1]] - words[span[0]];
        }

        /** {@return the weight of its text that is no link} */
        double own(Element element) {
            int[] span = span(element);
            return own[span[1]] - own[span[0]];
        }

        /** {@return the weight of its prose} */
        double prose(Element element) {
            int[] span = span(element);
            return prose[span[1]] - prose[span[0]];
        }

        int characters(Element element) {
            int[] span = span(element);
            return characters[span[1]] - characters[span[0]];
        }
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
        String formula = PageFormula.of(element);
        if (formula != null) {
            run.append(' ').append(formula).append(' ');
            return FilterResult.SKIP_ENTIRELY;
        }
        if (element != root && isPassedOver(element)) {
            if (BLOCKS.contains(name)) {
                end();
            }
            return FilterResult.SKIP_ENTIRELY;
        }
        if (name.equals("br")) {
            run.append(BREAK);
            if (++breaks > 1) {
                end();
            }
        } else if (TYPED.contains(name)) {
            end();
            String code = PageCode.of(element);
            if (!code.isBlank()) {
                blocks.add(new PageBlocks.Block(code, 0, "pre", element));
            }
            return FilterResult.SKIP_ENTIRELY;
        } else if (name.equals("select")) {
            Element chosen = PageTree.first(element, each -> isOption(each) && each.hasAttr("selected"));
            chosen = chosen == null ? PageTree.first(element, PageWalk::isOption) : chosen;
            run.append(' ').append(chosen == null ? "" : chosen.text()).append(' ');
            return FilterResult.SKIP_ENTIRELY;
        } else if (name.equals("a") && element.hasAttr("href")) {
            linked++;
        } else if (BLOCKS.contains(name) || element == root) {
            end();
            home = element;
            spans.put(element, new int[] {blocks.size(), blocks.size()});
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
                int[] span = spans.get(element);
                if (span != null) {
                    span[1] = blocks.size();
                }
                home = element.parent() == null ? element : element.parent();
            }
        }
        return FilterResult.CONTINUE;
    }

    private static boolean isOption(Element element) {
        return element.normalName().equals("option");
    }

    private boolean isPassedOver(Element element) {
        String name = element.normalName();
        if (UNSHOWN.contains(name)) {
            return true;
        }
        if (name.equals("button") || name.equals("select")) {
            return !isInText(element);
        }
        if (mode == Mode.ALL) {
            return name.equals("noscript") && isPlea(element);
        }
        if (name.equals("noscript") || PageFrame.isHidden(element)) {
            if (out != null) {
                int letters = element.text().length();
                if (letters > 0) {
                    out.merge("hidden", letters, Integer::sum);
                }
            }
            return true;
        }
        String reason = mode == Mode.OWN ? PageFrame.reason(element, shown, shown.words(root)) : null;
        if (reason != null && out != null && shown.characters(element) > 0) {
            out.merge(reason, shown.characters(element), Integer::sum);
        }
        return reason != null;
    }

    /** A request to switch scripts on. */
    static boolean isPlea(Element noscript) {
        String text = noscript.text();
        return text.length() < 300 && text.toLowerCase(java.util.Locale.ROOT).contains("javascript");
    }

    /** Whether a control is part of what is written: in a heading, within a sentence, or a question that unfolds. */
    private static boolean isInText(Element control) {
        String text = control.text().strip();
        boolean unfolds = control.normalName().equals("button")
                && (text.endsWith("?") || text.endsWith("\uff1f") || text.length() >= QUESTION);
        for (Element up = control.parent(); up != null; up = up.parent()) {
            String name = up.normalName();
            if (ASKING.contains(name)) {
                return true;
            }
            if (BLOCKS.contains(name)) {
                return unfolds || SAYING.contains(name) && PageBlocks.letters(up.ownText()) > 0;
            }
        }
        return unfolds;
    }

    /** Whether anything but blanks and breaks is in a run; most runs are what stands between two elements. */
    private static boolean isSaid(CharSequence run) {
        for (int i = 0; i < run.length(); i++) {
            char c = run.charAt(i);
            if (c > ' ') {
                return true;
            }
        }
        return false;
    }

    private void end() {
        StringBuilder text = new StringBuilder();
        if (isSaid(run)) {
            for (String line : run.toString().split(BREAK)) {
                String clean = line.isBlank()
                        ? ""
                        : StringUtil.normaliseWhitespace(line).strip();
                if (!clean.isEmpty()) {
                    text.append(text.length() == 0 ? "" : "\n").append(clean);
                }
            }
        }
        if (text.length() > 0) {
            blocks.add(new PageBlocks.Block(text.toString(), links, home.normalName(), home));
        }
        run.setLength(0);
        links = 0;
        breaks = 0;
    }
}
