package kawi.readers;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * The XML of a page as MediaWiki writes it: elements, few attributes, the entities of XML, and nothing else. What is
 * not written so is for the parser of the JDK, which needs longer to begin than this does for a page.
 */
final class WikiPlainXml implements WikiXml {
    /** The page is of another kind, or no XML at all. */
    static final class Other extends RuntimeException {
        private static final long serialVersionUID = 1;

        Other() {
            super(null, null, false, false);
        }
    }

    private static final Pattern ATTRIBUTES = Pattern.compile("(?:\\s++(?:xml:)?+[a-z]++=\"[^\"<&]*+\")*+\\s*+/?+");
    /** The longest entity that is read here: {@code &#1114111;}. */
    private static final int LONGEST_ENTITY = 10;

    private final String page;
    private final Deque<String> open = new ArrayDeque<>();
    private int at;
    private boolean empty; // whether the element that began ends at once
    private String name;
    private int from; // of the text at hand
    private int to;
    private int first; // of the entities in it
    private int entities; // how many are in it
    private int entity = -1; // the next one from where it was looked for, or the end of the page

    WikiPlainXml(String page) {
        this.page = page;
        if (page.indexOf('\r') >= 0 || page.contains("]]>")) {
            throw new Other();
        }
    }

    @Override
    public int next() {
        if (empty) {
            empty = false;
            return END;
        }
        if (at >= page.length()) {
            throw new Other();
        }
        if (page.charAt(at) != '<') {
            from = at;
            to = page.indexOf('<', at);
            at = to;
            check();
            return TEXT;
        }
        int close = page.indexOf('>', at);
        if (close < 0) {
            throw new Other();
        }
        int begin = at + 1;
        at = close + 1;
        if (page.charAt(begin) == '/') {
            String closed = open.poll();
            if (closed == null || closed.length() != close - begin - 1 || !page.startsWith(closed, begin + 1)) {
                throw new Other();
            }
            return END;
        }
        int end = begin;
        while (page.charAt(end) >= 'a' && page.charAt(end) <= 'z' || end > begin && page.charAt(end) == '1') {
            end++;
        }
        if (end == begin || !ATTRIBUTES.matcher(page).region(end, close).matches()) {
            throw new Other();
        }
        name = page.substring(begin, end);
        empty = page.charAt(close - 1) == '/';
        if (!empty) {
            open.push(name);
        }
        return START;
    }

    @Override
    public String name() {
        return name;
    }

    /** Looks whether a text ends and all of its entities are known. */
    private void check() {
        if (to < 0) {
            throw new Other();
        }
        first = entity(from);
        entities = 0;
        for (int each = first; each < to; each = entity(page.indexOf(';', each))) {
            character(each);
            entities++;
        }
    }

    /** Where the next entity begins, or the end of the page. */
    private int entity(int after) {
        if (entity < after) {
            int next = page.indexOf('&', after);
            entity = next < 0 ? page.length() : next;
        }
        return entity;
    }

    @Override
    public void text(StringBuilder into, int most) {
        int limit = into.length() + most;
        int done = from;
        for (int i = 0; i < entities && into.length() < limit; i++) {
            int each = i == 0 ? first : page.indexOf('&', done);
            into.append(page, done, each).appendCodePoint(character(each));
            done = page.indexOf(';', each) + 1;
        }
        into.append(page, done, to);
        into.setLength(Math.min(limit, into.length()));
    }

    /** The character of an entity. */
    private int character(int at) {
        int end = page.indexOf(';', at);
        if (end < 0 || end - at >= LONGEST_ENTITY) {
            throw new Other();
        }
        String said = page.substring(at + 1, end);
        return switch (said) {
            case "lt" -> '<';
            case "gt" -> '>';
            case "amp" -> '&';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> number(said);
        };
    }

    private static int number(String said) {
        boolean hexadecimal = said.startsWith("#x");
        if (!said.matches("#\\d{1,7}|#x[0-9A-Fa-f]{1,6}")) {
            throw new Other();
        }
        int number = Integer.parseInt(said.substring(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
        boolean allowed = number == '\t'
                || number == '\n'
                || number == '\r'
                || number >= ' ' && number < Character.MIN_SURROGATE
                || number > Character.MAX_SURROGATE && number < 0xfffe
                || number > 0xffff && number <= Character.MAX_CODE_POINT;
        if (!allowed) {
            throw new Other();
        }
        return number;
    }
}
