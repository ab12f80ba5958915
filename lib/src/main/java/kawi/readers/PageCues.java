package kawi.readers;

import java.util.regex.Pattern;

/**
 * What publishers write in front of links to their other pages, under pictures and below a text, in the languages of
 * the kit's rules: a line counts only where it is this and nothing else.
 */
final class PageCues {
    /** A line that calls for other pages; {@code See also} and {@code Further reading} stand above sources instead. */
    private static final String OTHERS = "(read|see|watch|learn) (more|next)|read (also|on|this)|see more|related"
            + "( (articles?|posts?|stor(y|ies)|news|content|links?|topics?|videos?|reading))?"
            + "|recommended( for you| reading"
            + "| articles| stories)?|(you (may|might) also (like|be interested in|enjoy))|more (stories"
            + "|news|articles|like this"
            + "|on this( topic| story)?|from .{2,30})|(most|top) (read|popular|viewed|shared|recent|stories)"
            + "|trending( now)?|popular( posts| articles| now)?|don['\u2019]t miss|up next|latest (news"
            + "|stories|posts|articles)"
            + "|recent posts|editor['\u2019]s picks?|mehr (zum thema|themen|artikel|nachrichten|lesen"
            + "|dazu)( .{2,30})?"
            + "|lesen sie (auch|mehr|hierzu)|lies auch|weiterlesen|auch interessant|das k\u00f6nnte (sie"
            + "|dich|euch) auch interessieren"
            + "|(\u00e4hnliche|weitere|verwandte|neueste|neuste|aktuelle|meistgelesene|meistdiskutierte|beliebte)"
            + " (beitr\u00e4ge|artikel|nachrichten|themen|meldungen|news|posts)( .{2,30})?|meistgelesen|zum thema"
            + "|(\u00e0 )?(lire|voir) (aussi|\u00e9galement)|sur le m\u00eame (sujet|th\u00e8me)"
            + "|vous aimerez (aussi|peut-\u00eatre)"
            + "|articles (similaires|li\u00e9s|r\u00e9cents|connexes)|dans la m\u00eame rubrique|les plus lus"
            + "|(lea|lee|vea|mira|ver|le\u00e9|leer) (tambi\u00e9n|m\u00e1s)|(tambi\u00e9n )?te puede interesar"
            + "|(noticias|art\u00edculos|notas|entradas|temas) relacionad[oa]s|lo m\u00e1s (le\u00eddo"
            + "|visto)|m\u00e1s noticias"
            + "|(leia|veja|confira) (tamb\u00e9m|mais)|voc\u00ea (tamb\u00e9m )?pode gostar|mais lidas"
            + "|(not\u00edcias|artigos|posts) relacionad[oa]s"
            + "|leggi anche|potrebbe interessarti( anche)?|ti potrebbe interessare|articoli correlati"
            + "|i pi\u00f9 letti"
            + "|lees (ook|meer|verder)|gerelateerd(e artikelen)?|meest gelezen|czytaj (te\u017c|tak\u017ce"
            + "|wi\u0119cej)"
            + "|zobacz (te\u017c|tak\u017ce|r\u00f3wnie\u017c|wi\u0119cej)|powi\u0105zane( artyku\u0142y)?"
            + "|najczytalniejsze|p\u0159e\u010dt\u011bte si tak\u00e9"
            + "|l\u00e4s (mer|ocks\u00e5|\u00e4ven)|les ogs\u00e5|lue (my\u00f6s|lis\u00e4\u00e4)"
            + "|\u0447\u0438\u0442\u0430\u0439\u0442\u0435 (\u0442\u0430\u043a\u0436\u0435"
            + "|\u0435\u0449\u0435|\u0435\u0449\u0451)"
            + "|\u043f\u043e\u0445\u043e\u0436\u0438\u0435 (\u0441\u0442\u0430\u0442\u044c\u0438"
            + "|\u043d\u043e\u0432\u043e\u0441\u0442\u0438)|\u043f\u043e \u0442\u0435\u043c\u0435|ilgili haberler"
            + "|\u76f8\u5173(\u6587\u7ae0|\u9605\u8bfb|\u65b0\u95fb|\u63a8\u8350)|\u63a8\u8350\u9605\u8bfb"
            + "|\u5ef6\u4f38\u9605\u8bfb|\u76f8\u95dc(\u6587\u7ae0|\u65b0\u805e)"
            + "|\u95a2\u9023(\u8a18\u4e8b|\u30ea\u30f3\u30af)"
            + "|\u3042\u308f\u305b\u3066\u8aad\u307f\u305f\u3044|\uad00\ub828 ?\uae30\uc0ac"
            + "|\u0627\u0642\u0631\u0623 \u0623\u064a\u0636\u0627\u064b?";

