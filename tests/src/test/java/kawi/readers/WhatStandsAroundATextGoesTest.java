package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page says beside its text goes by what it is, and what only looks like it stays. */
class WhatStandsAroundATextGoesTest {
    private static final String PROSE = "The ferry leaves at seven, whether or not you are on it, and the people of the"
            + " island have built their mornings around that fact, as everybody here knows. ";
    private static final String MANY =
            "<h1>T</h1><p>1 " + PROSE + "</p><p>2 " + PROSE + "</p><p>3 " + PROSE + "</p><p>4 " + PROSE + "</p>";

    private static Page page(String html) {
        return Page.of("http://h.example/x", "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
    }

    private static void goes(String html, String part) {
        assertFalse(
                page(html).text().contains(part), part + " is in " + page(html).text());
        assertTrue(page(html).text().contains("4 The ferry"), page(html).text());
    }

    private static void stays(String html, String part) {
        assertTrue(
                page(html).text().contains(part),
                part + " is not in " + page(html).text());
    }

    private static String card(String title, String picture) {
        return "<div>" + picture + "<div><a href=/" + title + ">" + title + "</a></div><p>Of " + title + ": " + PROSE
                + "</p></div>";
    }

    private static String cards(String picture) {
        return "<div>" + card("Alpha", picture) + card("Beta", picture) + card("Gamma", picture) + "</div>";
    }

    @Test
    void cardsOfOtherPagesGoAndAnAnnotatedListStays() {
        goes("<div>" + MANY + "</div>" + cards("<img src=a>"), "Of Beta");
        goes("<main>" + MANY + cards("<img src=a>") + "</main>", "Of Beta");
        stays("<main>" + MANY + cards("") + "</main>", "Of Beta");
        stays(MANY + "<div>" + card("Alpha", "<img src=a>") + card("Beta", "<img src=a>") + "</div>", "Of Beta");
        assertTrue(page(cards("<img src=a>")).text().contains("Of Beta"), "a page of cards has them as its text");
    }

    @Test
    void commentsGoFromBelowATextAndStayWhereTheyAreTheTalk() {
        String comments = "<section id=comments><h3>Two comments</h3><p>Said by one: " + PROSE + "</p></section>";
        goes("<article>" + MANY + "</article>" + comments, "Said by one");
        assertTrue(page("<article>" + MANY + "</article>" + comments).left().containsKey("comments"));
        stays("<body class=forum>" + MANY + comments, "Said by one");
        stays("<p>Who knows? " + PROSE + "</p>" + comments, "Said by one");
        stays(MANY + comments + "<p>5 " + PROSE + "</p><p>6 " + PROSE + "</p>", "Said by one");
        goes(MANY + "<div id=respond><p>Leave a reply</p></div>", "Leave a reply");
    }

    @Test
    void whatTellsOfTheAuthorGoesAndAChapterOnAuthorsStays() {
        goes("<article>" + MANY + "<div class=author-bio><p>Ada lives here. " + PROSE + "</p></div></article>", "Ada");
        goes("<article>" + MANY + "<div class=mh-author-box><p>Ada lives. " + PROSE + "</p></div></article>", "Ada");
        stays("<article>" + MANY + "<div class=famous-authors><p>Ada wrote. " + PROSE + "</p></div></article>", "Ada");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Read more: ",
                "Lesen Sie auch: ",
                "Lire aussi : ",
                "VEA TAMBI\u00c9N: ",
                "Leia tamb\u00e9m: ",
                "\u76f8\u5173\u9605\u8bfb\uff1a"
            })
    void aLineThatCallsForAnotherPageGoesInTheMidstOfAText(String call) {
        String line = "<p>" + call + "<a href=/y>The bridge that nobody wanted to build</a></p>";
        goes("<article>" + MANY.replace("<p>4", line + "<p>4") + "</article>", "The bridge");
        stays("<article>" + MANY + "<p>" + call + PROSE + "</p></article>", call.strip());
    }

