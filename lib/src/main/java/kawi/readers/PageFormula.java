package kawi.readers;

import org.jsoup.nodes.Element;
import org.jsoup.select.Evaluator;
import org.jsoup.select.Selector;

/** Formulas of a page, as the TeX they were written in where the page still has it. */
final class PageFormula {
    private static final Evaluator TEX = Selector.evaluatorOf("annotation[encoding~=(?i)tex]");
    private static final Evaluator TEX_SCRIPT = Selector.evaluatorOf("script[type^=math/tex]");

    private PageFormula() {}

    /** {@return the text of an element that is a formula, empty for a second copy of one, or null for any other} */
    static String of(Element element) {
        String name = element.normalName();
        if (name.equals("math")) {
            return math(element);
        }
        if (name.equals("script") && element.attr("type").startsWith("math/tex")) {
            return element.data().strip();
        }
        String names = element.attributesSize() == 0 ? "" : element.attr("class");
        // Renderers put the formula there twice: once for the eye, once for machines.
        if (mayRender(names)) {
            if (element.hasClass("katex-html")) {
                return "";
            }
            boolean rendered = element.hasClass("MathJax")
                    || element.hasClass("MathJax_Preview")
                    || element.hasClass("MathJax_Display")
                    || element.hasClass("MathJax_SVG");
            if (rendered && element.parent() != null && element.parent().selectFirst(TEX_SCRIPT) != null) {
                return "";
            }
        }
        Element inside = name.equals("span") && element.attributesSize() > 0 && PageFrame.isHidden(element)
                ? PageTree.first(element, each -> each.normalName().equals("math"))
                : null;
        return inside == null ? null : math(inside);
    }

    /** Spares most elements the search for each of the names: all of them have an {@code a} before an {@code t}. */
    private static boolean mayRender(String names) {
        for (int i = 1; i < names.length(); i++) {
            if ((names.charAt(i) | 32) == 't' && (names.charAt(i - 1) | 32) == 'a') {
                return true;
            }
        }
        return false;
    }

    private static String math(Element math) {
        Element tex = math.selectFirst(TEX);
        if (tex != null) {
            return tex.wholeText().strip();
        }
        return math.hasAttr("alttext") ? math.attr("alttext").strip() : math.text();
    }
}
