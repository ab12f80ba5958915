package kawi.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The text of tokens as they come: bytes become characters only when whole, a stop text is noticed even where tokens
 * split it, and a listener is given only what is certain to stay.
 */
final class TextStreamer {

    private final List<String> stops;
    private final Consumer<String> listener;
    private final StringBuilder text = new StringBuilder();
    private byte[] open = new byte[0]; // the beginning of a character whose end has not come
    private int told;
    private boolean stopped;

    TextStreamer(List<String> stops, Consumer<String> listener) {
        this.stops = stops;
        this.listener = listener;
    }

    /** Adds a token's bytes; true when the text has reached a stop text, which is cut off with all that follows. */
    boolean add(byte[] bytes) {
        byte[] all = Arrays.copyOf(open, open.length + bytes.length);
        System.arraycopy(bytes, 0, all, open.length, bytes.length);
        int whole = all.length - unfinished(all);
        open = Arrays.copyOfRange(all, whole, all.length);
        int before = text.length();
        text.append(new String(all, 0, whole, StandardCharsets.UTF_8));
        int end = stop(before);
        if (end >= 0) {
            text.setLength(end);
            open = new byte[0];
            stopped = true;
        }
        tell(text.length() - (stopped ? 0 : held()));
        return stopped;
    }

    /** The whole text; a character that never was finished shows as U+FFFD. */
    String finish() {
        text.append(new String(open, StandardCharsets.UTF_8));
        open = new byte[0];
        tell(text.length());
        return text.toString();
    }

    private void tell(int end) {
        if (end > told) {
            listener.accept(text.substring(told, end));
            told = end;
        }
    }

    /** Where the first stop text begins that was finished by what came after {@code before}, or -1. */
    private int stop(int before) {
        int first = -1;
        for (String stop : stops) {
            int at = text.indexOf(stop, Math.max(0, before - stop.length() + 1));
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        return first;
    }

    /** Characters at the end that may turn out to begin a stop text. */
    private int held() {
        int most = 0;
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, text.length()); n > most; n--) {
                if (stop.startsWith(text.substring(text.length() - n))) {
                    most = n;
                }
            }
        }
        return most;
    }

    /** Bytes at the end that begin a UTF-8 character without finishing it. */
    private static int unfinished(byte[] utf8) {
        for (int back = 1; back <= Math.min(3, utf8.length); back++) {
            int b = utf8[utf8.length - back] & 0xff;
            if (b >= 0xc0) {
                int needs = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return b <= 0xf4 && needs > back ? back : 0;
            } else if (b < 0x80) {
                return 0;
            }
        }
        return 0;
    }
}
