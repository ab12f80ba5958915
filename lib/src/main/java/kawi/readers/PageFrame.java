package kawi.readers;

import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Element;

/**
 * What says of itself that it stands around a page's text: by its element, its role, or the words of its class and id.
 * Only in an element of navigation is that enough; a name is weighed against what is in it, for a chapter on related
 * work has the name of a list of related pages. An element that is most of the page is the page, whatever it is called.
 */
final class PageFrame {
    private static final Set<String> FRAME_ROLES = Set.of(
            "navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar");
    /** Elements that a name does not make the frame. */
    private static final Set<String> WHATEVER_ITS_NAME = Set.of(
            "h1", "h2", "h3", "h4", "h5", "h6", "body", "html", "main", "article", "pre", "td", "th", "tr", "tbody");

    private static final Set<String> TEXTS = Set.of("article", "main", "blockquote");
    /** The share of a page's text above which an element is the page, whatever its name says. */
    static final double MOST_OF_PAGE = 0.5;
    /** Weight of prose that outweighs a name that means nothing but the frame. */
    private static final double MUCH_PROSE = 300;
    /** Share of text that is no link, from which it is text and not a list of other pages. */
    private static final double MOSTLY_TEXT = 0.7;

    private static final Set<String> NO_PARAGRAPHS = Set.of("a", "script", "style");
    /** Where a date or a name is a part of what is said. */
    private static final Set<String> DATA = Set.of("table", "dl", "blockquote", "form");

    private static final int SHORT = 60;
    /** Weight up to which an element is a line or two. */
    private static final int LINE = 160;
    /** Weight from which a footer within a text is whose it is. */
    private static final int CREDIT = 10;

    private PageFrame() {}

    /** Whether an element is hidden from the eye; from readers aloud only counts where nothing long is in it. */
    static boolean isHidden(Element element) {
        return isUnshown(element) || element.attr("aria-hidden").equalsIgnoreCase("true") && !hasParagraph(element);
    }

    private static boolean hasParagraph(Element element) {
        return PageTree.has(
                element,
                each -> each.ownText().length() >= PageBlocks.LONG && PageTree.closest(each, NO_PARAGRAPHS) == null);
    }

    /** Whether an element's own attributes keep it from being shown. */
    static boolean isUnshown(Element element) {
        if (element.normalName().equals("body") || element.normalName().equals("html")) {
            return false; // a script shows it once it is ready
        }
        if (element.attributesSize() == 0) {
            return element.normalName().equals("dialog");
        }
        String style = element.attr("style");
        style = style.isEmpty() ? "" : style.toLowerCase(Locale.ROOT).replace(" ", "");
        return element.hasAttr("hidden")
                || element.normalName().equals("dialog") && !element.hasAttr("open")
                || style.contains("display:none")
                || style.contains("visibility:hidden")
                || PageNames.isUnseen(element) && !hasParagraph(element);
    }

    /**
     * {@return why an element is no part of the text, or null where it is}
     *
     * @param element an element
     * @param shown the weights of what the page shows
     * @param page weight of all text of the page
     */
    static String reason(Element element, PageWalk.Sums shown, double page) {
        if (shown.words(element) > MOST_OF_PAGE * page) {
            return null;
        }
        String name = element.normalName();
        String role = element.attr("role").toLowerCase(Locale.ROOT);
        if (name.equals("nav") || FRAME_ROLES.contains(role)) {
            return "navigation";
        }
        if (name.equals("footer")) {
            return isInText(element) && isText(element, shown, CREDIT) && !PageNames.isFrame(element) ? null : "footer";
        }
        if (name.equals("header")) {
            // That of an article has its title; that of the page its name and menu.
            return isInText(element)
                            || PageTree.has(element, each -> each.normalName().equals("h1"))
                    ? null
                    : "navigation";
        }
        if (name.equals("form")) {
            return isText(element, shown, MUCH_PROSE) ? null : "forms";
        }
        if (name.equals("aside") && !isInText(element) && PageNames.isFrame(element)) {
            return "asides";
        }
        if (name.equals("aside") || role.equals("complementary")) {
            return isText(element, shown, isInText(element) && !PageNames.isFrame(element) ? SHORT / 2 : MUCH_PROSE)
                    ? null
                    : "asides";
        }
        if (name.equals("menu")) {
            return isText(element, shown, SHORT / 2) ? null : "navigation";
        }
        if (!PageWalk.BLOCKS.contains(name) || WHATEVER_ITS_NAME.contains(name)) {
            return null;
        }
        if (PageNames.isAboutAuthor(element)) {
            return "about the author";
        }
        if (PageNames.isByline(element)
                && shown.prose(element) == 0
                && shown.words(element) < LINE
                && PageTree.closest(element, DATA) == null
                && !PageTree.has(element, each -> PageTree.HEADINGS.contains(each.normalName()))) {
            return "bylines";
        }
        if (PageNames.isNever(element)) {
            return "parts named as such";
        }
        if (PageNames.isFrame(element)) {
            return isText(element, shown, MUCH_PROSE) ? null : "parts named as such";
        }
        return PageNames.mentionsFrame(element) && !isText(element, shown, SHORT) ? "parts named as such" : null;
    }

    private static boolean isInText(Element element) {
        for (Element up = element.parent(); up != null; up = up.parent()) {
            if (TEXTS.contains(up.normalName()) || up.attr("role").equalsIgnoreCase("main")) {
                return true;
            }
        }
        return false;
    }

    /** Whether an element holds text of its own: enough, mostly no link, no field to fill in, no titles of others. */
    private static boolean isText(Element element, PageWalk.Sums shown, double enough) {
        double all = shown.words(element);
        double measured = enough >= MUCH_PROSE ? shown.prose(element) : all;
        return measured >= enough
                && shown.own(element) >= MOSTLY_TEXT * all
                && !PageTree.has(element, each -> isField(each) || isTitleOfAnother(each));
    }

    private static boolean isField(Element element) {
        return element.normalName().equals("textarea")
                || element.normalName().equals("input") && !PageTree.is(element, "type", "hidden");
    }

    static boolean isTitleOfAnother(Element element) {
        return PageTree.HEADINGS.contains(element.normalName()) && leadsElsewhere(element);
    }

    /** A heading that is a link to another page, not to a place in this one. */
    static boolean leadsElsewhere(Element heading) {
        return hasLinkElsewhere(heading) || PageTree.closest(heading, PageTree.LINK) != null;
    }

    /** Whether a link to another page is in an element, or is it. */
    static boolean hasLinkElsewhere(Element element) {
        return PageTree.has(element, PageFrame::isLinkElsewhere);
    }

    static boolean isLinkElsewhere(Element element) {
        return element.normalName().equals("a")
                && element.hasAttr("href")
                && !element.attr("href").startsWith("#");
    }
}
