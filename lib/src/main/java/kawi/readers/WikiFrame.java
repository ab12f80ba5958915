package kawi.readers;

import java.util.ArrayList;
import java.util.List;

/** What stands in a pair of marks of wikitext, as far as it has been read: the parts between its bars. */
final class WikiFrame {
    final String opening;
    /** Where the mark stands in the page. */
    final int start;

    private final List<StringBuilder> parts = new ArrayList<>(List.of(new StringBuilder()));

    WikiFrame(String opening, int start) {
        this.opening = opening;
        this.start = start;
    }

    /** {@return whether a bar in it begins another part} */
    boolean hasParts() {
        return opening.startsWith("{{") || opening.equals("[[");
    }

    void part() {
        parts.add(new StringBuilder());
    }

    StringBuilder last() {
        return parts.get(parts.size() - 1);
    }

    int size() {
        return parts.size();
    }

    String part(int index) {
        return parts.get(index).toString();
    }

    /** {@return all of it, with its bars} */
    String text() {
        return textFrom(0);
    }

    String textFrom(int first) {
        return String.join("|", parts.subList(first, parts.size()));
    }
}
