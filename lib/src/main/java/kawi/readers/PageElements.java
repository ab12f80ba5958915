package kawi.readers;

import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/**
 * The elements that a page's reading asks for, each kind in the page's order, found by one walk through the page as it
 * was parsed. What is taken out later stays in the lists: {@link #left} drops it.
 */
final class PageElements implements NodeVisitor {
    final List<Element> metas = new ArrayList<>();
    final List<Element> canonical = new ArrayList<>();
    /** Elements {@code a} and {@code area} with an address. */
    final List<Element> links = new ArrayList<>();
    /** Elements that state a relation to another page. */
    final List<Element> related = new ArrayList<>();
    /** Scripts of linked data. */
    final List<Element> data = new ArrayList<>();
    /** Elements with text of their own. */
    final List<Element> texts = new ArrayList<>();

    final List<Element> articles = new ArrayList<>();
    /** Parts that are marked as the page's main one. */
    final List<Element> mains = new ArrayList<>();
    /** Headings of the page's body but those of the first rank. */
    final List<Element> headings = new ArrayList<>();
    /** Elements of the body that are called comments. */
    final List<Element> comments = new ArrayList<>();

    private final Document html;
    private final Element body;
    private boolean inBody;

    PageElements(Document html) {
        this.html = html;
        body = html.body();
        html.traverse(this);
    }

    /** {@return those of some elements that still stand on the page} */
    List<Element> left(List<Element> elements) {
        List<Element> left = new ArrayList<>();
        for (Element each : elements) {
            Element up = each;
            while (up.parent() != null) {
                up = up.parent();
            }
            if (up == html) {
                left.add(each);
            }
        }
        return left;
    }

    @Override
    public void head(Node node, int depth) {
        if (node instanceof Element element) {
            inBody |= element == body;
            sort(element);
        } else if (node instanceof TextNode text && node.parent() instanceof Element home) {
            if ((texts.isEmpty() || texts.get(texts.size() - 1) != home) && !text.isBlank()) {
                texts.add(home);
            }
        }
    }

    private void sort(Element element) {
        String name = element.normalName();
        if (inBody && name.length() == 2 && name.charAt(0) == 'h' && name.charAt(1) >= '2' && name.charAt(1) <= '6') {
            headings.add(element);
        }
        if (name.equals("article")) {
            articles.add(element);
        }
        boolean attributed = element.attributesSize() > 0;
        if (name.equals("main") || attributed && PageTree.is(element, "role", "main")) {
            mains.add(element);
        }
        if (!attributed) {
            return;
        }
        if (name.equals("a") || name.equals("area")) {
            if (element.hasAttr("href")) {
                links.add(element);
            }
        } else if (name.equals("meta")) {
            metas.add(element);
        } else if (name.equals("script") && PageTree.is(element, "type", "application/ld+json")) {
            data.add(element);
        } else if (name.equals("link") && PageTree.is(element, "rel", "canonical")) {
            canonical.add(element);
        }
        if (element.hasAttr("rel")) {
            related.add(element);
        }
        if (inBody && PageNames.isComments(element)) {
            comments.add(element);
        }
    }
}
