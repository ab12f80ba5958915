package kawi.readers;

import java.util.Set;
import java.util.function.Predicate;
import org.jsoup.nodes.Element;

/** Steps through the tree of a page by hand: the same questions asked as selectors cost most of a page's reading. */
final class PageTree {
    static final Set<String> LINK = Set.of("a");
    static final Set<String> HEADINGS = Set.of("h1", "h2", "h3", "h4", "h5", "h6");

    private PageTree() {}

    /** {@return an element, or the innermost one around it, of one of some names; null where none is} */
    static Element closest(Element element, Set<String> names) {
        Element up = element;
        while (up != null && !names.contains(up.normalName())) {
            up = up.parent();
        }
        return up;
    }

    /** {@return the next element in a page's order that is inside a root, or null} */
    static Element next(Element element, Element root) {
        Element next = element.firstElementChild();
        for (Element up = element; next == null && up != root; up = up.parent()) {
            next = up.nextElementSibling();
        }
        return next;
    }

    /** {@return the first of an element and those in it that passes a test, or null} */
    static Element first(Element root, Predicate<Element> test) {
        Element each = root;
        while (each != null && !test.test(each)) {
            each = next(each, root);
        }
        return each;
    }

    static boolean has(Element root, Predicate<Element> test) {
        return first(root, test) != null;
    }

    /** {@return how many of an element and those in it pass a test; counted up to {@code most}} */
    static int count(Element root, Predicate<Element> test, int most) {
        int found = 0;
        for (Element each = root; each != null && found < most; each = next(each, root)) {
            found += test.test(each) ? 1 : 0;
        }
        return found;
    }

    /** {@return whether an element is a link} */
    static boolean isLink(Element element) {
        return element.normalName().equals("a") && element.hasAttr("href");
    }

    /** {@return whether the value of an attribute is what it is compared with, as a selector compares} */
    static boolean is(Element element, String attribute, String value) {
        return element.hasAttr(attribute) && element.attr(attribute).trim().equalsIgnoreCase(value);
    }
}
