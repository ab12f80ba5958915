package kawi.readers;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Evaluator;
import org.jsoup.select.Selector;

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

    private static final Evaluator TALK_TYPE =
            Selector.evaluatorOf("[itemtype~=(?i)(QAPage|DiscussionForum|/Question)]");
    private static final Pattern TALK_DATA = Pattern.compile("(?i)\"(QAPage|DiscussionForumPosting|Question)\"");
    /** Elements that are no part below a text. */
    private static final Set<String> NEVER =
            Set.of("body", "html", "main", "article", "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "tr", "pre");

    private PageComments() {}

    /** {@return the elements that hold a page's comments; empty where they are the page} */
    static List<Element> of(Document html, PageElements page) {
        List<Element> all = PageText.outermost(page.left(page.comments).stream()
                .filter(each -> PageWalk.BLOCKS.contains(each.normalName()) && !NEVER.contains(each.normalName()))
                .toList());
        if (all.isEmpty() || isTalk(html, page)) {
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
        Set<Element> them = new HashSet<>(all);
        for (PageBlocks.Block block : PageWalk.blocks(html.body(), PageWalk.Mode.OWN, null)) {
            Element comments = block.home();
            while (comments != null && !them.contains(comments)) {
                comments = comments.parent();
            }
            passed |= comments == all.get(0);
            if (comments == null) {
                (passed ? below : above).add(block);
            }
        }
        double prose = PageBlocks.prose(above);
        return prose >= ARTICLE && PageBlocks.prose(below) <= SOME * prose ? all : List.of();
    }

    private static boolean isTalk(Document html, PageElements page) {
        Element body = html.body();
        return TALK.matcher(body.className() + " " + body.id() + " "
                                + html.child(0).className())
                        .matches()
                || html.selectFirst(TALK_TYPE) != null
                || page.left(page.data).stream()
                        .anyMatch(each -> TALK_DATA.matcher(each.data()).find());
    }
}
