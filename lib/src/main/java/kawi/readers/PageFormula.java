package kawi.readers;

import org.jsoup.nodes.Element;

/** Formulas of a page, as the TeX they were written in where the page still has it. */
final class PageFormula {
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
        boolean named = element.hasAttr("class");
        // Renderers put the formula there twice: once for the eye, once for machines.
        if (named && element.hasClass("katex-html")) {
            return "";
        }
        boolean rendered = named
                && (element.hasClass("MathJax")
                        || element.hasClass("MathJax_Preview")
                        || element.hasClass("MathJax_Display")
                        || element.hasClass("MathJax_SVG"));
        if (rendered && element.parent() != null && element.parent().selectFirst("script[type^=math/tex]") != null) {
            return "";
        }
        Element inside = name.equals("span") && PageFrame.isHidden(element) ? element.selectFirst("math") : null;
        return inside == null ? null : math(inside);
    }

    private static String math(Element math) {
        Element tex = math.selectFirst("annotation[encoding~=(?i)tex]");
        if (tex != null) {
            return tex.wholeText().strip();
        }
        return math.hasAttr("alttext") ? math.attr("alttext").strip() : math.text();
    }
}