    private static final Pattern OTHER_PAGES = Pattern.compile("(?iu)[^\\p{L}]*(" + OTHERS + ")[^\\p{L}]*");
    private static final Pattern TO_ANOTHER =
            Pattern.compile("(?ius)[^\\p{L}]*(" + OTHERS + ")\\s*[:\uff1a|\u00bb>\u2013-].+");

    private static final Pattern LABELS =
            Pattern.compile("(?ius)[^\\p{L}]*((post )?tags?|hashtags|tagged|filed under|posted in"
                    + "|categor(y|ies)|topics|schlagw(orte|\u00f6rter)|stichworte|kategorien?|etiquetas"
                    + "|categor\u00edas?|mots[- ]cl\u00e9s"
                    + "|cat\u00e9gories?|tag|\u0442\u0435\u0433\u0438|\u6807\u7b7e|\u6a19\u7c64|\u30bf\u30b0)\\b.*");

    private static final Pattern PICTURE =
            Pattern.compile("(?ius)[(\\[\\s]*(photos?|fotos?|image|bild(er)?|titelbild|kuva|picture|illustration"
                    + "|cr\u00e9dits? photos?|(image|photo|picture) credits?|zdj\u0119cie|fot"
                    + "|\u0444\u043e\u0442\u043e|\u56fe\u7247?|\u5199\u771f)"
                    + "(\\s*(:|\uff1a|\u00a9)|\\s+(credit|copyright|by|courtesy)\\b).*|image copyright .*");
    private static final int CREDIT = 80;

    private static final Pattern COMMENTING =
            Pattern.compile("(?iu)[^\\p{L}]*((\\d+|no|keine|aucun|sin|leave a|post a|add a|write a|schreiben? sie einen"
                    + "|schreibe? einen|laisser un|d\u00e9ja un|deja un|dejar un|deixe um"
                    + "|lascia un)?\\s*(comments?|reply|kommentare?|commentaires?"
                    + "|comentarios?|coment\u00e1rios?|commento|commenti|antwort(en)?"
                    + "|reacties)(\\s+(schreiben|verfassen|hinterlassen|abgeben"
                    + "|are closed|sind geschlossen|ferm\u00e9s|cerrados))?|.{0,30}(logged"
                    + "|log) in to (post a )?(comment|reply).{0,20}"
                    + "|(hinterlassen sie|hinterlasse) einen? (kommentar|antwort)"
                    + "|.*kommentare sind geschlossen)[^\\p{L}]*");

    private PageCues() {}

    /** Whether a block is the line above other pages. */
    static boolean isAboveOthers(PageBlocks.Block block) {
        return block.text().length() < PageBlocks.LONG
                && OTHER_PAGES.matcher(block.text()).matches();
    }

    /** Whether a block is such a line and the link it calls for. */
    static boolean isToAnother(PageBlocks.Block block) {
        return block.isLinks()
                && block.text().length() < 3 * PageBlocks.LONG
                && TO_ANOTHER.matcher(block.text()).matches();
    }

    /** Whether a block is the labels of a page, each a link to the pages that bear it. */
    static boolean isLabels(PageBlocks.Block block) {
        return block.isLinks() && LABELS.matcher(block.text()).matches();
    }

    /** Whether a block says whose a picture is, and no more. */
    static boolean isCredit(PageBlocks.Block block) {
        return block.text().length() < CREDIT
                && !block.isHeading()
                && PICTURE.matcher(block.text()).matches();
    }

    /** Whether a block counts comments or asks for one. */
    static boolean isCommenting(PageBlocks.Block block) {
        return block.text().length() < PageBlocks.LONG
                && COMMENTING.matcher(block.text()).matches();
    }
}
