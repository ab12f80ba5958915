package kawi.readers;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/**
 * What the words of an element's class and id say of it. Names are given by people in a hurry: a word that means the
 * frame of a page by itself counts wherever it stands, one that means it only in company counts where nothing else is
 * said. A maker's abbreviation in front ({@code jp-relatedposts}) says nothing.
 */
final class PageNames {
    /** Words that name what stands around a text. */
    private static final Set<String> FRAME = words("nav navbar navigation navbox menu submenu breadcrumb breadcrumbs"
            + " cookie cookies consent gdpr ccpa newsletter subscribe subscription signup paywall share"
            + " sharing social"
            + " related relatedposts recommended recommendations sidebar footer footerinfo rodape advert"
            + " advertisement ads"
            + " ad promo promotion sponsored popup modal overlay pagination pager toolbar skip sitemap"
            + " masthead topbar"
            + " disqus outbrain taboola sharedaddy addtoany addthis");
    /**
     * Words for what announces another page, and for the lines a text begins with: it is the former that has a link.
     */
    private static final Set<String> TEASER = words("teaser teasers");
    /** Words that name it where all others of the name are of these or say nothing. */
    private static final Set<String> FRAME_IN_COMPANY = words("widget widgets rail trending popular viewed similar"
            + " recommend recommends suggested suggestions tags hashtags tagcloud prev next previous login register"
            + " readmore");
    /** Words for what is never a page's text, however much is said in it. */
    private static final Set<String> NEVER = words("footer rodape newsletter breadcrumb breadcrumbs sharing shariff");
    /** Words for other pages, where more than one is linked. */
    private static final Set<String> RELATED = words("related relatedposts similar recommended recommendations");
    /** Words that stand beside those where a name means nothing but the frame. */
    private static final Set<String> COMPANIONS = words("posts post articles article links link lists list box"
            + " container wrapper wrap buttons button bar item items widget widgets block section main top left"
            + " right header head content contents banner notice site page pages icon icons inner outer area primary"
            + " secondary global mobile desktop media news stories story column row group panel js is has the id"
            + " div col most title headline entry single latest recent html custom info bottom copyright"
            + " message form");
    /** Words of which no name is made alone: they need one that says what it is. */
    private static final Set<String> COMMENTS =
            words("comment comments nocomments commentlist commentary respond disqus"
                    + " kommentar kommentare commentaire commentaires comentario comentarios commenti"
                    + " reacties livefyre viafoura");

    private static final Set<String> AUTHOR = words("author authors autor autores autoren auteur autore");
    private static final Set<String> BIO =
            words("bio biography box about info card profile description details content avatar");
    /** Words for when and by whom a page was written, which stand beside its text. */
    private static final Set<String> BYLINE =
            words("byline dateline datetime author authors autor date dates time published"
                    + " publish updated modified timestamp meta posted postmeta postmetadata metadata"
                    + " postdate pagedate entrydate");

    private static final Set<String> CAPTION = words("caption captions credit credits figcaption");
    /** Told to readers aloud only. */
    private static final Set<String> UNSEEN = words("sr-only visually-hidden visuallyhidden screen-reader-text"
            + " screen-reader show-for-sr element-invisible assistive-text hidden-visually u-hidden-visually"
            + " print-only visible-print visible-print-block visible-print-inline");

    private static final Pattern WORDS = Pattern.compile("(?<=[a-z])(?=[A-Z])|[^A-Za-z]+");
    /** What a build adds to a name to make it unlike others. */
    private static final Pattern HASH = Pattern.compile("___[A-Za-z0-9-]+$");

    private static final int ABBREVIATION = 3;

    /** What a name can say. */
    private enum Says {
        FRAME(words -> isMadeOf(words, PageNames.FRAME, FRAME_IN_COMPANY)),
        TEASER(words -> isMadeOf(words, PageNames.TEASER)),
        NEVER(words -> isMadeOf(words, PageNames.NEVER)),
        RELATED(words -> isMadeOf(words, PageNames.RELATED)),
        HAS_FRAME(words -> has(words, PageNames.FRAME)),
        HAS_TEASER(words -> has(words, PageNames.TEASER)),
        COMMENTS(words -> isMadeOf(words, PageNames.COMMENTS)),
        ABOUT_AUTHOR(PageNames::isAboutAuthor),
        BYLINE(words -> isMadeOf(words, PageNames.BYLINE)),
        HAS_CAPTION(words -> has(words, PageNames.CAPTION)),
        /** Of a class only, as it is written. */
        UNSEEN(words -> false);

        private final Predicate<String[]> test;

        Says(Predicate<String[]> test) {
            this.test = test;
        }
    }

    /** Attributes that were judged before, whatever page they stood on. */
    private static final Map<String, Set<Says>> KNOWN = new ConcurrentHashMap<>();
    /** The last attribute that was too long to be remembered beside many others: one is asked about several times. */
    private static volatile Map.Entry<String, Set<Says>> last = Map.entry("", Set.of());