    @Test
    void aParagraphThatIsOneLinkGoesAndALinkInASentenceStays() {
        String alone = "<p><a href=/y>The bridge that nobody wanted</a></p>";
        goes("<article>" + MANY.replace("<p>4", alone + "<p>4") + "</article>", "The bridge");
        String within = "<p>See <a href=/y>The bridge that nobody wanted</a>, where it says how.</p>";
        stays("<article>" + MANY.replace("<p>4", within + "<p>4") + "</article>", "The bridge");
        String item = "<ul><li>" + alone + "</li></ul>";
        stays("<article>" + MANY.replace("<p>4", item + "<p>4") + "</article>", "The bridge");
    }

    @Test
    void theCaptionAboveATextGoesAndOneAmongItStays() {
        String figure = "<figure><img src=a><figcaption>The quay in May.</figcaption></figure>";
        goes("<article>" + figure + MANY + "</article>", "The quay");
        stays("<article>" + MANY.replace("<p>4", figure + "<p>4") + "</article>", "The quay");
        goes("<article>" + MANY.replace("<p>4", "<div>Photo: Ada</div><p>4") + "</article>", "Photo");
        goes("<article>" + MANY.replace("<p>4", "<div>Foto: Ada</div><p>4") + "</article>", "Foto");
    }

    @Test
    void labelsAndTheLineAboveOtherPagesGo() {
        goes("<article>" + MANY + "<p>Tags: <a href=/a>ferry</a>, <a href=/b>island</a></p></article>", "Tags");
        goes("<article>" + MANY + "<div>You may also like</div></article>", "You may");
        goes("<article>" + MANY + "<p>Das k\u00f6nnte Sie auch interessieren</p></article>", "interessieren");
        stays("<article>" + MANY + "<h2>Related work</h2><p>5 " + PROSE + "</p></article>", "Related work");
    }

    @Test
    void namesAreReadWithoutWhatABuildOrAMakerAddsToThem() {
        String ask = "<div class=%s><p>Get news every day. Go on <a href=/a>to them</a></p></div>";
        goes("<article>" + ask.formatted("signupMessage___3ctJh") + MANY + "</article>", "Get news");
        goes("<article>" + MANY + "<div id=jp-relatedposts><a href=/a>Go on</a> or stay</div></article>", "or stay");
        String lead = "<div class=teaser-text><p>The lead says it first.</p></div>";
        stays("<article>" + lead + MANY + "</article>", "The lead");
        goes("<article>" + lead.replace("first.", "first <a href=/a>more</a>") + MANY + "</article>", "The lead");
    }

    @Test
    void aBylineGoesByItsNameAndStaysInATable() {
        goes("<article><div class=byline>By Ada, in May</div>" + MANY + "</article>", "By Ada");
        stays("<article>" + MANY + "<table><tr><td><div class=date>In May</div></td></tr></table></article>", "In May");
        assertEquals(
                "By Ada, in May", page("<div class=byline>By Ada, in May</div>").text());
    }

    @Test
    void remarksAfterTheProseGoAndSectionsSourcesAndTablesStay() {
        String text = "<div class=text>" + MANY + "</div>";
        goes(text + "<div class=box><p>Bring a friend along.</p></div>", "Bring a friend");
        stays("<div class=box><p>Bring a friend along.</p></div>" + text, "Bring a friend");
        stays(text + "<div class=text><p>Bring a friend along.</p></div>", "Bring a friend");
        stays(text.replace("</div>", "<p>Bring a friend along.</p></div>"), "Bring a friend");
        stays(text + "<div class=box><h2>Sources</h2><p>Ada, The ferry, 1901.</p></div>", "Ada, The");
        stays(text + "<div class=box><table><tr><td>Seven</td><td>The quay</td></tr></table></div>", "The quay");
        stays(text + "<div class=box><p>Bring a friend. " + PROSE + "</p></div>", "Bring a friend");
    }

    @Test
    void aNameTooLongToBeRememberedIsReadLikeOthers() {
        String many = "x".repeat(300);
        goes("<article>" + MANY + "<div class='" + many + " author-bio'><p>Ada. " + PROSE + "</p></div>", "Ada");
        stays("<article>" + MANY + "<div class='" + many + " y author'><p>Ada. " + PROSE + "</p></div>", "Ada");
        goes("<article><span class='" + many + " sr-only'>Skip it</span>" + MANY + "</article>", "Skip it");
    }

    @Test
    void whatIsTitledForReadersAloudIsNotShown() {
        goes("<article><span class=sr-only>Skip it</span>" + MANY + "</article>", "Skip it");
    }
}
