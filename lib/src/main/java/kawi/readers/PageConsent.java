package kawi.readers;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/**
 * Notices that ask for consent to cookies. Among paragraphs of prose what speaks of consent is a paragraph about it,
 * unless it has a button of its own; apart from them it is a notice where something can be pressed or its name says so.
 */
final class PageConsent {
    /** What a notice about cookies says besides the word itself. */
    private static final Pattern CONSENT = Pattern.compile(
            "(?ius).*\\bcookies?\\b.*(agree|accept|consent|policy|zustimm|akzept|einverstanden|accept|acept|consent"
                    + "|accett|aceit|akkoord|\u540c\u610f|\u63a5\u53d7).*");

    private static final Pattern NAMED = Pattern.compile("(?i).*(cookie|consent|gdpr).*");
    private static final Pattern DIALOG = Pattern.compile("(?i)(alert)?dialog");
    private static final Set<String> PRESSED = Set.of("button", "input");
    private static final int NOTICE = 400;

    private final Set<Element> text;
    private final Map<Element, Boolean> pressed = new HashMap<>(); // a page may hold many notices in one element
    private final Map<Element, Boolean> linked = new HashMap<>();

    /** @param text the elements that hold paragraphs of prose */
    PageConsent(Set<Element> text) {
        this.text = text;
    }

    /** Whether a block speaks of consent. */
    static boolean isAsked(PageBlocks.Block block) {
        return block.text().length() < NOTICE
                && mayAsk(block.text())
                && CONSENT.matcher(block.text()).matches();
    }

    /** Whether the beginning of the word is in a text; it spares most blocks the pattern. */
    private static boolean mayAsk(String text) {
        for (int i = 2; i < text.length(); i++) {
            if ((text.charAt(i) | 32) == 'o' && (text.charAt(i - 1) | 32) == 'o' && (text.charAt(i - 2) | 32) == 'c') {
                return true;
            }
        }
        return false;
    }

    /** Whether a block is a notice; {@code outside} tells whether it stands above all prose or below it. */
    boolean isNotice(PageBlocks.Block block, boolean outside) {
        if (!isAsked(block)) {
            return false;
        }
        Element holder = block.container();
        if (text.contains(holder)) {
            return outside && isPressed(block.home());
        }
        return isNamed(block.home())
                || isPressed(holder)
                || outside
                        && linked.computeIfAbsent(
                                holder, each -> PageTree.has(each, part -> PageTree.LINK.contains(part.normalName())));
    }

    private boolean isPressed(Element element) {
        return pressed.computeIfAbsent(element, each -> PageTree.has(each, PageConsent::isButton));
    }

    private static boolean isButton(Element element) {
        return PRESSED.contains(element.normalName()) || PageTree.is(element, "role", "button");
    }

    /** Whether an element or one around it is named after consent. */
    private static boolean isNamed(Element element) {
        for (Element up = element; up != null && !up.normalName().equals("body"); up = up.parent()) {
            if (NAMED.matcher(up.className() + " " + up.id()).matches()
                    || DIALOG.matcher(up.attr("role")).matches()) {
                return true;
            }
        }
        return false;
    }
}
