package kawi.readers;

import java.io.IOException;
import java.io.Reader;

/**
 * The characters of a wiki's dump, a page at a time, so that one that is damaged costs itself: a page ends with its end
 * mark or where the next begins. No text of a page can hold these marks, as it is written with {@code &lt;}.
 */
final class WikiPages {
    private static final String BEGIN = "<page";
    private static final String END = "</page>";
    /** Characters kept of what stands before a page: what a wiki says of itself is far shorter. */
    private static final int MOST_BETWEEN = 1_000_000;

    /** Characters of a page up to which it is in memory; those of all its revisions may be many more. */
    private static final int MOST_HELD = 1 << 21;

    private final Reader in;
    private final char[] buffer = new char[1 << 16];
    private final StringBuilder held = new StringBuilder();
    private int at;
    private int end;
    private long line = 1;

    WikiPages(Reader in) {
        this.in = in;
    }

    /** {@return the line of the file that is reached, from 1} */
    long line() {
        return line;
    }

    /** Goes to the next page. {@return what stands before it, or of a longer text its beginning} */
    String between() throws IOException {
        StringBuilder text = new StringBuilder();
        while (there(BEGIN.length() + 1) > 0 && !begins()) {
            char c = next();
            if (text.length() < MOST_BETWEEN) {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** {@return whether a page begins here} */
    boolean hasPage() throws IOException {
        return there(BEGIN.length() + 1) > 0 && begins();
    }

    /** Goes over the page that begins here. {@return all of it, or null where it is long: see {@link #longPage}} */
    String page() throws IOException {
        held.setLength(0);
        hold(BEGIN.length());
        while (there(END.length()) > 0) {
            if (buffer[at] == '<' && is(END)) {
                hold(END.length());
                return held.toString();
            }
            if (begins()) {
                break;
            }
            if (held.length() > MOST_HELD) {
                return null;
            }
            int next = at + 1;
            while (next < end && buffer[next] != '<') {
                next++;
            }
            hold(next - at);
        }
        return held.toString();
    }

    private void hold(int count) {
        held.append(buffer, at, count);
        for (int i = at; i < at + count; i++) {
            line += buffer[i] == '\n' ? 1 : 0;
        }
        at += count;
    }

    /** {@return the page that was too long to be held; what is not read of it by then, closing it goes over} */
    Reader longPage() {
        return new Reader() {
            private int before; // of what is held
            private int left = Integer.MAX_VALUE; // once the end mark is reached, how much of it is left

            @Override
            public int read(char[] chars, int from, int length) throws IOException {
                if (before < held.length()) {
                    int count = Math.min(length, held.length() - before);
                    held.getChars(before, before + count, chars, from);
                    before += count;
                    return count;
                }
                int count = 0;
                while (count < length && left > 0 && there(END.length()) > 0) {
                    if (left == Integer.MAX_VALUE && buffer[at] == '<') {
                        if (is(END)) {
                            left = END.length();
                        } else if (begins()) {
                            left = 0;
                            break;
                        }
                    }
                    left -= left == Integer.MAX_VALUE ? 0 : 1;
                    chars[from + count++] = next();
                }
                return count == 0 && length > 0 ? -1 : count;
            }

            @Override
            public void close() throws IOException {
                before = held.length();
                char[] rest = new char[1 << 12];
                while (read(rest, 0, rest.length) > 0) {
                    // over what is left of it
                }
            }
        };
    }

    private boolean begins() {
        return buffer[at] == '<'
                && is(BEGIN)
                && at + BEGIN.length() < end
                && (buffer[at + BEGIN.length()] == '>' || Character.isWhitespace(buffer[at + BEGIN.length()]));
    }

    private boolean is(String mark) {
        if (end - at < mark.length()) {
            return false;
        }
        for (int i = 0; i < mark.length(); i++) {
            if (buffer[at + i] != mark.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private char next() {
        line += buffer[at] == '\n' ? 1 : 0;
        return buffer[at++];
    }

    /** Looks so many characters ahead. {@return how many there are, fewer at the end of the file} */
    private int there(int wanted) throws IOException {
        while (end - at < wanted) {
            if (at > 0) {
                System.arraycopy(buffer, at, buffer, 0, end - at);
                end -= at;
                at = 0;
            }
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                break;
            }
            end += count;
        }
        return end - at;
    }
}
