package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
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

    private static String licence(String fields) throws Exception {
        return record("{\"text\":\"t\"," + fields + "}").licence();
    }

    @Test
    void theAddressAndTheNameOfALicenceCount() throws Exception {
        String bySa = "https://creativecommons.org/licenses/by-sa/4.0/";
        for (String field : List.of(
                "license_url",
                "licenceUrl",
                "license-uri",
                "licence_link",
                "rights_url",
                "license_name",
                "licenseId",
                "spdx_id",
                "SPDX-License-Identifier",
                "dc:rights",
                "dcterms.license")) {
            assertEquals(bySa, licence("\"" + field + "\":\"" + bySa + "\""), field);
            assertEquals(
                    "MIT AND CC-BY-SA-4.0", licence("\"license\":\"MIT\",\"" + field + "\":\"" + bySa + "\""), field);
        }
        assertEquals(JsonRecord.UNREAD_LICENCE, licence("\"license_id\":7"));
    }

    @Test
    void oneLicenceByItsNameAndItsAddressIsOne() throws Exception {
        assertEquals(
                "CC BY-SA 4.0",
                licence(
                        "\"license\":\"CC BY-SA 4.0\",\"license_url\":\"https://creativecommons.org/licenses/by-sa/4.0/deed.de\""));
        assertEquals(
                "https://creativecommons.org/licenses/by/4.0/",
                licence("\"license\":{\"name\":\"Attribution 4.0 International\",\"url\":"
                        + "\"https://creativecommons.org/licenses/by/4.0/\"}"));
        assertEquals(
                "CC-BY-4.0 AND GPL-3.0-only",
                licence("\"license\":[{\"name\":\"CC BY 4.0\"},{\"id\":\"GPL-3.0-only\",\"url\":"
                        + "\"https://www.gnu.org/licenses/gpl-3.0.html\"}]"));
    }
}
