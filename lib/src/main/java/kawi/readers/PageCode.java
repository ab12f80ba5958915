package kawi.readers;

import java.util.Set;
import org.jsoup.nodes.DataNode;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/** Text that a page shows as it was typed: its lines and blanks stay, and what was put around them does not. */
final class PageCode {
    private static final Set<String> AROUND =
            Set.of("button", "script", "style", "template", "input", "select", "textarea", "svg", "nav");
    /** Classes of the numbers that highlighters write before each line. */
    private static final Set<String> NUMBERS = Set.of(
            "lineno",
            "linenos",
            "linenumber",
            "linenumbers",
            "line-number",
            "line-numbers-rows",
            "line-num",
            "lnt",
            "ln",
            "gutter",
            "hljs-ln-numbers",
            "hljs-ln-n",
            "react-syntax-highlighter-line-number",
            "copybtn",
            "copy-button",
            "copy",
            "clipboard-copy",
            "sr-only",
            "visually-hidden");

    private static final String LINE_ENDS = "\n\u000b\f\r\u0085\u2028\u2029";

    private static final Set<String> CELL = Set.of("td");
    private static final Set<String> CODE = Set.of("pre", "code");

    private PageCode() {}

    /** {@return the text of an element such as {@code pre}, without blank lines around it} */
    static String of(Element typed) {
        StringBuilder text = new StringBuilder();
        typed.filter(new NodeFilter() {
            @Override
            public FilterResult head(Node node, int depth) {
                if (node instanceof TextNode piece) {
                    text.append(piece.getWholeText());
                } else if (node instanceof DataNode piece) {
                    text.append(piece.getWholeData()); // what xmp holds is no markup
                } else if (node instanceof Element element && element != typed) {
                    if (isAround(element)) {
                        return FilterResult.SKIP_ENTIRELY;
                    }
                    if (element.normalName().equals("br")) {
                        text.append('\n');
                    } else if (PageWalk.BLOCKS.contains(element.normalName())
                            && !element.normalName().equals("td")) {
                        line();
                    }
                }
                return FilterResult.CONTINUE;
            }

            @Override
            public FilterResult tail(Node node, int depth) {
                if (node instanceof Element element
                        && element != typed
                        && PageWalk.BLOCKS.contains(element.normalName())
                        && !element.normalName().equals("td")) {
                    line();
                }
                return FilterResult.CONTINUE;
            }

            private void line() {
                if (text.length() > 0 && text.charAt(text.length() - 1) != '\n') {
                    text.append('\n');
                }
            }
        });
        String code = text.substring(blankLines(text)).stripTrailing();
        return isGutter(typed, code) ? "" : code;
    }

    /** Characters of the blank lines that a text begins with. */
    private static int blankLines(CharSequence text) {
        int end = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (LINE_ENDS.indexOf(c) >= 0) {
                end = i + 1;
            } else if (c != ' ' && c != '\t') {
                break;
            }
        }
        return end;
    }

    private static boolean isAround(Element element) {
        return AROUND.contains(element.normalName())
                || PageFrame.isUnshown(element)
                || element.attr("aria-hidden").equalsIgnoreCase("true")
                || element.attr("style").replace(" ", "").contains("user-select:none")
                || element.hasAttr("class") && element.classNames().stream().anyMatch(NUMBERS::contains);
    }

    /** Numbers of lines in a cell of their own, beside the code's. */
    private static boolean isGutter(Element typed, String code) {
        Element cell = PageTree.closest(typed, CELL);
        return cell != null
                && code.matches("\\s*+\\d[\\s\\d]*+")
                && cell.nextElementSibling() != null
                && PageTree.has(cell.nextElementSibling(), each -> CODE.contains(each.normalName()));
    }
}
