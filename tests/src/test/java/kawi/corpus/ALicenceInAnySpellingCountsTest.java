package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** No document goes by its source's licence where the record states another, wherever and however it does. */
class ALicenceInAnySpellingCountsTest {

    private static JsonRecord record(String json) throws Exception {
        return JsonRecord.of(new ObjectMapper().readTree(json));
    }

    @Test
    void twoSpellingsOfOneNameBothCount() throws Exception {
        assertEquals(
                "MIT AND GPL-3.0-only",
                record("{\"text\":\"t\",\"license\":\"MIT\",\"License\":\"GPL-3.0-only\"}")
                        .licence());
        assertEquals(
                "GPL-3.0-only",
                record("{\"text\":\"t\",\"license\":null,\"License\":\"GPL-3.0-only\"}")
                        .licence());
        assertEquals("t", record("{\"text\":\"\",\"Text\":\"t\"}").text());
        assertTrue(record("{\"text\":\"t\",\"Text\":\"u\"}").unread().contains("Text"));
        assertEquals(
                1999, record("{\"text\":\"t\",\"Year\":null,\"year\":1999}").year());
    }

    @Test
    void theLicenceInTheMetadataCounts() throws Exception {
        assertEquals(
                "CC-BY-SA-4.0",
                record("{\"text\":\"t\",\"metadata\":{\"license\":\"CC-BY-SA-4.0\",\"n\":1}}")
                        .licence());
        assertEquals(
                "MIT AND GPL-2.0-only",
                record("{\"text\":\"t\",\"license\":\"MIT\",\"meta\":{\"License\":\"GPL-2.0-only\"}}")
                        .licence());
        assertEquals(
                JsonRecord.UNREAD_LICENCE,
                record("{\"text\":\"t\",\"meta\":{\"license\":7}}").licence());
        assertEquals(
                "MIT AND Apache-2.0",
                record("{\"text\":\"t\",\"licenses\":[\"MIT\",\"Apache-2.0\"]}").licence());
        assertTrue(record("{\"text\":\"t\",\"metadata\":{\"license\":\"MIT\",\"n\":1}}")
                .unread()
                .contains("metadata"));
    }
}