    private static final int MANY = 20_000;
    private static final int LONG = 256;

    private PageNames() {}

    private static Set<String> words(String words) {
        return Set.of(words.split(" "));
    }

    /** Whether a name of it means the frame and nothing else, as {@code related-posts} does. */
    static boolean isFrame(Element element) {
        return any(element, Says.FRAME) || any(element, Says.TEASER) && isLinked(element);
    }

    /** Whether a name of it means what is never a page's text. */
    static boolean isNever(Element element) {
        return any(element, Says.NEVER)
                || any(element, Says.RELATED) && PageTree.count(element, PageFrame::isLinkElsewhere, 2) > 1;
    }

    /** Whether a word of the frame is in its names, as in {@code related-work}. */
    static boolean mentionsFrame(Element element) {
        return any(element, Says.HAS_FRAME) || any(element, Says.HAS_TEASER) && isLinked(element);
    }

    private static boolean has(String[] name, Set<String> words) {
        for (String word : name) {
            if (words.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLinked(Element element) {
        return PageTree.closest(element, PageTree.LINK) != null || PageTree.has(element, PageTree::isLink);
    }

    /** Whether it is called comments, and nothing else. */
    static boolean isComments(Element element) {
        return any(element, Says.COMMENTS);
    }

    /** Whether it is called what tells of the author, as {@code author-bio} does. */
    static boolean isAboutAuthor(Element element) {
        return any(element, Says.ABOUT_AUTHOR);
    }

    private static boolean isAboutAuthor(String[] name) {
        boolean author = false;
        boolean bio = false;
        for (String word : name) {
            author |= AUTHOR.contains(word) || word.equals("authorbox");
            bio |= BIO.contains(word) || word.equals("authorbox");
        }
        return author && bio && isMadeOf(name, AUTHOR, BIO, Set.of("authorbox"));
    }

    /** Whether it is called what says when and by whom a page was written. */
    static boolean isByline(Element element) {
        return any(element, Says.BYLINE);
    }

    /** Whether it is, or is called, the line under a picture. */
    static boolean isCaption(Element element) {
        return element.normalName().equals("figcaption") || any(element, Says.HAS_CAPTION);
    }

    /** Whether its class keeps it from the eye. */
    static boolean isUnseen(Element element) {
        return element.attributesSize() > 0 && said(element.attr("class")).contains(Says.UNSEEN);
    }

    /** Whether one of an element's names, of its class or its id, says something. */
    private static boolean any(Element element, Says what) {
        return element.attributesSize() > 0
                && (said(element.attr("class")).contains(what)
                        || said(element.attr("id")).contains(what));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** What the names of an attribute say; pages of a site use the same few hundred, so each is judged once. */
    private static Set<Says> said(String names) {
        if (names.isEmpty()) {
            return Set.of();
        }
        if (names.length() > LONG) {
            Map.Entry<String, Set<Says>> before = last;
            if (!before.getKey().equals(names)) {
                before = Map.entry(names, judged(names));
                last = before;
            }
            return before.getValue();
        }
        Set<Says> known = KNOWN.get(names);
        if (known == null) {
            if (KNOWN.size() >= MANY) {
                KNOWN.clear();
            }
            known = judged(names);
            KNOWN.put(names, known);
        }
        return known;
    }

    private static Set<Says> judged(String names) {
        Set<Says> said = EnumSet.noneOf(Says.class);
        for (int i = 0; i < names.length(); ) {
            int end = i;
            while (end < names.length() && !isSpace(names.charAt(end))) {
                end++;
            }
            if (end > i) {
                judge(names.substring(i, end), said);
            }
            i = end + 1;
        }
        return said;
    }

    private static void judge(String name, Set<Says> said) {
        String[] words = WORDS.split(HASH.matcher(name).replaceFirst(""));
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].toLowerCase(Locale.ROOT);
        }
        for (Says each : Says.values()) {
            if (each.test.test(words)) {
                said.add(each);
            }
        }
        if (UNSEEN.contains(name)) {
            said.add(Says.UNSEEN);
        }
    }

    /** Whether a word is of the sets and every other is, too, or says nothing. */
    @SafeVarargs
    private static boolean isMadeOf(String[] name, Set<String>... sets) {
        boolean found = false;
        for (int i = 0; i < name.length; i++) {
            String word = name[i];
            boolean one = false;
            for (Set<String> set : sets) {
                one |= set.contains(word);
            }
            found |= one;
            if (!one
                    && !word.isEmpty()
                    && !COMPANIONS.contains(word)
                    && (i > 0 || word.length() == 1 || word.length() > ABBREVIATION)) {
                return false;
            }
        }
        return found;
    }
}
