package kawi.crawl;

import crawlercommons.robots.BaseRobotRules;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a site says of learning machines beside its robots.txt: {@code ai.txt}, whose rules are obeyed, and
 * {@code llms.txt} (llmstxt.org), a guide in Markdown, which grants and refuses nothing and is only noted. Both are
 * read as far as a robots.txt would be; what stands there and is none, such as a page of HTML that a site answers to
 * every address, is noted and says nothing.
 */
final class Notices {
    private static final int LONGEST_TITLE = 80;

    private final List<Visit> rows = new ArrayList<>();
    private Signals signals;

    private Notices() {}

    /** {@return the notices of a site; one that its robots.txt forbids to ask for is not asked for} */
    static Notices of(String site, BaseRobotRules rules, Robots.Get get) throws InterruptedException {
        Notices notices = new Notices();
        for (String name : List.of("ai.txt", "llms.txt")) {
            String address = site + "/" + name;
            if (!rules.isAllowed(address)) {
                notices.row(address, Visit.Disposition.DISALLOWED, 0, 0, "robots.txt disallows it");
                continue;
            }
            Fetcher.Answer answer = Robots.find(URI.create(address), get).answer();
            if (answer.failure() != null) {
                notices.row(
                        address, Visit.Disposition.NO_ANSWER, 0, 0, answer.failure() + "; what it says is not known");
            } else if (answer.status() >= 200 && answer.status() < 300) {
                notices.read(address, name, answer);
            } else if (answer.status() == 401
                    || answer.status() == 403
                    || answer.status() == 429
                    || answer.status() >= 500) {
                notices.row(
                        address,
                        Visit.Disposition.REFUSED,
                        answer.status(),
                        answer.body().length,
                        "answers " + answer.status() + "; what it says is not known");
            }
        }
        return notices;
    }

    private void read(String address, String name, Fetcher.Answer answer) {
        byte[] bytes = Robots.text(answer);
        String text = decoded(bytes);
        String said;
        if (answer.header("content-type").toLowerCase(Locale.ROOT).contains("html")
                || text.stripLeading().startsWith("<")) {
            said = "a page of HTML, not the file of that name";
        } else if (text.isBlank() || text.indexOf('\0') >= 0) {
            said = text.isBlank() ? "empty" : "no text";
        } else if (name.equals("llms.txt")) {
            said = "a guide for language models" + title(text) + "; it grants and refuses nothing";
        } else {
            signals = Signals.ofAiTxt(text);
            said = signals.isEmpty()
                    ? "no rules for this crawler"
                    : signals.ofTheSite() != null ? signals.ofTheSite() : "rules of learning, which are obeyed";
        }
        if (answer.truncated()) {
            said += "; of more than " + Robots.LONGEST + " bytes these were read";
        }
        row(address, Visit.Disposition.NOTED, answer.status(), answer.body().length, said);
    }

    /** As UTF-8, or as UTF-16 where a mark says so. */
    private static String decoded(byte[] bytes) {
        boolean marked = bytes.length > 1
                && (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff
                        || bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe);
        Charset charset = marked ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
        return new String(bytes, charset);
    }

    private static String title(String text) {
        return text.lines()
                .filter(line -> line.startsWith("# "))
                .findFirst()
                .map(line -> line.substring(2).replaceAll("\\p{Cntrl}", " ").strip())
                .map(line -> line.length() > LONGEST_TITLE ? line.substring(0, LONGEST_TITLE) + "..." : line)
                .map(line -> " (" + line + ")")
                .orElse("");
    }

    private void row(String address, Visit.Disposition outcome, int status, long bytes, String reason) {
        rows.add(new Visit(address, 0, outcome, status, bytes, reason, null, null));
    }

    /** {@return a row for each that is there, or of which nobody can tell} */
    List<Visit> rows() {
        return rows;
    }

    /** {@return in a clause, why nothing of the site is to be learned from; null where something may be} */
    String reservation() {
        return signals == null ? null : signals.ofTheSite();
    }

    /** {@return in a clause, why this address is not to be learned from; null where it may be} */
    String reservation(String url) {
        return signals == null ? null : signals.ofAddress(url);
    }
}
