package kawi.readers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * What readers wrote below a page's text. It is by others than the author, and the page's licence does not speak for
 * them. Where people write to each other the page is theirs: a forum, or questions and answers, keep it; so does a page
 * on which little stands above it, or on which the text goes on below.
 */
final class PageComments {
    /** Weight of the prose above comments from which a page is a text with comments and not a talk. */
    private static final double ARTICLE = 500;
    /** Share of that prose that may stand below. */
    private static final double SOME = 0.2;

    private static final Pattern TALK =
            Pattern.compile("(?i)(.*[^a-z])?(forums?|topic|thread|phpbb|bbpress|discourse|vbulletin|xenforo|questions?)"
                    + "([^a-z].*)?");

    private PageComments() {}

    /** {@return the elements that hold a page's comments; empty where they are the page} */
    static List<Element> of(Document html) {
        List<Element> all = PageText.outermost(html.body().stream()
                .filter(each -> PageWalk.BLOCKS.contains(each.normalName())
                        && !each.normalName().matches("body|html|main|article|p|h[1-6]|li|td|tr|pre")
                        && PageNames.isComments(each))
                .toList());
        if (all.isEmpty() || isTalk(html)) {
            return List.of();
        }
        if (all.stream()
                        .mapToDouble(each -> PageBlocks.prose(PageWalk.shown(each)))
                        .sum()
                < PageBlocks.LONG) {
            return all; // an invitation that nobody followed
        }
        List<PageBlocks.Block> above = new ArrayList<>();
        List<PageBlocks.Block> below = new ArrayList<>();
        boolean passed = false;
        for (PageBlocks.Block block : PageWalk.blocks(html.body(), PageWalk.Mode.OWN, null)) {
            boolean inside =
                    block.home() == all.get(0) || block.home().parents().contains(all.get(0));
            passed |= inside;
            boolean comment = inside
                    || all.stream()
                            .anyMatch(each -> each == block.home()
                                    || block.home().parents().contains(each));
            if (!comment) {
                (passed ? below : above).add(block);
            }
        }
        double prose = PageBlocks.prose(above);
        return prose >= ARTICLE && PageBlocks.prose(below) <= SOME * prose ? all : List.of();
    }

    private static boolean isTalk(Document html) {
        Element body = html.body();
        return TALK.matcher(body.className() + " " + body.id() + " "
                                + html.child(0).className())
                        .matches()
                || !html.select("[itemtype~=(?i)(QAPage|DiscussionForum|/Question)]")
                        .isEmpty()
                || html.select("script[type=application/ld+json]").stream()
                        .anyMatch(each -> each.data().matches("(?is).*\"(QAPage|DiscussionForumPosting|Question)\".*"));
    }
}
